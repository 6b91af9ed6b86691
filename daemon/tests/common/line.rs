//! A line: a pseudo-terminal behind a symbolic link, as a USB adapter's device is.

use nix::fcntl::OFlag;
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The meter's end of the line.
pub struct Line {
    master: Option<PtyMaster>,
    link: PathBuf,
}

impl Line {
    /// A line whose other end is `link`.
    pub fn new(link: &Path) -> Self {
        let mut line = Self::absent(link);
        line.plug_in();
        line
    }

    /// A line that is not plugged in.
    pub fn absent(link: &Path) -> Self {
        Self { master: None, link: link.to_owned() }
    }

    pub fn plug_in(&mut self) {
        self.plug_in_with(&[]);
    }

    /// Plugs the line in when these bytes have already arrived.
    pub fn plug_in_with(&mut self, waiting: &[u8]) {
        // Other tests start processes meanwhile; none may inherit the line and keep it from ending.
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let mut master = posix_openpt(flags).expect("a pseudo-terminal");
        grantpt(&master).expect("its permissions");
        unlockpt(&master).expect("its other end");
        let mut settings = tcgetattr(master.as_fd()).expect("its settings");
        cfmakeraw(&mut settings);
        tcsetattr(master.as_fd(), SetArg::TCSANOW, &settings).expect("raw mode");
        let device = ptsname_r(&master).expect("its name");
        // The daemon may have become another user when it opens the line again.
        let everyone = std::fs::Permissions::from_mode(0o666);
        std::fs::set_permissions(&device, everyone).expect("its permissions");
        master.write_all(waiting).expect("to send");
        std::os::unix::fs::symlink(device, &self.link).expect("the link");
        self.master = Some(master);
    }

    /// Takes the line away, as when an adapter is pulled out.
    pub fn unplug(&mut self) {
        std::fs::remove_file(&self.link).expect("the link");
        self.master = None;
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.master.as_mut().expect("a line that is plugged in").write_all(bytes).expect("to send");
    }

    /// The device behind the link.
    pub fn device(&self) -> PathBuf {
        std::fs::read_link(&self.link).expect("the link")
    }
}
