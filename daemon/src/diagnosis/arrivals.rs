//! When bytes arrived, and the last of them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// So many of the last bytes are looked at.
const LOOKED_AT: usize = 512;
/// Arrivals are counted for such a time each.
const STEP: Duration = Duration::from_secs(1);
/// And are remembered for such a time.
const REMEMBERED: Duration = Duration::from_secs(32);
/// Bytes that come after such a time are another burst; a telegram comes in one, mostly.
const PAUSE: Duration = Duration::from_millis(400);

/// Bytes of the line since the last evidence that all is well.
#[derive(Default)]
pub(super) struct Arrivals {
    /// The last bytes at the speed that is set.
    pub(super) recent: VecDeque<u8>,
    /// When bytes came, and how many in the time from then on.
    steps: VecDeque<(Instant, usize)>,
    /// The last one.
    pub(super) last: Option<Instant>,
    /// The first one since the last telegram.
    first: Option<Instant>,
    /// Since the last telegram.
    pub(super) count: usize,
    /// Bursts that have ended since then.
    bursts: usize,
    /// When the bytes began that are all 0, up to the last one.
    zeros: Option<Instant>,
}

impl Arrivals {
    pub(super) fn add(&mut self, now: Instant, bytes: &[u8]) {
        let Some(&newest) = bytes.last() else { return };
        if self.last.is_some_and(|last| now.saturating_duration_since(last) >= PAUSE) {
            self.bursts += usize::from(self.count > 0);
        }
        self.last = Some(now);
        self.first = self.first.or(Some(now));
        self.count = self.count.saturating_add(bytes.len());
        // Of text this looks at one byte.
        if newest != 0 {
            self.zeros = None;
        } else if bytes.iter().any(|&byte| byte != 0) {
            self.zeros = Some(now);
        } else {
            self.zeros = self.zeros.or(Some(now));
        }
        let age = |at: Instant| now.saturating_duration_since(at);
        match self.steps.back_mut() {
            Some((at, count)) if age(*at) < STEP => *count = count.saturating_add(bytes.len()),
            _ => self.steps.push_back((now, bytes.len())),
        }
        while self.steps.front().is_some_and(|&(at, _)| age(at) > REMEMBERED) {
            self.steps.pop_front();
        }
        let newest = &bytes[bytes.len().saturating_sub(LOOKED_AT)..];
        let room = LOOKED_AT - newest.len();
        if self.recent.len() > room {
            self.recent.drain(..self.recent.len() - room);
        }
        self.recent.extend(newest);
    }

    /// A telegram has arrived: what came before it says nothing of what comes now.
    pub(super) fn prove(&mut self) {
        self.forget();
        (self.first, self.count, self.bursts, self.zeros) = (None, 0, 0, None);
    }

    /// The bytes that come from now on are received at another speed.
    pub(super) fn forget(&mut self) {
        self.recent.clear();
    }

    /// How many bytes came within `time`.
    pub(super) fn within(&self, now: Instant, time: Duration) -> usize {
        let young = |at: Instant| now.saturating_duration_since(at) <= time;
        self.steps.iter().filter(|&&(at, _)| young(at)).map(|&(_, count)| count).sum()
    }

    /// How many bytes came in the densest second of the last half minute.
    pub(super) fn densest(&self) -> usize {
        self.steps.iter().map(|&(_, count)| count).max().unwrap_or(0)
    }

    /// For how long all bytes have been 0.
    pub(super) fn zeros(&self, now: Instant) -> Option<Duration> {
        self.zeros.map(|at| now.saturating_duration_since(at))
    }

    /// Whether a telegram ought to have come whole by now, had the line been in order: for `time`
    /// there has been none, though bytes come and the port was not opened within the only one.
    pub(super) fn fail(&self, now: Instant, time: Duration) -> bool {
        let age = |at: Instant| now.saturating_duration_since(at);
        let ended = usize::from(self.last.is_some_and(|last| age(last) >= PAUSE));
        let whole = self.bursts + ended >= 2 || self.count > framing::LONGEST;
        whole && self.first.is_some_and(|first| age(first) >= time)
    }
}
