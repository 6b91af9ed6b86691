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
    /// Text sent at another speed, and at which where that is plain.
    Sent(Option<u32>),
    /// Nothing known, or too little to tell.
    Unknown,
}

/// So many bytes can be told from others.
const FEW: usize = 32;
/// So many in a second make a receiver's breaks a line of another speed; a line that hums has some,
/// too.
const MANY_BREAKS: usize = 150;
/// A way is told when it is so much likelier than any other.
const MARGIN: i32 = 25 * UNIT;
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

    /// What `bytes` look like, of which there were `densest` in the densest second.
    pub(super) fn look(&mut self, bytes: &VecDeque<u8>, densest: usize) -> Look {
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
        self.likeliest(&counts, i32::try_from(total).unwrap_or(i32::MAX))
    }

    fn likeliest(&self, counts: &[u16; 256], total: i32) -> Look {
        let scored = self.signatures.iter().map(|one| (one.likelihood(counts), one));
        let Some((score, best)) = scored.max_by_key(|(score, _)| *score) else {
            return Look::Unknown;
        };
        let rival = |same: &dyn Fn(Way) -> bool| {
            let others = self.signatures.iter().filter(|one| !same(one.way));
            others.map(|one| one.likelihood(counts)).chain([ANY * total]).max().unwrap_or(i32::MIN)
        };
        if score < (best.own - TOLERANCE) * total {
            return Look::Unknown;
        }
        let leads = |same: &dyn Fn(Way) -> bool| score - rival(same) >= MARGIN;
        match best.way {
            Way::Binary => Look::Unknown,
            Way::Text => Look::Text,
            Way::Inverted if leads(&|way| way == Way::Inverted) => Look::Inverted,
            Way::Sent(baud) if leads(&|way| way == Way::Sent(baud)) => Look::Sent(Some(baud)),
            Way::Sent(_) if leads(&|way| matches!(way, Way::Sent(_))) => Look::Sent(None),
            _ => Look::Unknown,
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
