//! Keeps what may happen often from filling the journal.

use std::time::{Duration, Instant};

/// Allows a few events at once and then one in a while, and counts what it held back.
#[derive(Debug)]
pub struct Seldom {
    most: u32,
    every: Duration,
    left: u32,
    since: Option<Instant>,
    held_back: u64,
}

impl Seldom {
    /// Allows `most` events at once, and another one each time `every` has passed.
    #[must_use]
    pub fn new(most: u32, every: Duration) -> Self {
        Self { most, every, left: most, since: None, held_back: 0 }
    }

    /// Whether an event at `now` is allowed; then how many were held back since the last one.
    pub fn allow(&mut self, now: Instant) -> Option<u64> {
        let since = *self.since.get_or_insert(now);
        let earned = now.saturating_duration_since(since).as_nanos() / self.every.as_nanos().max(1);
        if earned > 0 {
            self.left =
                self.most.min(self.left.saturating_add(u32::try_from(earned).unwrap_or(self.most)));
            self.since = Some(now);
        }
        if self.left == 0 {
            self.held_back += 1;
            return None;
        }
        self.left -= 1;
        Some(std::mem::take(&mut self.held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_one_in_a_while() {
        let mut seldom = Seldom::new(3, Duration::from_secs(10));
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let allowed: Vec<_> = (0..6).map(|_| seldom.allow(at(0))).collect();
        assert_eq!(allowed, [Some(0), Some(0), Some(0), None, None, None]);
        assert_eq!(seldom.allow(at(9)), None);
        assert_eq!(seldom.allow(at(10)), Some(4));
        assert_eq!(seldom.allow(at(10)), None);
        let allowed: Vec<_> = (0..5).map(|_| seldom.allow(at(1000))).collect();
        assert_eq!(allowed, [Some(1), Some(0), Some(0), None, None]);
    }
}
