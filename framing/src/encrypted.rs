//! Encrypted frames, as meters in Luxembourg and Austria send them.
//!
//! `DB 08 title[8] 82 len16 30 counter[4] ciphertext tag[12]`: DLMS general-glo-ciphering with
//! AES-128-GCM (DLMS UA Green Book; Luxembourg's "P1 Smart Meter" 1.1.3). Without the key nothing
//! in it can be checked but its shape, so the length frames it, and a frame that another one
//! begins in has lost bytes on the way.

use super::LONGEST;

/// From the `DB` to the security control byte.
pub(super) const HEADER: usize = 14;
/// The `DB`, the length byte and the title: what stays the same in all frames of a meter.
const TITLE: std::ops::Range<usize> = 2..10;
/// What the length counts beside the ciphertext: security control, counter and tag.
const OVERHEAD: usize = 17;

/// What stands at a `DB`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// A frame of this many bytes.
    Frame(usize),
    /// A frame so far, but its header has not wholly arrived.
    Partial,
    /// Something else.
    Other,
}

/// Looks at the beginning of `bytes`.
pub(super) fn beginning(bytes: &[u8]) -> Beginning {
    let fixed = [(0, 0xDB), (1, 0x08), (10, 0x82), (13, 0x30)];
    if fixed.iter().any(|&(at, value)| bytes.get(at).is_some_and(|&byte| byte != value)) {
        return Beginning::Other;
    }
    if bytes.len() < HEADER {
        return Beginning::Partial;
    }
    let length = usize::from(u16::from_be_bytes([bytes[11], bytes[12]]));
    let whole = HEADER - 1 + length;
    if length <= OVERHEAD || whole > LONGEST { Beginning::Other } else { Beginning::Frame(whole) }
}

/// Whether a frame's beginning inside another frame's length shows that the outer one was torn.
///
/// Four fixed bytes come about by chance in ciphertext, once in some millions of frames. So they
/// have to carry the same title, or one that begins with a manufacturer's three letters, as the
/// standard has it.
pub(super) fn interrupts(inner: &[u8], outer: &[u8]) -> bool {
    let title = inner.get(TITLE).unwrap_or_default();
    outer.get(TITLE) == Some(title)
        || title.iter().take(3).filter(|byte| byte.is_ascii_alphabetic()).count() == 3
}

/// Whether `frame`, cut by its length, ends in the beginning of the next one of the same meter.
///
/// Then it has lost as many bytes as stand there of the next one.
pub(super) fn ends_in_the_next(frame: &[u8]) -> bool {
    let same = TITLE.end + 1;
    (3..HEADER).any(|shared| {
        let tail = &frame[frame.len() - shared..];
        tail[..shared.min(same)] == frame[..shared.min(same)]
    })
}
