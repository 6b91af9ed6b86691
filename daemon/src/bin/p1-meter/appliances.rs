//! What draws power in a house, and when it is switched on.

use fastrand::Rng;
use jiff::Zoned;

/// A house's habits, in numbers.
struct Appliance {
    /// What it draws while it is on, in W, on each of three phases.
    watts: [f64; 3],
    /// How long it stays on, on average.
    minutes: f64,
    /// How often it is switched on, on average.
    times_a_day: f64,
    /// At which hours.
    when: When,
}

#[derive(Clone, Copy)]
enum When {
    Always,
    /// When somebody is up and at home, most of all at breakfast and in the evening.
    Awake,
    Evening,
    Night,
}

/// How much more often than on average something is used in each hour of the day.
const AWAKE: [f64; 24] = [
    0.2, 0.1, 0.1, 0.1, 0.1, 0.2, 0.7, 1.5, 1.3, 0.9, 0.8, 0.9, 1.2, 1.0, 0.8, 0.8, 1.1, 1.8, 2.2,
    2.0, 1.8, 1.6, 1.2, 0.6,
];

const APPLIANCES: [Appliance; 11] = [
    // Refrigerator.
    appliance([85.0, 0.0, 0.0], 18.0, 26.0, When::Always),
    // Freezer.
    appliance([0.0, 0.0, 110.0], 12.0, 20.0, When::Always),
    // Circulation pump and ventilation at their higher speed.
    appliance([0.0, 45.0, 0.0], 25.0, 18.0, When::Awake),
    // Lights.
    appliance([60.0, 0.0, 40.0], 100.0, 3.0, When::Evening),
    // Television.
    appliance([0.0, 120.0, 0.0], 140.0, 1.6, When::Evening),
    // Kettle.
    appliance([2_050.0, 0.0, 0.0], 3.0, 7.0, When::Awake),
    // Induction hob, on two phases.
    appliance([0.0, 1_250.0, 900.0], 18.0, 2.0, When::Awake),
    // Oven.
    appliance([0.0, 0.0, 2_300.0], 35.0, 0.6, When::Awake),
    // Dishwasher while it heats.
    appliance([0.0, 1_900.0, 0.0], 22.0, 0.9, When::Evening),
    // Washing machine while it heats.
    appliance([2_000.0, 0.0, 0.0], 25.0, 0.7, When::Awake),
    // Electric car.
    appliance([0.0, 0.0, 3_650.0], 150.0, 0.7, When::Night),
];

const fn appliance(watts: [f64; 3], minutes: f64, times_a_day: f64, when: When) -> Appliance {
    Appliance { watts, minutes, times_a_day, when }
}

/// How busy the house is at an hour of the day, from 0 to 23; 1 on average.
pub(crate) fn busyness(hour: i8) -> f64 {
    usize::try_from(hour).ok().and_then(|hour| AWAKE.get(hour)).copied().unwrap_or(1.0)
}

impl When {
    /// How much more often than on average something is switched on at an hour from 0 to 23.
    fn factor(self, hour: i8) -> f64 {
        match self {
            Self::Always => 1.0,
            Self::Awake => busyness(hour),
            Self::Evening if (17..22).contains(&hour) => 24.0 / 5.0,
            Self::Night if hour < 4 => 24.0 / 4.0,
            Self::Evening | Self::Night => 0.0,
        }
    }
}

/// Which appliances are on.
#[derive(Debug)]
pub(crate) struct Switches {
    /// For each, how many more seconds it stays on; 0 if it is off.
    left: [f64; APPLIANCES.len()],
}

impl Switches {
    /// As they may be found at a certain time.
    pub(crate) fn at(now: &Zoned, rng: &mut Rng) -> Self {
        let left = std::array::from_fn(|index| {
            let Appliance { minutes, times_a_day, when, .. } = &APPLIANCES[index];
            let on = times_a_day * minutes / 1_440.0 * when.factor(now.hour());
            if rng.f64() < on { minutes * 60.0 * rng.f64() } else { 0.0 }
        });
        Self { left }
    }

    /// Lets `seconds`, few of them, pass until `now`.
    pub(crate) fn advance(&mut self, seconds: f64, now: &Zoned, rng: &mut Rng) {
        for (left, appliance) in self.left.iter_mut().zip(&APPLIANCES) {
            let odds = appliance.times_a_day * appliance.when.factor(now.hour());
            let switched_on = rng.f64() < odds * seconds / 86_400.0;
            *left = (*left - seconds).max(0.0);
            if *left <= 0.0 && switched_on {
                *left = appliance.minutes * 60.0 * (0.6 + 0.8 * rng.f64());
            }
        }
    }

    /// What all of them draw, in W, on each of three phases.
    pub(crate) fn watts(&self) -> [f64; 3] {
        let on = self.left.iter().zip(&APPLIANCES).filter(|(left, _)| **left > 0.0);
        on.fold([0.0; 3], |sum, (_, appliance)| {
            std::array::from_fn(|phase| sum[phase] + appliance.watts[phase])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[test]
    fn a_house_uses_some_kilowatt_hours_a_day_and_most_of_it_awake() {
        let start = clock::parse("2025-03-03T00:00:00").expect("a time");
        let mut rng = Rng::with_seed(1);
        let mut switches = Switches::at(&start, &mut rng);
        let mut hours = [0.0; 24];
        for minute in 1..=30 * 1_440 {
            let now = start.saturating_add(jiff::SignedDuration::from_mins(minute));
            switches.advance(60.0, &now, &mut rng);
            let hour = usize::try_from(now.hour()).expect("an hour");
            hours[hour] += switches.watts().iter().sum::<f64>() / 60.0 / 1e3;
        }
        let a_day = hours.iter().sum::<f64>() / 30.0;
        assert!((8.0..30.0).contains(&a_day), "{a_day} kWh a day");
        assert!(hours[18] > 2.0 * hours[14], "{hours:?}");
    }

    #[test]
    fn the_hours_of_a_day_average_one() {
        for when in [When::Always, When::Awake, When::Evening, When::Night] {
            let mean = (0..24).map(|hour| when.factor(hour)).sum::<f64>() / 24.0;
            assert!((0.9..1.1).contains(&mean), "{mean}");
        }
    }
}
