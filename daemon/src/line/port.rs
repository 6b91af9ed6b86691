//! Opening a serial port, and reading from it.

use super::errors;
use crate::report::Errors;
use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::read;
use rustix::termios::{OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
use serialport::{ClearBuffer, DataBits, FlowControl, Parity, SerialPort, StopBits, TTYPort};
use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::path::Path;
use std::time::Duration;

/// More than this within [`MOMENT`] is no line but a buffer: 64 bytes at 115200 baud take 5.6 ms.
const TRICKLE: usize = 64;
const MOMENT: Duration = Duration::from_millis(1);
/// How often the port is emptied at most before whatever still comes is taken for the line.
const EMPTYINGS: usize = 100;

/// An open port.
pub(super) struct Port(TTYPort);

impl Port {
    /// Opens the port for this process alone (`TIOCEXCL`, and `flock` against those it does not
    /// keep out), raw and without flow control, and drops what waited in it from before. A read
    /// waits for `patience` at most, from 0.1 s to 25 s.
    ///
    /// The port is opened at eight data bits without parity whatever the framing is; see
    /// [`framing::SevenBits`] for why.
    ///
    /// # Errors
    ///
    /// One sentence with the device and the remedy.
    pub(super) fn open(device: &Path, baud: u32, patience: Duration) -> Result<Self, Refusal> {
        let device = device.to_string_lossy();
        let builder = serialport::new(&*device, baud)
            .data_bits(DataBits::Eight)
            .parity(Parity::None)
            .stop_bits(StopBits::One)
            .flow_control(FlowControl::None);
        let mut port = Self(TTYPort::open(&builder).map_err(|error| refusal(&device, &error))?);
        let readied = port
            .wait_at_most(Duration::ZERO)
            .and_then(|()| port.empty())
            .and_then(|()| port.wait_at_most(patience));
        readied.map_err(|error| Refusal::Other(format!("{device} cannot be read: {error}")))?;
        Ok(port)
    }

    /// Sets another speed, in bits per second, and drops what came at the one before.
    ///
    /// # Errors
    ///
    /// If the device has no such speed, or is gone.
    pub(super) fn set_speed(&mut self, baud: u32) -> io::Result<()> {
        self.0.set_baud_rate(baud)?;
        Ok(self.0.clear(ClearBuffer::Input)?)
    }

    /// What the driver has counted in all; none where it does not count.
    pub(super) fn errors(&self) -> Option<Errors> {
        errors::read(&self.0)
    }

    /// Lets a read return without a byte after this time, in steps of 0.1 s and 25 s at most
    /// (termios(3), `VMIN` and `VTIME`).
    fn wait_at_most(&self, time: Duration) -> io::Result<()> {
        let mut settings = tcgetattr(self.descriptor())?;
        settings.special_codes[SpecialCodeIndex::VMIN] = 0;
        let tenths = u8::try_from(time.as_millis() / 100).unwrap_or(u8::MAX);
        settings.special_codes[SpecialCodeIndex::VTIME] = tenths;
        Ok(tcsetattr(self.descriptor(), OptionalActions::Now, &settings)?)
    }

    /// Drops what the kernel received before the port was opened: it is as old as it pleases.
    fn empty(&mut self) -> io::Result<()> {
        for _ in 0..EMPTYINGS {
            self.0.clear(ClearBuffer::Input)?;
            let mut dropped = 0;
            let mut bin = [0; 4096];
            loop {
                match read(self.descriptor(), &mut bin)? {
                    0 => break,
                    count => dropped += count,
                }
            }
            // The kernel passes on what a full buffer held up only after it has been emptied.
            if dropped < TRICKLE {
                return Ok(());
            }
            std::thread::sleep(MOMENT);
        }
        Ok(())
    }

    /// Waits for bytes and reads them into `buffer`; 0 if none came.
    ///
    /// Nothing stands between the port and whoever reads: with an event loop there each telegram took
    /// two system calls, and a hundred cache lines of code that had been cold since the one before;
    /// serialport, too, asks whether there is something before it reads.
    ///
    /// # Errors
    ///
    /// Any, a hang-up too; the port has to be opened anew after it.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match read(self.descriptor(), buffer) {
            Ok(count @ 1..) => Ok(count),
            Err(Errno::EINTR) => Ok(0),
            other => {
                // A terminal that has hung up gives nothing, too, or an error that says less.
                let mut port = [PollFd::new(self.descriptor(), PollFlags::empty())];
                poll(&mut port, PollTimeout::ZERO)?;
                if port[0].any().unwrap_or(true) {
                    return Err(io::Error::other("it hung up"));
                }
                Ok(other?)
            }
        }
    }

    #[allow(unsafe_code, reason = "serialport tells its descriptor by number alone")]
    fn descriptor(&self) -> BorrowedFd<'_> {
        // SAFETY: the port owns the descriptor, and is borrowed as long as this is.
        unsafe { BorrowedFd::borrow_raw(self.0.as_raw_fd()) }
    }
}

/// Why a port could not be opened: one sentence with the device and the remedy.
pub(super) enum Refusal {
    /// Another program has it.
    InUse(String),
    /// Anything else.
    Other(String),
}

/// Why `device` could not be opened, for the one who has to do something about it.
fn refusal(device: &str, error: &serialport::Error) -> Refusal {
    use serialport::ErrorKind::{Io, NoDevice};
    let is = |code| error.description == io::Error::from_raw_os_error(code).to_string();
    let why = match error.kind() {
        Io(ErrorKind::NotFound) => format!(
            "there is no {device}; plug the adapter in, or name the device that is there as \
             `device` in [serial]"
        ),
        Io(ErrorKind::PermissionDenied) => format!(
            "{device} may not be opened by this user; the user has to be in the group of the \
             device, mostly dialout"
        ),
        NoDevice => {
            return Refusal::InUse(format!("{device} is in use by another program; end that one"));
        }
        _ if is(libc::ENOTTY) || error.description == Errno::ENOTTY.desc() => {
            format!("{device} is no serial port; name one as `device` in [serial]")
        }
        _ => format!("{device} cannot be opened: {error}"),
    };
    Refusal::Other(why)
}
