//! Recognises HDLC frames (`7E … 7E`, IEC 62056-46 §6.4), which some meters send on a P1 port.
//!
//! They carry no telegram this bridge could serve, but knowing them for what they are is the
//! difference between "rubbish on the line" and "a meter of another kind".

use super::Checksum;

const FLAG: u8 = 0x7E;
/// The shortest frame between its flags: format, two addresses, control and frame check.
const SHORTEST: usize = 7;

/// Looks for HDLC frames in a stream; holds at most one frame, 2047 bytes.
#[derive(Default)]
pub(super) struct Recogniser {
    inside: bool,
    frame: Vec<u8>,
}

impl Recogniser {
    /// Takes in `bytes`; true if a frame with a right frame check ended in them.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> bool {
        let mut seen = false;
        loop {
            if !self.inside {
                let Some(flag) = memchr::memchr(FLAG, bytes) else {
                    return seen;
                };
                bytes = &bytes[flag + 1..];
                self.inside = true;
                self.frame.clear();
            }
            let Some((&byte, rest)) = bytes.split_first() else {
                return seen;
            };
            bytes = rest;
            seen |= self.take(byte);
        }
    }

    /// Takes in one byte behind a flag.
    fn take(&mut self, byte: u8) -> bool {
        if self.frame.is_empty() {
            // Format type 3 (1010, then the segmentation bit); between frames flags may repeat.
            self.inside = byte == FLAG || byte & 0xF0 == 0xA0;
            if byte != FLAG && self.inside {
                self.frame.push(byte);
            }
            return false;
        }
        self.frame.push(byte);
        let length = usize::from(u16::from_be_bytes([self.frame[0], self.frame[1]]) & 0x07FF);
        if length < SHORTEST {
            self.inside = false;
            return false;
        }
        if self.frame.len() < length {
            return false;
        }
        let (content, check) = self.frame.split_at(length - 2);
        let right = Checksum::X25.of(content).to_le_bytes() == check;
        self.frame.clear();
        right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(information: &[u8]) -> Vec<u8> {
        let length = u8::try_from(information.len() + 8).unwrap_or(0xFF);
        let mut content = vec![0xA0, length, 0x21, 0x02, 0x13, 0x7E];
        content.extend_from_slice(information);
        let check = Checksum::X25.of(&content).to_le_bytes();
        [&[FLAG], &content[..], &check, &[FLAG]].concat()
    }

    #[test]
    fn a_frame_is_seen_however_it_is_cut() {
        let stream = [b"noise/~\x7E\x7E", &frame(b"e6e700 values")[..]].concat();
        for cut in 0..stream.len() {
            let mut recogniser = Recogniser::default();
            let first = recogniser.feed(&stream[..cut]);
            assert!(first | recogniser.feed(&stream[cut..]), "cut at {cut}");
        }
    }

    #[test]
    fn a_damaged_frame_is_not() {
        let mut stream = frame(b"e6e700 values");
        stream[9] ^= 1;
        assert!(!Recogniser::default().feed(&stream));
    }
}
