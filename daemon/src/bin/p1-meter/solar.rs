//! Solar panels.

use fastrand::Rng;
use jiff::Zoned;
use std::f64::consts::TAU;

/// Of the panels, in degrees north.
const LATITUDE: f64 = 51.5;
/// Of the panels, in degrees east.
const LONGITUDE: f64 = 5.0;
/// How far the earth's axis leans, in degrees.
const TILT: f64 = 23.44;
/// What clouds leave of the sun at most and at least.
const CLEAR: f64 = 0.95;
const OVERCAST: f64 = 0.12;

/// Panels lying flat, under passing clouds.
#[derive(Debug)]
pub(crate) struct Solar {
    /// In kWp.
    peak: f64,
    /// What the clouds leave of the sun, from 0 to 1.
    clear: f64,
}

impl Solar {
    pub(crate) fn new(peak: f64, rng: &mut Rng) -> Self {
        Self { peak, clear: OVERCAST + (CLEAR - OVERCAST) * rng.f64() }
    }

    /// Lets the clouds move on for `seconds`.
    pub(crate) fn advance(&mut self, seconds: f64, rng: &mut Rng) {
        let moved = self.clear + (rng.f64() - 0.5) * 0.05 * seconds.sqrt();
        self.clear = moved.clamp(OVERCAST, CLEAR);
    }

    /// What they give at `now`, in W.
    pub(crate) fn watts(&self, now: &Zoned) -> f64 {
        self.peak * 1e3 * self.clear * height(now).max(0.0)
    }
}

/// The sine of the sun's height over the horizon, to a degree or two.
fn height(now: &Zoned) -> f64 {
    let second = now.timestamp().as_second().rem_euclid(86_400);
    let hour = f64::from(i32::try_from(second).unwrap_or(0)) / 3_600.0 + LONGITUDE / 15.0;
    let turn = TAU * (hour - 12.0) / 24.0;
    let day = f64::from(now.day_of_year());
    let declination = -TILT.to_radians() * (TAU * (day + 10.0) / 365.0).cos();
    let latitude = LATITUDE.to_radians();
    latitude.sin() * declination.sin() + latitude.cos() * declination.cos() * turn.cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    fn degrees(at: &str) -> f64 {
        height(&clock::parse(at).expect(at)).asin().to_degrees()
    }

    #[test]
    fn the_sun_stands_where_it_does() {
        for (at, expected) in [
            ("2025-06-21T13:42:00", 61.9),
            ("2025-12-21T12:40:00", 15.1),
            ("2025-03-20T12:48:00", 38.5),
        ] {
            let seen = degrees(at);
            assert!((seen - expected).abs() < 2.0, "{seen}° at {at}");
        }
        assert!(degrees("2025-06-21T01:00:00") < 0.0);
        assert!(degrees("2025-12-21T17:30:00") < 0.0);
    }

    #[test]
    fn panels_give_no_more_than_their_peak_and_nothing_at_night() {
        let mut rng = Rng::with_seed(2);
        let mut solar = Solar::new(4.0, &mut rng);
        let noon = clock::parse("2025-06-21T13:40:00").expect("a time");
        let night = clock::parse("2025-06-21T01:00:00").expect("a time");
        for _ in 0..10_000 {
            solar.advance(10.0, &mut rng);
            assert!((400.0..4_000.0).contains(&solar.watts(&noon)));
            assert!(solar.watts(&night) <= 0.0);
        }
    }
}
