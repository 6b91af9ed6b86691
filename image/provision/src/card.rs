//! What the owner put on the boot partition.

use p1_tcp::config::LARGEST;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Where the boot partition is mounted, from the root.
pub const FOLDER: &str = "boot/firmware";
/// What belongs to the machine.
pub const APPLIANCE: &str = "appliance.toml";
/// What Raspberry Pi Imager writes.
pub const PRESEED: &str = "rpi-preseed.toml";
/// What belongs to the daemon.
pub const DAEMON: &str = "p1-tcp.toml";

/// Files that people put on a card in the hope that they do something, and what does instead.
const STRAYS: [(&str, &str); 10] = [
    ("appliance.toml.txt", "rename it to appliance.toml"),
    ("p1-tcp.toml.txt", "rename it to p1-tcp.toml"),
    ("wpa_supplicant.conf", "write the Wi-Fi network into appliance.toml, below [wifi]"),
    ("ssh", "write a public key into appliance.toml, below [ssh]"),
    ("ssh.txt", "write a public key into appliance.toml, below [ssh]"),
    ("userconf", "there are no passwords; write a public key into appliance.toml, below [ssh]"),
    ("userconf.txt", "there are no passwords; write a public key into appliance.toml, below [ssh]"),
    ("firstrun.sh", "write what it should do into appliance.toml"),
    ("user-data", "write what it should do into appliance.toml"),
    ("custom.toml", "write what it should do into appliance.toml"),
];

/// What the owner put on the boot partition.
#[derive(Default)]
pub struct Card {
    /// `appliance.toml`.
    pub appliance: Contents,
    /// `rpi-preseed.toml`.
    pub preseed: Contents,
    /// `p1-tcp.toml`.
    pub daemon: Contents,
    /// Files that are there and do nothing, each with what does instead.
    pub strays: Vec<(&'static str, &'static str)>,
}

/// The contents of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Contents {
    /// There is no such file, and need not be.
    #[default]
    None,
    /// There is one.
    Bytes(Vec<u8>),
    /// There is one that cannot be read, and why.
    Unreadable(String),
}

impl Card {
    /// Reads the files in `folder`.
    #[must_use]
    pub fn read(folder: &Path) -> Self {
        let there = |(name, _): &(&str, &str)| folder.join(name).exists();
        Self {
            appliance: Contents::read(&folder.join(APPLIANCE)),
            preseed: Contents::read(&folder.join(PRESEED)),
            daemon: Contents::read(&folder.join(DAEMON)),
            strays: STRAYS.into_iter().filter(there).collect(),
        }
    }
}

impl Contents {
    /// Reads a file, of which at most [`LARGEST`] bytes count.
    #[must_use]
    pub fn read(file: &Path) -> Self {
        let mut bytes = Vec::new();
        let read =
            File::open(file).and_then(|opened| opened.take(LARGEST + 1).read_to_end(&mut bytes));
        match read {
            Err(error) if error.kind() == ErrorKind::NotFound => Self::None,
            Err(error) => Self::Unreadable(format!("it cannot be read: {error}")),
            Ok(_) if bytes.len() as u64 > LARGEST => Self::Unreadable(format!(
                "it has more than {LARGEST} bytes, so it is not what its name says"
            )),
            Ok(_) => Self::Bytes(bytes),
        }
    }
}

/// A FAT volume that is mounted.
pub struct Mounted {
    /// Where its bytes are.
    pub device: PathBuf,
    /// Whether the kernel may write there, too.
    pub is_writable: bool,
}

/// The FAT volume that is mounted at `folder` (`proc_pid_mountinfo(5)`).
#[must_use]
pub fn mounted_at(root: &Path, folder: &Path) -> Option<Mounted> {
    let mounts = fs::read_to_string(root.join("proc/self/mountinfo")).ok()?;
    let mounted = |line: &str| {
        let (before, behind) = line.split_once(" - ")?;
        let at = before.split(' ').nth(4)?;
        let mut behind = behind.split(' ');
        let (kind, source, options) = (behind.next()?, behind.next()?, behind.next()?);
        (Path::new(at) == folder && kind == "vfat").then(|| Mounted {
            device: source.into(),
            is_writable: options.split(',').any(|option| option == "rw"),
        })
    };
    mounts.lines().filter_map(mounted).next_back()
}
