//! cmdline.txt, the command line of the kernel: one line of parameters. Pure.
//!
//! Sources: "The kernel's command-line parameters" in the kernel's documentation; the firmware
//! puts the primary UART in the place of `serial0`.

/// The console that is left where there would be none: without one the kernel takes the port that
/// the device tree names, which is the meter's on some boards.
const SCREEN: &[u8] = b"console=tty1";

/// What the meter's port is called in `console=`, before and after it has been freed.
pub const PORTS: [&str; 3] = ["serial0", "ttyAMA0", "ttyS0"];

/// A command line: parameters, each with the space before it, and the space behind the last.
#[derive(Clone, Debug)]
struct CommandLine<'a>(Vec<(&'a [u8], &'a [u8])>, &'a [u8]);

impl<'a> CommandLine<'a> {
    /// Takes a text apart as the kernel does, for which spaces within quotation marks separate
    /// nothing.
    fn parse(text: &'a [u8]) -> Self {
        let mut words = Vec::new();
        // Where the space begins, where the word behind it does.
        let (mut space, mut word) = (0, 0);
        let mut quoted = false;
        for (at, byte) in text.iter().chain(b"\n").enumerate() {
            quoted ^= *byte == b'"';
            if !byte.is_ascii_whitespace() || quoted && *byte == b' ' {
                continue;
            }
            if word < at {
                words.push((&text[space..word], &text[word..at]));
                space = at;
            }
            word = at + 1;
        }
        Self(words, &text[space..])
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (space, word) in &self.0 {
            bytes.extend_from_slice(space);
            bytes.extend_from_slice(word);
        }
        bytes.extend_from_slice(self.1);
        bytes
    }

    fn position(&self, parameter: &[u8]) -> Option<usize> {
        self.0.iter().position(|(_, word)| *word == parameter)
    }

    fn has(&self, parameter: &[u8]) -> bool {
        self.position(parameter).is_some()
    }

    /// Takes the consoles on `ports` away; returns where the first of them stood.
    fn take_away(&mut self, ports: &[&str]) -> Option<usize> {
        let mut first = None;
        while let Some(at) = self.0.iter().position(|(_, word)| takes(word, ports)) {
            first = first.or(Some(at));
            self.remove(at);
        }
        first
    }

    fn remove(&mut self, at: usize) {
        let (space, _) = self.0.remove(at);
        if let (0, Some(first)) = (at, self.0.first_mut()) {
            first.0 = space;
        }
    }

    fn insert(&mut self, at: usize, parameter: &'a [u8]) {
        let mut space: &[u8] = if self.0.is_empty() { b"" } else { b" " };
        if let (0, Some(first)) = (at, self.0.first_mut()) {
            std::mem::swap(&mut space, &mut first.0);
        }
        self.0.insert(at, (space, parameter));
    }
}

/// Whether the parameter makes a console, or a debugger's line, of one of `ports`.
fn takes(word: &[u8], ports: &[&str]) -> bool {
    let Ok(word) = std::str::from_utf8(word) else { return false };
    let is_port = |name: &str| ports.contains(&name.strip_prefix("/dev/").unwrap_or(name));
    match word.split_once('=') {
        Some(("console", value)) => value.split(',').next().is_some_and(is_port),
        Some(("kgdboc", value)) => value.split(',').any(is_port),
        _ => false,
    }
}

/// Takes the consoles on `ports` away. Where no console would be left, the screen becomes one.
#[must_use]
pub fn freed(text: &[u8], ports: &[&str]) -> Vec<u8> {
    let mut line = CommandLine::parse(text);
    let first = line.take_away(ports);
    if !line.0.iter().any(|(_, word)| word.starts_with(b"console=")) {
        line.insert(first.unwrap_or(0), SCREEN);
    }
    line.to_bytes()
}

/// Takes the consoles on `ports` away from a part of a command line, which needs none.
#[must_use]
pub fn part_freed(text: &[u8], ports: &[&str]) -> Vec<u8> {
    let mut line = CommandLine::parse(text);
    line.take_away(ports);
    line.to_bytes()
}

