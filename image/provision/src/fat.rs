//! Where on a FAT volume the bytes of a file are.
//!
//! A volume that is mounted read-write is marked dirty, and its tables are written. Where only the
//! contents of one file change and not its size, that is not needed: whoever knows where they are
//! can write them. This finds a file in the root folder and follows its chain of clusters, after
//! Microsoft's "FAT: General Overview of On-Disk Format" (fatgen103). It only reads, believes
//! nothing that it reads, and ends whatever that is: a folder or a chain that goes in circles is too
//! long.

use std::io;
use std::ops::Range;

/// The most bytes of a folder that are looked at; a root folder has at most 65 536 entries.
const LARGEST_FOLDER: u64 = 65_536 * ENTRY as u64;
/// The size of a folder's entry.
const ENTRY: usize = 32;
/// Attributes of an entry: a part of a long name, a volume's label, a folder.
const LONG_NAME: u8 = 0x0F;
const LABEL: u8 = 0x08;
const FOLDER: u8 = 0x10;

/// Reads exactly so many bytes at an offset.
pub type ReadAt<'v> = &'v dyn Fn(&mut [u8], u64) -> io::Result<()>;

/// A FAT volume that can be read.
pub struct Volume<'v> {
    read_at: ReadAt<'v>,
    kind: Kind,
    /// In bytes, as all offsets.
    cluster: u64,
    /// Their number; the first is 2.
    clusters: u32,
    table: u64,
    data: u64,
    root: Root,
}

/// How wide an entry of the table is, in bits.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Twelve,
    Sixteen,
    ThirtyTwo,
}

/// Where the root folder is.
enum Root {
    Bytes(Range<u64>),
    Chain(u32),
}

impl<'v> Volume<'v> {
    /// Reads the boot sector.
    ///
    /// # Errors
    ///
    /// It cannot be read, or there is no FAT volume.
    pub fn open(read_at: ReadAt<'v>) -> Result<Self, String> {
        let mut boot = [0; 512];
        read(read_at, &mut boot, 0)?;
        Self::understand(read_at, &boot).ok_or_else(|| "there is no FAT file system on it".into())
    }

    fn understand(read_at: ReadAt<'v>, boot: &[u8; 512]) -> Option<Self> {
        let short = |at: usize| u64::from(u16::from_le_bytes([boot[at], boot[at + 1]]));
        let long = |at: usize| short(at) | (short(at + 2) << 16);
        let either = |first: u64, second: u64| if first == 0 { second } else { first };
        let (sector, per_cluster) = (short(11), u64::from(boot[13]));
        let sound = boot.ends_with(&[0x55, 0xAA])
            && (512..=4096).contains(&sector)
            && sector.is_power_of_two()
            && per_cluster.is_power_of_two();
        let tables = u64::from(boot[16]);
        let table_sectors = either(short(22), long(36));
        let root_sectors = (short(17) * ENTRY as u64).div_ceil(sector.max(1));
        let before_root = short(14) + tables * table_sectors;
        let before_data = before_root + root_sectors;
        let sectors = either(short(19), long(32)).checked_sub(before_data)?;
        let clusters = sectors.checked_div(per_cluster)?;
        let kind = match clusters {
            0 => return None,
            1..4085 => Kind::Twelve,
            4085..65525 => Kind::Sixteen,
            65525.. => Kind::ThirtyTwo,
        };
        // Bit 7: only one of the tables is in use, which may be another than the first.
        let mirrored = kind != Kind::ThirtyTwo || short(40) & 0x80 == 0;
        let clusters = u32::try_from(clusters).ok().filter(|clusters| *clusters < 0x0FFF_FFF6)?;
        let root = match kind {
            Kind::ThirtyTwo => Root::Chain(u32::try_from(long(44)).ok()?),
            _ => Root::Bytes(before_root * sector..before_data * sector),
        };
        (sound && mirrored && tables > 0 && short(14) > 0).then_some(Self {
            read_at,
            kind,
            cluster: per_cluster * sector,
            clusters,
            table: short(14) * sector,
            data: before_data * sector,
            root,
        })
    }

