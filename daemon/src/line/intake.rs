//! From the bytes of the line to telegrams in the hub.

use super::news::News;
use crate::config::{Checksums, Framing, Mode, Settings};
use crate::framing::{Framer, SevenBits};
use crate::hub::Hub;
use crate::statistics::Statistics;
use crate::telegram::{Outcome, Verdict};
use std::sync::Arc;

/// Takes in what is read from the line and hands telegrams to the hub, or in raw mode the bytes.
pub struct Intake {
    mode: Mode,
    checksums: Checksums,
    seven_bits: Option<SevenBits>,
    framer: Framer,
    hub: Arc<Hub>,
    statistics: Arc<Statistics>,
    news: News,
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
            news: News::new(Arc::clone(&statistics)),
            statistics,
        }
    }

    /// Takes in the next bytes of the line; parity bits are taken off in place.
    pub fn take_in(&mut self, bytes: &mut [u8]) {
        let count = bytes.len() as u64;
        if let Some(seven_bits) = &mut self.seven_bits {
            let wrong = seven_bits.strip(bytes);
            if wrong > 0 {
                self.statistics.counts.parity_errors.add(wrong as u64);
            }
        }
        match self.mode {
            Mode::Raw => self.pass_on(bytes),
            Mode::Telegram => self.frame(bytes),
        }
        self.statistics.counts.bytes.add(count);
    }

    fn pass_on(&mut self, bytes: &mut [u8]) {
        if self.seven_bits.is_some() {
            // In raw mode nothing is judged, so a wrong parity need not show.
            for byte in &mut *bytes {
                *byte &= 0x7F;
            }
        }
        self.hub.publish(bytes);
    }

    fn frame(&mut self, mut bytes: &[u8]) {
        while let Some(outcome) = Outcome::of(self.framer.next(&mut bytes), self.checksums) {
            match outcome {
                Outcome::Telegram(telegram) => {
                    // First of all: everything else can wait.
                    self.hub.publish(telegram.bytes);
                    self.statistics.counts.telegrams.add(1);
                    match telegram.verdict {
                        Verdict::Proved(_) => self.news.of_meter(&telegram),
                        Verdict::Ignored(why) => {
                            self.news.of_broken(telegram.bytes.len(), why, "forwarded");
                        }
                    }
                }
                Outcome::Dropped(length, why) => self.news.of_broken(length, why, "dropped"),
                Outcome::TooLong => self.news.of_too_long(),
                Outcome::Hdlc => self.news.of_hdlc(),
            }
        }
    }

    /// The line was interrupted: what was begun will not be finished.
    pub fn interrupt(&mut self) {
        self.framer.interrupt();
        if let Some(seven_bits) = &mut self.seven_bits {
            *seven_bits = SevenBits::default();
        }
    }
}
