//! What the line is found to be.

use serde::{Deserialize, Serialize};

/// What the line is found to be. Each has a sentence on what it is and advice on what to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// The port has not been watched for long enough to tell.
    #[default]
    Waiting,
    /// Telegrams arrive.
    Receiving,
    /// Encrypted frames arrive; a client needs the meter's key to read them.
    Encrypted,
    /// Nothing arrives.
    Silent {
        /// Whether anything has arrived since the port was opened.
        ever: bool,
    },
    /// The line is held where it is while a bit is sent (a break), and nothing else arrives.
    Break,
    /// What arrives is a telegram upside down: the signal wants an inverter, or has one too many.
    Inverted,
    /// What arrives is sent at another speed.
    WrongSpeed {
        /// At which, in bits per second, where that can be told.
        sent: Option<u32>,
    },
    /// Telegrams arrive broken.
    Noise {
        /// How many of a hundred.
        percent: u8,
        /// Where they break.
        at: Breaks,
    },
    /// The machine is too slow to fetch what the port has received (an overrun).
    Overruns,
    /// The meter sends HDLC frames, and no telegrams.
    OtherMeter,
    /// Bytes arrive that are nothing known.
    Rubbish,
    /// There is no such device.
    Missing,
    /// Another program has the device.
    InUse,
}

/// Where broken telegrams break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Breaks {
    /// Bytes are missing or there are too many.
    Length,
    /// Bytes are not what they were.
    Content,
    /// It cannot be told.
    Unknown,
}
