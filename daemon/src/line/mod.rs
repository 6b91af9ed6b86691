//! The line: opens the port, reads it, and opens it again for ever when it goes away.

mod intake;
mod port;

pub use intake::Intake;

use crate::config::Serial;
use port::Port;
use std::convert::Infallible;
use std::time::{Duration, Instant};
use tracing::{info, warn};

/// The first and the longest pause between attempts to open the port.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// As much as the kernel's buffer of a terminal holds.
const BUFFER: usize = 4096;

/// The meter's port, open or not.
pub struct Line {
    settings: Serial,
    port: Option<Port>,
    /// The last trouble that was told, so that it is told once.
    trouble: Option<String>,
    pause: Duration,
}

impl Line {
    /// Tries to open the port. If it cannot be opened now, [`Line::read_for_ever`] goes on trying.
    pub async fn open(settings: Serial) -> Self {
        let mut line = Self { settings, port: None, trouble: None, pause: PAUSES.0 };
        line.try_open().await;
        line
    }

    /// Hands all that arrives to `intake`, through hang-ups and with the device missing.
    pub async fn read_for_ever(mut self, mut intake: Intake) -> Infallible {
        let mut buffer = vec![0; BUFFER];
        loop {
            let Some(port) = &mut self.port else {
                tokio::time::sleep(self.pause).await;
                self.pause = (self.pause * 2).min(PAUSES.1);
                self.try_open().await;
                continue;
            };
            let opened = Instant::now();
            let reason = loop {
                match port.read(&mut buffer).await {
                    Ok(0) => break "it hung up".to_owned(),
                    Ok(count) => {
                        self.pause = PAUSES.0;
                        intake.take_in(&mut buffer[..count]);
                    }
                    Err(error) => break error.to_string(),
                }
            };
            self.port = None;
            intake.interrupt();
            if opened.elapsed() > PAUSES.1 {
                self.pause = PAUSES.0;
            }
            let device = self.settings.device.display();
            self.tell(format!("lost {device} ({reason}); it is opened again when it is back"));
        }
    }

    async fn try_open(&mut self) {
        match Port::open(&self.settings).await {
            Ok(port) => {
                self.port = Some(port);
                self.trouble = None;
                let Serial { device, baud, framing } = &self.settings;
                info!(device = %device.display(), "reading {} at {baud} baud {framing}", device.display());
            }
            Err(reason) => self.tell(reason),
        }
    }

    fn tell(&mut self, trouble: String) {
        if self.trouble.as_ref() != Some(&trouble) {
            warn!(device = %self.settings.device.display(), "{trouble}");
            self.trouble = Some(trouble);
        }
    }
}
