//! An emulated Raspberry Pi with a card in it and a meter on its UART.

use crate::Workshop;
use emulator::card::Card;
use emulator::failure::Failure;
use emulator::meter::Meter;
use emulator::plan::Forward;
use emulator::raspberry::{self, Address};
use emulator::service::{self, Service};
use emulator::shell::Shell;
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// An emulated Raspberry Pi starts in a minute where the host has nothing else to do.
pub const STARTING: Duration = Duration::from_secs(300);
/// A meter that sends every second, its telegrams at once: the emulated UART takes them at its pace.
pub const METER: [&str; 6] = ["--kind", "dsmr50", "--baud", "0", "--seed", "7"];

/// What is in force on a card as it comes.
pub const PORT: u16 = 9000;

/// A card and what goes with it, which stay over several starts.
pub struct Kit {
    pub name: String,
    pub card: Card,
    pub folder: TempDir,
    starts: u32,
}

impl Kit {
    /// A new card with the owner's key on it.
    pub fn new(workshop: &Workshop, name: &str) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::of("make a folder"))?;
        let card = Card::copy(&workshop.image, &folder.path().join("card"))?;
        let kit = Self { name: name.to_owned(), card, folder, starts: 0 };
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

/// A Raspberry Pi that runs.
pub struct Pi {
    pub service: Service,
    pub meter: Meter,
    /// What it sent on its UART.
    pub sent: PathBuf,
}

/// A Raspberry Pi whose power is on, and nothing more is known.
pub struct Powered {
    pub machine: emulator::machine::Machine,
    pub meter: Meter,
    pub sent: PathBuf,
}

/// Switches the power on, with a meter that sends from the beginning.
pub fn power_on(
    workshop: &Workshop,
    kit: &mut Kit,
    address: Address,
    meter: &[&str],
) -> Result<Powered, Failure> {
    kit.starts += 1;
    let boot = kit.file("boot");
    let _ = std::fs::remove_dir_all(&boot);
    let sent = kit.file(&format!("sent-{}", kit.starts));
    let machine = raspberry::plan(&workshop.machines, &kit.card, &workshop.board, &boot)?
        .line_with_breaks("uart", &sent)
        .network("usb-net")
        .guest(address)
        .forward(Forward::Tcp(22))
        .forward(Forward::Tcp(PORT))
        .forward(Forward::Tcp(9100))
        .forward(Forward::Udp(5353))
        .start()?;
    let record = kit.file(&format!("meter-{}", kit.starts));
    let meter = Meter::start(&workshop.meter, &machine.line("uart"), &record, meter)?;
    Ok(Powered { machine, meter, sent })
}

impl Powered {
    /// Logs in as admin.
    pub fn log_in(mut self, workshop: &Workshop) -> Result<Pi, Failure> {
        let shell = Shell::connect(&mut self.machine, "admin", &workshop.key, STARTING)?;
        let service = Service { machine: self.machine, shell, sudo: "sudo " };
        Ok(Pi { service, meter: self.meter, sent: self.sent })
    }

    /// Waits for the first telegrams.
    pub fn served(&mut self) -> Result<(), Failure> {
        service::served_within(&mut self.machine, &self.meter, PORT, STARTING)
    }
}

impl Pi {
    /// Waits for telegrams.
    pub fn served(&mut self) -> Result<(), Failure> {
        service::served(&mut self.service.machine, &self.meter, PORT)
    }
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
