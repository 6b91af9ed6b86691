//! A system with the package on it, and what the chapters ask of it.

use crate::Machines;
use crate::adapter::{ADAPTER, SERIAL};
use emulator::failure::Failure;
use emulator::machine::Machine;
use emulator::meter::Meter;
use emulator::plan::{Forward, Plan};
use emulator::service::{self, Service};
use emulator::shell::Shell;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// An emulated machine boots in 20 s where the host has nothing else to do.
const BOOTING: Duration = Duration::from_secs(300);
/// A panic ends the machine (with `-no-reboot`), and a timer that a busy host delays is no reason for
/// one.
const KERNEL: &str = "root=/dev/vda rw console=ttyS0 quiet panic=-1 no_timer_check";
/// The configuration that the machine starts with; it is on its disk as well.
pub const AT_FIRST: &str = "[serial]\ndevice = \"/dev/ttyS1\"\n";
/// Five telegrams a second, so that nobody waits for long, and each at once: a socket takes many of
/// them, but few of the small pieces of a slower line, and they wait there while a busy host lets
/// the machine stand still. The emulated UART takes them at its own speed in any case.
const METER: [&str; 8] = ["--kind", "dsmr50", "--interval", "0.2", "--baud", "0", "--seed", "1"];

/// A running system, with a meter on its second UART.
pub struct Guest {
    pub name: String,
    pub service: Service,
    pub uart: Meter,
    pub package: PathBuf,
    p1_meter: PathBuf,
    folder: PathBuf,
}

impl Guest {
    pub fn boot(machines: &Machines, name: &str) -> Result<Self, Failure> {
        let folder = machines.folder.join(name);
        let mut machine = Plan::new(machines.folder.join("qemu-system-x86_64"), "pc")?
            .option("-accel", "tcg")
            .option("-smp", "2")
            .option("-m", "512M")
            .option("-kernel", folder.join("kernel"))
            .option("-initrd", folder.join("initramfs"))
            .option("-append", KERNEL)
            .disk_that_forgets(&folder.join("disk"), "virtio")
            .console(&folder.join("console"))
            .line("uart")
            .option("-device", "qemu-xhci")
            .adapter(ADAPTER, SERIAL)
            .network("virtio-net-pci,romfile=")
            .forward(Forward::Tcp(22))
            .forward(Forward::Tcp(9000))
            .flag("-no-reboot")
            .start()?;
        let uart = meter_at(&machine, "uart", &machines.meter, &folder)?;
        let mut shell = Shell::connect(&mut machine, "root", &folder.join("key"), BOOTING)?;
        // Degraded is something for a chapter to find out.
        shell.try_run("systemctl is-system-running --wait")?;
        Ok(Self {
            name: name.to_owned(),
            service: Service { machine, shell, sudo: "" },
            uart,
            package: machines.package.clone(),
            p1_meter: machines.meter.clone(),
            folder,
        })
    }

    /// Another meter, on one of the machine's lines.
    pub fn meter_at(&self, line: &str) -> Result<Meter, Failure> {
        meter_at(&self.machine, line, &self.p1_meter, &self.folder)
    }

    /// What it runs, for people.
    pub fn versions(&mut self) -> String {
        let ask =
            "systemctl --version | head -n 1; uname -r; dpkg-query -Wf 'p1-tcp ${Version}' p1-tcp";
        self.shell.run(ask).unwrap_or_default().trim().replace('\n', ", ")
    }

    /// The first part of systemd's version, such as 252.
    pub fn systemd(&mut self) -> Result<u32, Failure> {
        let version = self.shell.run("systemctl --version")?;
        let number = version.split_whitespace().nth(1).and_then(|number| number.parse().ok());
        number.ok_or_else(|| Failure::new(format!("this is no version of systemd: {version}")))
    }

    /// The service's address.
    pub fn address(&self) -> Result<SocketAddr, Failure> {
        self.machine.address(Forward::Tcp(9000))
    }

    /// Writes the configuration, without telling the daemon.
    pub fn configure(&mut self, toml: &str) -> Result<(), Failure> {
        self.shell.write("/etc/p1-tcp.toml", toml.as_bytes())
    }

    /// Writes the configuration, reloads, and waits until the daemon has said `news`.
    pub fn reload(&mut self, toml: &str, news: &str) -> Result<String, Failure> {
        self.configure(toml)?;
        let mark = self.mark()?;
        self.shell.run("systemctl reload p1-tcp")?;
        // systemd 252 has only sent a signal by now.
        self.wait_for_message(&mark, news)
    }

    /// Puts the service back to where it was at the start, after a chapter that failed.
    pub fn begin_again(&mut self) -> Result<(), Failure> {
        self.configure(AT_FIRST)?;
        self.shell.run("systemctl reset-failed p1-tcp; systemctl restart p1-tcp").map(|_| ())
    }
}

impl Deref for Guest {
    type Target = Service;

    fn deref(&self) -> &Service {
        &self.service
    }
}

impl DerefMut for Guest {
    fn deref_mut(&mut self) -> &mut Service {
        &mut self.service
    }
}

fn meter_at(
    machine: &Machine,
    line: &str,
    program: &Path,
    folder: &Path,
) -> Result<Meter, Failure> {
    Meter::start(program, &machine.line(line), &folder.join(format!("sent-to-{line}")), &METER)
}

/// Waits until somebody who connects to the service gets telegrams of this meter.
pub fn served(service: &mut Service, meter: &Meter) -> Result<(), Failure> {
    service::served(&mut service.machine, meter, 9000)
}
