//! Times at which the meter is silent or its line is away, planned from its start on.

use crate::pace::parse_seconds;
use std::str::FromStr;
use std::time::Duration;

/// `EVERY:FOR` in seconds: an outage of FOR begins each time another EVERY has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outage {
    every: Duration,
    lasting: Duration,
}

impl FromStr for Outage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (every, lasting) = text.split_once(':').ok_or("give EVERY:FOR in seconds")?;
        let (every, lasting) = (parse_seconds(every)?, parse_seconds(lasting)?);
        if lasting.is_zero() || every <= lasting {
            return Err("FOR has to be more than 0 and less than EVERY".to_owned());
        }
        Ok(Self { every, lasting })
    }
}

impl Outage {
    /// Whether any moment from `begin` to `end` is in an outage.
    pub(crate) fn touches(&self, begin: Duration, end: Duration) -> bool {
        let into = end.as_nanos() % self.every.as_nanos();
        let last = end.as_nanos() - into;
        last > 0 && last + self.lasting.as_nanos() > begin.as_nanos()
    }
}

/// What happens to the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It goes away.
    Down,
    /// It comes back.
    Up,
}

/// The changes of a line with outages, one after the other.
#[derive(Debug)]
pub(crate) struct Changes {
    outage: Outage,
    /// When the next outage begins, or began.
    begin: Duration,
    next: Change,
}

impl Changes {
    /// From the first outage on.
    pub(crate) fn of(outage: Outage) -> Self {
        Self { outage, begin: outage.every, next: Change::Down }
    }

    /// The next change and its time, if that is not after `now`.
    pub(crate) fn due(&mut self, now: Duration) -> Option<(Duration, Change)> {
        let change = self.next;
        let at = match change {
            Change::Down => self.begin,
            Change::Up => self.begin + self.outage.lasting,
        };
        if at > now {
            return None;
        }
        self.next = match change {
            Change::Down => Change::Up,
            Change::Up => {
                self.begin += self.outage.every;
                Change::Down
            }
        };
        Some((at, change))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn an_outage_is_less_than_all_the_time() {
        for text in ["", "5", "5:", ":1", "5:5", "5:0", "1:5", "x:1", "5:-1", "inf:1"] {
            assert!(text.parse::<Outage>().is_err(), "{text}");
        }
        let outage = Outage { every: ms(10_000), lasting: ms(2_500) };
        assert_eq!("10:2.5".parse(), Ok(outage));
    }

    #[test]
    fn it_touches_what_it_overlaps() {
        let outage = Outage { every: ms(100), lasting: ms(20) };
        for (begin, end, touched) in [
            (0, 0, false),
            (0, 99, false),
            (90, 100, true),
            (100, 100, true),
            (110, 115, true),
            (119, 150, true),
            (120, 199, false),
            (150, 450, true),
            (220, 299, false),
        ] {
            assert_eq!(outage.touches(ms(begin), ms(end)), touched, "{begin} to {end}");
        }
    }

    #[test]
    fn changes_come_in_order_and_on_time() {
        let mut changes = Changes::of(Outage { every: ms(100), lasting: ms(20) });
        assert_eq!(changes.due(ms(99)), None);
        let due: Vec<_> = std::iter::from_fn(|| changes.due(ms(220))).collect();
        let (down, up) = (Change::Down, Change::Up);
        assert_eq!(due, [(ms(100), down), (ms(120), up), (ms(200), down), (ms(220), up)]);
    }
}
