//! What the last bytes of the line look like.

use super::signature::{ANY, Signature, UNIT, Way};
use std::collections::VecDeque;

/// What bytes look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Text, for the most part.
    Text,
    /// Text upside down.
    Inverted,
    /// Text sent at another speed, and at which where that can be told.
    Sent(Option<u32>),
    /// Nothing known, or too little to tell.
    Unknown,
}

/// So many bytes can be told from others.
pub(super) const FEW: usize = 24;
/// So many in a second make a receiver's breaks a line of another speed; a line that hums has some,
/// too.
const MANY_BREAKS: usize = 150;
/// A way is told when it is so much likelier than any other: by chance it would be so once in a
/// million times.
const MARGIN: i32 = 14 * UNIT;
/// And no less like itself than this, for each byte.
const TOLERANCE: i32 = 3 * UNIT / 4;

/// Looks at bytes that were received at one speed.
pub(super) struct Looker {
    baud: u32,
    /// Made when they are needed.
    signatures: Vec<Signature>,
}

impl Looker {
    pub(super) fn new(baud: u32) -> Self {
        Self { baud, signatures: Vec::new() }
    }

    /// The speed, in bits per second.
    pub(super) fn baud(&self) -> u32 {
        self.baud
    }

    /// What `bytes` look like, of which there were `densest` in the densest second;
    /// `flawed` where the driver counted errors in many of them.
    pub(super) fn look(&mut self, bytes: &VecDeque<u8>, densest: usize, flawed: bool) -> Look {
        let total = bytes.len();
        if total < FEW {
            return Look::Unknown;
        }
        let mut counts = [0_u16; 256];
        for &byte in bytes {
            counts[usize::from(byte)] += 1;
        }
        if usize::from(counts[0]) * 10 >= total * 9 {
            let slower = (self.baud >= 96_000).then_some(9600);
            return if densest >= MANY_BREAKS { Look::Sent(slower) } else { Look::Unknown };
        }
        if is_text(bytes) {
            return Look::Text;
        }
        if self.signatures.is_empty() {
            self.signatures = Signature::all(self.baud);
        }
        self.likeliest(&counts, i32::try_from(total).unwrap_or(i32::MAX), flawed)
    }

    fn likeliest(&self, counts: &[u16; 256], total: i32, flawed: bool) -> Look {
        let candidates = self.signatures.iter().filter(|one| !(flawed && one.way == Way::Binary));
        let scored = candidates.map(|one| (one.likelihood(counts), one));
        let Some((score, best)) = scored.max_by_key(|(score, _)| *score) else {
            return Look::Unknown;
        };
        let others = self
            .signatures
            .iter()
            .filter(|one| one.way != best.way && !(flawed && one.way == Way::Binary));
        let rival = others.map(|one| one.likelihood(counts)).max().unwrap_or(i32::MIN);
        // No meter's binary frames are flawed.
        let rival = if flawed { rival } else { rival.max(ANY * total) };
        if score < (best.own - TOLERANCE) * total || score - rival < MARGIN {
            return Look::Unknown;
        }
        match best.way {
            Way::Binary => Look::Unknown,
            Way::Text => Look::Text,
            Way::Inverted => Look::Inverted,
            Way::Sent(baud) => Look::Sent(Some(baud)),
        }
    }
}

/// Whether most bytes are those of a telegram, with a parity bit or without.
fn is_text(bytes: &VecDeque<u8>) -> bool {
    let plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\r' | b'\n');
    let eight = bytes.iter().filter(|&&byte| plain(byte)).count();
    let even = |byte: u8| byte.count_ones() % 2 == 0 && plain(byte & 0x7F);
    let seven = bytes.iter().filter(|&&byte| even(byte)).count();
    eight.max(seven) * 5 >= bytes.len() * 4
}