    /// Finds the bytes of a file in the root folder, which has to be `size` bytes long: offsets on the
    /// volume, in the order of the file.
    ///
    /// # Errors
    ///
    /// There is none of that name and size, it cannot be read, or the volume is damaged.
    pub fn find(&self, name: &str, size: u64) -> Result<Vec<Range<u64>>, String> {
        let extents = match &self.root {
            Root::Bytes(bytes) => vec![bytes.clone()],
            Root::Chain(first) => self.chain(*first, None)?,
        };
        let mut folder = Vec::new();
        for extent in extents {
            let length = (extent.end - extent.start).min(LARGEST_FOLDER - folder.len() as u64);
            let begin = folder.len();
            folder.resize(begin + usize::try_from(length).unwrap_or_default(), 0);
            read(self.read_at, &mut folder[begin..], extent.start)?;
        }
        let entry = entry(&folder, name).ok_or_else(|| format!("there is no {name} on it"))?;
        let short = |at: usize| u32::from(u16::from_le_bytes([entry[at], entry[at + 1]]));
        let high = if self.kind == Kind::ThirtyTwo { short(20) << 16 } else { 0 };
        let there = u64::from(short(28) | (short(30) << 16));
        if there != size {
            return Err(format!("{name} has {there} bytes there and not {size}, as it was made"));
        }
        let mut left = size;
        let mut extents = self.chain(high | short(26), Some(left.div_ceil(self.cluster)))?;
        for extent in &mut extents {
            extent.end = extent.start + left.min(extent.end - extent.start);
            left -= extent.end - extent.start;
        }
        Ok(extents)
    }

    /// The bytes of a chain of clusters, which has `length` of them, or as many as a folder may have.
    fn chain(&self, first: u32, length: Option<u64>) -> Result<Vec<Range<u64>>, String> {
        let damaged = || "its tables are damaged".to_owned();
        let most = length.unwrap_or(LARGEST_FOLDER / self.cluster);
        let mut extents: Vec<Range<u64>> = Vec::new();
        let mut cluster = Some(first);
        for _ in 0..most {
            let Some(number) = cluster else { break };
            let index = number.checked_sub(2).filter(|index| *index < self.clusters);
            let start = self.data + u64::from(index.ok_or_else(damaged)?) * self.cluster;
            match extents.last_mut() {
                Some(last) if last.end == start => last.end += self.cluster,
                _ => extents.push(start..start + self.cluster),
            }
            cluster = self.next(number)?;
        }
        let bytes: u64 = extents.iter().map(|extent| extent.end - extent.start).sum();
        let whole = length.is_none_or(|length| bytes == length * self.cluster);
        if cluster.is_none() && whole { Ok(extents) } else { Err(damaged()) }
    }

    /// The cluster behind another one, or none behind the last.
    fn next(&self, cluster: u32) -> Result<Option<u32>, String> {
        let number = u64::from(cluster);
        let (at, width) = match self.kind {
            Kind::Twelve => (number + number / 2, 2),
            Kind::Sixteen => (number * 2, 2),
            Kind::ThirtyTwo => (number * 4, 4),
        };
        let mut bytes = [0; 4];
        read(self.read_at, &mut bytes[..width], self.table + at)?;
        let entry = u32::from_le_bytes(bytes);
        let (entry, last) = match self.kind {
            Kind::Twelve if cluster % 2 == 1 => (entry >> 4, 0xFF8),
            Kind::Twelve => (entry & 0xFFF, 0xFF8),
            Kind::Sixteen => (entry, 0xFFF8),
            Kind::ThirtyTwo => (entry & 0x0FFF_FFFF, 0x0FFF_FFF8),
        };
        Ok((entry < last).then_some(entry))
    }
}

fn read(read_at: ReadAt<'_>, bytes: &mut [u8], at: u64) -> Result<(), String> {
    read_at(bytes, at).map_err(|error| format!("it cannot be read: {error}"))
}

/// The entry of a file with that name, its long one or its short one.
fn entry<'f>(folder: &'f [u8], name: &str) -> Option<&'f [u8]> {
    let mut long = LongName::default();
    for entry in folder.chunks_exact(ENTRY) {
        match (entry[0], entry[11]) {
            (0, _) => return None,
            (0xE5, _) => long = LongName::default(),
            (_, LONG_NAME) => long.add(entry),
            (_, attributes) => {
                let long = std::mem::take(&mut long);
                let is_file = attributes & (LABEL | FOLDER) == 0;
                let named = |other: String| other.eq_ignore_ascii_case(name);
                if is_file && (long.of(entry).is_some_and(named) || named(short_name(entry))) {
                    return Some(entry);
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
