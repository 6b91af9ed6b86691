//! The household behind the meter: what it draws and gives at each moment, added up.

use crate::appliances::{Switches, busyness};
use crate::clock;
use crate::demand::Demand;
use crate::kind::Model;
use crate::reading::{Phase, Reading, Register, Volume};
use crate::solar::Solar;
use fastrand::Rng;
use jiff::civil::Weekday;
use jiff::{SignedDuration, Zoned};
use std::f64::consts::TAU;
use std::time::Duration;

/// What never is switched off, in W, on each of three phases.
const STANDBY: [f64; 3] = [70.0, 35.0, 20.0];
/// Reactive power for each W drawn, in var.
const REACTIVE: f64 = 0.12;
/// How much the voltage falls for each W drawn on a phase, in V.
const FALL: f64 = 0.0006;

/// A household with a meter.
pub(crate) struct Household {
    model: &'static Model,
    rng: Rng,
    switches: Switches,
    solar: Solar,
    /// How far the grid's voltage is from 230 V on each phase.
    grid: [f64; 3],
    gas: Pipe,
    water: Pipe,
    reading: Reading,
}

/// A gas or water pipe.
struct Pipe {
    /// All that has flown through, in m³.
    volume: f64,
    /// What flows until the meter next tells, in m³ an hour.
    flow: f64,
}

impl Household {
    /// A household at the time `now` with solar panels of `solar` kWp, which a meter of this
    /// `model` has measured
    /// for some years.
    pub(crate) fn new(model: &'static Model, now: &Zoned, solar: f64, mut rng: Rng) -> Self {
        let mut some = |low: u32, high: u32| f64::from(rng.u32(low * 1_000..high * 1_000)) / 1e3;
        let import = Register { low: some(2_000, 9_000), normal: some(2_000, 9_000) };
        let export = if solar > 0.0 {
            Register { low: some(500, 3_000), normal: some(1_000, 6_000) }
        } else {
            Register { low: 0.0, normal: 0.0 }
        };
        let reactive = some(300, 900);
        let gas = Pipe { volume: some(800, 6_000), flow: 0.0 };
        let water = Pipe { volume: some(50, 600), flow: 0.0 };
        let told = |pipe: &Pipe, minutes| Volume {
            at: clock::whole_minutes(now, minutes),
            cubic_metres: pipe.volume,
        };
        let reading = Reading {
            now: now.clone(),
            low_tariff: false,
            import,
            export,
            reactive,
            phases: Vec::new(),
            demand: Demand::new(now, &mut rng),
            gas: told(&gas, model.gas_minutes),
            water: told(&water, model.gas_minutes),
        };
        let switches = Switches::at(now, &mut rng);
        let solar = Solar::new(solar, &mut rng);
        let grid = [1.5, 0.5, 2.5];
        let mut household = Self { model, rng, switches, solar, grid, gas, water, reading };
        household.measure();
        household.open_taps();
        household
    }

