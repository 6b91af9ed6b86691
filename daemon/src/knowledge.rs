//! What is known, put together for whoever asks.

use crate::diagnosis::Verdict;
use crate::hub::Hub;
use crate::language::Language;
use crate::report::{Line, Report};
use crate::statistics::Statistics;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Instant;

/// All that is known of a running bridge.
#[derive(Clone)]
pub struct Knowledge {
    statistics: Arc<Statistics>,
    hub: Arc<Hub>,
    since: Instant,
}

impl Knowledge {
    /// What is known of a bridge that starts now.
    #[must_use]
    pub fn new(statistics: Arc<Statistics>, hub: Arc<Hub>) -> Self {
        Self { statistics, hub, since: Instant::now() }
    }

    /// What is known at this moment.
    #[must_use]
    pub fn report(&self) -> Report {
        let now = Instant::now();
        let counts = self.statistics.counts.totals();
        let meter = self.statistics.meter.get();
        let telegram_ago = meter.is_some().then(|| self.hub.silence().as_secs());
        let mut seen = self.statistics.line();
        let verdict = seen.diagnosis.verdict(now);
        let trouble = self.statistics.trouble.get();
        let trouble = trouble.filter(|_| matches!(verdict, Verdict::Missing | Verdict::InUse));
        let text = String::from_utf8_lossy(&seen.telegram);
        let mut recent = String::new();
        for byte in seen.recent() {
            // Into a text that always succeeds.
            let _ = write!(recent, "{byte:02x}");
        }
        Report {
            version: env!("CARGO_PKG_VERSION").into(),
            uptime: now.saturating_duration_since(self.since).as_secs(),
            mistake: self.statistics.mistake.get(),
            line: Line {
                device: seen.device.clone(),
                baud: seen.baud,
                framing: match seen.seven_bits {
                    None => "auto",
                    Some(true) => "7E1",
                    Some(false) => "8N1",
                }
                .into(),
                verdict,
                since: now.saturating_duration_since(seen.diagnosis.since()).as_secs(),
                // Why a port cannot be opened says what to do about it.
                advice: trouble
                    .as_ref()
                    .map_or_else(|| verdict.advice(Language::English).into(), |_| String::new()),
                sentence: trouble.unwrap_or_else(|| verdict.sentence(Language::English).into()),
                errors: seen.errors,
            },
            meter,
            telegrams_per_minute: self.statistics.rate.get() * 60.0,
            last_telegram_ago: telegram_ago,
            counts,
            clients: self.hub.clients() as u64,
            telegram: Some(text.into_owned()).filter(|text| !text.is_empty()),
            recent,
        }
    }
}
