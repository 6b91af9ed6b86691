//! What prepare-pi marks as its own in a file, so that it can be taken away again whatever else
//! has changed in it since. Pure.

use super::config_txt::filter;
use super::uart;

/// The line before what is added. No line here is longer than 78 bytes, all that the oldest
/// firmware reads.
const BEGIN: &[u8] = b"# Added by p1-tcp prepare-pi; taken away by p1-tcp prepare-pi --undo:";
/// The line behind it.
const END: &[u8] = b"# End of what p1-tcp prepare-pi added.";
/// Before a line that is put out of force.
const OFF: &[u8] = b"#p1-tcp prepare-pi: ";

/// Adds the lines `added` at the end of `text`, with the line ending that it has.
#[must_use]
pub fn add(text: &[u8], added: &[&str]) -> Vec<u8> {
    let mut changed = text.to_vec();
    let ending = ending(text);
    if !text.is_empty() && !text.ends_with(b"\n") {
        changed.extend_from_slice(ending);
    }
    for line in [BEGIN].into_iter().chain(added.iter().map(|line| line.as_bytes())).chain([END]) {
        changed.extend_from_slice(line);
        changed.extend_from_slice(ending);
    }
    changed
}

/// Puts the lines with these numbers out of force.
#[must_use]
pub fn put_out_of_force(text: &[u8], numbers: &[usize]) -> Vec<u8> {
    let mut changed = Vec::with_capacity(text.len());
    for (number, line) in lines(text).enumerate() {
        if numbers.contains(&number) {
            changed.extend_from_slice(OFF);
        }
        changed.extend_from_slice(line);
    }
    changed
}

/// Takes away all that is marked, and nothing else.
///
/// # Errors
///
/// The end of a sentence that begins with the file's name, if the marks are not as they were
/// written.
pub fn take_away(text: &[u8]) -> Result<Vec<u8>, String> {
    let mut left = Vec::with_capacity(text.len());
    let mut inside = false;
    let mut filtered = false;
    for line in lines(text) {
        match line.trim_ascii_end() {
            BEGIN if !inside => inside = true,
            END if inside => inside = false,
            BEGIN | END => return Err(torn()),
            ours if inside && uart::writes(ours) => filtered |= filter(ours).is_some(),
            theirs => {
                if filtered && !theirs.is_empty() && theirs[0] != b'#' {
                    // It was written below an [all] of ours, and stays for all.
                    if filter(theirs).is_none() {
                        left.extend_from_slice(b"[all]");
                        left.extend_from_slice(ending(text));
                    }
                    filtered = false;
                }
                left.extend_from_slice(line.strip_prefix(OFF).unwrap_or(line));
            }
        }
    }
    if inside { Err(torn()) } else { Ok(left) }
}

fn torn() -> String {
    "has only one of the two lines that enclose what prepare-pi added; take away what is left of it \
     by hand"
        .to_owned()
}

/// Lines with what ends them.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&byte| byte == b'\n')
}

/// The line ending of a text, that is of its first line.
fn ending(text: &[u8]) -> &'static [u8] {
    if lines(text).next().is_some_and(|line| line.ends_with(b"\r\n")) { b"\r\n" } else { b"\n" }
}
