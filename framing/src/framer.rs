//! The framer: a window on the line, and every place in it where a telegram may begin.

use super::encrypted::{self, Beginning};
use super::ending::{Ending, ending};
use super::hdlc::Recogniser;
use super::sums::Sums;
use super::verdict::{Found, Meter, Start};
use super::wellformed;
use super::{Checksum, Frame, LONGEST, Noise, Proof, Step};
use std::ops::Range;

/// Twice the longest telegram, so that bytes seldom have to be moved.
const WINDOW: usize = 2 * LONGEST;

/// Finds telegrams and encrypted frames in a stream of bytes.
///
/// Holds at most 32 KiB of the stream, and an index of the `/` in it.
pub struct Framer {
    /// The window. All positions below are positions in it, and move along with it.
    pub(super) window: Vec<u8>,
    /// What lies before has been given out or given up.
    pub(super) begin: usize,
    /// What lies before has been looked at.
    pub(super) scanned: usize,
    /// What lies before is in `sums`.
    summed: usize,
    /// What lies before has been found a broken telegram or none.
    pub(super) judged: usize,
    pub(super) sums: Sums,
    pub(super) starts: Vec<Start>,
    pub(super) encrypted: Option<Range<usize>>,
    hdlc: Recogniser,
    /// What lies before is a frame's, or has been shown to `hdlc`.
    shown: usize,
    /// Seen and not yet told.
    too_long_seen: bool,
    pub(super) meter: Option<Meter>,
}

impl Default for Framer {
    fn default() -> Self {
        Self::new()
    }
}

impl Framer {
    /// A framer that has seen nothing of the line.
    #[must_use]
    pub fn new() -> Self {
        Self {
            window: Vec::with_capacity(WINDOW),
            begin: 0,
            scanned: 0,
            summed: 0,
            judged: 0,
            sums: Sums::of(Checksum::Arc),
            starts: Vec::new(),
            encrypted: None,
            hdlc: Recogniser::default(),
            shown: 0,
            too_long_seen: false,
            meter: None,
        }
    }

    /// The line was interrupted: forgets what was begun, as it will not be finished.
    ///
    /// It goes on knowing the meter's kind of checksum.
    pub fn interrupt(&mut self) {
        let meter = self.meter.take();
        *self = Self::new();
        self.sums = meter.as_ref().map_or(Sums::of(Checksum::Arc), |meter| Sums::of(meter.kind));
        self.meter = meter;
    }

