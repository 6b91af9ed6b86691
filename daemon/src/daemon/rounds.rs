//! What has to be done from time to time: a look after the clients, the line of status, the summary
//! of an hour, the watchdog.

use super::service::Service;
use crate::events;
use crate::hub::Hub;
use crate::notify;
use crate::pulse::Pulses;
use crate::statistics::{Counts, Latest, Statistics};
use crate::status::{Rate, Status};
use crate::ticker::Ticker;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::{info, warn};

/// The longest time between two rounds.
const ROUND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// The rounds that go on beside the service.
pub(super) struct Rounds {
    hub: Arc<Hub>,
    statistics: Arc<Statistics>,
    pulses: Arc<Pulses>,
    mistake: Arc<Latest<Option<String>>>,
    rate: Rate,
    told: String,
    hour: (Instant, Counts<u64>),
    watchdog: Option<Watchdog>,
}

struct Watchdog {
    /// Half of the time within which systemd wants to hear of the daemon.
    every: Duration,
    asked: Instant,
    stuck: bool,
}

impl Rounds {
    /// Rounds that tell `mistake` as the one that the daemon runs in spite of.
    pub(super) fn new(service: &Service, mistake: Arc<Latest<Option<String>>>) -> Self {
        let watchdog = notify::watchdog_interval().map(|interval| {
            notify::watchdog();
            service.pulses.ask();
            Watchdog { every: interval / 2, asked: Instant::now(), stuck: false }
        });
        Self {
            hub: Arc::clone(&service.hub),
            statistics: Arc::clone(&service.statistics),
            pulses: Arc::clone(&service.pulses),
            mistake,
            rate: Rate::default(),
            told: String::new(),
            hour: (Instant::now(), service.statistics.counts.totals()),
            watchdog,
        }
    }

    /// Goes round for ever, or until the system has no clock.
    pub(super) async fn go(mut self) -> io::Result<Infallible> {
        let ticker = Ticker::new(self.distance())?;
        loop {
            let now = Instant::now();
            self.tell_status(now);
            ticker.tick().await?;
            let now = Instant::now();
            self.hub.look_after_clients(now);
            self.sum_up(now);
            self.feed_watchdog(now);
        }
    }

    /// At most [`ROUND`], and so that the watchdog's time comes with one of the rounds.
    fn distance(&self) -> Duration {
        let half = self.watchdog.as_ref().map_or(ROUND, |watchdog| watchdog.every);
        let rounds = half.div_duration_f64(ROUND).ceil().max(1.0);
        half.div_f64(rounds).max(Duration::from_millis(1))
    }

    fn tell_status(&mut self, now: Instant) {
        let counts = self.statistics.counts.totals();
        let status = Status {
            rate: self.rate.after(counts.telegrams, now),
            silence: self.hub.silence(),
            meter: self.statistics.meter.get(),
            trouble: self.statistics.trouble.get(),
            mistake: self.mistake.get(),
            bytes: counts.bytes,
            clients: self.hub.clients(),
            checksum_errors: counts.checksum_errors,
        }
        .to_string();
        if status != self.told {
            notify::status(&status);
            self.told = status;
        }
    }

    fn sum_up(&mut self, now: Instant) {
        let (begun, before) = &self.hour;
        if now.saturating_duration_since(*begun) >= HOUR {
            let counts = self.statistics.counts.totals();
            sum_up("in the last hour", &counts.since(before));
            self.hour = (now, counts);
        }
    }

    /// Tells systemd that all is well as long as all loops turn; this one does.
    fn feed_watchdog(&mut self, now: Instant) {
        let Some(watchdog) = &mut self.watchdog else { return };
        // Ticks are exact, and the time at which one is taken is not: a little early is in time.
        if now.saturating_duration_since(watchdog.asked) < watchdog.every * 9 / 10 {
            return;
        }
        watchdog.asked = now;
        let turning = self.pulses.have_answered();
        if turning {
            notify::watchdog();
        } else if !watchdog.stuck {
            let every = watchdog.every;
            warn!("a loop of the daemon has not turned for {every:?}; systemd will restart it");
        }
        watchdog.stuck = !turning;
        self.pulses.ask();
    }
}

/// Logs what was counted.
pub(super) fn sum_up(when: &str, counts: &Counts<u64>) {
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
