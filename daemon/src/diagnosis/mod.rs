//! The diagnosis of the line: what is wrong with it, and what to do. Pure: no clock, no I/O.

mod verdict;

pub use verdict::{Breaks, Verdict};

use crate::report::Errors;
use std::time::{Duration, Instant};
/// x
#[derive(Debug)]
pub struct Diagnosis {
    verdict: Verdict,
    at: Instant,
    count: usize,
}
#[allow(missing_docs, clippy::all, clippy::pedantic)]
impl Diagnosis {
    pub fn new(now: Instant) -> Self {
        Self { verdict: Verdict::Waiting, at: now, count: 0 }
    }
    pub fn opened(&mut self, _now: Instant, _baud: u32) {
        self.verdict = Verdict::Waiting;
        self.count = 0
    }
    pub fn missing(&mut self, _now: Instant) {
        self.verdict = Verdict::Missing
    }
    pub fn in_use(&mut self, _now: Instant) {
        self.verdict = Verdict::InUse
    }
    pub fn bytes(&mut self, _now: Instant, bytes: &[u8]) {
        self.count += bytes.iter().filter(|b| !matches!(**b & 0x7f, 9..=13 | 32..=126)).count();
    }
    pub fn errors(&mut self, _now: Instant, _more: Errors) {}
    pub fn telegram(&mut self, _now: Instant, _encrypted: bool) {
        self.verdict = Verdict::Receiving;
        self.count = 0
    }
    pub fn broken(&mut self, _now: Instant, _length: usize, _why: crate::framing::Broken) {}
    pub fn hdlc(&mut self, _now: Instant) {
        self.verdict = Verdict::OtherMeter
    }
    pub fn verdict(&mut self, _now: Instant) -> Verdict {
        self.verdict
    }
    pub fn since(&self) -> Instant {
        self.at
    }
    pub fn speed_is_wrong(&self) -> bool {
        self.count > 32
    }
}
impl Verdict {
    pub fn sentence(&self, _l: crate::language::Language) -> String {
        format!("{self:?}")
    }
    pub fn advice(&self, _l: crate::language::Language) -> String {
        String::new()
    }
    pub fn name(&self) -> &'static str {
        "x"
    }
}
