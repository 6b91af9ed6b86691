//! A meter on a machine's line: p1-meter, the simulated one.

use crate::failure::Failure;
use crate::process::{Process, command};
use crate::reader::telegrams;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// A meter that sends until it is dropped.
pub struct Meter {
    _process: Process,
    record: PathBuf,
}

impl Meter {
    /// Starts `program` (p1-meter) on the line whose other end is `socket`, with more of its options
    /// (`p1-meter --help`), and lets it record what it sends in the file `record`, anew. What it says
    /// itself, such as which option it does not know, is in the file beside it that ends in `.log`.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub fn start(
        program: &Path,
        socket: &Path,
        record: &Path,
        options: &[&str],
    ) -> Result<Self, Failure> {
        let made = std::fs::write(record, "");
        made.map_err(Failure::of(format!("write {}", record.display())))?;
        let log = record.with_extension("log");
        let log = File::create(&log).map_err(Failure::of(format!("write {}", log.display())))?;
        let mut command = command(program);
        command.arg("--socket").arg(format!("unix:{}", socket.display()));
        command.arg("--record").arg(record).args(options);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::from(log));
        let process = Process::start(&program.display().to_string(), &mut command)?;
        Ok(Self { _process: process, record: record.to_owned() })
    }

    /// The telegrams that it has sent so far, and the one that it is about to send.
    ///
    /// # Errors
    ///
    /// If its record cannot be read, or holds anything else.
    pub fn sent(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let bytes = std::fs::read(&self.record);
        telegrams(&bytes.map_err(Failure::of(format!("read {}", self.record.display())))?)
    }

    /// Makes sure that `received` is what it has sent, from some telegram on: byte for byte, with
    /// none missing in between.
    ///
    /// # Errors
    ///
    /// If it is not, with the first difference.
    pub fn confirm(&self, received: &[Vec<u8>]) -> Result<(), Failure> {
        compare(received, &self.sent()?)
    }
}

fn compare(received: &[Vec<u8>], sent: &[Vec<u8>]) -> Result<(), Failure> {
    // Two of them may be alike, so the first one need not be where such a one was sent first.
    if received.is_empty() || sent.windows(received.len()).any(|window| window == received) {
        return Ok(());
    }
    let mut next = 0;
    for (number, telegram) in received.iter().enumerate() {
        let Some(skipped) = sent[next..].iter().position(|sent| sent == telegram) else {
            let failure =
                Failure::new(format!("telegram {number} of those received was not sent so"));
            return Err(failure.with("the telegram", &telegram.escape_ascii().to_string()));
        };
        if number > 0 && skipped > 0 {
            return Err(Failure::new(format!(
                "before telegram {number} of those received {skipped} are missing"
            )));
        }
        next += skipped + 1;
    }
    Err(Failure::new("the telegrams received were not sent in this order"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_received_is_compared_with_what_was_sent() {
        let telegrams =
            |text: &str| -> Vec<Vec<u8>> { text.bytes().map(|byte| vec![byte]).collect() };
        let said = |received, sent| compare(&telegrams(received), &telegrams(sent)).err();
        assert!(said("", "abc").is_none());
        assert!(said("abc", "abcd").is_none());
        assert!(said("bbc", "abbbcd").is_none());
        let missing = said("bd", "abcd").expect("a difference").to_string();
        assert_eq!(missing, "before telegram 1 of those received 1 are missing");
        assert!(said("bx", "abcd").expect("a difference").to_string().contains("telegram 1"));
        assert!(said("cb", "abcd").is_some());
    }
}
