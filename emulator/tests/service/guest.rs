//! A system with the package on it, and what the chapters ask of it.

use crate::Machines;
use emulator::failure::Failure;
use emulator::machine::Machine;
use emulator::meter::Meter;
use emulator::plan::{Forward, Plan};
use emulator::reader::Reader;
use emulator::shell::Shell;
use emulator::wait::wait_for;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Anything that ought to happen in a machine does so within this time, even on a busy host.
pub const DEADLINE: Duration = Duration::from_secs(120);
/// An emulated machine boots in 20 s where the host has nothing else to do.
const BOOTING: Duration = Duration::from_secs(300);
/// A telegram comes within this time where telegrams come at all.
const MOMENT: Duration = Duration::from_secs(10);
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
    pub machine: Machine,
    pub shell: Shell,
    pub uart: Meter,
    pub package: PathBuf,
    p1_meter: PathBuf,
    folder: PathBuf,
}

/// A place in the journal.
pub struct Mark(String);

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
            .spare_line("adapter")
            .option("-device", "qemu-xhci")
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
            machine,
            shell,
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

    /// A property of the service, as systemd knows it.
    pub fn property(&mut self, name: &str) -> Result<String, Failure> {
        let value = self.shell.run(&format!("systemctl show --value --property {name} p1-tcp"))?;
        Ok(value.trim_end().to_owned())
    }

    /// The process id of the daemon.
    pub fn main_pid(&mut self) -> Result<u32, Failure> {
        let pid = self.property("MainPID")?;
        pid.parse().map_err(Failure::of(format!("read the process id {pid:?}")))
    }

    /// Waits until a property of the service is as it should be.
    pub fn wait_for_property(
        &mut self,
        name: &str,
        is_right: impl Fn(&str) -> bool,
    ) -> Result<String, Failure> {
        let mut last = String::new();
        let waited = wait_for(&format!("a change of {name}"), DEADLINE, || {
            last = self.property(name)?;
            Ok(is_right(&last).then(|| last.clone()))
        });
        waited.map_err(|failure| failure.with(name, &last))
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

    /// Where the journal ends now.
    pub fn mark(&mut self) -> Result<Mark, Failure> {
        let shown = self.shell.run("journalctl --lines 1 --quiet --output json")?;
        let entry: Value =
            serde_json::from_str(&shown).map_err(Failure::of("read the journal's last entry"))?;
        let cursor = entry["__CURSOR"].as_str();
        cursor.map(|cursor| Mark(cursor.to_owned())).ok_or_else(|| Failure::new("it has no cursor"))
    }

    /// The service's entries in the journal behind `mark`, systemd's about it among them.
    pub fn entries(&mut self, mark: &Mark) -> Result<Vec<Value>, Failure> {
        self.journal(&format!("--after-cursor '{}'", mark.0))
    }

    /// The service's entries in the journal.
    pub fn journal(&mut self, options: &str) -> Result<Vec<Value>, Failure> {
        let lines = format!("journalctl --quiet --no-pager --output json --unit p1-tcp {options}");
        let entries = self.shell.run(&lines)?;
        let entries = entries.lines().map(serde_json::from_str).collect::<Result<_, _>>();
        entries.map_err(Failure::of("read the journal"))
    }

    /// Waits for an entry with `text` in its message, and returns the message.
    pub fn wait_for_message(&mut self, mark: &Mark, text: &str) -> Result<String, Failure> {
        let what = format!("{text:?} in the journal");
        wait_for(&what, DEADLINE, || {
            let entries = self.entries(mark)?;
            let mut messages = entries.iter().filter_map(|entry| entry["MESSAGE"].as_str());
            Ok(messages.find(|message| message.contains(text)).map(str::to_owned))
        })
    }

    /// Puts the service back to where it was at the start, after a chapter that failed.
    pub fn begin_again(&mut self) -> Result<(), Failure> {
        self.configure(AT_FIRST)?;
        self.shell.run("systemctl reset-failed p1-tcp; systemctl restart p1-tcp").map(|_| ())
    }

    /// Prints the end of the service's journal.
    pub fn show_journal(&mut self) {
        let lines = "journalctl --no-pager --lines 30 --output short-monotonic --unit p1-tcp";
        match self.shell.run(lines) {
            Ok(text) => println!("{text}"),
            Err(failure) => println!("{}", self.machine.explain(failure)),
        }
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
pub fn served(machine: &mut Machine, meter: &Meter) -> Result<(), Failure> {
    let address = machine.address(Forward::Tcp(9000))?;
    let mut last = String::new();
    let waited = machine.wait_for("telegrams", DEADLINE, || {
        let read = Reader::connect(address).and_then(|mut reader| reader.telegrams(2, MOMENT));
        match read.and_then(|telegrams| meter.confirm(&telegrams)) {
            Ok(()) => return Ok(Some(())),
            Err(failure) => last = failure.to_string(),
        }
        Ok(None)
    });
    waited.map_err(|failure| failure.with("the last attempt", &last))
}
