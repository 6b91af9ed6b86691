//! Time on the line, in picoseconds: a bit at any usual speed is a whole number of them, nearly.

use std::time::Duration;

/// A point in time or a length of it, in picoseconds; 213 days fit.
pub(crate) type Picos = u64;

const SECOND: Picos = 1_000_000_000_000;

/// How long one of `rate` per second takes. A rate of 0 is taken for 1.
pub(crate) fn period(rate: u32) -> Picos {
    SECOND / Picos::from(rate.max(1))
}

pub(crate) fn picos(duration: Duration) -> Picos {
    Picos::try_from(duration.as_nanos() * 1000).unwrap_or(Picos::MAX / 2)
}

pub(crate) fn duration(picos: Picos) -> Duration {
    Duration::from_nanos(picos / 1000)
}
