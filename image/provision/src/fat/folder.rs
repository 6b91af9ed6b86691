//! A folder of a FAT volume, and the names in it.

use super::table::Kind;
use super::{ENTRY, date};
use std::ops::Range;

/// Attributes of an entry: a part of a long name, a volume's label, a folder.
const LONG_NAME: u8 = 0x0F;
const LABEL: u8 = 0x08;
const FOLDER: u8 = 0x10;
/// Changed since the last backup.
const ARCHIVE: u8 = 0x20;

/// All of a folder.
pub(super) struct Folder {
    pub(super) bytes: Vec<u8>,
    /// Where on the volume these are.
    pub(super) extents: Vec<Range<u64>>,
}

/// A file's entry in its folder.
pub(super) struct Entry<'f>(&'f [u8]);

impl Folder {
    /// Where among its bytes the entry of a file with that name is.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        find(&self.bytes, name)
    }

    /// The entry at such a place.
    pub(super) fn entry(&self, at: usize) -> Entry<'_> {
        Entry(&self.bytes[at..at + ENTRY])
    }

    /// Leads the entry at such a place to contents: their first cluster (0 for none) and their size,
    /// written at `now`, in seconds since 1970.
    pub(super) fn lead(&mut self, at: usize, kind: Kind, (first, size): (u32, u32), now: u64) {
        let entry = &mut self.bytes[at..at + ENTRY];
        let (time, date) = date::time_and_date(now);
        entry[11] |= ARCHIVE;
        entry[18..20].copy_from_slice(&date.to_le_bytes());
        if kind == Kind::ThirtyTwo {
            entry[20..22].copy_from_slice(&first.to_le_bytes()[2..]);
        }
        entry[22..24].copy_from_slice(&time.to_le_bytes());
        entry[24..26].copy_from_slice(&date.to_le_bytes());
        entry[26..28].copy_from_slice(&first.to_le_bytes()[..2]);
        entry[28..32].copy_from_slice(&size.to_le_bytes());
    }

    /// Where on the volume one of its bytes is.
    pub(super) fn offset(&self, at: usize) -> Option<u64> {
        let mut left = at as u64;
        for extent in &self.extents {
            let length = extent.end - extent.start;
            if left < length {
                return Some(extent.start + left);
            }
            left -= length;
        }
        None
    }
}

impl Entry<'_> {
    /// The size of the file.
    pub(super) fn size(&self) -> u32 {
        self.short(28) | (self.short(30) << 16)
    }

    /// The first cluster of the file; 0 if it is empty.
    pub(super) fn first(&self, kind: Kind) -> u32 {
        let high = if kind == Kind::ThirtyTwo { self.short(20) << 16 } else { 0 };
        high | self.short(26)
    }

    fn short(&self, at: usize) -> u32 {
        u32::from(u16::from_le_bytes([self.0[at], self.0[at + 1]]))
    }
}

/// Where the entry of a file with that name is, its long one or its short one.
fn find(folder: &[u8], name: &str) -> Option<usize> {
    let mut long = LongName::default();
    for (number, entry) in folder.chunks_exact(ENTRY).enumerate() {
        match (entry[0], entry[11]) {
            (0, _) => return None,
            (0xE5, _) => long = LongName::default(),
            (_, LONG_NAME) => long.add(entry),
            (_, attributes) => {
                let long = std::mem::take(&mut long);
                let is_file = attributes & (LABEL | FOLDER) == 0;
                let named = |other: String| other.eq_ignore_ascii_case(name);
                if is_file && (long.of(entry).is_some_and(named) || named(short_name(entry))) {
                    return Some(number * ENTRY);
                }
            }
        }
    }
    None
}

/// The parts of a long name, which come before the entry that they are the name of, the last first.
#[derive(Default)]
struct LongName {
    units: Vec<u16>,
    /// The number of the part before this one, in the file's order the next.
    awaited: u8,
    checksum: u8,
}

impl LongName {
    fn add(&mut self, entry: &[u8]) {
        let (number, checksum) = (entry[0] & 0x1F, entry[13]);
        if entry[0] & 0x40 != 0 {
            *self = Self { units: Vec::new(), awaited: number, checksum };
        }
        if number == 0 || number != self.awaited || checksum != self.checksum {
            *self = Self::default();
            return;
        }
        let characters = [&entry[1..11], &entry[14..26], &entry[28..32]].concat();
        let units = characters.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        self.units.splice(0..0, units);
        self.awaited -= 1;
    }

    /// The name, if it is whole and this entry's.
    fn of(self, entry: &[u8]) -> Option<String> {
        let sum =
            entry[..11].iter().fold(0_u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte));
        let units: Vec<u16> = self.units.into_iter().take_while(|unit| *unit != 0).collect();
        (self.awaited == 0 && !units.is_empty() && sum == self.checksum)
            .then(|| String::from_utf16_lossy(&units))
    }
}

fn short_name(entry: &[u8]) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    format!("{}.{}", text(&entry[..8]), text(&entry[8..11]))
}
