//! When a telegram begins, and when its bytes have left. A plan, without a clock: durations count
//! from the meter's start.

use std::time::Duration;

/// The bytes that leave in one piece: what a UART gathers before it interrupts.
pub(crate) const PIECE: usize = 8;
/// A start bit, eight bits or seven and parity, and a stop bit.
const BITS_PER_BYTE: u64 = 10;
/// The longest number of seconds in any option: a day.
const LONGEST: f64 = 86_400.0;

/// Reads a decimal number of seconds, from 0 to a day.
pub(crate) fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.0..=LONGEST).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "give seconds, from 0 to 86400".to_owned())
}

/// The times of a meter that sends regularly, as long as the line is free.
#[derive(Debug)]
pub(crate) struct Pace {
    /// From the beginning of one telegram to that of the next; zero: one right behind the other.
    interval: Duration,
    /// In bit/s; zero: the line takes no time.
    baud: u32,
    /// When the next telegram would begin.
    next: Duration,
    /// When the last one has left.
    free: Duration,
}

impl Pace {
    pub(crate) fn new(interval: Duration, baud: u32) -> Self {
        Self { interval, baud, next: Duration::ZERO, free: Duration::ZERO }
    }

    /// When the next telegram begins: on the beat, or as soon as the one before has left.
    pub(crate) fn begin(&mut self) -> Duration {
        let begin = self.next.max(self.free);
        self.next += self.interval;
        begin
    }

    /// Takes the line for a telegram of `length` bytes from `begin` on. Returns when it has left.
    pub(crate) fn send(&mut self, begin: Duration, length: usize) -> Duration {
        self.free = begin + self.time_of(length);
        self.free
    }

    /// How long the line takes for `length` bytes.
    pub(crate) fn time_of(&self, length: usize) -> Duration {
        let bits = u64::try_from(length).unwrap_or(u64::MAX).saturating_mul(BITS_PER_BYTE);
        let nanos = bits.saturating_mul(1_000_000_000).checked_div(self.baud.into());
        Duration::from_nanos(nanos.unwrap_or(0))
    }

    /// Whether the line takes no time, so that a telegram leaves in one piece.
    pub(crate) fn is_unpaced(&self) -> bool {
        self.baud == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn telegrams_begin_on_the_beat() {
        let mut pace = Pace::new(ms(100), 9_600);
        for beat in 0..1_000 {
            let begin = pace.begin();
            assert_eq!(begin, ms(100) * beat);
            assert_eq!(pace.send(begin, 48), begin + ms(50));
        }
    }

    #[test]
    fn a_long_telegram_delays_the_next_and_no_other() {
        let mut pace = Pace::new(ms(100), 9_600);
        pace.begin();
        assert_eq!(pace.send(ms(0), 144), ms(150));
        assert_eq!(pace.begin(), ms(150));
        pace.send(ms(150), 24);
        assert_eq!(pace.begin(), ms(200));
    }

    #[test]
    fn without_interval_one_follows_the_other_and_without_speed_they_take_no_time() {
        let mut pace = Pace::new(ms(0), 115_200);
        pace.begin();
        pace.send(ms(0), 1_152);
        assert_eq!(pace.begin(), ms(100));
        assert_eq!(Pace::new(ms(10), 0).send(ms(20), 1_000), ms(20));
    }

    #[test]
    fn seconds_are_decimal() {
        assert_eq!(parse_seconds("0.25"), Ok(ms(250)));
        for text in ["", "-1", "NaN", "inf", "86401", "1 s"] {
            assert!(parse_seconds(text).is_err(), "{text}");
        }
    }
}
