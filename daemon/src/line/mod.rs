//! The line: opens the port, reads it, and opens it again for ever when it goes away.

mod intake;
mod news;
mod port;

pub use intake::Intake;

use crate::config::Serial;
use crate::events;
use crate::pulse::Pulses;
use crate::statistics::Statistics;
use port::Port;
use std::convert::Infallible;
use std::sync::Arc;
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
    statistics: Arc<Statistics>,
    pause: Duration,
}

impl Line {
    /// Tries to open the port. If it cannot be opened now, [`Line::read_for_ever`] goes on trying.
    pub async fn open(settings: Serial, statistics: Arc<Statistics>) -> Self {
        let mut line = Self { settings, port: None, statistics, pause: PAUSES.0 };
        line.try_open().await;
        line
    }

    /// Hands all that arrives to `intake`, through hang-ups and with the device missing.
    pub async fn read_for_ever(mut self, mut intake: Intake, pulses: Arc<Pulses>) -> Infallible {
        let pulse = &pulses.line;
        let mut buffer = vec![0; BUFFER];
        loop {
            let Some(port) = &mut self.port else {
                pulse.during(tokio::time::sleep(self.pause)).await;
                self.pause = (self.pause * 2).min(PAUSES.1);
                self.try_open().await;
                continue;
            };
            let opened = Instant::now();
            let reason = loop {
                match pulse.during(port.read(&mut buffer)).await {
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
            let trouble = format!("lost {device} ({reason}); it is opened again when it is back");
            warn!(message_id = events::LINE_LOST, device = %device, "{trouble}");
            self.statistics.learn(|known| &known.trouble, Some(trouble));
        }
    }

    async fn try_open(&mut self) {
        let Serial { device, baud, framing } = &self.settings;
        let device = device.display();
        let trouble = match Port::open(&self.settings).await {
            Ok(port) => {
                self.port = Some(port);
                info!(
                    message_id = events::LINE_OPENED,
                    device = %device,
                    "reading {device} at {baud} baud {framing}"
                );
                None
            }
            Err(trouble) => Some(trouble),
        };
        // Told when it changes, and not at every attempt.
        if trouble == self.statistics.trouble.get() {
            return;
        }
        if let Some(trouble) = &trouble {
            warn!(message_id = events::LINE_MISSING, device = %device, "{trouble}");
        }
        self.statistics.learn(|known| &known.trouble, trouble);
    }
}
