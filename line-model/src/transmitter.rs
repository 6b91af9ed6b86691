//! The sending end.

use crate::character::{BITS, Framing};

/// What sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transmitter {
    /// In bits per second.
    pub baud: u32,
    /// What it makes of a byte.
    pub framing: Framing,
    /// Whether high and low are exchanged, so that an idle line is low.
    pub inverted: bool,
}

impl Transmitter {
    /// The level between two characters; true is high.
    pub(crate) fn idle(self) -> bool {
        !self.inverted
    }

    /// The levels of `byte`, each for one bit, from the start bit to the stop bit.
    pub(crate) fn levels(self, byte: u8) -> impl Iterator<Item = bool> {
        let character = (u16::from(self.framing.encode(byte)) << 1) | 1 << (BITS - 1);
        (0..BITS).map(move |bit| (character >> bit & 1 == 1) != self.inverted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_by_hand() {
        let usual = Transmitter { baud: 9600, framing: Framing::SevenEven, inverted: false };
        let levels = |sender: Transmitter| -> String {
            sender.levels(b'1').map(|high| if high { '1' } else { '0' }).collect()
        };
        assert_eq!(levels(usual), "0100011011");
        assert_eq!(levels(Transmitter { inverted: true, ..usual }), "1011100100");
    }
}
