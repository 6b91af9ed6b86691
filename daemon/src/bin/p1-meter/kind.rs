//! The kinds of meter, and what sets each apart.

use crate::reading::Reading;
use crate::{belgian, dutch, luxembourg};
use clap::ValueEnum;
use std::fmt;
use std::ops::Range;
use std::time::Duration;

/// A kind of meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Netherlands, DSMR 4.2: a Landis+Gyr E350, one phase, gas; 115200 8N1, every 10 s
    E350,
    /// Netherlands, DSMR 2.2: an Iskra ME382, one phase, gas, no checksum; 9600 7E1, every 10 s
    Dsmr22,
    /// Netherlands, DSMR 5.0: an Iskra AM550, three phases, gas; 115200 8N1, every second
    Dsmr50,
    /// Belgium, e-MUCS 1.7: three phases, gas, water, monthly peaks; 115200 8N1, every second
    Belgium,
    /// Luxembourg, Smarty: three phases, gas, encrypted; 115200 8N1, every 10 s
    Luxembourg,
}

/// What sets a kind apart.
pub(crate) struct Model {
    /// In bit/s.
    pub baud: u32,
    /// Seven bits and even parity, or eight bits and none.
    pub parity: bool,
    /// From the beginning of one telegram to that of the next.
    pub interval: Duration,
    pub three_phases: bool,
    /// How often the gas meter tells its value.
    pub gas_minutes: u32,
    /// The hours of working days when energy is not cheap.
    pub normal_tariff: Range<i8>,
    /// Whether telegrams are encrypted.
    pub encrypted: bool,
    /// The telegram for a reading.
    pub text: fn(&Reading) -> String,
}

const SECOND: Duration = Duration::from_secs(1);
const TEN_SECONDS: Duration = Duration::from_secs(10);

static E350: Model = Model {
    baud: 115_200,
    parity: false,
    interval: TEN_SECONDS,
    three_phases: false,
    gas_minutes: 60,
    normal_tariff: 7..23,
    encrypted: false,
    text: dutch::e350,
};

static DSMR22: Model = Model {
    baud: 9_600,
    parity: true,
    interval: TEN_SECONDS,
    three_phases: false,
    gas_minutes: 60,
    normal_tariff: 7..23,
    encrypted: false,
    text: dutch::dsmr22,
};

static DSMR50: Model = Model {
    baud: 115_200,
    parity: false,
    interval: SECOND,
    three_phases: true,
    gas_minutes: 5,
    normal_tariff: 7..23,
    encrypted: false,
    text: dutch::dsmr50,
};

static BELGIUM: Model = Model {
    baud: 115_200,
    parity: false,
    interval: SECOND,
    three_phases: true,
    gas_minutes: 5,
    normal_tariff: 7..22,
    encrypted: false,
    text: belgian::fluvius,
};

static LUXEMBOURG: Model = Model {
    baud: 115_200,
    parity: false,
    interval: TEN_SECONDS,
    three_phases: true,
    gas_minutes: 60,
    normal_tariff: 7..23,
    encrypted: true,
    text: luxembourg::smarty,
};

impl Kind {
    /// What sets it apart.
    pub(crate) fn model(self) -> &'static Model {
        match self {
            Self::E350 => &E350,
            Self::Dsmr22 => &DSMR22,
            Self::Dsmr50 => &DSMR50,
            Self::Belgium => &BELGIUM,
            Self::Luxembourg => &LUXEMBOURG,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}
