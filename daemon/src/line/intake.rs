//! From the bytes of the line to telegrams in the hub.

use crate::config::{Framing, Mode, Settings};
use crate::events;
use crate::framing::{Broken, Framer, Proof, SevenBits};
use crate::hub::Hub;
use crate::seldom::Seldom;
use crate::statistics::Statistics;
use crate::telegram::{Outcome, Telegram, Verdict};
use bytes::Bytes;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::{info, warn};

/// Takes in what is read from the line and hands telegrams to the hub, or in raw mode the bytes.
pub struct Intake {
    mode: Mode,
    checksums: crate::config::Checksums,
    seven_bits: Option<SevenBits>,
    framer: Framer,
    hub: Arc<Hub>,
    statistics: Arc<Statistics>,
    /// The meter as it was last told.
    meter: Option<(String, Verdict)>,
    meters_told: Seldom,
    broken_told: Seldom,
    hdlc_told: Seldom,
}

impl Intake {
    /// An intake that treats telegrams as `settings` say.
    #[must_use]
    pub fn new(settings: &Settings, hub: Arc<Hub>, statistics: Arc<Statistics>) -> Self {
        let seven = settings.serial.framing == Framing::SevenEven;
        Self {
            mode: settings.telegram.mode,
            checksums: settings.telegram.crc,
            seven_bits: seven.then(SevenBits::default),
            framer: Framer::new(),
            hub,
            statistics,
            meter: None,
            meters_told: Seldom::new(5, Duration::from_secs(600)),
            broken_told: Seldom::new(3, Duration::from_secs(60)),
            hdlc_told: Seldom::new(1, Duration::from_secs(3600)),
        }
    }

    /// Takes in the next bytes of the line; parity bits are taken off in place.
    pub fn take_in(&mut self, bytes: &mut [u8]) {
        self.statistics.counts.bytes.add(bytes.len() as u64);
        if let Some(seven_bits) = &mut self.seven_bits {
            let wrong = seven_bits.strip(bytes);
            if wrong > 0 {
                self.statistics.counts.parity_errors.add(wrong as u64);
            }
        }
        if self.mode == Mode::Raw {
            if self.seven_bits.is_some() {
                // In raw mode nothing is judged, so a wrong parity need not show.
                for byte in &mut *bytes {
                    *byte &= 0x7F;
                }
            }
            self.hub.publish(&Bytes::copy_from_slice(bytes));
            return;
        }
        let mut input = &*bytes;
        while let Some(outcome) = Outcome::of(&self.framer.next(&mut input), self.checksums) {
            self.settle(outcome);
        }
    }

    /// The line was interrupted: what was begun will not be finished.
    pub fn interrupt(&mut self) {
        self.framer.interrupt();
        if let Some(seven_bits) = &mut self.seven_bits {
            *seven_bits = SevenBits::default();
        }
    }

    fn settle(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Telegram(telegram) => {
                self.hub.publish(&telegram.bytes);
                self.statistics.counts.telegrams.add(1);
                match telegram.verdict {
                    Verdict::Proved(_) => self.introduce(&telegram),
                    Verdict::Ignored(why) => {
                        self.count_broken(telegram.bytes.len(), why, "forwarded");
                    }
                }
            }
            Outcome::Dropped(length, why) => self.count_broken(length, why, "dropped"),
            Outcome::TooLong => {
                self.tell_broken("more than 16 KiB without the end of a telegram", "dropped");
            }
            Outcome::Hdlc => {
                if self.hdlc_told.allow(Instant::now()).is_some() {
                    warn!(
                        message_id = events::METER_UNKNOWN,
                        "the meter sends HDLC frames, which are no P1 telegrams; `mode = \"raw\"` in \
                         [telegram] passes them on as they come"
                    );
                }
            }
        }
    }

    /// Says which meter it is, when it is another one than before.
    fn introduce(&mut self, telegram: &Telegram) {
        let known = self.meter.as_ref().is_some_and(|(header, verdict)| {
            *verdict == telegram.verdict && telegram.is_headed(header)
        });
        if known {
            return;
        }
        let header = telegram.header();
        if self.meters_told.allow(Instant::now()).is_some() {
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
        self.statistics.meter.set(Some(header.clone()));
        self.meter = Some((header, telegram.verdict));
    }

    fn count_broken(&mut self, length: usize, why: Broken, what_became: &str) {
        if why == Broken::Malformed {
            self.statistics.counts.malformed.add(1);
        } else {
            self.statistics.counts.checksum_errors.add(1);
        }
        let why = match why {
            Broken::WrongChecksum { sent, computed } => {
                format!(
                    "a telegram of {length} bytes with checksum {sent:04X} where {computed:04X} would be right"
                )
            }
            Broken::AnotherChecksum(kind) => {
                format!(
                    "a telegram of {length} bytes with {}, which this meter does not use",
                    kind.name()
                )
            }
            Broken::NoChecksum => {
                format!("a telegram of {length} bytes without the checksum that this meter uses")
            }
            Broken::Malformed => {
                format!("a telegram of {length} bytes, damaged and without a checksum")
            }
        };
        self.tell_broken(&why, what_became);
    }

    fn tell_broken(&mut self, why: &str, what_became: &str) {
        if let Some(held_back) = self.broken_told.allow(Instant::now()) {
            let more = if held_back > 0 {
                format!(", and {held_back} like it before")
            } else {
                String::new()
            };
            warn!(
                message_id = events::TELEGRAM_BROKEN,
                checksum_errors = self.statistics.counts.checksum_errors.get(),
                malformed = self.statistics.counts.malformed.get(),
                "{what_became} {why}{more}"
            );
        }
    }
}
