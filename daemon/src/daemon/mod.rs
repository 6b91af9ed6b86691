//! The whole story, in order.

mod limits;
mod rounds;
mod service;
mod signals;

use crate::arguments::OnBadConfig;
use crate::config::{self, DEFAULT_FILE, Mistakes, Settings};
use crate::{confinement, events, notify, privileges};
use rounds::{Rounds, sum_up};
use service::Service;
use signals::{Signal, Signals};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Duration;
use tracing::{error, info, warn};

/// `EX_CONFIG` of sysexits.h: the configuration is wrong, and starting again does not help.
pub const BAD_CONFIG: u8 = 78;
/// Clients get the rest of the telegram they are at within this time when the daemon ends.
const DRAIN: Duration = Duration::from_secs(2);

/// Reads the settings, opens the line, listens, gives up its privileges, serves until SIGTERM or
/// SIGINT, and drains.
///
/// The exit code is 0 after a signal, 78 for mistakes in the configuration, and 1 if it could not
/// start for another reason, which has been logged.
#[must_use]
pub fn run(config: Option<&Path>, on_bad_config: OnBadConfig, led: Option<String>) -> ExitCode {
    let file = configuration_file(config);
    let (settings, mistake) = match read_settings(file.as_deref()) {
        Ok(settings) => (settings, None),
        Err(mistakes) => {
            tell_mistakes(&mistakes);
            if on_bad_config == OnBadConfig::Exit {
                return ExitCode::from(BAD_CONFIG);
            }
            error!(
                message_id = events::CONFIG_DEFAULTS,
                "serving with the defaults, as there are mistakes in {}",
                mistakes.file.display()
            );
            (Settings::default(), first_line(&mistakes))
        }
    };
    match run_to_end(Box::pin(serve(settings, mistake, file, led))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            error!(message_id = events::FAILED, "{reason}");
            ExitCode::FAILURE
        }
    }
}

/// Runs `story` in this thread to its end. In a box, as whatever runs one is much code for each kind.
pub(crate) fn run_to_end(
    story: Pin<Box<dyn Future<Output = Result<(), String>> + '_>>,
) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| format!("this system has no room for it to run: {error}"))?;
    runtime.block_on(story)
}

/// The file that is to be read: the one that was named, or the default one where there is one.
pub(crate) fn configuration_file(named: Option<&Path>) -> Option<PathBuf> {
    let default = || Some(Path::new(DEFAULT_FILE)).filter(|file| file.exists());
    named.or_else(default).map(Path::to_owned)
}

/// Reads `file`; without one the defaults are in force.
///
/// # Errors
///
/// Everything that is wrong with it.
pub(crate) fn read_settings(file: Option<&Path>) -> Result<Settings, Mistakes> {
    file.map_or_else(|| Ok(Settings::default()), config::load)
}

fn tell_mistakes(mistakes: &Mistakes) {
    for line in mistakes.to_string().lines() {
        error!(message_id = events::CONFIG_MISTAKE, "{line}");
    }
}

async fn serve(
    settings: Settings,
    mistake: Option<String>,
    file: Option<PathBuf>,
    led: Option<String>,
) -> Result<(), String> {
    let mut signals = Signals::new()?;
    limits::allow_files_for(settings.tcp.max_clients);
    let device = settings.serial.device.clone();
    let mut service = Service::start(settings, led)?;
    let identity = privileges::drop_for_good(&device)?;
    let confinement = confinement::confine(&device, file.as_deref(), service.light().as_deref())?;
    info!(message_id = events::PRIVILEGES_DROPPED, "{identity}, {confinement}");

    service.turn()?;
    service.statistics.learn(|known| &known.mistake, mistake);
    let mut rounds = tokio::spawn(Rounds::new(&service).go());
    notify::ready();
    loop {
        let signal = tokio::select! {
            signal = signals.next() => signal,
            ended = &mut rounds => {
                let Err(why) = ended;
                return Err(format!("the daemon's rounds have come to an end: {why}"));
            }
        };
        match signal {
            Signal::Reload => {
                notify::reloading();
                let mistake = reload(&mut service, file.as_deref()).await;
                service.statistics.learn(|known| &known.mistake, mistake);
                notify::ready();
            }
            Signal::End(name) => {
                info!(message_id = events::ENDING, "ending on {name}");
                break;
            }
        }
    }
    notify::stopping();
    sum_up("since the start", &service.statistics.counts.totals());
    match service.drain(DRAIN).await {
        0 => info!(message_id = events::ENDING, "all clients have got what they were at"),
        left => warn!(
            message_id = events::ENDING,
            "{left} clients had not taken the rest of a telegram within {DRAIN:?}"
        ),
    }
    Ok(())
}

/// Reads the configuration again. A bad one leaves everything as it is. Returns the mistake that
/// the daemon then runs in spite of, if there is one.
async fn reload(service: &mut Service, file: Option<&Path>) -> Option<String> {
    let settings = match read_settings(file) {
        Ok(settings) => settings,
        Err(mistakes) => {
            tell_mistakes(&mistakes);
            error!(
                message_id = events::CONFIG_MISTAKE,
                "everything stays as it was, as there are mistakes in {}",
                mistakes.file.display()
            );
            return first_line(&mistakes);
        }
    };
    match service.apply(settings).await {
        Ok(changed) => {
            info!(
                message_id = events::CONFIG_APPLIED,
                "the configuration was read again: {changed}"
            );
            None
        }
        Err(reason) => {
            error!(message_id = events::CONFIG_MISTAKE, "{reason}");
            Some(reason)
        }
    }
}

fn first_line(mistakes: &Mistakes) -> Option<String> {
    mistakes.to_string().lines().next().map(str::to_owned)
}
