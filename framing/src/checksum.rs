//! The checksums that meters put behind `!`.

use crc::{CRC_16_ARC, CRC_16_KERMIT, Crc, Table};

/// How many bytes are looked up at a time. A Raspberry Pi 1 has 16 KiB of cache, which the tables for
/// sixteen would fill.
const AT_A_TIME: usize = if cfg!(target_arch = "arm") { 1 } else { 16 };

/// A CRC of sixteen bits by table.
pub(super) type Sum = Crc<u16, Table<AT_A_TIME>>;

/// CRC-16/ARC.
pub(super) static ARC: Sum = Sum::new(&CRC_16_ARC);

/// The polynomial of CRC-16/X-25 with an initial value of zero and no final xor: KERMIT's.
pub(super) static CCITT: Sum = Sum::new(&CRC_16_KERMIT);

/// What CRC-16/X-25 begins with, and what it is finally xored with.
pub(super) const X25_ONES: u16 = 0xFFFF;

/// A kind of checksum over a telegram from its `/` up to and including its `!`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// CRC-16/ARC, as DSMR 4.0 and later specify it (DSMR 5.0.2, chapter 6): polynomial 0xA001
    /// reflected, initial value 0, no final xor. `123456789` gives `BB3D`.
    Arc,
    /// CRC-16/X-25 (IEC 62056-46's frame check), which some meters use in its place.
    X25,
    /// CRC-16/X-25, printed with its bytes swapped.
    X25Swapped,
}

impl Checksum {
    /// All kinds, the usual one first.
    pub const ALL: [Self; 3] = [Self::Arc, Self::X25, Self::X25Swapped];

    /// The checksum of `bytes`, as the number its hexadecimal digits stand for.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> u16 {
        match self {
            Self::Arc => ARC.checksum(bytes),
            Self::X25 => {
                let mut digest = CCITT.digest_with_initial(X25_ONES);
                digest.update(bytes);
                digest.finalize() ^ X25_ONES
            }
            Self::X25Swapped => Self::X25.of(bytes).swap_bytes(),
        }
    }

    /// The name of the algorithm, for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Arc => "CRC-16/ARC",
            Self::X25 => "CRC-16/X-25",
            Self::X25Swapped => "CRC-16/X-25 with its bytes swapped",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogues_check_values() {
        assert_eq!(Checksum::Arc.of(b"123456789"), 0xBB3D);
        assert_eq!(Checksum::X25.of(b"123456789"), 0x906E);
        assert_eq!(Checksum::X25Swapped.of(b"123456789"), 0x6E90);
    }
}
