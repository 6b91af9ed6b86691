//! What has changed in a text, line by line. Pure.

/// So many lines around a change are shown.
const AROUND: usize = 2;
/// So many pairs of lines are compared at most, as a Pi Zero has little memory.
const MEMORY: usize = 1 << 21;

/// The difference between two texts: lines that go begin with `-`, lines that come with `+`. Lines
/// that differ in their ending alone are alike.
#[must_use]
pub fn difference(before: &[u8], after: &[u8]) -> String {
    let steps = steps(&lines(before), &lines(after));
    let changed = |at: usize| steps.get(at).is_some_and(|(sign, _)| *sign != ' ');
    let near = |at: usize| (at.saturating_sub(AROUND)..=at + AROUND).any(changed);
    let mut told = String::new();
    let mut left_out = false;
    for (at, (sign, line)) in steps.iter().enumerate() {
        if !near(at) {
            left_out = true;
            continue;
        }
        if std::mem::take(&mut left_out) {
            told += "    ...\n";
        }
        told += "  ";
        told.push(*sign);
        told += " ";
        told += &String::from_utf8_lossy(line);
        told += "\n";
    }
    told
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    lines.map(<[u8]>::trim_ascii_end).collect()
}

/// The shortest way from one list to the other, by their longest common subsequence; where that
/// would take too much memory, another one.
fn steps<'a>(before: &[&'a [u8]], after: &[&'a [u8]]) -> Vec<(char, &'a [u8])> {
    let alike = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let mut steps: Vec<_> = before[..alike].iter().map(|line| (' ', *line)).collect();
    let (before, after) = (&before[alike..], &after[alike..]);
    let width = after.len() + 1;
    // At [i, j] how many lines the rest of one and the rest of the other have in common.
    let mut common = Vec::new();
    if width.saturating_mul(before.len() + 1) < MEMORY {
        common.resize(width * (before.len() + 1), 0_u32);
        for i in (0..before.len()).rev() {
            for j in (0..after.len()).rev() {
                common[i * width + j] = if before[i] == after[j] {
                    common[(i + 1) * width + j + 1] + 1
                } else {
                    common[(i + 1) * width + j].max(common[i * width + j + 1])
                };
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < before.len() || j < after.len() {
        let both = i < before.len() && j < after.len();
        if both && !common.is_empty() && before[i] == after[j] {
            steps.push((' ', before[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == after.len()
            || both
                && (common.is_empty() || common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            steps.push(('-', before[i]));
            i += 1;
        } else {
            steps.push(('+', after[j]));
            j += 1;
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_shown_with_what_is_around_them() {
        let before = b"1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let after = b"1\n2\n3\nfour\n5\n6\n7\n8\n9\nten\n";
        assert_eq!(
            difference(before, after),
            "    ...\n    2\n    3\n  - 4\n  + four\n    5\n    6\n    ...\n    8\n    9\n  + ten\n"
        );
        assert_eq!(difference(b"", b"1\r\n"), "  + 1\n");
        assert_eq!(difference(b"1\n2", b"2"), "  - 1\n    2\n");
        assert_eq!(difference(b"1\n", b"1\n"), "");
    }

    #[test]
    fn a_long_text_takes_no_more_memory_than_there_is() {
        let before = b"line\n".repeat(100_000);
        let after = [b"first\n", &*before, b"last\n"].concat();
        let told = difference(&before, &after);
        assert!(told.starts_with("  - line\n") && told.ends_with("  + last\n"));
    }
}
