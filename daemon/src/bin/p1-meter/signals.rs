//! Waiting, and the signals that end it.

use crate::error::Error;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::time::TimeSpec;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

/// SIGINT, SIGTERM and SIGHUP, taken in where the meter waits, so that nothing is cut short
/// between making the link and being able to remove it.
pub(crate) struct Signals(SignalFd);

impl Signals {
    /// Blocks the signals and collects them from now on.
    pub(crate) fn new() -> Result<Self, Error> {
        let failed = || Error::system("wait for signals", "look for a limit on open files");
        let mut mask = SigSet::empty();
        for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
            mask.add(signal);
        }
        mask.thread_block().map_err(failed())?;
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        SignalFd::with_flags(&mask, flags).map(Self).map_err(failed())
    }

    /// Waits until `until`, if that is given, or until `room` takes bytes again if that is sooner.
    ///
    /// [`Error::Stopped`] if a signal has come, even when `until` has passed.
    pub(crate) fn wait(
        &self,
        until: impl Into<Option<Instant>>,
        room: Option<BorrowedFd>,
    ) -> Result<(), Error> {
        let until = until.into();
        let mut fds = vec![PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        fds.extend(room.map(|room| PollFd::new(room, PollFlags::POLLOUT)));
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            match ppoll(&mut fds, left.map(TimeSpec::from), None) {
                Ok(_) if fds[0].any() == Some(true) => return Err(Error::Stopped),
                Ok(_) => return Ok(()),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(Error::system("wait", "try again")(errno)),
            }
        }
    }
}