/// Brings back into `now` what was taken from `original` when it became `edited`, and takes back
/// what was added; whatever else has changed since stays.
#[must_use]
pub fn restored(now: &[u8], original: &[u8], edited: &[u8]) -> Vec<u8> {
    let (before, after) = (CommandLine::parse(original), CommandLine::parse(edited));
    let mut line = CommandLine::parse(now);
    let mut place = line.0.len();
    for (_, added) in after.0.iter().filter(|(_, word)| !before.has(word)) {
        if let Some(at) = line.position(added) {
            line.remove(at);
            place = at;
        }
    }
    for (at, &(_, word)) in before.0.iter().enumerate() {
        if !after.has(word) && !line.has(word) {
            let next = before.0[at + 1..].iter().find_map(|(_, next)| line.position(next));
            line.insert(next.unwrap_or(place).min(line.0.len()), word);
            place += 1;
        }
    }
    let same = line.0.iter().map(|(_, word)| word).eq(before.0.iter().map(|(_, word)| word));
    if same { original.to_vec() } else { line.to_bytes() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(text: &str) -> String {
        String::from_utf8(freed(text.as_bytes(), &PORTS)).expect("text")
    }

    #[test]
    fn consoles_on_the_port_go_and_all_else_stays() {
        for (before, after) in [
            (
                "console=serial0,115200 console=tty1 root=/dev/x rootwait\n",
                "console=tty1 root=/dev/x rootwait\n",
            ),
            (
                "root=/dev/x  console=tty1   console=ttyAMA0,115200\r\n",
                "root=/dev/x  console=tty1\r\n",
            ),
            ("a console=ttyS0 b", "a console=tty1 b"),
            ("console=ttyS0", "console=tty1"),
            ("root=/dev/x", "console=tty1 root=/dev/x"),
            (
                "\n console=ttyAMA0 kgdboc=ttyAMA0,115200 console=tty0 x\n\n",
                "\n console=tty0 x\n\n",
            ),
            ("kgdboc=kms,ttyS0 console=ttyUSB0 x", "console=ttyUSB0 x"),
            ("console=ttyAMA10,115200 x", "console=ttyAMA10,115200 x"),
            ("console=tty1 console=/dev/serial0,115200n8", "console=tty1"),
            (
                "console=tty1 init=\"a console=ttyS0 b\" x",
                "console=tty1 init=\"a console=ttyS0 b\" x",
            ),
            ("console=tty1 xconsole=ttyS0 console.x=1", "console=tty1 xconsole=ttyS0 console.x=1"),
        ] {
            assert_eq!(free(before), after, "{before}");
            assert_eq!(free(after), after, "a second time");
            let back = restored(after.as_bytes(), before.as_bytes(), after.as_bytes());
            assert_eq!(String::from_utf8_lossy(&back), before, "and back");
        }
    }

    #[test]
    fn what_changed_since_stays() {
        let before =
            "console=serial0,115200 console=tty1 root=/dev/x resize init=/first kgdboc=ttyS0\n";
        for (now, back) in [
            (
                "console=tty1 root=/dev/y quiet\n",
                "console=serial0,115200 console=tty1 root=/dev/y quiet kgdboc=ttyS0\n",
            ),
            ("quiet", "quiet console=serial0,115200 kgdboc=ttyS0"),
            (
                "console=serial0,115200 root=/dev/x",
                "console=serial0,115200 root=/dev/x kgdboc=ttyS0",
            ),
        ] {
            let edited = free(before);
            let restored = restored(now.as_bytes(), before.as_bytes(), edited.as_bytes());
            assert_eq!(String::from_utf8_lossy(&restored), back);
        }
        let edited = free("console=ttyS0 root=/dev/x");
        let now = b"console=tty1 root=/dev/y";
        let added = restored(now, b"console=ttyS0 root=/dev/x", edited.as_bytes());
        assert_eq!(String::from_utf8_lossy(&added), "console=ttyS0 root=/dev/y");
    }
}
