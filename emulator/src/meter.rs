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
}
