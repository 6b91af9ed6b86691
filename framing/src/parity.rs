//! 7E1 read as 8N1.
//!
//! Both take ten bits on the line, so a port at 8N1 receives 7E1 as it is, with the parity bit in
//! bit 7. Taking it off here rather than in the kernel works alike on a UART without parity (the
//! Raspberry Pi's mini-UART), on a USB adapter without seven data bits and on a pseudo-terminal.

/// Takes the parity bit off a stream of seven-bit characters with even parity.
///
/// A character with wrong parity leaves with bit 7 set, which no telegram without a checksum may
/// hold, so that the telegram it stands in is found broken. Where the bit was taken off before
/// (an adapter that does it on its own) there is nothing to check, and bytes pass as they are.
#[derive(Debug, Default)]
pub struct SevenBits {
    /// How much speaks for a parity bit being there; 0: nothing so far.
    evidence: u8,
}

/// A byte with bit 7 and even parity shows a parity bit for this many bytes that ought to have
/// had one and do not.
const EVIDENCE: u8 = 16;

impl SevenBits {
    /// Takes the parity bit off each of `bytes`, in place. Returns how many had the wrong parity.
    pub fn strip(&mut self, bytes: &mut [u8]) -> usize {
        let mut wrong = 0;
        for byte in bytes {
            let even = byte.count_ones() % 2 == 0;
            if *byte < 0x80 {
                if even || self.evidence == 0 {
                    continue;
                }
                self.evidence -= 1;
            } else if even {
                self.evidence = EVIDENCE;
                *byte &= 0x7F;
                continue;
            }
            wrong += 1;
            *byte |= 0x80;
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_parity(text: &[u8]) -> Vec<u8> {
        text.iter().map(|&byte| byte | (u8::from(byte.count_ones() % 2 == 1) << 7)).collect()
    }

    const TEXT: &[u8] = b"/ISk5\\2ME382-1004\r\n\r\n1-0:1.8.1(00608.400*kWh)\r\n!\r\n";

    #[test]
    fn the_parity_bit_goes() {
        let mut bytes = with_parity(TEXT);
        assert_ne!(bytes, TEXT);
        assert_eq!(SevenBits::default().strip(&mut bytes), 0);
        assert_eq!(bytes, TEXT);
    }

    #[test]
    fn text_without_parity_passes() {
        let mut bytes = TEXT.to_vec();
        assert_eq!(SevenBits::default().strip(&mut bytes), 0);
        assert_eq!(bytes, TEXT);
    }

    #[test]
    fn any_single_flipped_bit_is_marked() {
        for at in 1..TEXT.len() {
            for bit in 0..8 {
                let mut bytes = with_parity(TEXT);
                bytes[at] ^= 1 << bit;
                assert_eq!(SevenBits::default().strip(&mut bytes), 1);
                assert!(bytes[at] >= 0x80, "byte {at}, bit {bit}");
            }
        }
    }

    #[test]
    fn a_meter_without_parity_after_one_with_it_is_read_again() {
        let mut parity = SevenBits::default();
        parity.strip(&mut with_parity(TEXT));
        parity.strip(&mut TEXT.to_vec());
        let mut bytes = TEXT.to_vec();
        assert_eq!(parity.strip(&mut bytes), 0);
        assert_eq!(bytes, TEXT);
    }
}
