//! A light that shows whether the wiring is right, to someone who has no network
//! (the kernel's Documentation/leds/leds-class.rst).

use crate::diagnosis::Verdict;
use crate::events;
use crate::statistics::Statistics;
use std::convert::Infallible;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tracing::info;

/// Where the kernel shows its lights.
pub const FOLDER: &str = "/sys/class/leds";
/// The file that says what makes a light shine.
const TRIGGER: &str = "trigger";
/// As long as a light shines for a telegram.
const BLINK: Duration = Duration::from_millis(50);
/// As often it is looked whether telegrams still arrive, or whether there is a light by now.
const GLANCE: Duration = Duration::from_secs(2);

/// A light of this machine.
pub struct Led {
    folder: PathBuf,
    brightness: File,
    /// What it did before: the name of a trigger.
    before: Option<String>,
}

/// What a light does.
#[derive(Debug, PartialEq, Eq)]
enum Pattern {
    /// It shines for a moment with each telegram.
    Telegrams,
    /// On and off in turn for so many milliseconds, beginning with on.
    Steps(&'static [u64]),
}

impl Pattern {
    /// What shows that a line is found to be so.
    fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Receiving | Verdict::Encrypted | Verdict::Noise { .. } | Verdict::Overruns => {
                Self::Telegrams
            }
            Verdict::Inverted
            | Verdict::WrongSpeed { .. }
            | Verdict::OtherMeter
            | Verdict::Rubbish => Self::Steps(&[100, 100]),
            Verdict::Waiting
            | Verdict::Silent { .. }
            | Verdict::Break
            | Verdict::Missing
            | Verdict::InUse => Self::Steps(&[150, 200, 150, 1500]),
        }
    }
}

impl Led {
    /// Takes the light whose folder it is away from what it showed before.
    ///
    /// # Errors
    ///
    /// If it is not there, or this user may not write to it.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let before = fs::read_to_string(folder.join(TRIGGER))
            .ok()
            .and_then(|all| Some(all.split_once('[')?.1.split_once(']')?.0.to_owned()));
        let brightness = File::options().write(true).open(folder.join("brightness"))?;
        if before.as_deref().is_some_and(|trigger| trigger != "none") {
            set_trigger(folder, "none")?;
        }
        Ok(Self { folder: folder.to_owned(), brightness, before })
    }

    /// Shows what the line is found to be.
    ///
    /// # Errors
    ///
    /// If the light is gone.
    async fn show(&self, statistics: &Statistics) -> io::Result<()> {
        match Pattern::of(statistics.verdict.get()) {
            Pattern::Telegrams => {
                if timeout(GLANCE, statistics.telegram.notified()).await.is_ok() {
                    self.set(true)?;
                    sleep(BLINK).await;
                    self.set(false)?;
                }
            }
            Pattern::Steps(steps) => {
                for (number, time) in steps.iter().enumerate() {
                    self.set(number % 2 == 0)?;
                    sleep(Duration::from_millis(*time)).await;
                }
            }
        }
        Ok(())
    }

    fn set(&self, on: bool) -> io::Result<()> {
        // Any light knows 1, and 0 is dark.
        self.brightness.write_all_at(if on { b"1" } else { b"0" }, 0)
    }
}

impl Drop for Led {
    /// Gives the light back to what it showed before, as far as that is possible.
    fn drop(&mut self) {
        let _ = self.set(false);
        if let Some(before) = &self.before {
            let _ = set_trigger(&self.folder, before);
        }
    }
}

fn set_trigger(folder: &Path, name: &str) -> io::Result<()> {
    File::options().write(true).open(folder.join(TRIGGER))?.write_all(name.as_bytes())
}

/// Shows for ever what the line is found to be, as soon as there is the light of this `folder`,
/// and again when it is back.
pub async fn show_for_ever(folder: PathBuf, statistics: Arc<Statistics>) -> Infallible {
    let mut told = false;
    loop {
        let shown = match Led::open(&folder) {
            Ok(led) => loop {
                if let Err(error) = led.show(&statistics).await {
                    break error;
                }
            },
            Err(error) => error,
        };
        if !told {
            info!(
                message_id = events::LIGHT_ABSENT,
                "the light {} cannot be used yet: {shown}; it is tried again, and needs a restart where \
                 it comes later than this daemon",
                folder.display()
            );
            told = true;
        }
        sleep(GLANCE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_light_says() {
        assert_eq!(Pattern::of(Verdict::Receiving), Pattern::Telegrams);
        assert_eq!(Pattern::of(Verdict::Inverted), Pattern::Steps(&[100, 100]));
        assert_eq!(
            Pattern::of(Verdict::Silent { ever: false }),
            Pattern::Steps(&[150, 200, 150, 1500])
        );
    }
}
