//! What the framer found, as a telegram or the reason why there is none. Pure.

use crate::config::Checksums;
use framing::{self, Broken, Checksum, Noise, Proof, Step};
use std::io::Write;

/// A telegram or an encrypted frame, the same for all clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telegram<'a> {
    /// As it stood on the line, without parity bits.
    pub bytes: &'a [u8],
    /// What shows that it is what the meter sent.
    pub verdict: Verdict,
}

/// What is known of a telegram's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They are what the meter sent, by this proof.
    Proved(Proof),
    /// They are broken, and checksums are to be ignored.
    Ignored(Broken),
}

/// What came of a step of the framer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// A telegram to hand on.
    Telegram(Telegram<'a>),
    /// A broken telegram that is dropped, and why.
    Dropped(&'a [u8], Broken),
    /// More bytes than a telegram may have.
    TooLong,
    /// A meter of a kind that sends no telegrams.
    Hdlc,
}

impl<'a> Outcome<'a> {
    /// What comes of `step`, where broken checksums are treated as `checksums` says; nothing of an
    /// incomplete one.
    #[must_use]
    pub fn of(step: Step<'a>, checksums: Checksums) -> Option<Self> {
        let telegram = |bytes, verdict| Self::Telegram(Telegram { bytes, verdict });
        Some(match step {
            Step::Incomplete => return None,
            Step::Frame(frame) => telegram(frame.bytes, Verdict::Proved(frame.proof)),
            Step::Noise(Noise::Broken { bytes, why }) => match (checksums, why) {
                (Checksums::Check, _) | (_, Broken::Malformed) => Self::Dropped(bytes, why),
                (Checksums::Ignore, _) => telegram(bytes, Verdict::Ignored(why)),
            },
            Step::Noise(Noise::TooLong) => Self::TooLong,
            Step::Noise(Noise::Hdlc) => Self::Hdlc,
        })
    }
}

impl Telegram<'_> {
    /// Whether it comes of a meter that sends no checksum.
    #[must_use]
    pub fn has_no_checksum(&self) -> bool {
        self.verdict == Verdict::Proved(Proof::Form)
    }

    /// Writes it `into` an empty telegram, with the checksum behind its `!` that a meter of DSMR 4 would
    /// send (DSMR 5.0.2, chapter 6): CRC-16/ARC in four upper-case hexadecimal digits.
    pub fn seal(&self, into: &mut Vec<u8>) {
        let end = self.bytes.iter().rposition(|&byte| byte == b'!').map_or(0, |at| at + 1);
        let (text, line_end) = self.bytes.split_at(end);
        into.clear();
        into.extend_from_slice(text);
        // Into a vector it does not fail.
        let _ = write!(into, "{:04X}", Checksum::Arc.of(text));
        into.extend_from_slice(line_end);
    }

    /// The header line, in printable characters; empty for an encrypted frame.
    #[must_use]
    pub fn header(&self) -> String {
        self.printable_header().collect()
    }

    /// Whether `header` is what [`Telegram::header`] gives.
    #[must_use]
    pub fn is_headed(&self, header: &str) -> bool {
        self.printable_header().eq(header.chars())
    }

    fn printable_header(&self) -> impl Iterator<Item = char> {
        let printable = |&byte| if matches!(byte, b' '..=b'~') { char::from(byte) } else { '?' };
        framing::header(self.bytes).iter().take(LONGEST_SHOWN).map(printable)
    }
}

/// As much of a header as people are shown, in characters. Meters send up to 24.
const LONGEST_SHOWN: usize = 64;
