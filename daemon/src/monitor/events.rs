//! What a monitor waits for: the next look, keys, and signals.

use super::screen::Keys;
use std::future;
use std::io;
use std::time::Instant;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// It is time for another look.
    Look,
    /// The terminal has another size.
    Resized,
    /// These keys were pressed.
    Keys(Vec<u8>),
    /// A signal asks for the end, or the terminal is gone.
    End,
}

/// SIGINT, SIGTERM, SIGHUP and SIGWINCH.
pub(super) struct Events {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    resized: Signal,
}

impl Events {
    /// Takes the signals.
    ///
    /// # Errors
    ///
    /// If this system has no room for it.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            resized: signal(SignalKind::window_change())?,
        })
    }

    /// Waits until something happens, or `due` for the next look.
    pub(super) async fn next(&mut self, due: Instant, keys: Option<&Keys>) -> Event {
        let pressed = async {
            match keys {
                Some(keys) => keys.pressed().await,
                None => future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => Event::End,
            _ = self.terminate.recv() => Event::End,
            _ = self.hang_up.recv() => Event::End,
            _ = self.resized.recv() => Event::Resized,
            pressed = pressed => pressed.map_or(Event::End, Event::Keys),
            () = tokio::time::sleep_until(due.into()) => Event::Look,
        }
    }
}
