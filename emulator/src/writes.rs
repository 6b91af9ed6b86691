//! What was written to a disk, write by write, and what it would hold had the plug been pulled
//! between two of them.
//!
//! QEMU records it for a disk of [`Plan::recorded_disk`](crate::plan::Plan::recorded_disk), in the
//! format of Linux' dm-log-writes (Documentation/admin-guide/device-mapper/log-writes.rst, and
//! block/blklogwrites.c in QEMU): a sector that tells how many entries there are, then for each one a
//! sector that describes it, with the sectors that were written behind it. Numbers are little-endian.

use crate::failure::Failure;
use std::path::Path;

const MAGIC: u64 = 0x6a_7366_7773_6872;
const VERSION: u64 = 1;
/// Flags of an entry. What was flushed, and at once (FUA), is in its place in the log.
const DISCARD: u64 = 4;
const MARK: u64 = 8;
/// What a card writes wholly or not at all, in bytes.
pub const SECTOR: usize = 512;

/// Something that was written at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where on the disk, in bytes.
    pub at: usize,
    /// What; nothing where only what had been written was flushed.
    pub bytes: Vec<u8>,
}

/// Everything that was written, in the order in which it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writes(pub Vec<Write>);

impl Writes {
    /// Reads a log, after [`Machine::quit`](crate::machine::Machine::quit), which completes it.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or is none.
    pub fn read(log: &Path) -> Result<Self, Failure> {
        let bytes = std::fs::read(log);
        let bytes = bytes.map_err(Failure::of(format!("read {}", log.display())))?;
        Self::parse(&bytes).ok_or_else(|| {
            Failure::new(format!("{} is no whole log of what was written", log.display()))
        })
    }

    /// Understands a log.
    #[must_use]
    pub fn parse(log: &[u8]) -> Option<Self> {
        let number = |at: usize| Some(u64::from_le_bytes(log.get(at..at + 8)?.try_into().ok()?));
        let size = |at: usize| usize::try_from(number(at)?).ok();
        if (number(0)?, number(8)?) != (MAGIC, VERSION) {
            return None;
        }
        let entries = size(16)?;
        let sector = usize::try_from(u32::from_le_bytes(log.get(24..28)?.try_into().ok()?)).ok()?;
        let mut next = sector;
        let mut writes = Vec::new();
        for _ in 0..entries {
            let at = size(next)?.checked_mul(sector)?;
            let length = size(next + 8)?.checked_mul(sector)?;
            let (flags, marked) = (number(next + 16)?, size(next + 24)?);
            next += sector;
            // Nothing is there behind what was discarded: it reads as zeros.
            let bytes = if flags & DISCARD != 0 {
                vec![0; length]
            } else if flags & MARK != 0 {
                next += marked.checked_next_multiple_of(sector)?;
                continue;
            } else {
                let bytes = log.get(next..next.checked_add(length)?)?.to_vec();
                next += length;
                bytes
            };
            writes.push(Write { at, bytes });
        }
        Some(Self(writes))
    }

    /// Pulls the plug behind each sector that was written, and before the first: hands each thing
    /// that `disk` then holds to `look`, with the number of sectors written so far.
    ///
    /// # Errors
    ///
    /// What `look` says, as the first such failure; or if something was written outside the disk.
    pub fn cut_off(
        &self,
        disk: &mut [u8],
        mut look: impl FnMut(usize, &[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut written = 0;
        look(written, disk)?;
        for write in &self.0 {
            for (number, sector) in write.bytes.chunks(SECTOR).enumerate() {
                let at = write.at + number * SECTOR;
                let place = disk.get_mut(at..at + sector.len());
                let outside = || Failure::new(format!("byte {at} was written, outside the disk"));
                place.ok_or_else(outside)?.copy_from_slice(sector);
                written += 1;
                look(written, disk)?;
            }
        }
        Ok(())
    }

    /// How many sectors were written.
    #[must_use]
    pub fn sectors(&self) -> usize {
        self.0.iter().map(|write| write.bytes.len().div_ceil(SECTOR)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log of entries: sector, number of sectors, flags, length of a mark, what is behind it.
    fn log(entries: &[(u64, u64, u64, u64, &[u8])]) -> Vec<u8> {
        let sector = |numbers: &[u64]| {
            let mut bytes: Vec<u8> =
                numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            bytes.resize(SECTOR, 0);
            bytes
        };
        let mut log = sector(&[MAGIC, VERSION, entries.len() as u64, SECTOR as u64]);
        for (at, sectors, flags, marked, behind) in entries {
            log.extend(sector(&[*at, *sectors, *flags, *marked]));
            log.extend_from_slice(behind);
        }
        log
    }

    #[test]
    fn a_log_is_understood() {
        let (one, two) = (vec![1; SECTOR], vec![2; 2 * SECTOR]);
        let bytes = log(&[
            (3, 1, 0, 0, &one),
            (0, 0, 1, 0, &[]),
            (0, 0, MARK, 5, &one),
            (1, 2, 2, 0, &two),
            (3, 1, DISCARD, 0, &[]),
        ]);
        let writes = Writes::parse(&bytes).expect("a log");
        let write = |at: usize, bytes: &[u8]| Write { at: at * SECTOR, bytes: bytes.to_vec() };
        let expected = [write(3, &one), write(0, &[]), write(1, &two), write(3, &[0; SECTOR])];
        assert_eq!(writes.0, expected);
        assert_eq!(writes.sectors(), 4);
    }

    #[test]
    fn what_is_no_whole_log_is_none() {
        let whole = log(&[(0, 1, 0, 0, &[7; SECTOR])]);
        assert!(Writes::parse(&whole).is_some());
        for length in [0, 20, SECTOR, 2 * SECTOR - 1, 3 * SECTOR - 1] {
            assert_eq!(Writes::parse(&whole[..length]), None, "{length}");
        }
        let mut other = whole;
        other[0] ^= 1;
        assert_eq!(Writes::parse(&other), None);
        assert_eq!(Writes::parse(&log(&[(u64::MAX, 1, 0, 0, &[7; SECTOR])])), None);
    }

    #[test]
    fn the_plug_is_pulled_behind_each_sector() {
        let mut both = vec![b'c'; SECTOR];
        both.extend_from_slice(&[b'd'; SECTOR]);
        let bytes = log(&[(2, 1, 0, 0, &[b'a'; SECTOR]), (0, 0, 1, 0, &[]), (1, 2, 0, 0, &both)]);
        let writes = Writes::parse(&bytes).expect("a log");
        let mut seen = Vec::new();
        let looked = writes.cut_off(&mut vec![b'-'; 3 * SECTOR], |written, disk| {
            let begins = disk.chunks(SECTOR).map(|sector| char::from(sector[0]));
            seen.push((written, begins.collect::<String>()));
            Ok(())
        });
        looked.expect("four looks");
        let expected = [(0, "---"), (1, "--a"), (2, "-ca"), (3, "-cd")];
        assert_eq!(seen, expected.map(|(written, disk)| (written, disk.to_owned())));
        let outside = writes.cut_off(&mut [b'-'; 2 * SECTOR], |_, _| Ok(()));
        assert!(outside.expect_err("a failure").to_string().contains("outside the disk"));
    }
}
