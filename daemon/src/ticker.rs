//! A clock that ticks by itself.
//!
//! A timer of tokio's makes every wait for the line arm and disarm one in the kernel. Where
//! telegrams are all there is to do, that is a good part of the work; a timerfd (`timerfd_create(2)`)
//! is set once.

use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Ticks at a fixed distance. Ticks that nobody waited for in time are one.
pub struct Ticker(AsyncFd<Timer>);

struct Timer(TimerFd);

impl AsRawFd for Timer {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_fd().as_raw_fd()
    }
}

impl Ticker {
    /// A clock that first ticks `every` from now.
    ///
    /// # Errors
    ///
    /// If the system has no timer or no file descriptor left.
    pub fn new(every: Duration) -> io::Result<Self> {
        let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
        let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
        let every = Expiration::Interval(TimeSpec::from_duration(every));
        timer.set(every, TimerSetTimeFlags::empty())?;
        // What takes its place wants it promised, by `unsafe`, that the descriptor stays the
        // timer's as long as it is watched. `Timer` owns it, and is owned by what watches it.
        #[allow(deprecated, reason = "sound here, as said above, and without unsafe code")]
        Ok(Self(AsyncFd::with_interest(Timer(timer), Interest::READABLE)?))
    }

    /// Waits for the next tick.
    ///
    /// # Errors
    ///
    /// None that a timer is known to have.
    pub async fn tick(&self) -> io::Result<()> {
        let taken = self.0.async_io(Interest::READABLE, |timer| Ok(timer.0.wait()?)).await;
        taken.map(drop)
    }
}
