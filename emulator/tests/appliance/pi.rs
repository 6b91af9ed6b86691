//! An emulated Raspberry Pi with a card in it and a meter on its UART.

use crate::Workshop;
use crate::owner::CHOSEN_PORT;
use emulator::card::Card;
use emulator::failure::Failure;
use emulator::machine::Machine;
use emulator::meter::Meter;
use emulator::plan::Forward;
use emulator::raspberry;
use emulator::service::{self, Service};
use emulator::shell::Shell;
use std::net::Ipv4Addr;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// An emulated Raspberry Pi starts in a minute where the host has nothing else to do.
pub const STARTING: Duration = Duration::from_secs(600);
/// A meter that sends every second, its telegrams at once: the emulated UART takes them at its pace.
pub const METER: [&str; 6] = ["--kind", "dsmr50", "--baud", "0", "--seed", "7"];

/// Within this time, by the clock of its machine, a daemon that was stuck or killed serves again. An emulated
/// Zero W's or Pi 2's runs slower than ours where its processor is busy.
const BACK: Duration = Duration::from_secs(40);
/// What is in force on a card as it comes.
pub const PORT: u16 = 9000;

/// A card and what goes with it, which stay over several starts.
pub struct Kit {
    pub name: String,
    pub card: Card,
    pub folder: TempDir,
    /// Where everything that is written to the card is recorded, if it is.
    pub records: Option<PathBuf>,
    /// What a start of the card as it comes has shown, if there was one.
    pub as_it_came: Option<AsItCame>,
    starts: u32,
}

/// What a machine is and does before its owner chooses otherwise.
pub struct AsItCame {
    /// The machine's ID.
    pub id: String,
    /// See [`crate::line::divisor`].
    pub divisor: u32,
}

impl Kit {
    /// A new card with the owner's key on it.
    pub fn new(workshop: &Workshop, name: &str) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::of("make a folder"))?;
        let card = Card::copy(&workshop.image, &folder.path().join("card"))?;
        let name = name.to_owned();
        let kit = Self { name, card, folder, records: None, as_it_came: None, starts: 0 };
        kit.card.write("appliance.toml", appliance(workshop, "").as_bytes())?;
        Ok(kit)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// An appliance.toml with the owner's key, and `more` of it before that.
pub fn appliance(workshop: &Workshop, more: &str) -> String {
    format!("{more}\n[ssh]\nkeys = [\"{}\"]\n", workshop.public_key.trim())
}

/// A Raspberry Pi whose power is on.
pub struct Powered {
    pub machine: Machine,
    /// The meter on its UART, if it is connected.
    meter: Option<Meter>,
    /// What it has sent on its UART.
    pub sent: PathBuf,
    /// What passed on its network.
    network: PathBuf,
    /// What its meter has sent.
    record: PathBuf,
}

/// Switches the power on. Its ports can be reached at `address`, if that is what it has.
pub fn power_on(workshop: &Workshop, kit: &mut Kit, address: Ipv4Addr) -> Result<Powered, Failure> {
    kit.starts += 1;
    let boot = kit.file("boot");
    let _ = std::fs::remove_dir_all(&boot);
    let sent = kit.file(&format!("sent-{}", kit.starts));
    let plan = raspberry::plan(&workshop.machines, &kit.card, &workshop.board, &boot)?;
    let plan = match &kit.records {
        Some(log) => plan.recorded_disk(kit.card.file(), log, "sd")?,
        None => plan.disk(kit.card.file(), "sd"),
    };
    let network = kit.file(&format!("network-{}", kit.starts));
    let dump = format!("filter-dump,id=dump,netdev=network,file={}", network.display());
    let machine = plan
        .line_with_breaks("uart", &sent)
        .network("usb-net")
        .option("-object", dump)
        .guest(address)
        .forward(Forward::Tcp(22))
        .forward(Forward::Tcp(PORT))
        .forward(Forward::Tcp(CHOSEN_PORT))
        .forward(Forward::Udp(5353))
        .start()?;
    let record = kit.file(&format!("meter-{}", kit.starts));
    Ok(Powered { machine, meter: None, sent, network, record })
}

impl Powered {
    /// Connects a meter to its UART.
    pub fn connect(mut self, workshop: &Workshop, options: &[&str]) -> Result<Self, Failure> {
        self.meter = Some(meter(workshop, &self.machine, &self.record, options)?);
        Ok(self)
    }

    /// Waits for the first telegrams.
    pub fn served(&mut self) -> Result<(), Failure> {
        service::served_within(&mut self.machine, connected(self.meter.as_ref())?, PORT, STARTING)
    }

    /// Logs in as admin.
    pub fn log_in(mut self, workshop: &Workshop) -> Result<Pi, Failure> {
        let shell = Shell::connect(&mut self.machine, "admin", &workshop.key, STARTING)?;
        let Self { machine, meter, sent, network, record } = self;
        let service = Service { machine, shell, sudo: "sudo " };
        Ok(Pi { service, meter, sent, network, record })
    }
}

/// A Raspberry Pi that runs, and somebody is logged in.
pub struct Pi {
    pub service: Service,
    meter: Option<Meter>,
    pub sent: PathBuf,
    pub network: PathBuf,
    record: PathBuf,
}

impl Pi {
    /// Connects a meter to its UART.
    pub fn connect(&mut self, workshop: &Workshop, options: &[&str]) -> Result<(), Failure> {
        self.meter = Some(meter(workshop, &self.service.machine, &self.record, options)?);
        Ok(())
    }

    /// Takes the meter away.
    pub fn disconnect(&mut self) {
        self.meter = None;
    }

    /// Waits for telegrams of its meter.
    pub fn served(&mut self, port: u16) -> Result<(), Failure> {
        service::served(&mut self.service.machine, connected(self.meter.as_ref())?, port)
    }

    /// Makes sure that its meter has sent these telegrams.
    pub fn confirm(&self, received: &[Vec<u8>]) -> Result<(), Failure> {
        connected(self.meter.as_ref())?.confirm(received)
    }

    /// See [`Service::comes_back`]; that it does takes no longer than [`BACK`].
    pub fn comes_back(&mut self, signal: &str, result: &str) -> Result<(), Failure> {
        let began = self.uptime()?;
        self.service.comes_back(signal, result, connected(self.meter.as_ref())?, PORT)?;
        let took = self.uptime()?.saturating_sub(began);
        if took > BACK {
            return Err(Failure::new(format!("it took {took:?}, more than {BACK:?}")));
        }
        println!("back after SIG{signal} within {:.1} s", took.as_secs_f64());
        Ok(())
    }

    /// How long its clock has run (proc(5): /proc/uptime).
    pub fn uptime(&mut self) -> Result<Duration, Failure> {
        let told = self.shell.run("cat /proc/uptime")?;
        let seconds = told.split_whitespace().next().unwrap_or_default().parse();
        Ok(Duration::from_secs_f64(seconds.map_err(Failure::of("read /proc/uptime"))?))
    }
}

fn meter(
    workshop: &Workshop,
    machine: &Machine,
    record: &Path,
    options: &[&str],
) -> Result<Meter, Failure> {
    Meter::start(&workshop.meter, &machine.line("uart"), record, options)
}

fn connected(meter: Option<&Meter>) -> Result<&Meter, Failure> {
    meter.ok_or_else(|| Failure::new("no meter is connected"))
}

impl Deref for Pi {
    type Target = Service;

    fn deref(&self) -> &Service {
        &self.service
    }
}

impl DerefMut for Pi {
    fn deref_mut(&mut self) -> &mut Service {
        &mut self.service
    }
}
