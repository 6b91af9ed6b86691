//! What the daemon reports by itself: its status, the watchdog, the summary of an hour.

use super::service::Service;
use crate::events;
use crate::hub::Hub;
use crate::notify;
use crate::pulse::Pulses;
use crate::statistics::{Counts, Latest, Statistics};
use crate::status::{Rate, Status};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::{info, warn};

/// How often the status is looked at; systemd is told when it has changed.
const GLANCE: Duration = Duration::from_secs(2);
const HOUR: Duration = Duration::from_secs(3600);

/// The reports that run beside the service.
pub(super) struct Reports {
    statistics: Arc<Statistics>,
    mistake: Arc<Latest<Option<String>>>,
}

impl Reports {
    /// Starts all of them. `mistake` is one that the daemon runs in spite of.
    pub(super) fn start(service: &Service, mistake: Option<String>) -> Self {
        let statistics = Arc::clone(&service.statistics);
        let told = Arc::new(Latest::default());
        told.set(mistake);
        let hub = Arc::clone(&service.hub);
        tokio::spawn(tell_status(Arc::clone(&statistics), hub, Arc::clone(&told)));
        tokio::spawn(sum_up_hours(Arc::clone(&statistics)));
        if let Some(interval) = notify::watchdog_interval() {
            tokio::spawn(feed_watchdog(Arc::clone(&service.pulses), interval / 2));
        }
        Self { statistics, mistake: told }
    }

    /// The mistake in the configuration that the daemon runs in spite of, if there is one.
    pub(super) fn set_mistake(&self, mistake: Option<String>) {
        self.mistake.set(mistake);
    }

    /// The last report: all that was counted.
    pub(super) fn conclude(&self) {
        sum_up("since the start", &self.statistics.counts.totals());
    }
}

async fn tell_status(
    statistics: Arc<Statistics>,
    hub: Arc<Hub>,
    mistake: Arc<Latest<Option<String>>>,
) -> Infallible {
    let mut rate = Rate::default();
    let mut told = String::new();
    loop {
        let status = Status {
            rate: rate.after(statistics.counts.telegrams.get(), Instant::now()),
            silence: hub.silence(),
            meter: statistics.meter.get(),
            trouble: statistics.trouble.get(),
            mistake: mistake.get(),
            bytes: statistics.counts.bytes.get(),
            clients: hub.clients(),
            checksum_errors: statistics.counts.checksum_errors.get(),
        }
        .to_string();
        if status != told {
            notify::status(&status);
            told = status;
        }
        tokio::time::sleep(GLANCE).await;
    }
}

async fn sum_up_hours(statistics: Arc<Statistics>) -> Infallible {
    let mut before = statistics.counts.totals();
    loop {
        tokio::time::sleep(HOUR).await;
        let now = statistics.counts.totals();
        sum_up("in the last hour", &now.since(&before));
        before = now;
    }
}

fn sum_up(when: &str, counts: &Counts<u64>) {
    let &Counts {
        bytes,
        telegrams,
        checksum_errors,
        malformed,
        parity_errors,
        clients,
        refused,
        missed,
    } = counts;
    info!(
        message_id = events::SUMMARY,
        bytes,
        telegrams,
        checksum_errors,
        malformed,
        parity_errors,
        clients,
        refused,
        missed,
        "{when}: {telegrams} telegrams, {checksum_errors} checksum errors, {clients} connections, \
         {refused} refused, {missed} telegrams missed by slow clients"
    );
}

/// Tells systemd that all is well as long as all loops turn.
async fn feed_watchdog(pulses: Arc<Pulses>, every: Duration) -> Infallible {
    notify::watchdog();
    let mut stuck = false;
    loop {
        pulses.ask();
        tokio::time::sleep(every).await;
        let turning = pulses.have_answered();
        if turning {
            notify::watchdog();
        } else if !stuck {
            warn!("a loop of the daemon has not turned for {every:?}; systemd will restart it");
        }
        stuck = !turning;
    }
}
