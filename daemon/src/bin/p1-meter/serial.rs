//! A serial device.

use crate::error::Error;
use crate::line::{Line, happened, write_some};
use nix::fcntl::OFlag;
use nix::poll::PollFlags;
use nix::sys::termios::{
    BaudRate, ControlFlags, SetArg, cfmakeraw, cfsetspeed, tcdrain, tcgetattr, tcsetattr,
};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The rates, in bit/s, that can be set on a terminal.
const RATES: [(u32, BaudRate); 13] = [
    (300, BaudRate::B300),
    (600, BaudRate::B600),
    (1_200, BaudRate::B1200),
    (2_400, BaudRate::B2400),
    (4_800, BaudRate::B4800),
    (9_600, BaudRate::B9600),
    (19_200, BaudRate::B19200),
    (38_400, BaudRate::B38400),
    (57_600, BaudRate::B57600),
    (115_200, BaudRate::B115200),
    (230_400, BaudRate::B230400),
    (460_800, BaudRate::B460800),
    (921_600, BaudRate::B921600),
];

/// The terminal's name for `baud` bit/s, if it has one.
pub(crate) fn rate(baud: u32) -> Option<BaudRate> {
    RATES.iter().find(|(rate, _)| *rate == baud).map(|&(_, rate)| rate)
}

/// Opens the terminal at `path` for reading and writing, without waiting for anything and without
/// letting it become the controlling one.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlag::O_NOCTTY | OFlag::O_NONBLOCK;
    OpenOptions::new().read(true).write(true).custom_flags(flags.bits()).open(path)
}

/// Sets a terminal to bytes as they are, 8N1, without echo or flow control, at `rate` if given.
pub(crate) fn set_raw(terminal: &File, rate: Option<BaudRate>) -> nix::Result<()> {
    let mut settings = tcgetattr(terminal)?;
    cfmakeraw(&mut settings);
    settings.control_flags.remove(ControlFlags::CSTOPB | ControlFlags::CRTSCTS);
    settings.control_flags.insert(ControlFlags::CLOCAL | ControlFlags::CREAD);
    if let Some(rate) = rate {
        cfsetspeed(&mut settings, rate)?;
    }
    tcsetattr(terminal, SetArg::TCSANOW, &settings)
}

/// A serial device, open for as long as the meter runs. A parity bit is put in by software, as
/// 7E1 and 8N1 both take ten bits, so it is always at 8N1.
pub(crate) struct Device {
    path: PathBuf,
    file: File,
}

impl Device {
    /// Opens the device at `path` and sets it to `baud` bit/s, which [`rate`] has to know.
    pub(crate) fn open(path: &Path, baud: u32) -> Result<Self, Error> {
        let shown = path.display();
        let file = open(path).map_err(Error::system(
            format!("open {shown}"),
            "name a serial device that is there and that you may write to",
        ))?;
        set_raw(&file, rate(baud)).map_err(Error::system(
            format!("set {shown} to {baud} baud"),
            "name a serial device, or another --baud",
        ))?;
        Ok(Self { path: path.to_owned(), file })
    }

    fn gone(&self, source: io::Error) -> Error {
        Error::system(
            format!("write to {}", self.path.display()),
            "plug the device in again and start anew",
        )(source)
    }
}

impl Line for Device {
    fn attend(&mut self) -> Result<bool, Error> {
        match happened(&self.file, PollFlags::empty()) {
            seen if seen.is_empty() => Ok(true),
            _ => Err(self.gone(io::Error::other("it has hung up"))),
        }
    }

    fn offer(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        write_some(&self.file, bytes).map_err(|error| self.gone(error))
    }

    fn wire(&self) -> Option<BorrowedFd<'_>> {
        Some(self.file.as_fd())
    }

    fn is_taken(&mut self) -> Result<bool, Error> {
        tcdrain(&self.file).map_err(|errno| self.gone(errno.into()))?;
        Ok(true)
    }

    fn hang_up(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn come_back(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "on {}", self.path.display())
    }
}
