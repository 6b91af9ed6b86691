//! The meter's end of a pseudo-terminal, and the telegrams that go over it.

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use p1_tcp::framing::Checksum;
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::fd::AsFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The length of a telegram, in bytes.
pub const LENGTH: usize = 700;
/// How long the other end may take to read.
const PATIENCE: Duration = Duration::from_secs(2);

pub struct Line {
    master: PtyMaster,
    link: PathBuf,
}

impl Line {
    /// A line whose other end is `link`.
    pub fn new(link: &Path) -> Self {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        let master = posix_openpt(flags).expect("a pseudo-terminal");
        grantpt(&master).expect("its permissions");
        unlockpt(&master).expect("its other end");
        let mut settings = tcgetattr(master.as_fd()).expect("its settings");
        cfmakeraw(&mut settings);
        tcsetattr(master.as_fd(), SetArg::TCSANOW, &settings).expect("raw mode");
        let device = ptsname_r(&master).expect("its name");
        let everyone = std::fs::Permissions::from_mode(0o666);
        std::fs::set_permissions(&device, everyone).expect("its permissions");
        // Opened and closed once, it counts as hung up until somebody opens it.
        drop(std::fs::File::options().read(true).custom_flags(nix::libc::O_NOCTTY).open(&device));
        let _ = std::fs::remove_file(link);
        std::os::unix::fs::symlink(device, link).expect("a link");
        Self { master, link: link.to_owned() }
    }

    /// Hangs up, and comes back behind the same link.
    pub fn hang_up(self) -> Self {
        let link = self.link.clone();
        drop(self);
        Self::new(&link)
    }

    /// Sends to whoever has the other end open; otherwise it is lost, as on a serial line. False if
    /// the other end does not take it, as one does that waits for a client.
    pub fn send(&mut self, mut bytes: &[u8]) -> bool {
        if self.is_hung_up() {
            return true;
        }
        let started = Instant::now();
        while !bytes.is_empty() {
            match self.master.write(bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(_) if started.elapsed() > PATIENCE => return false,
                Err(_) => std::thread::sleep(Duration::from_millis(1)),
            }
        }
        true
    }

    fn is_hung_up(&self) -> bool {
        let mut line = [PollFd::new(self.master.as_fd(), PollFlags::empty())];
        poll(&mut line, PollTimeout::ZERO).expect("the line's state");
        line[0].revents().is_some_and(|state| state.contains(PollFlags::POLLHUP))
    }
}

/// A telegram of [`LENGTH`] bytes with its checksum.
pub fn telegram(number: usize) -> Vec<u8> {
    let mut text =
        format!("/XMX5LGBBFG1009325446\r\n\r\n1-3:0.2.8(50)\r\n0-0:96.1.1({number:034})\r\n");
    let mut code = 0;
    while text.len() < LENGTH - 60 {
        code += 1;
        let _ = write!(text, "1-0:{code}.7.0({:06}.{code:03}*kWh)\r\n", number % 1_000_000);
    }
    let filler = LENGTH - text.len() - "0-0:96.13.0()\r\n!0000\r\n".len();
    let _ = write!(text, "0-0:96.13.0({})\r\n!", "3".repeat(filler));
    let checksum = Checksum::Arc.of(text.as_bytes());
    (text + &format!("{checksum:04X}\r\n")).into_bytes()
}
