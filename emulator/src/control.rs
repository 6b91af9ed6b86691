//! QEMU's machine protocol (QMP): commands and answers, one JSON object to a line
//! (<https://www.qemu.org/docs/master/interop/qmp-spec.html>).

use crate::failure::Failure;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// Within this time QEMU answers, however busy it is.
const ANSWER: Duration = Duration::from_secs(60);

/// The connection to a running QEMU.
pub struct Control {
    stream: BufReader<UnixStream>,
    /// What has been read of a line.
    begun: Vec<u8>,
}

impl Control {
    /// Waits for QEMU's greeting and goes into command mode.
    pub(crate) fn new(stream: UnixStream) -> Result<Self, Failure> {
        let mut control = Self { stream: BufReader::new(stream), begun: Vec::new() };
        let greeting = control.next(Instant::now() + ANSWER)?;
        if greeting.get("QMP").is_none() {
            return Err(Failure::new(format!("QEMU greets by {greeting}, which is no QMP")));
        }
        control.execute("qmp_capabilities", &json!({}))?;
        Ok(control)
    }

    /// Runs a command with its arguments (a JSON object) and returns its answer.
    ///
    /// # Errors
    ///
    /// If QEMU refuses it, with QEMU's reason, or does not answer within a minute.
    pub fn execute(&mut self, command: &str, arguments: &Value) -> Result<Value, Failure> {
        let line = format!("{}\n", json!({ "execute": command, "arguments": arguments }));
        let sent = self.stream.get_mut().write_all(line.as_bytes());
        sent.map_err(Failure::of(format!("tell QEMU to {command}")))?;
        let deadline = Instant::now() + ANSWER;
        loop {
            let answer = self.next(deadline)?;
            if let Some(value) = answer.get("return") {
                return Ok(value.clone());
            }
            if let Some(error) = answer.get("error") {
                return Err(Failure::new(format!("QEMU refuses {}: {error}", line.trim_end())));
            }
            // Anything else is an event.
        }
    }

    fn next(&mut self, deadline: Instant) -> Result<Value, Failure> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Failure::new("QEMU has not answered in time"));
            }
            let limited = self.stream.get_ref().set_read_timeout(Some(left));
            limited.map_err(Failure::of("set a time limit"))?;
            match self.stream.read_until(b'\n', &mut self.begun) {
                Ok(_) if self.begun.ends_with(b"\n") => {
                    let line = std::mem::take(&mut self.begun);
                    return serde_json::from_slice(&line)
                        .map_err(Failure::of("understand what QEMU tells"));
                }
                Ok(_) => return Err(Failure::new("QEMU has ended")),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(Failure::of("read from QEMU")(error)),
            }
        }
    }
}
