//! The search for the line's speed. Pure.

use std::time::{Duration, Instant};

/// A speed at which telegrams arrived is kept for this long after the last one: three telegrams of
/// a meter that sends every ten seconds.
const KEPT: Duration = Duration::from_secs(30);
/// When each speed has been tried in vain, each is tried for this long: two telegrams of a meter
/// that sends every ten seconds and takes eight for it (DSMR 2.2).
const PATIENCE: Duration = Duration::from_secs(30);

/// Tries one speed after the other until telegrams arrive.
///
/// A first meter is found within the first telegram: as soon as it is plain that none can come of
/// what arrives, the next speed is tried. A line on which no speed helps, such as an inverted one, is
/// given time at each, so that what is wrong with it can be seen.
pub struct Search {
    speeds: Vec<u32>,
    at: usize,
    since: Instant,
    /// How many speeds were tried since the last telegram.
    tried: usize,
    last_telegram: Option<Instant>,
}

impl Search {
    /// Begins with the first of `speeds`, in bits per second; there is one at least.
    #[must_use]
    pub fn new(speeds: &[u32], now: Instant) -> Self {
        Self { speeds: speeds.to_vec(), at: 0, since: now, tried: 0, last_telegram: None }
    }

    /// The speed that is being tried or has been found, in bits per second.
    #[must_use]
    pub fn speed(&self) -> u32 {
        self.speeds[self.at]
    }

    /// The port was opened.
    pub fn opened(&mut self, now: Instant) {
        self.since = now;
    }

    /// A telegram arrived: this is the speed.
    pub fn found(&mut self, now: Instant) {
        self.tried = 0;
        self.last_telegram = Some(now);
    }

    /// Bytes have arrived; `wrong`, if it is plain that none of them can be a telegram's. Returns the
    /// speed to try next, if it is another one.
    pub fn next(&mut self, now: Instant, wrong: impl FnOnce() -> bool) -> Option<u32> {
        let since = |then| now.saturating_duration_since(then);
        if self.speeds.len() < 2 || self.last_telegram.is_some_and(|then| since(then) < KEPT) {
            return None;
        }
        let patient = self.tried >= self.speeds.len();
        if since(self.since) < PATIENCE && (patient || !wrong()) {
            return None;
        }
        self.tried += 1;
        self.at = (self.at + 1) % self.speeds.len();
        self.since = now;
        Some(self.speed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(speeds: &[u32]) -> (Search, impl Fn(u64) -> Instant + use<>) {
        let start = Instant::now();
        (Search::new(speeds, start), move |second| start + Duration::from_secs(second))
    }

    #[test]
    fn what_is_plain_is_not_waited_for() {
        let (mut search, at) = search(&[115_200, 9600]);
        assert_eq!(search.speed(), 115_200);
        assert_eq!(search.next(at(1), || false), None);
        assert_eq!(search.next(at(1), || true), Some(9600));
        search.found(at(11));
        assert_eq!(search.next(at(12), || true), None);
        assert_eq!(search.next(at(41), || true), Some(115_200));
    }

    #[test]
    fn where_nothing_helps_each_speed_is_given_time() {
        let (mut search, at) = search(&[38_400, 57_600]);
        assert_eq!(search.next(at(0), || true), Some(57_600));
        assert_eq!(search.next(at(0), || true), Some(38_400));
        assert_eq!(search.next(at(29), || true), None);
        assert_eq!(search.next(at(30), || true), Some(57_600));
        assert_eq!(search.next(at(59), || true), None);
        assert_eq!(search.next(at(60), || false), Some(38_400));
    }

    #[test]
    fn one_speed_is_no_choice() {
        let (mut search, at) = search(&[9600]);
        assert_eq!(search.next(at(1000), || true), None);
    }
}