    /// Takes from `input` what it needs to find the next frame or noise.
    ///
    /// [`Step::Incomplete`] means that all of `input` has been taken. Cannot fail: any bytes at
    /// all are either part of a frame or not.
    pub fn next<'a>(&'a mut self, input: &mut &[u8]) -> Step<'a> {
        loop {
            match self.scan() {
                Some(Found::Frame(range, proof)) => {
                    self.hdlc = Recogniser::default();
                    self.shown = range.end;
                    return Step::Frame(Frame { bytes: &self.window[range], proof });
                }
                Some(Found::Broken(range, why)) => {
                    return Step::Noise(Noise::Broken { bytes: &self.window[range], why });
                }
                None => {}
            }
            // Last, as a telegram is in more of a hurry.
            let hdlc_seen = self.hdlc.feed(&self.window[self.shown..]);
            self.shown = self.window.len();
            if hdlc_seen {
                return Step::Noise(Noise::Hdlc);
            }
            if std::mem::take(&mut self.too_long_seen) {
                return Step::Noise(Noise::TooLong);
            }
            if input.is_empty() {
                return Step::Incomplete;
            }
            self.make_room();
            let (now, later) = input.split_at(input.len().min(WINDOW - self.window.len()));
            self.window.extend_from_slice(now);
            *input = later;
        }
    }

    /// Goes on to the next frame or broken telegram in the window.
    fn scan(&mut self) -> Option<Found> {
        loop {
            let frame_end = self.encrypted.as_ref().map_or(usize::MAX, |frame| frame.end);
            let limit = frame_end.min(self.window.len());
            let sign = memchr::memchr3(b'/', b'!', 0xDB, &self.window[self.scanned..limit]);
            let Some(sign) = sign else {
                self.scanned = limit;
                if limit < frame_end {
                    return None;
                }
                let frame = self.encrypted.take().unwrap_or_default();
                if encrypted::ends_in_the_next(&self.window[frame.clone()]) {
                    continue;
                }
                // Candidates inside stay: a checksum proves more than a length does.
                return Some(Found::Frame(frame, Proof::Length));
            };
            let at = self.scanned + sign;
            let byte = self.window[at];
            let known = match byte {
                b'/' => {
                    self.begin_at(at);
                    true
                }
                b'!' => match ending(&self.window, at) {
                    Ending::Partial => false,
                    Ending::Other => true,
                    Ending::Whole(sent, end) => {
                        self.scanned = at + 1;
                        match self.judge(at, sent, end) {
                            Some(found) => return Some(found),
                            None => continue,
                        }
                    }
                },
                _ => self.begin_encrypted_at(at),
            };
            if !known {
                self.scanned = at;
                return None;
            }
            self.scanned = at + 1;
        }
    }

    /// A `/`.
    fn begin_at(&mut self, at: usize) {
        if self.starts.is_empty() {
            // The sums are needed between candidates and what may end them, and nowhere else.
            self.summed = at;
        }
        self.sum_up_to(at);
        self.starts.push(Start { at, key: self.sums.start() });
    }

    /// A `DB`; false if what it is cannot be told yet.
    fn begin_encrypted_at(&mut self, at: usize) -> bool {
        match encrypted::beginning(&self.window[at..]) {
            Beginning::Partial => return false,
            Beginning::Other => {}
            Beginning::Frame(length) => {
                let outer = self.encrypted.as_ref().map(|frame| &self.window[frame.start..]);
                if outer.is_none_or(|outer| encrypted::interrupts(&self.window[at..], outer)) {
                    self.encrypted = Some(at..at + length);
                }
            }
        }
        true
    }

    pub(super) fn sum_up_to(&mut self, at: usize) {
        self.sums.advance(&self.window[self.summed..at]);
        self.summed = at;
    }

    /// Gives up what cannot become a frame any more, so that the window has room.
    fn make_room(&mut self) {
        let first = self.starts.first().map_or(self.scanned, |start| start.at);
        let frame = self.encrypted.as_ref().map_or(self.scanned, |frame| frame.start);
        let needed = first.min(frame).min(self.scanned).max(self.begin);
        if needed == self.window.len() {
            self.move_to(needed);
        } else if self.window.len() == WINDOW {
            self.give_up_before(WINDOW - LONGEST);
            self.move_to(needed.max(WINDOW - LONGEST));
        }
    }

    /// Gives up the candidates that are too far back to begin a telegram.
    pub(super) fn give_up_before(&mut self, at: usize) {
        let gone = self.starts.partition_point(|start| start.at < at);
        self.too_long_seen |= self.starts.drain(..gone).any(|start| {
            start.at >= self.judged && wellformed::header(&self.window[start.at..]).is_some()
        });
    }

    /// Moves the window on by `by` bytes.
    fn move_to(&mut self, by: usize) {
        self.window.drain(..by);
        self.begin = self.begin.saturating_sub(by);
        self.shown = self.shown.saturating_sub(by);
        self.scanned -= by;
        self.summed = self.summed.saturating_sub(by);
        self.judged = self.judged.saturating_sub(by);
        for start in &mut self.starts {
            start.at -= by;
        }
        self.encrypted = self
            .encrypted
            .take()
            .and_then(|frame| Some(frame.start.checked_sub(by)?..frame.end.checked_sub(by)?));
    }
}
