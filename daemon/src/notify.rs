//! All that is told to systemd (`sd_notify(3)`).
//!
//! Where no one listens, because the daemon was started by hand, nothing is told.

use crate::events;
use sd_notify::NotifyState;
use std::time::Duration;
use tracing::debug;

/// The daemon serves, for the first time or again after a reload.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The configuration is about to be read again.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => {
            debug!(message_id = events::SYSTEMD_UNREACHABLE, "no time to tell systemd: {error}");
        }
    }
}

/// The daemon is about to end.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// One line on how things are.
pub fn status(text: &str) {
    tell(&[NotifyState::Status(text)]);
}

/// All loops turn.
pub fn watchdog() {
    tell(&[NotifyState::Watchdog]);
}

/// Within which time systemd wants to hear that all loops turn, if it wants to.
#[must_use]
pub fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        debug!(message_id = events::SYSTEMD_UNREACHABLE, "systemd cannot be told: {error}");
    }
}
