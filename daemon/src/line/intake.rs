//! From the bytes of the line to telegrams in the hub.

use super::news::News;
use crate::config::{Checksums, Framing, Mode, Settings};
use crate::hub::Hub;
use crate::statistics::Statistics;
use crate::telegram::{Outcome, Verdict};
use framing::{Bits, Framer, SevenBits};
use std::sync::Arc;
use std::time::Instant;

/// Takes in what is read from the line and hands telegrams to the hub, or in raw mode the bytes.
pub struct Intake {
    mode: Mode,
    characters: Characters,
    telegrams: Telegrams,
    statistics: Arc<Statistics>,
    /// Bytes with a parity bit, as they came.
    came: Vec<u8>,
}

/// Data bits and parity.
enum Characters {
    Eight,
    Seven(SevenBits),
    Auto(Bits),
}

/// From characters to telegrams.
struct Telegrams {
    checksums: Checksums,
    /// Where a telegram gets a checksum, if it is to have one.
    sealed: Option<Vec<u8>>,
    framer: Framer,
    hub: Arc<Hub>,
    statistics: Arc<Statistics>,
    news: News,
}

impl Intake {
    /// An intake that treats telegrams as `settings` say.
    #[must_use]
    pub fn new(settings: &Settings, hub: Arc<Hub>, statistics: Arc<Statistics>) -> Self {
        let characters = match (settings.serial.framing, settings.telegram.mode) {
            (Framing::EightNone, _) | (Framing::Auto, Mode::Raw) => Characters::Eight,
            (Framing::SevenEven, _) => Characters::Seven(SevenBits::default()),
            (Framing::Auto, Mode::Telegram) => Characters::Auto(Bits::default()),
        };
        Self {
            mode: settings.telegram.mode,
            characters,
            telegrams: Telegrams {
                checksums: settings.telegram.crc,
                sealed: settings.telegram.add_crc.then(Vec::new),
                framer: Framer::new(),
                hub,
                news: News::new(Arc::clone(&statistics)),
                statistics: Arc::clone(&statistics),
            },
            statistics,
            came: Vec::new(),
        }
    }

    /// Takes in the next bytes of the line, and changes them as it needs to. Returns how many
    /// telegrams came of them.
    pub fn take_in(&mut self, bytes: &mut [u8]) -> usize {
        let count = bytes.len() as u64;
        // What they were before the parity bit is taken off; where there is none there is no hurry.
        let seven = !matches!(self.characters.are_seven(), Some(false));
        if seven {
            self.came.clear();
            self.came.extend_from_slice(bytes);
        }
        let telegrams = match self.mode {
            Mode::Raw => {
                self.pass_on(bytes);
                0
            }
            Mode::Telegram => self.read(bytes),
        };
        self.statistics.counts.bytes.add(count);
        let came = if seven { &self.came } else { &*bytes };
        let mut observed = self.statistics.line();
        observed.seven_bits = self.characters.are_seven();
        let now = Instant::now();
        observed.bytes(now, came);
        if self.mode == Mode::Raw {
            // Whatever comes is what was asked for.
            observed.diagnosis.telegram(now, bytes.len(), false);
        }
        telegrams
    }

    fn pass_on(&mut self, bytes: &mut [u8]) {
        if let Characters::Seven(seven_bits) = &mut self.characters {
            let wrong = seven_bits.strip(bytes);
            self.statistics.counts.parity_errors.add(wrong as u64);
            // In raw mode nothing is judged, so a wrong parity need not show.
            for byte in &mut *bytes {
                *byte &= 0x7F;
            }
        }
        self.telegrams.hub.publish(bytes);
    }

    fn read(&mut self, bytes: &mut [u8]) -> usize {
        let (mut count, telegrams) = (0, &mut self.telegrams);
        let wrong = match &mut self.characters {
            Characters::Eight => {
                count = telegrams.frame(bytes);
                0
            }
            Characters::Seven(seven_bits) => {
                let wrong = seven_bits.strip(bytes);
                count = telegrams.frame(bytes);
                wrong
            }
            Characters::Auto(bits) => bits.take(bytes, |bytes| count += telegrams.frame(bytes)),
        };
        if wrong > 0 {
            self.statistics.counts.parity_errors.add(wrong as u64);
        }
        count
    }

    /// The line was interrupted: what was begun will not be finished.
    pub fn interrupt(&mut self) {
        self.telegrams.framer.interrupt();
        match &mut self.characters {
            Characters::Eight => {}
            Characters::Seven(seven_bits) => *seven_bits = SevenBits::default(),
            Characters::Auto(bits) => *bits = Bits::default(),
        }
    }
}

impl Characters {
    /// Whether they have seven bits and a parity bit; none before that is known.
    fn are_seven(&self) -> Option<bool> {
        match self {
            Self::Eight => Some(false),
            Self::Seven(_) => Some(true),
            Self::Auto(bits) => bits.are_seven(),
        }
    }
}

impl Telegrams {
    fn frame(&mut self, mut bytes: &[u8]) -> usize {
        let mut count = 0;
        while let Some(outcome) = Outcome::of(self.framer.next(&mut bytes), self.checksums) {
            match outcome {
                Outcome::Telegram(telegram) => {
                    // First of all: everything else can wait.
                    match &mut self.sealed {
                        Some(sealed) if telegram.has_no_checksum() => {
                            telegram.seal(sealed);
                            self.hub.publish(sealed);
                        }
                        _ => self.hub.publish(telegram.bytes),
                    }
                    self.statistics.counts.telegrams.add(1);
                    match telegram.verdict {
                        Verdict::Proved(_) => {
                            count += 1;
                            self.news.of_meter(&telegram);
                        }
                        Verdict::Ignored(why) => {
                            self.news.of_broken(telegram.bytes, why, "forwarded");
                        }
                    }
                }
                Outcome::Dropped(bytes, why) => self.news.of_broken(bytes, why, "dropped"),
                Outcome::TooLong => self.news.of_too_long(),
                Outcome::Hdlc => self.news.of_hdlc(),
            }
        }
        count
    }
}
