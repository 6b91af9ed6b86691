//! What is seen of the line: what it is found to be, and the last of what it brought.

use crate::diagnosis::Diagnosis;
use crate::report::Errors;
use std::collections::VecDeque;
use std::time::Instant;

/// As many of the last bytes are kept, as they came.
pub const RECENT: usize = 1024;

/// What is seen of the line.
pub struct Observed {
    /// What the line is found to be.
    pub diagnosis: Diagnosis,
    /// The path of the device, or the address that telegrams come from.
    pub device: String,
    /// In bits per second, as the port is set.
    pub baud: u32,
    /// Whether characters have seven bits and a parity bit; none before that is known.
    pub seven_bits: Option<bool>,
    /// What the driver has counted since the port was opened; none where it does not count.
    pub errors: Option<Errors>,
    /// The last telegram, without parity bits; empty before the first one, and where the meter
    /// encrypts.
    pub telegram: Vec<u8>,
    recent: VecDeque<u8>,
}

impl Default for Observed {
    fn default() -> Self {
        Self::new(Instant::now())
    }
}

impl Observed {
    /// Nothing has been seen.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            diagnosis: Diagnosis::new(now),
            device: String::new(),
            baud: 0,
            seven_bits: None,
            errors: None,
            telegram: Vec::new(),
            recent: VecDeque::with_capacity(RECENT),
        }
    }

    /// The port was opened or set to another speed, in bits per second.
    pub fn opened(&mut self, now: Instant, baud: u32) {
        self.baud = baud;
        self.seven_bits = None;
        self.errors = None;
        self.diagnosis.opened(now, baud);
    }

    /// These bytes came, with parity bits if there are any.
    pub fn bytes(&mut self, now: Instant, bytes: &[u8]) {
        let last = &bytes[bytes.len().saturating_sub(RECENT)..];
        let surplus = (self.recent.len() + last.len()).saturating_sub(RECENT);
        self.recent.drain(..surplus);
        self.recent.extend(last);
        self.diagnosis.bytes(now, bytes);
    }

    /// The driver has counted so many since the port was opened.
    pub fn errors(&mut self, now: Instant, errors: Option<Errors>) {
        if let Some(total) = errors {
            self.diagnosis.errors(now, total.since(self.errors.unwrap_or_default()));
        }
        self.errors = errors;
    }

    /// The last bytes, at most [`RECENT`].
    pub fn recent(&self) -> impl Iterator<Item = u8> {
        self.recent.iter().copied()
    }
}
