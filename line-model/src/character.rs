//! Characters on a line: a start bit, eight bits, a stop bit.

/// What the eight bits between start and stop bit are. Both take ten bits on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Eight data bits.
    EightNone,
    /// Seven data bits, and one that makes the number of ones even.
    SevenEven,
}

/// A start bit, eight bits and a stop bit.
pub(crate) const BITS: u8 = 10;

impl Framing {
    /// The eight bits that `byte` is sent as, the first one lowest. Of seven data bits the eighth is
    /// not sent.
    #[must_use]
    pub fn encode(self, byte: u8) -> u8 {
        match self {
            Self::EightNone => byte,
            Self::SevenEven => {
                let seven = byte & 0x7F;
                seven | (u8::from(seven.count_ones() % 2 == 1) << 7)
            }
        }
    }

    /// The byte that eight bits between start and stop bit stand for, and whether parity is right.
    #[must_use]
    pub fn decode(self, bits: u8) -> (u8, bool) {
        match self {
            Self::EightNone => (bits, true),
            Self::SevenEven => (bits & 0x7F, bits.count_ones() % 2 == 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Framing::{EightNone, SevenEven};

    #[test]
    fn seven_bits_and_parity_by_hand() {
        assert_eq!(SevenEven.encode(b'A'), b'A');
        assert_eq!(SevenEven.encode(b'1'), 0xB1);
        assert_eq!(SevenEven.decode(0xB1), (b'1', true));
        assert_eq!(SevenEven.decode(b'1'), (b'1', false));
        for byte in 0..=0xFF {
            assert_eq!(EightNone.decode(EightNone.encode(byte)), (byte, true));
            assert_eq!(SevenEven.decode(SevenEven.encode(byte)), (byte & 0x7F, true));
        }
    }
}
