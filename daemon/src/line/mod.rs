//! The line: opens the port, finds its settings, reads it, and opens it again for ever when it goes
//! away. It has a thread of its own, so that nothing is between a telegram and its clients.

mod errors;
mod intake;
mod news;
mod port;
mod search;

pub use intake::Intake;
pub use search::Search;

use crate::config::{Framing, Mode, Settings};
use crate::events;
use crate::pulse::{Pulse, Pulses};
use crate::report::Errors;
use crate::statistics::Statistics;
use port::{Port, Refusal};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tracing::{debug, info, warn};

/// The first and the longest pause between attempts to open the port.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// Whoever reads looks up after these times, at least and at most, to see whether to go on.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));
/// As much as the kernel's buffer of a terminal holds.
const BUFFER: usize = 4096;
/// What the driver has counted is asked for with the next bytes after this time.
const COUNT: Duration = Duration::from_secs(5);

/// The meter's port, open or not.
pub struct Line {
    device: PathBuf,
    /// As it stands in the file, for people.
    framing: &'static str,
    port: Option<Port>,
    search: Search,
    statistics: Arc<Statistics>,
    pause: Duration,
    /// What the driver had counted when the port was opened.
    counted_before: Errors,
    /// When it was asked last.
    counted_at: Instant,
    /// The settings that telegrams arrived with, as they were last told.
    told: Option<(u32, Option<bool>)>,
    /// Whether any of them has to be found.
    automatic: bool,
    /// How long it waits at most without looking at whether to go on.
    patience: Duration,
}

/// A line that is being read.
pub struct Reading {
    stop: Arc<AtomicBool>,
    /// Closed when the port is.
    ended: oneshot::Receiver<()>,
}

impl Reading {
    /// Lets it end soon.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Lets it end, and waits until it has closed the port.
    pub async fn end(self) {
        self.stop();
        // Nothing is ever sent.
        let _ = self.ended.await;
    }
}

impl Line {
    /// Tries to open the port. If it cannot be opened now, [`Line::read`] goes on trying.
    ///
    /// Once it is read, it answers within `patience` (but not before 0.1 s, and not after 1 s) when it is
    /// asked whether it turns or told to stop.
    pub fn open(settings: &Settings, statistics: Arc<Statistics>, patience: Duration) -> Self {
        let now = Instant::now();
        let serial = &settings.serial;
        // Where nothing is taken for a telegram, nothing can be found.
        let telegrams = settings.telegram.mode == Mode::Telegram;
        let speeds = if telegrams { serial.baud.all() } else { &serial.baud.all()[..1] };
        let mut line = Self {
            device: serial.device.clone(),
            framing: serial.framing.name(),
            port: None,
            search: Search::new(speeds, now),
            statistics,
            pause: PAUSES.0,
            counted_before: Errors::default(),
            counted_at: now,
            told: None,
            automatic: telegrams && (speeds.len() > 1 || serial.framing == Framing::Auto),
            patience: patience.clamp(PATIENCE.0, PATIENCE.1),
        };
        line.statistics.line().device = serial.device.display().to_string();
        line.try_open();
        line
    }

    /// Hands all that arrives to `intake`, through hang-ups and with the device missing, from a thread
    /// of its own until it is stopped.
    ///
    /// # Errors
    ///
    /// One sentence, if the system has no room for another thread.
    pub fn read(self, intake: Intake, pulses: Arc<Pulses>) -> Result<Reading, String> {
        let stop = Arc::new(AtomicBool::new(false));
        let (end, ended) = oneshot::channel();
        let stopped = Arc::clone(&stop);
        let story = move || {
            self.read_until(&stopped, intake, &pulses.line);
            drop(end);
        };
        let thread = std::thread::Builder::new().name("line".into()).spawn(story);
        thread.map_err(|error| {
            format!("this system has no room for a thread that reads the line: {error}")
        })?;
        Ok(Reading { stop, ended })
    }

