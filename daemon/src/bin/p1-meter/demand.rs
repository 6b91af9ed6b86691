//! Belgium's monthly peaks: the average power of each quarter of an hour, and the highest of each
//! month (e-MUCS P1 1.7, OBIS codes 1.4.0, 1.6.0 and 98.1.0).

use crate::clock;
use fastrand::Rng;
use jiff::{SignedDuration, ToSpan as _, Zoned};
use std::collections::VecDeque;

/// Over how long demand is averaged, in minutes.
const QUARTER: u32 = 15;
/// That, in hours.
const QUARTER_HOURS: f64 = 0.25;
/// How many months are remembered.
const MONTHS: u8 = 13;

/// The highest demand, in kW, and the end of the quarter it was in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Peak {
    pub at: Zoned,
    pub kilowatts: f64,
}

/// The peak of a month that has ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Month {
    pub end: Zoned,
    pub peak: Peak,
}

/// The demand of this quarter and the peaks of this month and the thirteen before it.
#[derive(Clone, Debug)]
pub(crate) struct Demand {
    /// Energy of the quarter so far, in kWh.
    energy: f64,
    pub peak: Peak,
    pub months: VecDeque<Month>,
}

impl Demand {
    /// That of a meter that has been there for more than a year at `now`.
    pub(crate) fn new(now: &Zoned, rng: &mut Rng) -> Self {
        let begin = beginning_of_month(now);
        let mut months = VecDeque::new();
        for back in (0..MONTHS).rev().map(i32::from) {
            let end = begin.saturating_sub(back.months());
            let begin = end.saturating_sub(1.month());
            months.push_back(Month { peak: some_peak(&begin, &end, rng), end });
        }
        Self { energy: 0.0, peak: some_peak(&begin, now, rng), months }
    }

    /// The average power of the quarter, in kW, if nothing more were drawn in it.
    pub(crate) fn average(&self) -> f64 {
        self.energy / QUARTER_HOURS
    }

    /// Counts `energy`, in kWh, drawn from the grid in a time that ended at `now`. No quarter may
    /// end within that time.
    pub(crate) fn count(&mut self, energy: f64, now: &Zoned) {
        self.energy += energy;
        if clock::whole_minutes(now, QUARTER) != *now {
            return;
        }
        if self.average() > self.peak.kilowatts {
            self.peak = Peak { at: now.clone(), kilowatts: self.average() };
        }
        self.energy = 0.0;
        if beginning_of_month(now) == *now {
            let none = Peak { at: now.clone(), kilowatts: 0.0 };
            let peak = std::mem::replace(&mut self.peak, none);
            self.months.push_back(Month { end: now.clone(), peak });
            if self.months.len() > usize::from(MONTHS) {
                self.months.pop_front();
            }
        }
    }
}

fn beginning_of_month(now: &Zoned) -> Zoned {
    now.first_of_month().and_then(|first| first.start_of_day()).unwrap_or_else(|_| now.clone())
}

/// A household's peak at some quarter between two times.
fn some_peak(begin: &Zoned, end: &Zoned, rng: &mut Rng) -> Peak {
    let seconds = (end.timestamp().as_second() - begin.timestamp().as_second()).max(0);
    let later = begin.saturating_add(SignedDuration::from_secs(rng.i64(0..=seconds)));
    let kilowatts = f64::from(rng.u32(1_800..5_500)) / 1e3;
    Peak { at: clock::whole_minutes(&later, QUARTER), kilowatts }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Zoned {
        clock::parse(text).expect(text)
    }

    #[test]
    fn a_meter_begins_with_thirteen_months() {
        let now = at("2025-03-31T10:00:00");
        let demand = Demand::new(&now, &mut Rng::with_seed(1));
        let ends: Vec<_> = demand.months.iter().map(|month| clock::stamp(&month.end)).collect();
        assert_eq!(ends.len(), usize::from(MONTHS));
        assert_eq!((&*ends[0], &*ends[12]), ("240301000000W", "250301000000W"));
        assert_eq!(ends[1], "240401000000S");
        assert!(demand.months.iter().all(|month| month.peak.at <= month.end));
        assert!(demand.peak.at <= now);
    }

    #[test]
    fn a_quarter_with_more_demand_than_any_is_the_peak_of_the_month() {
        let mut demand = Demand::new(&at("2025-03-31T23:30:00"), &mut Rng::with_seed(1));
        demand.count(1.0, &at("2025-03-31T23:40:00"));
        assert!((demand.average() - 4.0).abs() < 1e-9);
        demand.count(1.0, &at("2025-03-31T23:45:00"));
        assert!(demand.average() <= 0.0);
        assert_eq!(demand.peak, Peak { at: at("2025-03-31T23:45:00"), kilowatts: 8.0 });
        demand.count(3.0, &at("2025-04-01T00:00:00"));
        let last = demand.months.back().expect("months");
        assert_eq!(last.end, at("2025-04-01T00:00:00"));
        assert_eq!(last.peak, Peak { at: last.end.clone(), kilowatts: 12.0 });
        assert_eq!(demand.months.len(), usize::from(MONTHS));
        demand.count(0.5, &at("2025-04-01T00:15:00"));
        assert_eq!(demand.peak, Peak { at: at("2025-04-01T00:15:00"), kilowatts: 2.0 });
    }
}
