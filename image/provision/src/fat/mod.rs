//! Where on a FAT volume the bytes of a file are.
//!
//! A volume that is mounted read-write is marked dirty, and its tables are written. Where only the
//! contents of one file change and not its size, that is not needed: whoever knows where they are
//! can write them. This finds a file in the root folder and follows its chain of clusters, after
//! Microsoft's "FAT: General Overview of On-Disk Format" (fatgen103). It only reads, believes
//! nothing that it reads, and ends whatever that is: a folder or a chain that goes in circles is too
//! long. What has to be written to give a file other contents is worked out in [`exchange`].

mod date;
pub mod exchange;
mod folder;
mod table;

use folder::{Entry, Folder};
use std::io;
use std::ops::Range;
use table::Kind;

/// The most bytes of a folder that are looked at; a root folder has at most 65 536 entries.
const LARGEST_FOLDER: u64 = 65_536 * ENTRY as u64;
/// The size of a folder's entry.
const ENTRY: usize = 32;

/// Reads exactly so many bytes at an offset.
pub type ReadAt<'v> = &'v dyn Fn(&mut [u8], u64) -> io::Result<()>;

/// A FAT volume that can be read.
pub struct Volume<'v> {
    read_at: ReadAt<'v>,
    kind: Kind,
    /// In bytes, as all offsets and lengths.
    sector: u64,
    cluster: u64,
    /// Their number; the first is 2.
    clusters: u32,
    table: u64,
    table_length: u64,
    tables: u64,
    data: u64,
    root: Root,
    /// The sector that tells how many clusters are free, where there is one.
    summary: Option<u64>,
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
        // All ones is none, and so is one behind the reserved sectors.
        let summary =
            Some(short(48)).filter(|at| kind == Kind::ThirtyTwo && (1..short(14)).contains(at));
        (sound && mirrored && tables > 0 && short(14) > 0).then_some(Self {
            read_at,
            kind,
            sector,
            cluster: per_cluster * sector,
            clusters,
            table: short(14) * sector,
            table_length: table_sectors * sector,
            tables,
            data: before_data * sector,
            root,
            summary: summary.map(|at| at * sector),
        })
    }

    /// Finds the bytes of a file in the root folder, which has to be `size` bytes long: offsets on the
    /// volume, in the order of the file.
    ///
    /// # Errors
    ///
    /// There is none of that name and size, it cannot be read, or the volume is damaged.
    pub fn find(&self, name: &str, size: u64) -> Result<Vec<Range<u64>>, String> {
        let folder = self.root_folder()?;
        let entry = folder.entry(folder.find(name).ok_or_else(|| missing(name))?);
        let there = u64::from(entry.size());
        if there != size {
            return Err(format!("{name} has {there} bytes there and not {size}, as it was made"));
        }
        self.extents_of(&entry)
    }

    /// The contents of a file in the root folder, of which there may be `most` bytes.
    ///
    /// # Errors
    ///
    /// There is none of that name, it is larger or cannot be read, or the volume is damaged.
    pub fn contents(&self, name: &str, most: u64) -> Result<Vec<u8>, String> {
        let folder = self.root_folder()?;
        let entry = folder.entry(folder.find(name).ok_or_else(|| missing(name))?);
        if u64::from(entry.size()) > most {
            return Err(format!("{name} has more than {most} bytes"));
        }
        let mut bytes = Vec::new();
        for extent in self.extents_of(&entry)? {
            let begin = bytes.len();
            bytes.resize(begin + usize::try_from(extent.end - extent.start).unwrap_or_default(), 0);
            read(self.read_at, &mut bytes[begin..], extent.start)?;
        }
        Ok(bytes)
    }

    /// The bytes of a file.
    fn extents_of(&self, entry: &Entry<'_>) -> Result<Vec<Range<u64>>, String> {
        let mut left = u64::from(entry.size());
        let first = entry.first(self.kind);
        let mut extents = match left {
            0 => Vec::new(),
            _ => self.chain(first, Some(left.div_ceil(self.cluster)))?,
        };
        for extent in &mut extents {
            extent.end = extent.start + left.min(extent.end - extent.start);
            left -= extent.end - extent.start;
        }
        Ok(extents)
    }

    /// All of the root folder.
    fn root_folder(&self) -> Result<Folder, String> {
        let extents = match &self.root {
            Root::Bytes(bytes) => vec![bytes.clone()],
            Root::Chain(first) => self.chain(*first, None)?,
        };
        let mut bytes = Vec::new();
        for extent in &extents {
            let length = (extent.end - extent.start).min(LARGEST_FOLDER - bytes.len() as u64);
            let begin = bytes.len();
            bytes.resize(begin + usize::try_from(length).unwrap_or_default(), 0);
            read(self.read_at, &mut bytes[begin..], extent.start)?;
        }
        Ok(Folder { bytes, extents })
    }

    /// The bytes of a chain of clusters, which has `length` of them, or as many as a folder may have.
    fn chain(&self, first: u32, length: Option<u64>) -> Result<Vec<Range<u64>>, String> {
        let most = length.unwrap_or(LARGEST_FOLDER / self.cluster);
        let mut extents: Vec<Range<u64>> = Vec::new();
        let mut cluster = Some(first);
        for _ in 0..most {
            let Some(number) = cluster else { break };
            let start = self.start_of(number).ok_or_else(damaged)?;
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

    /// Where a cluster begins, if there is one of that number.
    fn start_of(&self, cluster: u32) -> Option<u64> {
        let index = cluster.checked_sub(2).filter(|index| *index < self.clusters)?;
        Some(self.data + u64::from(index) * self.cluster)
    }

    /// The cluster behind another one, or none behind the last.
    fn next(&self, cluster: u32) -> Result<Option<u32>, String> {
        let (at, width) = self.kind.place(cluster);
        let mut bytes = [0; 4];
        read(self.read_at, &mut bytes[..width], self.table + at)?;
        let entry = self.kind.entry(cluster, bytes);
        Ok((entry < self.kind.last()).then_some(entry))
    }
}

fn missing(name: &str) -> String {
    format!("there is no {name} on it")
}

fn damaged() -> String {
    "its tables are damaged".into()
}

fn read(read_at: ReadAt<'_>, bytes: &mut [u8], at: u64) -> Result<(), String> {
    read_at(bytes, at).map_err(|error| format!("it cannot be read: {error}"))
}