    fn read_until(mut self, stopped: &AtomicBool, mut intake: Intake, pulse: &Pulse) {
        let go_on = || {
            pulse.beat();
            !stopped.load(Ordering::Relaxed)
        };
        let mut buffer = vec![0; BUFFER];
        loop {
            if let Some(mut port) = self.port.take() {
                let opened = Instant::now();
                let reason = loop {
                    if !go_on() {
                        return;
                    }
                    match port.read(&mut buffer) {
                        Ok(0) => {}
                        Ok(count) => {
                            self.pause = PAUSES.0;
                            let telegrams = intake.take_in(&mut buffer[..count]);
                            if let Err(error) = self.look_after(&mut port, &mut intake, telegrams) {
                                break error;
                            }
                        }
                        Err(error) => break error,
                    }
                };
                drop(port);
                intake.interrupt();
                if opened.elapsed() > PAUSES.1 {
                    self.pause = PAUSES.0;
                }
                self.lost(&reason);
            } else {
                let paused = Instant::now();
                while paused.elapsed() < self.pause {
                    if !go_on() {
                        return;
                    }
                    std::thread::sleep(self.patience.min(self.pause));
                }
                self.pause = (self.pause * 2).min(PAUSES.1);
                self.try_open();
            }
        }
    }

    /// Looks at what has been counted, and for the line's settings until telegrams arrive.
    fn look_after(
        &mut self,
        port: &mut Port,
        intake: &mut Intake,
        telegrams: usize,
    ) -> io::Result<()> {
        let now = Instant::now();
        if telegrams > 0 {
            self.search.found(now);
            self.tell_settings();
        }
        if telegrams == 0 || now.saturating_duration_since(self.counted_at) >= COUNT {
            self.counted_at = now;
            let before = self.counted_before;
            let errors = port.errors().map(|errors| errors.since(before));
            self.statistics.line().errors(now, errors);
        }
        let wrong = || self.statistics.line().diagnosis.speed_is_wrong(now);
        if let Some(baud) = self.search.next(now, wrong) {
            port.set_speed(baud)?;
            intake.interrupt();
            self.statistics.line().opened(now, baud);
            let device = self.device.display();
            debug!(
                message_id = events::LINE_TRYING,
                device = %device,
                "trying {device} at {baud} baud"
            );
        }
        Ok(())
    }

    /// Tells the settings that telegrams arrive with, where they had to be found.
    fn tell_settings(&mut self) {
        let settings = (self.search.speed(), self.statistics.line().seven_bits);
        if !self.automatic || self.told == Some(settings) {
            return;
        }
        self.told = Some(settings);
        let (baud, device) = (settings.0, self.device.display());
        let framing = if settings.1 == Some(true) { "7E1" } else { "8N1" };
        info!(
            message_id = events::LINE_SETTINGS,
            device = %device,
            baud,
            framing,
            "telegrams arrive at {baud} baud {framing}"
        );
    }

    fn lost(&mut self, reason: &io::Error) {
        let device = self.device.display();
        let trouble = format!("lost {device} ({reason}); it is opened again when it is back");
        warn!(message_id = events::LINE_LOST, device = %device, "{trouble}");
        self.statistics.line().diagnosis.missing(Instant::now());
        self.statistics.learn(|known| &known.trouble, Some(trouble));
    }

    fn try_open(&mut self) {
        let (device, baud) = (self.device.display(), self.search.speed());
        let opened = Port::open(&self.device, baud, self.patience);
        let now = Instant::now();
        let (trouble, event) = match opened {
            Ok(port) => {
                self.search.opened(now);
                self.counted_before = port.errors().unwrap_or_default();
                self.statistics.line().opened(now, baud);
                self.port = Some(port);
                let framing = if self.automatic { "to begin with" } else { self.framing };
                info!(
                    message_id = events::LINE_OPENED,
                    device = %device,
                    "reading {device} at {baud} baud {framing}"
                );
                (None, "")
            }
            Err(Refusal::InUse(trouble)) => {
                self.statistics.line().diagnosis.in_use(now);
                (Some(trouble), events::LINE_IN_USE)
            }
            Err(Refusal::Other(trouble)) => {
                self.statistics.line().diagnosis.missing(now);
                (Some(trouble), events::LINE_MISSING)
            }
        };
        // Told when it changes, and not at every attempt.
        if trouble == self.statistics.trouble.get() {
            return;
        }
        if let Some(trouble) = &trouble {
            warn!(message_id = event, device = %device, "{trouble}");
        }
        self.statistics.learn(|known| &known.trouble, trouble);
    }
}
