//! The encryption of Luxembourg's meters.
//!
//! `DB 08 title[8] 82 len16 30 counter[4] ciphertext tag[12]`: DLMS general-glo-ciphering with
//! AES-128-GCM (DLMS UA Green Book; Luxembourg's "P1 Smart Meter" 1.1.3). The initialisation
//! vector is title and counter, the additional data are the security control byte and a key that
//! is the same for all meters.

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{AesGcm, aes::Aes128};
use std::str::FromStr;

/// What the length counts before the ciphertext: security control and counter.
const COUNTED_BEFORE: usize = 5;
/// Encrypted and authenticated.
const SECURITY_CONTROL: u8 = 0x30;
/// The authentication key that Luxembourg has published.
const AUTHENTICATION_KEY: [u8; 16] = 0x0011_2233_4455_6677_8899_AABB_CCDD_EEFF_u128.to_be_bytes();
/// A title as meters have them: three letters for the manufacturer and five bytes of its own.
const TITLE: [u8; 8] = *b"SAGgp\x0A\x52\xC7";

/// A meter's own key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key([u8; 16]);

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.len() == 32 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| digits);
        number.map(|key| Self(key.to_be_bytes())).ok_or_else(|| "give 32 hex digits".to_owned())
    }
}

/// Turns telegrams into frames.
pub(crate) struct Cipher {
    gcm: AesGcm<Aes128, U12, U12>,
    counter: u32,
}

impl Cipher {
    /// Encrypts with `key`, the first frame with the number `counter`.
    pub(crate) fn new(key: Key, counter: u32) -> Self {
        Self { gcm: AesGcm::new(&key.0.into()), counter }
    }

    /// The frame around `telegram`, which is shorter than 65 kB. The counter goes up by one.
    pub(crate) fn seal(&mut self, telegram: &[u8]) -> Vec<u8> {
        let counter = self.counter.to_be_bytes();
        self.counter = self.counter.wrapping_add(1);
        let payload = Payload { msg: telegram, aad: &additional_data() };
        let sealed = self.gcm.encrypt(&vector(TITLE, counter).into(), payload);
        let sealed = sealed.expect("a telegram is far shorter than what GCM can encrypt");
        let length = u16::try_from(COUNTED_BEFORE + sealed.len()).expect("a telegram below 65 kB");
        let mut frame = vec![0xDB, 0x08];
        frame.extend(TITLE);
        frame.push(0x82);
        frame.extend(length.to_be_bytes());
        frame.push(SECURITY_CONTROL);
        frame.extend(counter);
        frame.extend(sealed);
        frame
    }
}

fn vector(title: [u8; 8], counter: [u8; 4]) -> [u8; 12] {
    let mut vector = [0; 12];
    vector[..8].copy_from_slice(&title);
    vector[8..].copy_from_slice(&counter);
    vector
}

fn additional_data() -> [u8; 17] {
    let mut data = [SECURITY_CONTROL; 17];
    data[1..].copy_from_slice(&AUTHENTICATION_KEY);
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    const KEY: Key = Key([0xAA; 16]);

    /// What is in `frame`, and its number; none if it has another form or the tag is wrong.
    fn open(key: Key, frame: &[u8]) -> Option<(u32, Vec<u8>)> {
        let (&[0xDB, 0x08, ref title @ .., 0x82, high, low, 0x30], rest) =
            frame.split_first_chunk::<14>()?
        else {
            return None;
        };
        let (&counter, sealed) = rest.split_first_chunk()?;
        if usize::from(u16::from_be_bytes([high, low])) != rest.len() + 1 {
            return None;
        }
        let payload = Payload { msg: sealed, aad: &additional_data() };
        let gcm: AesGcm<Aes128, U12, U12> = AesGcm::new(&key.0.into());
        let text = gcm.decrypt(&vector(*title, counter).into(), payload).ok()?;
        Some((u32::from_be_bytes(counter), text))
    }

    #[test]
    fn what_is_sealed_opens_and_frames_are_numbered() {
        let mut cipher = Cipher::new(KEY, u32::MAX);
        for number in [u32::MAX, 0, 1] {
            let frame = cipher.seal(b"/Lux5\\meter");
            assert_eq!(open(KEY, &frame), Some((number, b"/Lux5\\meter".to_vec())));
            assert_eq!(open(Key([0xAB; 16]), &frame), None);
        }
    }

    #[test]
    fn a_real_meters_frame_opens() {
        let Some(folder) = std::env::var_os("P1_TELEGRAMS").map(PathBuf::from) else {
            eprintln!("P1_TELEGRAMS is not set: no real frame is opened");
            return;
        };
        let frame = std::fs::read(folder.join("edge-esphome-encrypted-smarty-frame.bin"));
        let (_, text) = open(KEY, &frame.expect("a real frame")).expect("a right tag");
        let name = "dsmr_parser-sagemcom-t210dr-austria-dsmr50.txt";
        assert_eq!(text, std::fs::read(folder.join(name)).expect("the text in it"));
    }

    #[test]
    fn keys_are_hexadecimal() {
        assert_eq!("aAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".parse(), Ok(KEY));
        for text in ["", "AAAA", "+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &"A".repeat(33)] {
            assert!(text.parse::<Key>().is_err(), "{text}");
        }
    }
}
