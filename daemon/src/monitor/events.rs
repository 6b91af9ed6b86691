//! What a monitor waits for: the next look, keys, and signals.

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// It is time for another look.
    Look,
    /// The terminal has another size.
    Resized,
    /// There are keys to be read.
    Keys,
    /// A signal asks for the end.
    End,
}

/// SIGINT, SIGTERM, SIGHUP and SIGWINCH, which come here and to no thread.
pub(super) struct Events(SignalFd);

impl Events {
    /// Takes the signals. Call it before there are other threads, as each inherits what it is spared.
    ///
    /// # Errors
    ///
    /// If this system has no room for it.
    pub(super) fn new() -> io::Result<Self> {
        let mut signals = SigSet::empty();
        for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGWINCH] {
            signals.add(signal);
        }
        signals.thread_block()?;
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        Ok(Self(SignalFd::with_flags(&signals, flags)?))
    }

    /// Waits until something happens, or `due` for the next look; `keys` is where keys come from.
    ///
    /// # Errors
    ///
    /// Only if waiting is impossible.
    pub(super) fn next(&self, due: Instant, keys: Option<BorrowedFd<'_>>) -> io::Result<Event> {
        loop {
            let left = due.saturating_duration_since(Instant::now());
            // Rounded up, so that it is not asked again before the time.
            let millis = u16::try_from(left.as_micros().div_ceil(1000)).unwrap_or(u16::MAX);
            // Where there are no keys, signals are waited for twice.
            let waited = [self.0.as_fd(), keys.unwrap_or(self.0.as_fd())];
            let mut waited = waited.map(|file| PollFd::new(file, PollFlags::POLLIN));
            match poll(&mut waited, PollTimeout::from(millis)) {
                Ok(0) => return Ok(Event::Look),
                Ok(_) => {}
                Err(nix::errno::Errno::EINTR) => continue,
                Err(error) => return Err(error.into()),
            }
            match self.0.read_signal()? {
                Some(signal) if signal.ssi_signo == Signal::SIGWINCH as u32 => {
                    return Ok(Event::Resized);
                }
                Some(_) => return Ok(Event::End),
                None => return Ok(Event::Keys),
            }
        }
    }
}
