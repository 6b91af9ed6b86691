//! Other contents for a file, by one write of one sector.
//!
//! A rename on a mounted FAT volume is none: for a moment two names share their clusters, and
//! whoever removes the one that a power cut has left behind removes the contents of the other.
//! Here the new contents are written where nothing is, then the file's entry is led there, and then
//! the clusters of the old contents are given back. Cut off at any write, the file is wholly old or
//! wholly new; what may be lost is room, a few clusters that belong to nobody.

use super::folder::Folder;
use super::table::Table;
use super::{Volume, damaged, missing, read};
use std::ops::Range;

/// The largest table that is looked at, in bytes; a card's boot partition has less than 1 MiB.
const LARGEST_TABLE: u64 = 16 * 1024 * 1024;
/// What a FAT32 volume's summary begins with, what comes before its numbers, and where that is.
const SUMMARY: ([u8; 4], [u8; 4], usize) = (*b"RRaA", *b"rrAa", 484);

/// What has to be written, in three stages. Within a stage the order does not matter; a stage must
/// be on the volume before the next one begins.
pub struct Exchange {
    /// The contents and their chain, where nothing is.
    pub before: Vec<Write>,
    /// The file's entry: one sector, old or new.
    pub switch: Write,
    /// The chain of the old contents.
    pub after: Vec<Write>,
}

/// Bytes to write, whole sectors of them.
#[derive(Clone)]
pub struct Write {
    /// Where on the volume.
    pub at: u64,
    /// What.
    pub bytes: Vec<u8>,
}

impl Exchange {
    /// The three of them.
    #[must_use]
    pub fn stages(&self) -> [&[Write]; 3] {
        [&self.before, std::slice::from_ref(&self.switch), &self.after]
    }
}

impl Volume<'_> {
    /// Plans other contents for a file in the root folder. `now` is in seconds since 1970.
    ///
    /// # Errors
    ///
    /// There is no such file or no room, the volume cannot be read, or it is damaged.
    pub fn exchange(&self, name: &str, contents: &[u8], now: u64) -> Result<Exchange, String> {
        let size = u32::try_from(contents.len()).map_err(|_| "that is too much for FAT")?;
        let folder = self.root_folder()?;
        let at = folder.find(name).ok_or_else(|| missing(name))?;
        let table = self.read_table()?;
        let old = self.clusters_of(&table, &folder, at)?;
        let new = self.free_clusters(&table, u64::from(size).div_ceil(self.cluster))?;

        let mut both = table.clone();
        both.chain(&new);
        let mut before = self.contents_in(&new, contents);
        before.extend(self.changes(&table, &both));

        let first = new.first().copied().unwrap_or_default();
        let switch = self.entry_with(folder, at, (first, size), now).ok_or_else(damaged)?;

        let mut one = both.clone();
        for cluster in &old {
            one.set(*cluster, 0);
        }
        let mut after: Vec<Write> = self.changes(&both, &one).collect();
        after.extend(self.summary_with(old.len(), new.len())?);
        Ok(Exchange { before, switch, after })
    }

    fn read_table(&self) -> Result<Table, String> {
        let (last, width) = self.kind.place(self.clusters + 1);
        if self.table_length > LARGEST_TABLE || last + width as u64 > self.table_length {
            return Err(damaged());
        }
        let mut bytes = vec![0; usize::try_from(self.table_length).unwrap_or_default()];
        read(self.read_at, &mut bytes, self.table)?;
        Ok(Table { kind: self.kind, bytes })
    }

    /// The clusters of a file, at least as many as its size takes.
    fn clusters_of(&self, table: &Table, folder: &Folder, at: usize) -> Result<Vec<u32>, String> {
        let entry = folder.entry(at);
        let mut clusters = Vec::new();
        let mut next = Some(entry.first(self.kind)).filter(|first| *first != 0);
        while let Some(cluster) = next {
            if self.start_of(cluster).is_none() || clusters.len() as u64 > u64::from(self.clusters)
            {
                return Err(damaged());
            }
            clusters.push(cluster);
            next = Some(table.get(cluster)).filter(|behind| *behind < self.kind.last());
        }
        let enough = clusters.len() as u64 * self.cluster >= u64::from(entry.size());
        if enough { Ok(clusters) } else { Err(damaged()) }
    }

    fn free_clusters(&self, table: &Table, number: u64) -> Result<Vec<u32>, String> {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        let all = 2..self.clusters + 2;
        let free: Vec<u32> = all.filter(|cluster| table.get(*cluster) == 0).take(number).collect();
        if free.len() == number { Ok(free) } else { Err("there is no room left on it".into()) }
    }

    /// The contents, padded with zeros to whole sectors.
    fn contents_in(&self, clusters: &[u32], contents: &[u8]) -> Vec<Write> {
        let (cluster, sector) = (length(self.cluster), length(self.sector));
        let pieces = clusters.iter().zip(contents.chunks(cluster));
        let write = |(number, piece): (&u32, &[u8])| {
            let mut bytes = piece.to_vec();
            bytes.resize(piece.len().next_multiple_of(sector), 0);
            self.start_of(*number).map(|at| Write { at, bytes })
        };
        pieces.filter_map(write).collect()
    }

    /// From one table to another, in all copies of it.
    fn changes(&self, from: &Table, to: &Table) -> impl Iterator<Item = Write> {
        let sectors = to.changed_sectors(from, length(self.sector));
        let copies = (0..self.tables).map(|copy| self.table + copy * self.table_length);
        let write = |start: u64, sector: &Range<usize>| Write {
            at: start + sector.start as u64,
            bytes: to.bytes[sector.clone()].to_vec(),
        };
        let writes: Vec<_> = copies
            .flat_map(|start| sectors.iter().map(move |sector| write(start, sector)))
            .collect();
        writes.into_iter()
    }

    /// The sector of the folder with an entry that leads to other contents.
    fn entry_with(
        &self,
        mut folder: Folder,
        at: usize,
        contents: (u32, u32),
        now: u64,
    ) -> Option<Write> {
        folder.lead(at, self.kind, contents, now);
        let begin = at - at % length(self.sector);
        let bytes = folder.bytes.get(begin..begin + length(self.sector))?.to_vec();
        Some(Write { at: folder.offset(begin)?, bytes })
    }

    /// The summary, if it knows how many clusters are free.
    fn summary_with(&self, freed: usize, taken: usize) -> Result<Option<Write>, String> {
        let Some(at) = self.summary else { return Ok(None) };
        let mut bytes = vec![0; length(self.sector)];
        read(self.read_at, &mut bytes, at)?;
        let (first, second, place) = SUMMARY;
        let number = place + 4..place + 8;
        let free = u32::from_le_bytes([0, 1, 2, 3].map(|byte| bytes[number.start + byte]));
        if bytes[..4] != first || bytes[place..place + 4] != second || free == u32::MAX {
            return Ok(None);
        }
        let freed = u32::try_from(freed).unwrap_or_default();
        let free = free.saturating_add(freed).saturating_sub(u32::try_from(taken).unwrap_or(0));
        bytes[number].copy_from_slice(&free.to_le_bytes());
        Ok(Some(Write { at, bytes }))
    }
}

/// A sector or a cluster is no longer than 128 sectors of 4096 bytes.
fn length(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or_default()
}
