//! What the daemon knows, as its status socket tells it: one JSON object.

use crate::diagnosis::Verdict;
use crate::statistics::Counts;
use serde::{Deserialize, Serialize};

/// Where the daemon's status is told, on a machine with one daemon.
pub const SOCKET: &str = "/run/p1-tcp/status";

/// What the daemon knows. Fields may be added; those there are keep their meaning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Report {
    /// The daemon's version.
    pub version: String,
    /// Since the daemon started, in seconds.
    pub uptime: u64,
    /// The mistake in the configuration that the daemon runs in spite of.
    pub mistake: Option<String>,
    /// The meter's port.
    pub line: Line,
    /// The meter's header line; empty if it encrypts, none before the first telegram.
    pub meter: Option<String>,
    /// Telegrams per minute, over the last minute.
    pub telegrams_per_minute: f64,
    /// Since the last telegram, in seconds; none before the first.
    pub last_telegram_ago: Option<u64>,
    /// Totals since the start.
    pub counts: Counts<u64>,
    /// Clients at the moment.
    pub clients: u64,
    /// The last telegram, without parity bits; none before the first, and none where the meter
    /// encrypts.
    pub telegram: Option<String>,
    /// The last bytes of the line as they came, at most 1024, two hexadecimal digits each.
    pub recent: String,
}

/// The meter's port.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Line {
    /// The path of the device, or the address that telegrams come from.
    pub device: String,
    /// In bits per second, as it is set at the moment.
    pub baud: u32,
    /// `8N1` or `7E1`, as it is understood at the moment; `auto` before it is known.
    pub framing: String,
    /// What the line is found to be, since when in seconds, in a sentence and advice (in English).
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Since when that has been so, in seconds.
    pub since: u64,
    /// What that is, in one sentence.
    pub sentence: String,
    /// What to do about it; empty where nothing has to be done.
    pub advice: String,
    /// What the kernel's driver has counted since the port was opened; none where it does not count.
    pub errors: Option<Errors>,
}

/// What the driver of a port counts (`TIOCGICOUNT` of the kernel).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Errors {
    /// Characters without a stop bit.
    pub framing: u64,
    /// Characters with wrong parity.
    pub parity: u64,
    /// Times that the line was held low for longer than a character.
    pub breaks: u64,
    /// Characters that were lost as the port or the kernel's buffer was full.
    pub overruns: u64,
}

impl Errors {
    /// What was counted after `earlier`.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            framing: self.framing.saturating_sub(earlier.framing),
            parity: self.parity.saturating_sub(earlier.parity),
            breaks: self.breaks.saturating_sub(earlier.breaks),
            overruns: self.overruns.saturating_sub(earlier.overruns),
        }
    }
}
