//! The checksums of all candidates at once.
//!
//! A telegram may begin at any `/` in the window, so at each `!` the checksum is wanted from every
//! one of them. A CRC is a remainder of polynomials over GF(2), which makes that a comparison: let
//! `R(n)` be the register after the first `n` bytes of the stream, begun with zero. The CRC of
//! bytes `s..e`, begun with `I` and finally xored with `X`, is
//!
//! ```text
//! C = R(e) ^ (R(s) ^ I)·x^8(e-s) ^ X      so      (R(e) ^ X ^ C)·x^-8e = (R(s) ^ I)·x^-8s
//! ```
//!
//! The right side belongs to the `/` alone and the left side to the `!` alone: both are computed
//! once, when they pass by. However many slashes and exclamation marks stand on the line, the
//! work grows with the bytes.

use super::checksum::{ARC, CCITT, Checksum, Sum, X25_ONES};

/// A CRC register over the stream, and the power of x that undoes the stream's length.
pub(super) struct Sums {
    crc: &'static Sum,
    undo: &'static Powers,
    /// `I` above.
    initial: u16,
    sum: u16,
    back: u16,
}

/// What a `/` has to have in common with a `!` for the checksum between them to be right.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Key(u16);

impl Sums {
    /// Sums by which checksums of this kind, and of all that share its polynomial, are compared.
    pub(super) fn of(kind: Checksum) -> Self {
        let (crc, undo, initial) = match kind {
            Checksum::Arc => (&ARC, &ARC_POWERS, 0),
            Checksum::X25 | Checksum::X25Swapped => (&CCITT, &CCITT_POWERS, X25_ONES),
        };
        Self { crc, undo, initial, sum: 0, back: ONE }
    }

    /// Takes in the next bytes of the stream.
    pub(super) fn advance(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        // The crate takes a first value as its catalogue writes it, with the bits the other way.
        let mut digest = self.crc.digest_with_initial(self.sum.reverse_bits());
        digest.update(bytes);
        self.sum = digest.finalize();
        self.back = self.undo.shift(self.back, bytes.len());
    }

    /// The key of a `/` that is the next byte.
    pub(super) fn start(&self) -> Key {
        self.key(self.initial)
    }

    /// The key of the `!` that was the last byte, with `sent` behind it as a checksum of `kind`.
    pub(super) fn end(&self, sent: u16, kind: Checksum) -> Key {
        self.key(match kind {
            Checksum::Arc => sent,
            Checksum::X25 => sent ^ X25_ONES,
            Checksum::X25Swapped => sent.swap_bytes() ^ X25_ONES,
        })
    }

    fn key(&self, value: u16) -> Key {
        Key(multiply(self.sum ^ value, self.back, self.undo.polynomial))
    }
}

/// The polynomial 1, in a register whose highest bit is the coefficient of x^0.
const ONE: u16 = 0x8000;

/// x^-8k for k up to 32767, by its low seven and high eight bits.
struct Powers {
    polynomial: u16,
    low: [u16; 128],
    high: [u16; 256],
}

static ARC_POWERS: Powers = Powers::of(0xA001);
static CCITT_POWERS: Powers = Powers::of(0x8408);

impl Powers {
    const fn of(polynomial: u16) -> Self {
        let mut one_byte = ONE;
        let mut bit = 0;
        while bit < 8 {
            one_byte = divide_by_x(one_byte, polynomial);
            bit += 1;
        }
        let mut low = [ONE; 128];
        let mut k = 1;
        while k < low.len() {
            low[k] = multiply(low[k - 1], one_byte, polynomial);
            k += 1;
        }
        let step = multiply(low[127], one_byte, polynomial);
        let mut high = [ONE; 256];
        let mut k = 1;
        while k < high.len() {
            high[k] = multiply(high[k - 1], step, polynomial);
            k += 1;
        }
        Self { polynomial, low, high }
    }

    /// `value` times x^-8`bytes`.
    fn shift(&self, mut value: u16, mut bytes: usize) -> u16 {
        loop {
            let part = bytes.min(0x7FFF);
            value = multiply(value, self.low[part & 0x7F], self.polynomial);
            if part >> 7 != 0 {
                value = multiply(value, self.high[part >> 7], self.polynomial);
            }
            bytes -= part;
            if bytes == 0 {
                return value;
            }
        }
    }
}

const fn divide_by_x(value: u16, polynomial: u16) -> u16 {
    if value & 0x8000 == 0 { value << 1 } else { ((value ^ polynomial) << 1) | 1 }
}

const fn multiply(a: u16, mut b: u16, polynomial: u16) -> u16 {
    let mut product = 0;
    let mut bit = 0;
    while bit < 16 {
        // Without a branch: the bits are as good as random.
        product ^= b & 0u16.wrapping_sub((a >> (15 - bit)) & 1);
        b = (b >> 1) ^ (polynomial & 0u16.wrapping_sub(b & 1));
        bit += 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// A key fits exactly where the checksum computed byte by byte is the one that was sent.
        #[test]
        fn keys_fit_where_the_checksum_is_right(
            before in prop::collection::vec(any::<u8>(), 0..70_000),
            telegram in prop::collection::vec(any::<u8>(), 1..3000),
            error in prop_oneof![Just(0u16), any::<u16>()],
        ) {
            for kind in [Checksum::Arc, Checksum::X25, Checksum::X25Swapped] {
                let mut sums = Sums::of(kind);
                sums.advance(&before);
                let start = sums.start();
                sums.advance(&telegram);
                let sent = kind.of(&telegram) ^ error;
                prop_assert_eq!(sums.end(sent, kind) == start, error == 0);
            }
        }
    }
}
