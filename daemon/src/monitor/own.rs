//! A line or connection of the monitor's own: the bridge without its door. Nothing is written to it.

use super::remote;
use crate::config::{Mode, Settings, Telegram};
use crate::daemon::run_to_end;
use crate::hub::Hub;
use crate::knowledge::Knowledge;
use crate::language::Language;
use crate::line::{Intake, Line};
use crate::report::Report;
use crate::statistics::Statistics;
use crate::status::Rate;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// A line or connection of the monitor's own.
pub(super) struct Own {
    statistics: Arc<Statistics>,
    hub: Arc<Hub>,
    known: Knowledge,
    rate: Rate,
    is_connection: bool,
}

impl Own {
    /// Opens the port, and reads it from now on in a thread of its own.
    ///
    /// # Errors
    ///
    /// One sentence, if this system has no room for it; a port that cannot be opened is none.
    pub(super) fn open(mut settings: Settings, mistake: Option<String>) -> Result<Self, String> {
        // Raw mode has no telegrams to show.
        settings.telegram = Telegram { mode: Mode::Telegram, ..settings.telegram };
        let own = Self::new(false);
        own.statistics.mistake.set(mistake);
        let (statistics, intake) = (Arc::clone(&own.statistics), own.intake(&settings));
        let opened = Arc::new(Begun::default());
        let begun = Arc::clone(&opened);
        in_a_thread(move || {
            let open = Arc::clone(&begun);
            let story = async move {
                let line = Line::open(&settings, statistics).await;
                open.say(Ok(()));
                match line.read_for_ever(intake, Arc::default()).await {}
            };
            // It ends only if it could not begin.
            begun.say(run_to_end(Box::pin(story)));
        })?;
        opened.wait()?;
        Ok(own)
    }

    /// Connects to a bridge, and reads from it from now on in a thread of its own.
    ///
    /// # Errors
    ///
    /// One sentence, if this system has no room for it; a bridge that cannot be reached is none.
    pub(super) fn connect(address: &str, language: Language) -> Result<Self, String> {
        let own = Self::new(true);
        address.clone_into(&mut own.statistics.line().device);
        let connection = remote::Connection {
            address: address.to_owned(),
            intake: own.intake(&Settings::default()),
            statistics: Arc::clone(&own.statistics),
            language,
        };
        in_a_thread(move || connection.read_for_ever())?;
        Ok(own)
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

fn in_a_thread<T: Send + 'static>(what: impl FnOnce() -> T + Send + 'static) -> Result<(), String> {
    let started = thread::Builder::new().spawn(what);
    started.map(drop).map_err(|error| format!("this system has no room for a thread: {error}"))
}

/// Whether what a thread was started for has begun, or why it could not.
#[derive(Default)]
struct Begun {
    said: Mutex<Option<Result<(), String>>>,
    heard: Condvar,
}

impl Begun {
    fn say(&self, what: Result<(), String>) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = Some(what);
        self.heard.notify_one();
    }

    fn wait(&self) -> Result<(), String> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(said) = said.take() {
                return said;
            }
            said = self.heard.wait(said).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
