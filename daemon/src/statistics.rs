//! What has been counted since the start.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that any room may raise; each is a total since the start.
#[derive(Debug, Default)]
pub struct Statistics {
    /// Bytes read from the line.
    pub bytes: Counter,
    /// Telegrams and encrypted frames handed on.
    pub telegrams: Counter,
    /// Telegrams whose checksum was wrong, missing or of another kind than the meter's.
    pub checksum_errors: Counter,
    /// Telegrams without a checksum that were not well-formed.
    pub malformed: Counter,
    /// Bytes with wrong parity (7E1).
    pub parity_errors: Counter,
    /// Clients served.
    pub clients: Counter,
    /// Clients refused, for their address or for want of room.
    pub refused: Counter,
    /// Telegrams that a client did not get because it was too slow, summed over clients.
    pub missed: Counter,
}

/// A total.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts `more`, and returns the total with them.
    pub fn add(&self, more: u64) -> u64 {
        self.0.fetch_add(more, Ordering::Relaxed) + more
    }

    /// The total.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
