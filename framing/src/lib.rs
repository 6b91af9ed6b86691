//! From bytes to frames. Pure: no clock, no I/O, memory bounded.
//!
//! A telegram begins with `/` and ends with the line end behind `!` and up to four hexadecimal
//! digits. Either sign also stands in fields, and noise makes more of them, so where a telegram
//! begins is not decided before one has been proved: every `/` in the window stays a candidate,
//! and at every `!` the checksum is compared with all of them at once. So no valid telegram is
//! lost to the broken one before it, wherever the break is. Only a line of `!` and four digits ends
//! them all, as no telegram has one inside.

mod bits;
mod checksum;
mod encrypted;
mod ending;
mod framer;
mod hdlc;
mod parity;
mod sums;
mod verdict;
mod wellformed;

pub use bits::Bits;
pub use checksum::Checksum;
pub use framer::Framer;
pub use parity::SevenBits;

/// The longest telegram or encrypted frame, in bytes, that is framed: 16 KiB, more than a line at
/// 115200 baud carries in a second.
pub const LONGEST: usize = 16 * 1024;

/// What the framer found next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// A telegram or an encrypted frame, as it stood on the line.
    Frame(Frame<'a>),
    /// Something that is no telegram and is worth knowing of.
    Noise(Noise<'a>),
    /// All input has been taken in, and more is needed.
    Incomplete,
}

/// A whole telegram or encrypted frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// From `/` to the line end behind `!`, or the whole encrypted frame from its `DB`.
    pub bytes: &'a [u8],
    /// What proves it.
    pub proof: Proof,
}

/// What shows that a frame is what the meter sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Its checksum is right.
    Checksum(Checksum),
    /// It carries no checksum and is well-formed.
    Form,
    /// It is encrypted; its length is all that can be checked without the key.
    Length,
}

/// What was on the line and is no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise<'a> {
    /// A telegram that came whole, from a header line to the line end behind `!`, but is broken.
    Broken {
        /// All of it, as far as its beginning can be told.
        bytes: &'a [u8],
        /// What is wrong with it.
        why: Broken,
    },
    /// More than [`LONGEST`] bytes behind a header line, and no telegram in them.
    TooLong,
    /// HDLC frames: a meter of a kind that sends no telegrams.
    Hdlc,
}

/// What is wrong with a broken telegram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The checksum that was sent is not that of the bytes.
    WrongChecksum {
        /// The number behind `!`.
        sent: u16,
        /// The one of the bytes, by the meter's kind of checksum or CRC-16/ARC.
        computed: u16,
    },
    /// The checksum is right by another kind than this meter's telegrams have had so far.
    AnotherChecksum(Checksum),
    /// There is no checksum, though this meter's telegrams have had one so far.
    NoChecksum,
    /// There is no checksum, and the form is not that of a telegram.
    Malformed,
}

/// The header line of a telegram, without its line end; empty for an encrypted frame.
#[must_use]
pub fn header(frame: &[u8]) -> &[u8] {
    if frame.first() != Some(&b'/') {
        return &[];
    }
    let end = memchr::memchr2(b'\r', b'\n', frame).unwrap_or(frame.len());
    &frame[..end]
}
