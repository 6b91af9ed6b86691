//! The hub: one telegram in, one write for each client. It never waits for a client.

use crate::access::Access;
use crate::client::{Client, End};
use crate::events;
use crate::statistics::Statistics;
use crate::status;
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tracing::info;

/// All clients, and what they have in common.
pub struct Hub {
    inside: Mutex<Inside>,
    left: Notify,
    statistics: Arc<Statistics>,
}

struct Inside {
    clients: Vec<Arc<Client>>,
    last_telegram: Instant,
    /// Without a telegram for this long clients are disconnected.
    timeout: Option<Duration>,
}

impl Hub {
    /// A hub without clients, which disconnects them after `timeout` without a telegram.
    #[must_use]
    pub fn new(timeout: Option<Duration>, statistics: Arc<Statistics>) -> Arc<Self> {
        let inside = Inside { clients: Vec::new(), last_telegram: Instant::now(), timeout };
        Arc::new(Self { inside: Mutex::new(inside), left: Notify::new(), statistics })
    }

    /// Offers a telegram to every client.
    pub fn publish(&self, telegram: &[u8]) {
        let mut inside = self.inside();
        // Those who cannot take all of it at once share one copy of it.
        let mut shared = None;
        let mut share = || shared.get_or_insert_with(|| Bytes::copy_from_slice(telegram)).clone();
        let offered = inside.clients.iter().filter(|client| !client.offer(telegram, &mut share));
        let missed = offered.count();
        if missed > 0 {
            self.statistics.counts.missed.add(missed as u64);
        }
        // Everything else comes after the telegram, to look at the clock as well.
        let now = Instant::now();
        if now.saturating_duration_since(inside.last_telegram) >= status::SILENT {
            self.statistics.news.notify_one();
        }
        inside.last_telegram = now;
    }

    /// Disconnects clients after `timeout` without a telegram from now on.
    pub fn set_timeout(&self, timeout: Option<Duration>) {
        self.inside().timeout = timeout;
    }

    /// Disconnects the clients that `access` does not admit.
    pub fn expel(&self, access: &mut Access) {
        for client in &self.inside().clients {
            if !access.admits(client.address().ip()) {
                client.end(End::Unwanted);
            }
        }
    }

    /// Disconnects all clients, as they will find the daemon at another address.
    pub fn send_away(&self) {
        for client in &self.inside().clients {
            client.end(End::Moved);
        }
    }

    /// How long ago the last telegram was, or the start.
    #[must_use]
    pub fn silence(&self) -> Duration {
        self.inside().last_telegram.elapsed()
    }

    /// How many clients there are.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.inside().clients.len()
    }

    /// Disconnects a client that has closed its half, if there is one: the one that came first.
    ///
    /// It may still be reading, or may be gone: that shows only when it is sent something. So it
    /// keeps its place until another one wants it.
    pub(crate) fn make_room(&self) -> bool {
        let inside = self.inside();
        inside.clients.iter().find(|client| client.is_half_closed()).is_some_and(|client| {
            client.end(End::Crowded);
            true
        })
    }

    pub(crate) fn join(&self, client: Arc<Client>) {
        self.inside().clients.push(client);
        self.statistics.news.notify_one();
    }

    pub(crate) fn leave(&self, client: &Arc<Client>) {
        self.inside().clients.retain(|other| !Arc::ptr_eq(other, client));
        self.left.notify_waiters();
        self.statistics.news.notify_one();
    }

    /// Ends the clients that have stalled, and those that have waited too long for a telegram.
    /// Returns when this has to be done again at the latest, unless a telegram or a client comes.
    pub fn look_after_clients(&self, now: Instant) -> Option<Instant> {
        let inside = self.inside();
        let (mut silent, mut next) = (0, None::<Instant>);
        for client in &inside.clients {
            let stalled = client.end_if_stalled(now);
            let waiting_since = inside.last_telegram.max(client.joined());
            let mut silence = inside.timeout.map(|timeout| waiting_since + timeout);
            if silence.is_some_and(|due| now >= due) {
                silent += usize::from(client.end(End::Silence));
                silence = None;
            }
            next = next.into_iter().chain(stalled).chain(silence).min();
        }
        if silent > 0 {
            let seconds = inside.timeout.unwrap_or_default().as_secs();
            info!(
                message_id = events::FEED_SILENT,
                clients = silent,
                "no telegram for {seconds} s: disconnected {silent} clients, so that they notice"
            );
        }
        next
    }

    /// Ends all clients, each when it has got the rest of the telegram it is at; returns how many
    /// are left after `deadline`.
    pub async fn drain(&self, deadline: Duration) -> usize {
        for client in &self.inside().clients {
            client.end(End::Shutdown);
        }
        let empty = async {
            loop {
                let left = self.left.notified();
                if self.clients() == 0 {
                    return;
                }
                left.await;
            }
        };
        // On time or not, what counts is who is left.
        let _ = tokio::time::timeout(deadline, empty).await;
        self.clients()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // Nothing in here leaves the list half-changed when it panics.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
