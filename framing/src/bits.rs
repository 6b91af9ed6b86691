//! Whether characters have eight bits, or seven and a parity bit.

use super::SevenBits;

/// As many characters are held back at most before they are taken for eight bits.
const HELD: usize = 32;
/// So many characters with odd parity among those held show eight bits.
const ODD: u32 = 4;
/// So many characters with bit 7 set, and none with odd parity among them, show a parity bit.
const HIGH: u32 = 8;
/// A character with odd parity weighs as much as this many with even parity ...
const WEIGHT: u32 = 4;
/// ... and if more than that weigh so much, there is no parity bit any more.
const TURN: u32 = 120;

/// Takes characters of eight bits as they are and the parity bit off those of seven, and finds out
/// which it is.
///
/// With even parity every character has an even number of bits, in a text of eight bits and in
/// encrypted frames about every second one. As soon as that is plain (32 characters at most), and
/// not before, characters are passed on, so that not even the first telegram is lost.
#[derive(Debug, Default)]
pub struct Bits {
    known: Known,
    /// Characters with bit 7 set since the last one with odd parity.
    high: u32,
    /// How much speaks against the parity bit.
    odd: u32,
}

#[derive(Debug)]
enum Known {
    Nothing { held: Vec<u8> },
    Eight,
    Seven(SevenBits),
}

impl Default for Known {
    fn default() -> Self {
        Self::Nothing { held: Vec::with_capacity(HELD) }
    }
}

impl Bits {
    /// Takes in `bytes`, changes them as it needs to, and hands what has become of them to `out`.
    /// Returns how many had the wrong parity.
    pub fn take(&mut self, mut bytes: &mut [u8], mut out: impl FnMut(&[u8])) -> usize {
        let mut wrong = 0;
        while !bytes.is_empty() {
            let taken = match &mut self.known {
                Known::Nothing { .. } => self.hold(bytes, &mut out),
                // What has to be looked at is rare: telegrams hold no such characters.
                Known::Eight if bytes.is_ascii() => {
                    out(bytes);
                    bytes.len()
                }
                Known::Eight => {
                    let taken = self.until_parity(bytes);
                    out(&bytes[..taken]);
                    taken
                }
                Known::Seven(seven) => {
                    let mut odd = self.odd;
                    let turn = bytes.iter().position(|byte| {
                        let is_odd = byte.count_ones() % 2;
                        odd = (odd + WEIGHT * is_odd).saturating_sub(1 - is_odd);
                        odd > TURN
                    });
                    self.odd = odd;
                    let taken = turn.map_or(bytes.len(), |at| at + 1);
                    wrong += seven.strip(&mut bytes[..taken]);
                    out(&bytes[..taken]);
                    if turn.is_some() {
                        self.decide(Known::Eight);
                    }
                    taken
                }
            };
            bytes = &mut bytes[taken..];
        }
        wrong
    }

    /// Whether characters have seven bits and a parity bit; none before that is known.
    #[must_use]
    pub fn are_seven(&self) -> Option<bool> {
        match self.known {
            Known::Nothing { .. } => None,
            Known::Eight => Some(false),
            Known::Seven(_) => Some(true),
        }
    }

    /// Holds characters back until it is known what they are; returns how many were taken.
    fn hold(&mut self, bytes: &[u8], out: &mut impl FnMut(&[u8])) -> usize {
        let Known::Nothing { held } = &mut self.known else { return 0 };
        let before = held.len();
        for &byte in bytes {
            held.push(byte);
            if byte.count_ones() % 2 == 1 {
                self.odd += 1;
            } else if byte >= 0x80 {
                self.high += 1;
            }
            let seven = self.odd == 0 && self.high >= HIGH;
            if !seven && self.odd < ODD && held.len() < HELD {
                continue;
            }
            let mut held = std::mem::take(held);
            let taken = held.len() - before;
            if seven {
                let mut seven = SevenBits::default();
                seven.strip(&mut held);
                self.decide(Known::Seven(seven));
            } else {
                self.decide(Known::Eight);
            }
            out(&held);
            return taken;
        }
        bytes.len()
    }

    /// How many characters there are before it shows that they have a parity bit.
    fn until_parity(&mut self, bytes: &[u8]) -> usize {
        for (at, &byte) in bytes.iter().enumerate() {
            if byte.count_ones() % 2 == 1 {
                self.high = 0;
            } else if byte >= 0x80 {
                self.high += 1;
            }
            if self.high >= 2 * HIGH {
                self.decide(Known::Seven(SevenBits::default()));
                return at + 1;
            }
        }
        bytes.len()
    }

    fn decide(&mut self, known: Known) {
        *self = Self { known, high: 0, odd: 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &[u8] = b"/ISk5\\2ME382-1004\r\n\r\n1-0:1.8.1(00608.400*kWh)\r\n!\r\n";

    fn with_parity(text: &[u8]) -> Vec<u8> {
        text.iter().map(|&byte| byte | (u8::from(byte.count_ones() % 2 == 1) << 7)).collect()
    }

    fn read(bits: &mut Bits, bytes: &[u8], piece: usize) -> Vec<u8> {
        let mut read = Vec::new();
        for piece in bytes.chunks(piece) {
            bits.take(&mut piece.to_vec(), |bytes| read.extend_from_slice(bytes));
        }
        read
    }

    #[test]
    fn from_the_first_character_on_however_they_come() {
        for piece in 1..=TEXT.len() {
            let mut bits = Bits::default();
            assert_eq!(read(&mut bits, TEXT, piece), TEXT);
            assert_eq!(bits.are_seven(), Some(false));
            let mut bits = Bits::default();
            assert_eq!(read(&mut bits, &with_parity(TEXT), piece), TEXT);
            assert_eq!(bits.are_seven(), Some(true));
        }
    }

    #[test]
    fn another_meter_is_found_again() {
        let mut bits = Bits::default();
        read(&mut bits, TEXT, 16);
        // In one go, or in pieces.
        for piece in [1000, 16] {
            let read_again = read(&mut bits, &with_parity(TEXT).repeat(2), piece);
            assert!(read_again.ends_with(TEXT), "{piece}");
            let text = TEXT.repeat(4);
            assert!(read(&mut bits, &text, piece).ends_with(TEXT), "{piece}");
            assert_eq!(bits.are_seven(), Some(false));
            assert_eq!(read(&mut bits, &text, piece), text);
        }
    }

    #[test]
    fn a_damaged_character_is_no_reason_to_change() {
        for damaged in [TEXT.to_vec(), with_parity(TEXT)] {
            for at in 0..damaged.len() {
                for bit in 0..8 {
                    let mut bits = Bits::default();
                    read(&mut bits, &damaged, 16);
                    let known = bits.are_seven();
                    let mut damaged = damaged.clone();
                    damaged[at] ^= 1 << bit;
                    read(&mut bits, &damaged, 16);
                    assert_eq!(bits.are_seven(), known);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_of_any_bytes(pieces: Vec<Vec<u8>>) {
            let mut bits = Bits::default();
            let mut count = 0;
            for piece in &pieces {
                bits.take(&mut piece.clone(), |bytes| count += bytes.len());
            }
            let all = pieces.iter().map(Vec::len).sum::<usize>();
            let held = if bits.are_seven().is_none() { all } else { 0 };
            prop_assert_eq!(count + held, all);
        }
    }
}
