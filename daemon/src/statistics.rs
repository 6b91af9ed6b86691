//! What has been counted since the start, and what is known at the moment.

use crate::diagnosis::Verdict;
use crate::observed::Observed;
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What any room may count or learn.
#[derive(Default)]
pub struct Statistics {
    /// Totals since the start.
    pub counts: Counts<Counter>,
    /// Telegrams per second over the last minute.
    pub rate: Latest<f64>,
    /// The meter's header line; empty for a meter that encrypts, none before the first telegram.
    pub meter: Latest<Option<String>>,
    /// What the line is found to be.
    pub verdict: Latest<Verdict>,
    /// That a telegram has come.
    pub telegram: Notify,
    /// What is seen of the line.
    line: Mutex<Observed>,
    /// Why there is no open port, if there is none.
    pub trouble: Latest<Option<String>>,
    /// The first mistake in the configuration, if the daemon runs in spite of one.
    pub mistake: Latest<Option<String>>,
    /// That there is something to be seen which does not just go on as before.
    pub news: Notify,
}

impl Statistics {
    /// What is seen of the line, for as long as the guard lives.
    pub fn line(&self) -> MutexGuard<'_, Observed> {
        // Nothing in it is left half-changed where it panics.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces one of the things known, and tells that there is news.
    pub fn learn<T: Clone>(&self, latest: impl Fn(&Self) -> &Latest<T>, value: T) {
        latest(self).set(value);
        self.news.notify_one();
    }
}

/// What is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Counts<T> {
    /// Bytes read from the line.
    pub bytes: T,
    /// Telegrams and encrypted frames handed on.
    pub telegrams: T,
    /// Telegrams whose checksum was wrong, missing or of another kind than the meter's.
    pub checksum_errors: T,
    /// Telegrams without a checksum that were not well-formed.
    pub malformed: T,
    /// Bytes with wrong parity (7E1).
    pub parity_errors: T,
    /// Connections of clients that were served.
    pub clients: T,
    /// Connections refused, for their address or for want of room.
    pub refused: T,
    /// Telegrams that a client did not get because it was too slow, summed over clients.
    pub missed: T,
}

impl<T> Counts<T> {
    fn with<U, V>(&self, other: &Counts<U>, change: impl Fn(&T, &U) -> V) -> Counts<V> {
        Counts {
            bytes: change(&self.bytes, &other.bytes),
            telegrams: change(&self.telegrams, &other.telegrams),
            checksum_errors: change(&self.checksum_errors, &other.checksum_errors),
            malformed: change(&self.malformed, &other.malformed),
            parity_errors: change(&self.parity_errors, &other.parity_errors),
            clients: change(&self.clients, &other.clients),
            refused: change(&self.refused, &other.refused),
            missed: change(&self.missed, &other.missed),
        }
    }
}

impl Counts<Counter> {
    /// The totals at this moment.
    #[must_use]
    pub fn totals(&self) -> Counts<u64> {
        self.with(self, |counter, _| counter.get())
    }
}

impl Counts<u64> {
    /// What was counted after `earlier`, of the same totals.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        self.with(earlier, |now, then| now.saturating_sub(*then))
    }
}

/// A total. Not an atomic number: the oldest Raspberry Pis have none of 64 bits.
#[derive(Debug, Default)]
pub struct Counter(Mutex<u64>);

impl Counter {
    /// Counts `more`.
    pub fn add(&self, more: u64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += more;
    }

    /// The total.
    #[must_use]
    pub fn get(&self) -> u64 {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known at the moment.
#[derive(Debug, Default)]
pub struct Latest<T>(Mutex<T>);

impl<T: Clone> Latest<T> {
    /// Replaces what was known.
    pub fn set(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = value;
    }

    /// What is known.
    pub fn get(&self) -> T {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
