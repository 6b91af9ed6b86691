//! What the driver of a port counts (`TIOCGICOUNT`, the kernel's include/uapi/linux/serial.h).

use crate::report::Errors;
use nix::libc::{self, c_uint};
use std::os::fd::{AsRawFd, RawFd};

/// `struct serial_icounter_struct`: eleven counters and nine that are reserved.
#[repr(C)]
#[derive(Default)]
struct Counters {
    /// cts, dsr, rng, dcd, rx, tx
    others: [c_uint; 6],
    frame: c_uint,
    overrun: c_uint,
    parity: c_uint,
    brk: c_uint,
    buf_overrun: c_uint,
    reserved: [c_uint; 9],
}

/// What the driver of `port` has counted since it was loaded; none where it does not count, as that
/// of a pseudo-terminal.
pub(super) fn read(port: &impl AsRawFd) -> Option<Errors> {
    let counters = counters(port.as_raw_fd())?;
    Some(Errors {
        framing: counters.frame.into(),
        parity: counters.parity.into(),
        breaks: counters.brk.into(),
        overruns: u64::from(counters.overrun) + u64::from(counters.buf_overrun),
    })
}

#[allow(unsafe_code, reason = "no library has a safe call for it")]
fn counters(port: RawFd) -> Option<Counters> {
    let mut counters = Counters::default();
    // SAFETY: the kernel writes one `serial_icounter_struct` to where `counters` is, and keeps no
    // reference to it; on any other file descriptor it writes nothing and returns an error.
    let result = unsafe { libc::ioctl(port, libc::TIOCGICOUNT as _, &raw mut counters) };
    (result == 0).then_some(counters)
}
