//! An alarm clock.
//!
//! A timer of tokio's makes every wait for the line arm and disarm one in the kernel. Where
//! telegrams are all there is to do, that is a good part of the work; a timerfd (`timerfd_create(2)`)
//! costs something only when it is set or rings.

use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Rings once for each time it is set.
pub struct Alarm(AsyncFd<Timer>);

struct Timer(TimerFd);

impl AsRawFd for Timer {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_fd().as_raw_fd()
    }
}

impl Alarm {
    /// An alarm that is not set.
    ///
    /// # Errors
    ///
    /// If there is no timer or file descriptor to be had.
    pub fn new() -> io::Result<Self> {
        let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
        let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
        // What takes its place wants it promised, by `unsafe`, that the descriptor stays the
        // timer's as long as it is watched. `Timer` owns it, and is owned by what watches it.
        #[allow(deprecated, reason = "sound here, as said above, and without unsafe code")]
        Ok(Self(AsyncFd::with_interest(Timer(timer), Interest::READABLE)?))
    }

    /// Lets it ring `after` this time, and no more at the one that it was set to before.
    ///
    /// # Errors
    ///
    /// Only if the timer is broken.
    pub fn set(&self, after: Duration) -> io::Result<()> {
        // Zero would be never.
        let after = TimeSpec::from_duration(after.max(Duration::from_nanos(1)));
        Ok(self.0.get_ref().0.set(Expiration::OneShot(after), TimerSetTimeFlags::empty())?)
    }

    /// Waits until it rings.
    ///
    /// # Errors
    ///
    /// Only if the timer is broken.
    pub async fn rings(&self) -> io::Result<()> {
        let rung = self.0.async_io(Interest::READABLE, |timer| Ok(timer.0.wait()?)).await;
        rung.map(drop)
    }
}
