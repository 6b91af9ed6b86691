//! A pseudo-terminal behind a symbolic link: a serial port that needs no hardware.

use crate::error::Error;
use crate::line::{Line, discard_input, happened, write_some};
use crate::serial;
use nix::fcntl::OFlag;
use nix::poll::PollFlags;
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::termios::{FlushArg, tcflush};
use std::fmt;
use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process;
use std::time::{Duration, Instant};

/// How long the reader's end has to be found empty before it is believed to be.
///
/// What does not fit into the 4 KiB that can be read waits behind them, and comes after them only
/// when the reader gets its turn once more: until then the terminal looks empty.
const SETTLED: Duration = Duration::from_millis(50);

/// The reader's end has the same name, the link's, however often the terminal behind it changes.
/// The link goes away with the meter.
pub(crate) struct Pty {
    link: PathBuf,
    baud: u32,
    terminal: Option<Terminal>,
    /// Whether a reader had it open when last looked at.
    heard: bool,
    /// Since when nothing has been left to be read.
    empty: Option<Instant>,
}

struct Terminal {
    master: File,
    /// The reader's end, as the system calls it.
    slave: PathBuf,
}

impl Pty {
    /// Makes a terminal and the link to it. The terminal claims to be at `baud` bit/s, if there is
    /// such a rate; it takes bytes at any.
    pub(crate) fn open(link: &Path, baud: u32) -> Result<Self, Error> {
        let link = link.to_owned();
        let mut pty = Self { link, baud, terminal: None, heard: false, empty: None };
        pty.renew()?;
        Ok(pty)
    }

    /// A new terminal behind the link, in the place of the one before if there is one.
    fn renew(&mut self) -> Result<(), Error> {
        let terminal = Terminal::new(self.baud).map_err(Error::system(
            "make a pseudo-terminal",
            "see that /dev/pts is mounted and has terminals left",
        ))?;
        if fs::symlink_metadata(&self.link).is_ok_and(|there| !there.is_symlink()) {
            return Err(Error::InTheWay(self.link.clone()));
        }
        replace_link(&terminal.slave, &self.link).map_err(Error::system(
            format!("make the link {}", self.link.display()),
            "name a place that is there and that you may write to",
        ))?;
        self.terminal = Some(terminal);
        self.heard = false;
        Ok(())
    }

    /// A port that nobody has open keeps nothing for the next one to open it, and nobody's claim.
    ///
    /// On a serial port both go with the last reader. A pseudo-terminal keeps its bytes, and, where
    /// the reader had claimed it with TIOCEXCL, opens for nobody else but root from then on.
    fn forget_the_reader(&mut self) -> Result<(), Error> {
        let Some(terminal) = &self.terminal else { return Ok(()) };
        match serial::open(&terminal.slave) {
            Ok(slave) => tcflush(&slave, FlushArg::TCIFLUSH).or(Ok(())),
            Err(error) if error.kind() == ErrorKind::ResourceBusy => self.renew(),
            Err(_) => Ok(()),
        }
    }

    /// Removes the link, unless it has become another meter's.
    fn unlink(&self) {
        let Some(terminal) = &self.terminal else { return };
        if fs::read_link(&self.link).is_ok_and(|target| target == terminal.slave) {
            // If it cannot be removed now, the next meter replaces it.
            let _ = fs::remove_file(&self.link);
        }
    }
}

impl Line for Pty {
    fn attend(&mut self) -> Result<bool, Error> {
        let Some(terminal) = &self.terminal else { return Ok(false) };
        let heard = terminal.is_open();
        if heard {
            discard_input(&terminal.master);
        } else if self.heard {
            self.forget_the_reader()?;
        }
        self.heard = heard;
        Ok(heard)
    }

    fn offer(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        self.empty = None;
        // An error means that the reader has just gone.
        let terminal = self.terminal.as_ref();
        Ok(terminal.and_then(|own| write_some(&own.master, bytes).ok()).unwrap_or(0))
    }

    fn reading_speed(&self) -> Option<u32> {
        // Both ends have the same settings. nix knows no speeds but the usual ones, by their names.
        let settings = rustix::termios::tcgetattr(&self.terminal.as_ref()?.master);
        settings.ok().map(|settings| settings.output_speed())
    }

    fn wire(&self) -> Option<BorrowedFd<'_>> {
        self.terminal.as_ref().map(|terminal| terminal.master.as_fd())
    }

    fn is_taken(&mut self) -> Result<bool, Error> {
        let Some(terminal) = self.terminal.as_ref().filter(|terminal| terminal.is_open()) else {
            return Ok(true);
        };
        if !terminal.is_empty() {
            self.empty = None;
            return Ok(false);
        }
        Ok(self.empty.get_or_insert_with(Instant::now).elapsed() >= SETTLED)
    }

    fn hang_up(&mut self) -> Result<(), Error> {
        self.unlink();
        self.terminal = None;
        self.heard = false;
        Ok(())
    }

    fn come_back(&mut self) -> Result<(), Error> {
        self.renew()
    }
}

impl fmt::Display for Pty {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "on {}", self.link.display())?;
        self.terminal.as_ref().map_or(Ok(()), |own| write!(f, " ({})", own.slave.display()))
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        self.unlink();
    }
}

impl Terminal {
    /// A terminal that is raw before anybody can open it, so that it never echoes a byte.
    fn new(baud: u32) -> io::Result<Self> {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        let master = posix_openpt(flags)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let slave = PathBuf::from(ptsname_r(&master)?);
        // A reader that was started as root opens it again as the user that it has become.
        fs::set_permissions(&slave, Permissions::from_mode(0o666))?;
        // Closed again, it counts as hung up until a reader comes.
        serial::set_raw(&serial::open(&slave)?, serial::rate(baud))?;
        Ok(Self { master: File::from(OwnedFd::from(master)), slave })
    }

    /// Whether nothing can be read from it at this moment.
    fn is_empty(&self) -> bool {
        // What the reader could read, any other opener of its end could.
        let slave = serial::open(&self.slave);
        slave.is_ok_and(|slave| happened(&slave, PollFlags::POLLIN).is_empty())
    }

    /// Whether a reader has it open.
    fn is_open(&self) -> bool {
        !happened(&self.master, PollFlags::empty()).contains(PollFlags::POLLHUP)
    }
}

/// Makes `link` point to `target`, at once where it pointed elsewhere before.
fn replace_link(target: &Path, link: &Path) -> io::Result<()> {
    let mut fresh = link.as_os_str().to_owned();
    fresh.push(format!(".{}", process::id()));
    symlink(target, &fresh)?;
    fs::rename(&fresh, link).inspect_err(|_| drop(fs::remove_file(&fresh)))
}
