//! Damage on request.

use fastrand::Rng;

/// Probabilities, from 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Odds {
    /// Per byte: that it is replaced, preceded by another, or has a bit flipped.
    pub noise: f64,
    /// Per telegram: that it breaks off.
    pub torn: f64,
    /// Per telegram: that its checksum is another one.
    pub wrong_checksum: f64,
}

/// What damages telegrams on their way out. Draws from its own numbers, so that a meter shows the
/// same values with faults and without.
pub(crate) struct Faults {
    odds: Odds,
    rng: Rng,
}

impl Faults {
    pub(crate) fn new(odds: Odds, rng: Rng) -> Self {
        Self { odds, rng }
    }

    /// What is left of `telegram`, as it would be on the line.
    ///
    /// It is undamaged if what comes out ends in it: noise before its first byte harms nothing.
    pub(crate) fn damage(&mut self, telegram: &[u8]) -> Vec<u8> {
        let mut bytes = telegram.to_vec();
        if self.happens(self.odds.wrong_checksum) {
            self.falsify(&mut bytes);
        }
        if self.happens(self.odds.torn) {
            bytes.truncate(self.rng.usize(1..bytes.len()));
        }
        if self.odds.noise > 0.0 { self.add_noise(&bytes) } else { bytes }
    }

    fn happens(&mut self, odds: f64) -> bool {
        self.rng.f64() < odds
    }

    /// Puts another checksum behind `!`, where there is one.
    fn falsify(&mut self, bytes: &mut [u8]) {
        let Some([b'!', digits @ .., b'\r', b'\n']) = bytes.last_chunk_mut::<7>() else { return };
        let text = std::str::from_utf8(digits).unwrap_or_default();
        let Ok(right) = u16::from_str_radix(text, 16) else { return };
        let wrong = format!("{:04X}", right ^ self.rng.u16(1..));
        digits.copy_from_slice(wrong.as_bytes());
    }

    fn add_noise(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut noisy = Vec::with_capacity(bytes.len() + 16);
        for &byte in bytes {
            if !self.happens(self.odds.noise) {
                noisy.push(byte);
                continue;
            }
            match self.rng.u8(..3) {
                0 => noisy.push(self.rng.u8(..)),
                1 => noisy.extend([self.rng.u8(..), byte]),
                _ => noisy.push(byte ^ (1 << self.rng.u8(..8))),
            }
        }
        noisy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TELEGRAM: &[u8] = b"/TST5meter\r\n\r\n1-0:1.8.1(000001.000*kWh)\r\n!1A2B\r\n";

    fn faults(odds: Odds) -> Faults {
        Faults::new(odds, Rng::with_seed(7))
    }

    #[test]
    fn without_faults_nothing_changes() {
        let mut faults = faults(Odds::default());
        for _ in 0..1_000 {
            assert_eq!(faults.damage(TELEGRAM), TELEGRAM);
        }
    }

    #[test]
    fn a_wrong_checksum_has_the_form_of_a_right_one() {
        let mut faults = faults(Odds { wrong_checksum: 1.0, ..Odds::default() });
        for _ in 0..1_000 {
            let bytes = faults.damage(TELEGRAM);
            let at = TELEGRAM.len() - 6;
            assert_eq!(bytes.len(), TELEGRAM.len());
            assert_eq!(bytes[..at], TELEGRAM[..at]);
            assert_ne!(bytes[at..], TELEGRAM[at..]);
            assert!(bytes[at..at + 4].iter().all(u8::is_ascii_hexdigit));
        }
        let without = b"/TST5meter\r\n\r\n1-0:1.8.1(000001.000*kWh)\r\n!\r\n";
        assert_eq!(faults.damage(without), without);
    }

    #[test]
    fn a_torn_telegram_lacks_its_end() {
        let mut faults = faults(Odds { torn: 1.0, ..Odds::default() });
        let lengths: Vec<_> = (0..2_000)
            .map(|_| {
                let bytes = faults.damage(TELEGRAM);
                assert!(TELEGRAM.starts_with(&bytes));
                bytes.len()
            })
            .collect();
        for length in 1..TELEGRAM.len() {
            assert!(lengths.contains(&length), "{length}");
        }
        assert!(!lengths.contains(&TELEGRAM.len()));
    }

    #[test]
    fn noise_is_as_frequent_as_asked_for_and_of_three_kinds() {
        let mut faults = faults(Odds { noise: 0.01, ..Odds::default() });
        let clean = vec![b'0'; 100_000];
        let noisy = faults.damage(&clean);
        let added = noisy.len() - clean.len();
        let flipped = (0..8).map(|bit| b'0' ^ (1 << bit));
        let flipped: Vec<_> = flipped.collect();
        let changed = noisy.iter().filter(|&&byte| byte != b'0').count();
        let one_bit = noisy.iter().filter(|byte| flipped.contains(byte)).count();
        assert!((250..420).contains(&added), "{added} bytes added");
        assert!((850..1150).contains(&changed), "{changed} bytes changed");
        assert!((280..420).contains(&one_bit), "{one_bit} bits flipped");
    }
}
