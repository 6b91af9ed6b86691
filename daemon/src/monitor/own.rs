//! A line or connection of the monitor's own: the bridge without its door. Nothing is written to it.

use super::remote;
use crate::config::{Mode, Settings, Telegram};
use crate::hub::Hub;
use crate::knowledge::Knowledge;
use crate::language::Language;
use crate::line::{Intake, Line};
use crate::report::Report;
use crate::statistics::Statistics;
use crate::status::Rate;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A line or connection of the monitor's own.
pub(super) struct Own {
    statistics: Arc<Statistics>,
    hub: Arc<Hub>,
    known: Knowledge,
    rate: Rate,
    is_connection: bool,
}

impl Own {
    /// Opens the port, and reads it from now on. A port that cannot be opened is tried again.
    ///
    /// # Errors
    ///
    /// One sentence, if the system has no room for it.
    pub(super) fn open(mut settings: Settings, mistake: Option<String>) -> Result<Self, String> {
        // Raw mode has no telegrams to show.
        settings.telegram = Telegram { mode: Mode::Telegram, ..settings.telegram };
        let own = Self::new(false);
        own.statistics.mistake.set(mistake);
        let line = Line::open(&settings, Arc::clone(&own.statistics), Duration::MAX);
        // To the end of the process.
        line.read(own.intake(&settings), Arc::default())?;
        Ok(own)
    }

    /// Connects to a bridge, and reads from it from now on in a task of its own. A bridge that cannot
    /// be reached is tried again.
    pub(super) fn connect(address: &str, language: Language) -> Self {
        let own = Self::new(true);
        address.clone_into(&mut own.statistics.line().device);
        let connection = remote::Connection {
            address: address.to_owned(),
            intake: own.intake(&Settings::default()),
            statistics: Arc::clone(&own.statistics),
            language,
        };
        tokio::spawn(connection.read_for_ever());
        own
    }

    fn new(is_connection: bool) -> Self {
        let statistics = Arc::new(Statistics::default());
        let hub = Hub::new(None, Arc::clone(&statistics));
        let known = Knowledge::new(Arc::clone(&statistics), Arc::clone(&hub));
        Self { statistics, hub, known, rate: Rate::default(), is_connection }
    }

    fn intake(&self, settings: &Settings) -> Intake {
        Intake::new(settings, Arc::clone(&self.hub), Arc::clone(&self.statistics))
    }

    /// Why there is no connection, in the user's language; none for a line, whose verdict tells.
    pub(super) fn trouble(&self) -> Option<String> {
        self.statistics.trouble.get().filter(|_| self.is_connection)
    }

    /// What is known now.
    pub(super) fn report(&mut self) -> Report {
        let telegrams = self.statistics.counts.telegrams.get();
        self.statistics.rate.set(self.rate.after(telegrams, Instant::now()));
        let report = self.known.report();
        // It has no clients, and tells none how long it has been running.
        Report { version: String::new(), ..report }
    }
}
