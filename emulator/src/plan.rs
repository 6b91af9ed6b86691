//! What a machine is made of, before it is started.

use crate::failure::Failure;
use crate::machine::Machine;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A machine that is not running yet: QEMU's options, some of them in words of our own.
///
/// Serial ports are numbered in the order in which [`Plan::console`] and [`Plan::line`] name them.
pub struct Plan {
    pub(crate) program: PathBuf,
    pub(crate) options: Vec<OsString>,
    /// Where its sockets are. Their names have to be short (unix(7): 108 bytes), so it is no folder
    /// of the project's.
    pub(crate) folder: TempDir,
    pub(crate) console: Option<PathBuf>,
    pub(crate) forwards: BTreeSet<Forward>,
    network: Option<String>,
    /// The guest's address, to which ports are forwarded.
    address: Ipv4Addr,
}

/// The address that QEMU's user networking gives by DHCP.
pub const GIVEN: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 15);

/// A port of the guest that can be reached from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Forward {
    /// A TCP port.
    Tcp(u16),
    /// A UDP port.
    Udp(u16),
}

impl Plan {
    /// A machine of QEMU's `model` (`-M help` lists them) with nothing in it. `program` is the QEMU
    /// for its processor, a path or a name to be looked up.
    ///
    /// # Errors
    ///
    /// If no folder for temporary files can be made.
    pub fn new(program: impl AsRef<Path>, model: &str) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("emulator-").tempdir();
        let plan = Self {
            program: program.as_ref().to_owned(),
            options: Vec::new(),
            folder: folder.map_err(Failure::of("make a folder for temporary files"))?,
            console: None,
            forwards: BTreeSet::new(),
            network: None,
            address: GIVEN,
        };
        let plan = plan.option("-M", model).option("-display", "none");
        Ok(plan.flag("-nodefaults").flag("-no-user-config"))
    }

    /// With an option of QEMU and its value, such as `-m` and `512M`.
    #[must_use]
    pub fn option(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.options.extend([OsString::from(name), value.as_ref().to_owned()]);
        self
    }

    /// With an option of QEMU that has no value, such as `-no-reboot`.
    #[must_use]
    pub fn flag(mut self, name: &str) -> Self {
        self.options.push(name.into());
        self
    }

    /// With a disk whose contents are the bytes of `image`, at an interface of QEMU's `-drive`
    /// (`virtio`, `sd`).
    #[must_use]
    pub fn disk(self, image: &Path, interface: &str) -> Self {
        let file = quoted(image);
        self.option("-drive", format!("file={file},if={interface},format=raw"))
    }

    /// The same, but what the machine writes to it is forgotten when it ends.
    #[must_use]
    pub fn disk_that_forgets(self, image: &Path, interface: &str) -> Self {
        let file = quoted(image);
        self.option("-drive", format!("file={file},if={interface},format=raw,snapshot=on"))
    }

    /// The same as [`Plan::disk`], and each write is recorded in the file `log`, anew; see
    /// [`Writes`](crate::writes::Writes).
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn recorded_disk(self, image: &Path, log: &Path, interface: &str) -> Result<Self, Failure> {
        // QEMU wants it to be there.
        let made = std::fs::write(log, "");
        made.map_err(Failure::of(format!("write {}", log.display())))?;
        let (image, log) = (quoted(image), quoted(log));
        Ok(self.option(
            "-drive",
            format!(
                "if={interface},driver=blklogwrites,file.driver=raw,file.file.driver=file,\
                 file.file.filename={image},log.driver=file,log.filename={log}"
            ),
        ))
    }

    /// With a console on the next serial port, logged to `file`.
    #[must_use]
    pub fn console(mut self, file: &Path) -> Self {
        self.console = Some(file.to_owned());
        let file = file.display();
        self.option("-serial", format!("file:{file}"))
    }

    /// With a line on the next serial port. Its other end is a socket, [`Machine::line`], for one
    /// peer at a time; without a peer, what the machine sends is lost.
    #[must_use]
    pub fn line(self, name: &str) -> Self {
        let socket = self.socket(name);
        self.option("-serial", format!("unix:{},server=on,wait=off", socket.display()))
    }

    /// With a line that telnet (RFC 854) carries, so that its other end can send breaks, as `IAC BRK`;
    /// what the machine sends on it is kept in the file `sent`, too.
    #[must_use]
    pub fn line_with_breaks(self, name: &str, sent: &Path) -> Self {
        let (socket, sent) = (quoted(&self.socket(name)), quoted(sent));
        let chardev =
            format!("socket,id={name},path={socket},server=on,wait=off,telnet=on,logfile={sent}");
        self.option("-chardev", chardev).option("-serial", format!("chardev:{name}"))
    }

    /// With an FTDI adapter on a line like [`Plan::line`], for a machine with a USB controller: it is
    /// plugged in when a peer comes, and pulled out when the peer goes.
    ///
    /// (By `device_add` and `device_del` it is not: what the peer sends while QEMU 10.0 takes the
    /// device out is passed on to one that is on no bus any more, and QEMU ends by SIGSEGV.)
    #[must_use]
    pub fn adapter(self, name: &str, serial: &str) -> Self {
        let socket = quoted(&self.socket(name));
        self.option("-chardev", format!("socket,id={name},path={socket},server=on,wait=off"))
            .option("-device", format!("usb-serial,chardev={name},serial={serial}"))
    }

    /// With a network card (`-device help` lists them) in a network of its own, in which nothing is
    /// but the machine, at 10.0.2.15, and this host, at 10.0.2.2 (QEMU's user networking).
    #[must_use]
    pub fn network(mut self, card: &str) -> Self {
        self.network = Some(card.to_owned());
        self
    }

    /// With ports forwarded to this address of the guest's instead of [`GIVEN`].
    #[must_use]
    pub fn guest(mut self, address: Ipv4Addr) -> Self {
        self.address = address;
        self
    }

    /// With a port of the guest forwarded to a free one of this host's loopback address, see
    /// [`Machine::address`]. Needs a network.
    #[must_use]
    pub fn forward(mut self, port: Forward) -> Self {
        self.forwards.insert(port);
        self
    }

    /// Starts the machine.
    ///
    /// # Errors
    ///
    /// If there is no such QEMU, or it does not take the options.
    pub fn start(mut self) -> Result<Machine, Failure> {
        if let Some(card) = self.network.take() {
            // Port 0 is a free one of QEMU's choice.
            let guest = self.address;
            let forwards = self.forwards.iter().map(|forward| match forward {
                Forward::Tcp(port) => format!(",hostfwd=tcp:127.0.0.1:0-{guest}:{port}"),
                Forward::Udp(port) => format!(",hostfwd=udp:127.0.0.1:0-{guest}:{port}"),
            });
            let netdev = format!("user,id=network,restrict=on{}", forwards.collect::<String>());
            let device = format!("{card},netdev=network");
            self = self.option("-netdev", netdev).option("-device", device);
        }
        Machine::start(self)
    }

    fn socket(&self, name: &str) -> PathBuf {
        socket(self.folder.path(), name)
    }
}

/// Where the other end of a line is.
pub(crate) fn socket(folder: &Path, name: &str) -> PathBuf {
    folder.join(name).with_extension("sock")
}

/// A path as QEMU's options take it, which commas separate.
fn quoted(path: &Path) -> String {
    path.display().to_string().replace(',', ",,")
}
