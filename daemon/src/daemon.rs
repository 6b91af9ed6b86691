//! The whole story, in order.

use crate::arguments::OnBadConfig;
use crate::config::{self, DEFAULT_FILE, Mistakes, Settings};
use crate::door::{self, Door};
use crate::hub::Hub;
use crate::line::{Intake, Line};
use crate::statistics::Statistics;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{error, info, warn};

/// `EX_CONFIG` of sysexits.h: the configuration is wrong, and starting again does not help.
pub const BAD_CONFIG: u8 = 78;
/// Clients get the rest of the telegram they are at within this time when the daemon ends.
const DRAIN: Duration = Duration::from_secs(2);

/// Reads the settings, opens the line, listens, serves until SIGTERM or SIGINT, and drains.
///
/// The exit code is 0 after a signal, 78 for mistakes in the configuration, and 1 if it could not
/// start for another reason, which has been logged.
#[must_use]
pub fn run(config: Option<&Path>, on_bad_config: OnBadConfig) -> ExitCode {
    let settings = match settings(config, on_bad_config) {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let served = runtime
        .map_err(|error| format!("this system cannot run the daemon: {error}"))
        .and_then(|runtime| runtime.block_on(serve(settings)));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            error!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// Reads `file`, or what is there by default.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn read_settings(file: Option<&Path>) -> Result<Settings, Mistakes> {
    match file {
        Some(file) => config::load(file),
        None if Path::new(DEFAULT_FILE).exists() => config::load(Path::new(DEFAULT_FILE)),
        None => Ok(Settings::default()),
    }
}

fn settings(file: Option<&Path>, on_bad_config: OnBadConfig) -> Result<Settings, ExitCode> {
    let mistakes = match read_settings(file) {
        Ok(settings) => return Ok(settings),
        Err(mistakes) => mistakes,
    };
    for line in mistakes.to_string().lines() {
        error!("{line}");
    }
    match on_bad_config {
        OnBadConfig::Exit => Err(ExitCode::from(BAD_CONFIG)),
        OnBadConfig::Defaults => {
            error!(
                "serving with the defaults, as there are mistakes in {}",
                mistakes.file.display()
            );
            Ok(Settings::default())
        }
    }
}

async fn serve(settings: Settings) -> Result<(), String> {
    let mut ends = Ends::new()?;
    let statistics = Arc::new(Statistics::default());
    let hub = Hub::new(settings.feed.timeout, Arc::clone(&statistics));
    let intake = Intake::new(&settings, Arc::clone(&hub), Arc::clone(&statistics));
    let line = Line::open(settings.serial.clone()).await;
    let listener = door::listen(&settings.tcp)?;
    let door = Door::new(&settings.tcp, Arc::clone(&hub), Arc::clone(&statistics));

    let line = tokio::spawn(line.read_for_ever(intake));
    let door = tokio::spawn(door.admit_for_ever(listener));
    let rounds = tokio::spawn(Arc::clone(&hub).look_after_clients());
    info!("ending on {}", ends.next().await);
    line.abort();
    door.abort();
    rounds.abort();
    match hub.drain(DRAIN).await {
        0 => info!("all clients have got what they were at"),
        left => warn!(
            "{left} clients had not taken the rest of a telegram within {} s",
            DRAIN.as_secs()
        ),
    }
    Ok(())
}

/// The signals that end the daemon.
struct Ends {
    terminate: Signal,
    interrupt: Signal,
}

impl Ends {
    fn new() -> Result<Self, String> {
        let listen =
            |kind| signal(kind).map_err(|error| format!("signals cannot be received: {error}"));
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    /// Waits for one of them; its name.
    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
