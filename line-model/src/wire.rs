//! What lies between the two ends: slow edges and noise.

use crate::time::{Picos, picos};
use std::time::Duration;

/// What the line does to the levels on it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wire {
    /// The probability, from 0 to 1, that the level is turned round for the time of a sent bit. It
    /// holds between characters, too.
    pub noise: f64,
    /// From low to high, all the way: long where the pull-up is weak and the cable long.
    pub rise: Duration,
    /// From high to low, all the way.
    pub fall: Duration,
}

/// All the way from low to high.
const FULL: Picos = 1 << 20;

/// The voltage on the line.
#[derive(Debug)]
pub(crate) struct Voltage {
    rise: Picos,
    fall: Picos,
    /// From 0 to [`FULL`]; the receiver takes half of it or more for high.
    at: Picos,
}

impl Voltage {
    pub(crate) fn new(wire: &Wire, high: bool) -> Self {
        let at = if high { FULL } else { 0 };
        Self { rise: picos(wire.rise).max(1), fall: picos(wire.fall).max(1), at }
    }

    /// Drives the line to `high` for `length`. Returns after how long a receiver sees that level;
    /// `length`, where that is not before the end.
    pub(crate) fn drive(&mut self, high: bool, length: Picos) -> Picos {
        let (edge, far, until_seen) = if high {
            (self.rise, FULL - self.at, (FULL / 2).saturating_sub(self.at))
        } else {
            (self.fall, self.at, (self.at + 1).saturating_sub(FULL / 2))
        };
        let moved = (length.min(edge) * FULL / edge).min(far);
        self.at = if high { self.at + moved } else { self.at - moved };
        (until_seen * edge / FULL).min(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_is_seen_half_way_and_a_short_pulse_not_at_all() {
        let wire = Wire { rise: Duration::from_micros(10), ..Wire::default() };
        let mut voltage = Voltage::new(&wire, false);
        assert_eq!(voltage.drive(true, 8_000_000), 5_000_000);
        assert_eq!(voltage.drive(false, 1_000), 0);
        assert_eq!(voltage.drive(true, 4_000_000), 4_000_000);
        // It was on its way: the rest is shorter.
        assert!(voltage.drive(true, 4_000_000).abs_diff(1_000_000) < 100);
    }

    #[test]
    fn without_edges_a_level_is_seen_at_once() {
        let mut voltage = Voltage::new(&Wire::default(), true);
        for high in [true, false, true] {
            assert!(voltage.drive(high, 8_000_000) <= 1);
        }
    }
}
