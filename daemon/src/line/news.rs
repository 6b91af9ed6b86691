//! What is new on the line, told once or seldom, and counted always.

use crate::events;
use crate::seldom::Seldom;
use crate::statistics::Statistics;
use crate::telegram::{Telegram, Verdict};
use framing::{Broken, Proof};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::{info, warn};

/// Tells of meters and of telegrams that are none.
pub(super) struct News {
    statistics: Arc<Statistics>,
    /// The meter as it was last told.
    meter: Option<(String, Verdict)>,
    meters: Seldom,
    broken: Seldom,
}

impl News {
    pub(super) fn new(statistics: Arc<Statistics>) -> Self {
        Self {
            statistics,
            meter: None,
            meters: Seldom::new(5, Duration::from_secs(600)),
            broken: Seldom::new(3, Duration::from_secs(60)),
        }
    }

    /// Tells which meter it is, when it is another one than before.
    pub(super) fn of_meter(&mut self, telegram: &Telegram<'_>) {
        self.statistics.telegram.notify_one();
        let encrypted = telegram.verdict == Verdict::Proved(Proof::Length);
        {
            let now = Instant::now();
            let mut observed = self.statistics.line();
            observed.diagnosis.telegram(now, telegram.bytes.len(), encrypted);
            observed.telegram.clear();
            if !encrypted {
                observed.telegram.extend_from_slice(telegram.bytes);
            }
        }
        let known = self.meter.as_ref().is_some_and(|(header, verdict)| {
            *verdict == telegram.verdict && telegram.is_headed(header)
        });
        if known {
            return;
        }
        let header = telegram.header();
        if self.meters.allow(Instant::now()).is_some() {
            let what = match telegram.verdict {
                Verdict::Proved(Proof::Checksum(kind)) => {
                    format!("the meter is {header}, its telegrams carry {}", kind.name())
                }
                Verdict::Proved(Proof::Length) => {
                    "the meter encrypts its telegrams; clients need its key to read them".into()
                }
                _ => format!("the meter is {header}, its telegrams carry no checksum"),
            };
            info!(message_id = events::METER_RECOGNISED, meter = header, "{what}");
        }
        self.statistics.learn(|known| &known.meter, Some(header.clone()));
        self.meter = Some((header, telegram.verdict));
    }

    /// Counts a broken telegram, and tells of it and of what became of it.
    pub(super) fn of_broken(&mut self, bytes: &[u8], why: Broken, what_became: &str) {
        let length = bytes.len();
        self.statistics.line().diagnosis.broken(Instant::now(), length);
        let counts = &self.statistics.counts;
        match why {
            Broken::Malformed => counts.malformed.add(1),
            _ => counts.checksum_errors.add(1),
        }
        let why = match why {
            Broken::WrongChecksum { sent, computed } => {
                format!("with checksum {sent:04X} where {computed:04X} would be right")
            }
            Broken::AnotherChecksum(kind) => {
                format!("with {}, which this meter does not use", kind.name())
            }
            Broken::NoChecksum => "without the checksum that this meter uses".into(),
            Broken::Malformed => "that is damaged and has no checksum".into(),
        };
        self.tell_broken(&format!("{what_became} a telegram of {length} bytes {why}"));
    }

    /// Tells of a telegram without an end.
    pub(super) fn of_too_long(&mut self) {
        self.tell_broken(
            "dropped more than 16 KiB behind a header line without the end of a telegram",
        );
    }

    fn tell_broken(&mut self, what: &str) {
        let Some(held_back) = self.broken.allow(Instant::now()) else { return };
        let more =
            if held_back > 0 { format!(", and {held_back} like it before") } else { String::new() };
        let counts = &self.statistics.counts;
        warn!(
            message_id = events::TELEGRAM_BROKEN,
            checksum_errors = counts.checksum_errors.get(),
            malformed = counts.malformed.get(),
            "{what}{more}"
        );
    }

    /// A meter of another kind.
    pub(super) fn of_hdlc(&mut self) {
        self.statistics.line().diagnosis.hdlc(Instant::now());
    }
}
