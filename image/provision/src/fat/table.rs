//! The table of a FAT volume: for each cluster the one behind it.

use std::ops::Range;

/// How wide an entry of the table is, in bits.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Twelve,
    Sixteen,
    ThirtyTwo,
}

impl Kind {
    /// Where in the table a cluster's entry is, and in how many bytes.
    pub(super) fn place(self, cluster: u32) -> (u64, usize) {
        let number = u64::from(cluster);
        match self {
            Self::Twelve => (number + number / 2, 2),
            Self::Sixteen => (number * 2, 2),
            Self::ThirtyTwo => (number * 4, 4),
        }
    }

    /// A cluster's entry in the bytes at its place.
    pub(super) fn entry(self, cluster: u32, bytes: [u8; 4]) -> u32 {
        (u32::from_le_bytes(bytes) & self.mask(cluster)) >> self.shift(cluster)
    }

    /// The lowest entry of a cluster that is the last of its chain.
    pub(super) fn last(self) -> u32 {
        match self {
            Self::Twelve => 0xFF8,
            Self::Sixteen => 0xFFF8,
            Self::ThirtyTwo => 0x0FFF_FFF8,
        }
    }

    /// The bits that are a cluster's: two entries of twelve share a byte, and of 32 bits four are
    /// nobody's.
    fn mask(self, cluster: u32) -> u32 {
        match self {
            Self::Twelve => 0xFFF << self.shift(cluster),
            Self::Sixteen => 0xFFFF,
            Self::ThirtyTwo => 0x0FFF_FFFF,
        }
    }

    fn shift(self, cluster: u32) -> u32 {
        if self == Self::Twelve && cluster % 2 == 1 { 4 } else { 0 }
    }
}

/// A table in memory, to be changed.
#[derive(Clone)]
pub(super) struct Table {
    pub(super) kind: Kind,
    pub(super) bytes: Vec<u8>,
}

impl Table {
    /// What is behind a cluster; 0 if it is free.
    pub(super) fn get(&self, cluster: u32) -> u32 {
        let mut bytes = [0; 4];
        let place = self.place(cluster);
        bytes[..place.len()].copy_from_slice(&self.bytes[place]);
        self.kind.entry(cluster, bytes)
    }

    pub(super) fn set(&mut self, cluster: u32, entry: u32) {
        let (mask, shift) = (self.kind.mask(cluster), self.kind.shift(cluster));
        let mut bytes = [0; 4];
        let place = self.place(cluster);
        bytes[..place.len()].copy_from_slice(&self.bytes[place.clone()]);
        let changed = (u32::from_le_bytes(bytes) & !mask) | ((entry << shift) & mask);
        let length = place.len();
        self.bytes[place].copy_from_slice(&changed.to_le_bytes()[..length]);
    }

    /// Makes one chain of these clusters.
    pub(super) fn chain(&mut self, clusters: &[u32]) {
        for (number, cluster) in clusters.iter().enumerate() {
            let behind = clusters.get(number + 1).copied();
            // All ones is the last of a chain, as everyone writes it.
            self.set(*cluster, behind.unwrap_or(u32::MAX));
        }
    }

    /// Where it differs from another one, in whole sectors.
    pub(super) fn changed_sectors(&self, other: &Self, sector: usize) -> Vec<Range<usize>> {
        let starts = (0..self.bytes.len()).step_by(sector);
        let sectors = starts.map(|start| start..self.bytes.len().min(start + sector));
        sectors.filter(|range| self.bytes[range.clone()] != other.bytes[range.clone()]).collect()
    }

    fn place(&self, cluster: u32) -> Range<usize> {
        let (at, width) = self.kind.place(cluster);
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        at..at + width
    }
}
