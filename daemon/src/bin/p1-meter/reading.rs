//! What a meter measures.

use crate::demand::Demand;
use jiff::Zoned;

/// All that a telegram can tell, at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub now: Zoned,
    /// Whether energy is cheap now.
    pub low_tariff: bool,
    /// Energy from the grid.
    pub import: Register,
    /// Energy to the grid.
    pub export: Register,
    /// Inductive reactive energy, in kvarh.
    pub reactive: f64,
    /// One, or three.
    pub phases: Vec<Phase>,
    pub demand: Demand,
    pub gas: Volume,
    pub water: Volume,
}

impl Reading {
    /// Power, in kW: from the grid if positive, to the grid if negative. The phases of all these
    /// meters are added up before either is counted.
    fn power(&self) -> f64 {
        self.phases.iter().map(|phase| phase.watts).sum::<f64>() / 1e3
    }

    /// Power from the grid, in kW.
    pub(crate) fn drawn(&self) -> f64 {
        positive(self.power())
    }

    /// Power to the grid, in kW.
    pub(crate) fn given(&self) -> f64 {
        positive(-self.power())
    }

    /// Inductive reactive power, in kvar.
    pub(crate) fn reactive_power(&self) -> f64 {
        self.phases.iter().map(|phase| phase.vars).sum::<f64>() / 1e3
    }

    /// Apparent power, in kVA.
    pub(crate) fn apparent_power(&self) -> f64 {
        self.power().hypot(self.reactive_power())
    }
}

/// Energy by tariff, in kWh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Register {
    pub low: f64,
    pub normal: f64,
}

impl Register {
    pub(crate) fn total(&self) -> f64 {
        self.low + self.normal
    }
}

/// One phase. Powers are whole numbers, so that they add up to the digit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Phase {
    /// Active power, in W: from the grid if positive, to the grid if negative.
    pub watts: f64,
    /// Inductive reactive power, in var.
    pub vars: f64,
    /// Voltage to neutral, in V, to a tenth.
    pub volts: f64,
}

impl Phase {
    /// Power from the grid, in kW.
    pub(crate) fn drawn(&self) -> f64 {
        positive(self.watts) / 1e3
    }

    /// Power to the grid, in kW.
    pub(crate) fn given(&self) -> f64 {
        positive(-self.watts) / 1e3
    }

    /// Current, in A.
    pub(crate) fn amps(&self) -> f64 {
        self.watts.hypot(self.vars) / self.volts
    }
}

/// The last value that a gas or water meter has sent to the electricity meter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Volume {
    pub at: Zoned,
    /// In m³.
    pub cubic_metres: f64,
}

/// `value`, or zero (and no negative one, which would print a sign) if it is below.
fn positive(value: f64) -> f64 {
    if value > 0.0 { value } else { 0.0 }
}
