//! What a machine writes to its console.

use crate::failure::Failure;
use std::path::{Path, PathBuf};

/// How much of a console is shown when something went wrong, in lines.
const END: usize = 40;

/// The log of a machine's console, a file.
pub struct Console {
    file: PathBuf,
}

impl Console {
    pub(crate) fn new(file: PathBuf) -> Self {
        Self { file }
    }

    /// Where the log is.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// All that has been written so far, without what only moves a terminal's cursor.
    ///
    /// # Errors
    ///
    /// If the file cannot be read. One that is not there yet is empty.
    pub fn text(&self) -> Result<String, Failure> {
        match std::fs::read(&self.file) {
            Ok(bytes) => Ok(plain(&String::from_utf8_lossy(&bytes))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(Failure::of(format!("read {}", self.file.display()))(error)),
        }
    }

    /// The last lines, for people.
    #[must_use]
    pub fn end(&self) -> String {
        let text = self.text().unwrap_or_else(|failure| failure.to_string());
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(END)..].join("\n")
    }
}

/// `text` without control sequences (ECMA-48: ESC, and for `ESC [` all up to a letter) and without
/// carriage returns.
fn plain(text: &str) -> String {
    let mut characters = text.chars();
    let mut plain = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        match character {
            '\x1B' => {
                if characters.next() == Some('[') {
                    characters.by_ref().find(|&end| matches!(end, '\x40'..='\x7E'));
                }
            }
            '\r' => {}
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_sequences_are_left_out() {
        assert_eq!(plain("\x1Bc\x1B[?7l\x1B[2JSeaBIOS\r\n\x1B[0;32mOK\x1B[0m"), "SeaBIOS\nOK");
        assert_eq!(plain("\x1B[!p\x1B[6nlogin: \x1B["), "login: ");
    }
}