    /// What the meter shows now.
    pub(crate) fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Lets time pass.
    pub(crate) fn advance(&mut self, time: Duration) {
        let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::ZERO);
        let end = self.reading.now.saturating_add(time);
        while self.reading.now < end {
            // Whatever happens by the clock happens at a whole minute.
            let minute = clock::whole_minutes(&self.reading.now, 1);
            let next = minute.saturating_add(SignedDuration::from_mins(1)).min(end.clone());
            let seconds = next.duration_since(&self.reading.now).as_secs_f64();
            self.count(seconds / 3_600.0, next);
            self.switches.advance(seconds, &self.reading.now, &mut self.rng);
            self.solar.advance(seconds, &mut self.rng);
            self.measure();
        }
    }

    /// Adds up what has flown since the last time, for `hours` until `now`.
    fn count(&mut self, hours: f64, now: Zoned) {
        let drawn = self.reading.drawn() * hours;
        let given = self.reading.given() * hours;
        let reading = &mut self.reading;
        if reading.low_tariff {
            reading.import.low += drawn;
            reading.export.low += given;
        } else {
            reading.import.normal += drawn;
            reading.export.normal += given;
        }
        reading.reactive += reading.reactive_power() * hours;
        reading.demand.count(drawn, &now);
        self.gas.volume += self.gas.flow * hours;
        self.water.volume += self.water.flow * hours;
        if clock::whole_minutes(&now, self.model.gas_minutes) == now {
            let told = |pipe: &Pipe| Volume { at: now.clone(), cubic_metres: pipe.volume };
            reading.gas = told(&self.gas);
            reading.water = told(&self.water);
            reading.now = now;
            self.open_taps();
        } else {
            reading.now = now;
        }
    }

    /// Measures powers and voltages anew, and looks at the clock for the tariff.
    fn measure(&mut self) {
        self.reading.low_tariff = self.is_low_tariff();
        let drawn = self.switches.watts();
        let given = self.solar.watts(&self.reading.now);
        let loads: [f64; 3] = std::array::from_fn(|phase| {
            let standby = STANDBY[phase] * (0.9 + 0.2 * self.rng.f64());
            let moved = self.grid[phase] + (self.rng.f64() - 0.5) * 0.6;
            self.grid[phase] = moved.clamp(-4.0, 6.0);
            standby + drawn[phase]
        });
        let phase = |load: f64, given: f64, grid: f64| {
            let watts = (load - given).round();
            let volts = ((230.0 + grid - FALL * watts) * 10.0).round() / 10.0;
            Phase { watts, vars: (load * REACTIVE).round(), volts }
        };
        self.reading.phases = if self.model.three_phases {
            // An inverter of this size feeds all three alike.
            (0..3).map(|n| phase(loads[n], given / 3.0, self.grid[n])).collect()
        } else {
            vec![phase(loads.iter().sum(), given, self.grid[0])]
        };
    }

    /// Draws what flows through the pipes until their meters next tell.
    fn open_taps(&mut self) {
        let now = &self.reading.now;
        let busy = busyness(now.hour());
        // Coldest in the middle of January.
        let cold = (TAU * (f64::from(now.day_of_year()) - 15.0) / 365.0).cos().max(0.0);
        self.gas.flow = 2.0 * self.rng.f64() * (0.02 + 0.04 * busy + cold * (0.1 + 0.3 * busy));
        let litres = (120.0 * self.rng.f64() * self.rng.f64() * busy).round();
        self.water.flow = litres / 1e3;
    }

    fn is_low_tariff(&self) -> bool {
        let now = &self.reading.now;
        let weekend = matches!(now.weekday(), Weekday::Saturday | Weekday::Sunday);
        weekend || !self.model.normal_tariff.contains(&now.hour())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;

    fn household(kind: Kind, start: &str, solar: f64) -> Household {
        let now = clock::parse(start).expect(start);
        Household::new(kind.model(), &now, solar, Rng::with_seed(3))
    }

    #[test]
    fn registers_add_up_the_power_and_never_go_down() {
        let mut house = household(Kind::Dsmr50, "2025-05-30T05:00:00", 6.0);
        let first = house.reading().clone();
        let (mut drawn, mut given) = (0.0, 0.0);
        for _ in 0..3 * 86_400 / 10 {
            let before = house.reading().clone();
            drawn += before.drawn() / 360.0;
            given += before.given() / 360.0;
            house.advance(Duration::from_secs(10));
            let after = house.reading();
            assert!(after.import.low >= before.import.low);
            assert!(after.import.normal >= before.import.normal);
            assert!(after.export.low >= before.export.low);
            assert!(after.export.normal >= before.export.normal);
            assert!(after.gas.cubic_metres >= before.gas.cubic_metres);
            assert!(after.water.cubic_metres >= before.water.cubic_metres);
            let other = if before.low_tariff { before.import.normal } else { before.import.low };
            let same = if before.low_tariff { after.import.normal } else { after.import.low };
            assert!((other - same).abs() < 1e-9, "the other tariff's register moves");
        }
        let last = house.reading();
        assert!((last.import.total() - first.import.total() - drawn).abs() < 1e-6);
        assert!((last.export.total() - first.export.total() - given).abs() < 1e-6);
        assert!(drawn > 5.0 && given > 5.0, "{drawn} kWh drawn, {given} kWh given");
    }

    #[test]
    fn voltages_and_currents_go_with_the_powers() {
        let mut house = household(Kind::Belgium, "2025-01-31T17:00:00", 0.0);
        for _ in 0..20_000 {
            house.advance(Duration::from_secs(1));
            for phase in &house.reading().phases {
                assert!((215.0..245.0).contains(&phase.volts), "{phase:?}");
                assert!(phase.amps() * phase.volts >= phase.watts.abs() - 1e-6, "{phase:?}");
                assert!((0.0..50.0).contains(&phase.amps()), "{phase:?}");
            }
        }
    }

    #[test]
    fn tariffs_go_by_the_clock() {
        for (kind, start, low) in [
            (Kind::Dsmr50, "2025-01-31T06:59:59", true),
            (Kind::Dsmr50, "2025-01-31T07:00:00", false),
            (Kind::Dsmr50, "2025-01-31T22:59:59", false),
            (Kind::Dsmr50, "2025-01-31T23:00:00", true),
            (Kind::Dsmr50, "2025-02-01T12:00:00", true),
            (Kind::Belgium, "2025-01-31T22:00:00", true),
        ] {
            let house = household(kind, start, 0.0);
            assert_eq!(house.reading().low_tariff, low, "{kind:?} at {start}");
        }
    }

    #[test]
    fn gas_is_told_at_whole_times() {
        for (kind, minutes) in [(Kind::E350, 60), (Kind::Dsmr50, 5)] {
            let mut house = household(kind, "2025-01-31T17:03:04", 0.0);
            for _ in 0..3_000 {
                house.advance(Duration::from_secs(7));
                let Reading { now, gas, .. } = house.reading();
                assert_eq!(gas.at, clock::whole_minutes(now, minutes));
            }
        }
    }

    #[test]
    fn one_long_step_shows_what_many_short_ones_do() {
        let mut long = household(Kind::Belgium, "2025-01-31T17:00:00", 0.0);
        let mut short = household(Kind::Belgium, "2025-01-31T17:00:00", 0.0);
        long.advance(Duration::from_secs(86_400));
        for _ in 0..1_440 {
            short.advance(Duration::from_secs(60));
        }
        assert_eq!(long.reading().import, short.reading().import);
        assert_eq!(long.reading().demand.months, short.reading().demand.months);
    }
}
