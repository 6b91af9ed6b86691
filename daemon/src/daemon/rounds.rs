//! What has to be done from time to time: a look after the clients, the line of status, the summary
//! of an hour, the watchdog.

use super::service::Service;
use crate::diagnosis::Verdict;
use crate::events;
use crate::hub::Hub;
use crate::language::Language;
use crate::notify;
use crate::pulse::Pulses;
use crate::statistics::{Counts, Statistics};
use crate::status::{Rate, Status};
use std::convert::Infallible;
use std::mem::discriminant;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep_until;
use tracing::{info, warn};

/// The longest time between two rounds. Each costs about as much as a telegram.
const ROUND: Duration = Duration::from_secs(10);
/// The longest where no telegrams arrive.
const GLANCE: Duration = Duration::from_secs(2);
/// The shortest, however much there is to tell.
const BREATH: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// The rounds that go on beside the service.
pub(super) struct Rounds {
    hub: Arc<Hub>,
    statistics: Arc<Statistics>,
    pulses: Arc<Pulses>,
    rate: Rate,
    verdict: Verdict,
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
    pub(super) fn new(service: &Service) -> Self {
        let watchdog = notify::watchdog_interval().map(|interval| {
            notify::watchdog();
            service.pulses.ask();
            Watchdog { every: interval / 2, asked: Instant::now(), stuck: false }
        });
        Self {
            hub: Arc::clone(&service.hub),
            statistics: Arc::clone(&service.statistics),
            pulses: Arc::clone(&service.pulses),
            rate: Rate::default(),
            verdict: Verdict::default(),
            told: String::new(),
            hour: (Instant::now(), service.statistics.counts.totals()),
            watchdog,
        }
    }

    /// Goes round for ever.
    pub(super) async fn go(mut self) -> Infallible {
        loop {
            let now = Instant::now();
            let glance = self.diagnose(now);
            self.tell_status(now);
            self.sum_up(now);
            let due = [self.hub.look_after_clients(now), self.feed_watchdog(now)];
            let next = due.into_iter().flatten().chain([glance]).min().unwrap_or(now);
            tokio::select! {
                () = sleep_until(next.into()) => {}
                () = self.statistics.news.notified() => {
                    sleep_until(next.min(now + BREATH).into()).await;
                }
            }
        }
    }

    /// Looks what the line is found to be, and tells when that is another thing than before. Returns
    /// when it has to be looked at again.
    fn diagnose(&mut self, now: Instant) -> Instant {
        let verdict = self.statistics.line().diagnosis.verdict(now);
        let before = std::mem::replace(&mut self.verdict, verdict);
        self.statistics.verdict.set(verdict);
        // How much of it there is may change all the time.
        if discriminant(&verdict) != discriminant(&before) {
            let (event, state) = (events::of(verdict), verdict.name());
            let sentence = verdict.sentence(Language::English);
            match verdict {
                // What the line itself has told.
                Verdict::Waiting | Verdict::Missing | Verdict::InUse => {}
                Verdict::Receiving | Verdict::Encrypted => {
                    info!(message_id = event, line_state = state, "{sentence}");
                }
                _ => warn!(
                    message_id = event,
                    line_state = state,
                    "{sentence} {}",
                    verdict.advice(Language::English)
                ),
            }
        }
        let settled = matches!(verdict, Verdict::Receiving | Verdict::Encrypted);
        now + if settled { ROUND } else { GLANCE }
    }

    /// What the line is found to be, where it is not that telegrams arrive.
    fn trouble(&self) -> Option<String> {
        let sentence = || {
            let sentence = self.verdict.sentence(Language::English);
            Some(sentence.trim_end_matches('.').to_owned())
        };
        match self.verdict {
            Verdict::Missing | Verdict::InUse => self.statistics.trouble.get().or_else(sentence),
            // Told by numbers.
            Verdict::Waiting
            | Verdict::Receiving
            | Verdict::Encrypted
            | Verdict::Silent { ever: true } => None,
            _ => sentence(),
        }
    }

    fn tell_status(&mut self, now: Instant) {
        let counts = self.statistics.counts.totals();
        let rate = self.rate.after(counts.telegrams, now);
        self.statistics.rate.set(rate);
        let status = Status {
            rate,
            silence: self.hub.silence(),
            meter: self.statistics.meter.get(),
            trouble: self.trouble(),
            mistake: self.statistics.mistake.get(),
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

    /// Tells systemd that all is well as long as all loops turn; this one does. Returns when it has
    /// to be told again.
    fn feed_watchdog(&mut self, now: Instant) -> Option<Instant> {
        let watchdog = self.watchdog.as_mut()?;
        if now < watchdog.asked + watchdog.every {
            return Some(watchdog.asked + watchdog.every);
        }
        watchdog.asked = now;
        let turning = self.pulses.have_answered();
        if turning {
            notify::watchdog();
        } else if !watchdog.stuck {
            let every = watchdog.every;
            warn!(
                message_id = events::LOOP_STUCK,
                "a loop of the daemon has not turned for {every:?}; systemd will restart it"
            );
        }
        watchdog.stuck = !turning;
        self.pulses.ask();
        Some(now + watchdog.every)
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
