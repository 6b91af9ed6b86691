//! The appliance on an emulated Raspberry Pi, from the card's image to the pulled plug.
//!
//! `scripts/test-image` builds the image and starts this; without it nothing is tried. A start takes about a
//! minute, so each serves several chapters. Sections group the chapters, and can be selected by name.

#![allow(clippy::panic, reason = "a test fails by a panic")]

mod diagnosis;
mod first_start;
mod line;
mod mdns;
mod owner;
mod pi;
mod power;
mod quiet;
mod report;
mod running;
mod sections;

use emulator::boards::{self, Board};
use pi::Kit;
use report::Report;
use sections::Section;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;

/// How many machines run at the same time.
const MACHINES: usize = 2;

/// What `scripts/test-image` passes by the environment.
struct Workshop {
    /// With QEMU in it.
    machines: PathBuf,
    image: PathBuf,
    meter: PathBuf,
    /// The owner's key.
    key: PathBuf,
    public_key: String,
    /// The model whose emulation stands for all of its architecture.
    board: Board,
    /// Whether everything is tried, or what can be seen at one start; named sections go first.
    all: bool,
    /// Names of sections, separated by spaces; may be empty.
    sections: String,
    /// At how many of its writes, and at how many moments of a start, the power is cut.
    cuts: usize,
    /// The command that runs sections again, but for their names.
    again: String,
}

impl Workshop {
    fn from_environment() -> Option<Self> {
        let path = |name| std::env::var_os(name).map(PathBuf::from);
        let key = path("P1_KEY")?;
        let boards = boards::read(&path("P1_BOARDS")?).expect("the table of models");
        let architecture = std::env::var("P1_ARCHITECTURE").ok()?;
        let board = boards
            .into_iter()
            .find(|board| board.architecture.name() == architecture && board.machine.is_some());
        Some(Self {
            machines: path("P1_MACHINES")?,
            image: path("P1_IMAGE")?,
            meter: path("P1_METER")?,
            public_key: std::fs::read_to_string(key.with_extension("pub")).expect("the key"),
            key,
            board: board.expect("a model that QEMU runs"),
            all: std::env::var("P1_ALL").is_ok_and(|all| all == "yes"),
            sections: std::env::var("P1_SECTIONS").unwrap_or_default(),
            cuts: std::env::var("P1_CUTS").ok()?.parse().expect("the number of power cuts"),
            again: std::env::var("P1_AGAIN")
                .unwrap_or_else(|_| format!("scripts/test-image {architecture}")),
        })
    }
}

fn main() -> ExitCode {
    let Some(workshop) = Workshop::from_environment() else {
        println!(
            "the appliance on an emulated Raspberry Pi: left out; scripts/test-image tries it"
        );
        return ExitCode::SUCCESS;
    };
    let cards = match sections::selected(&workshop.sections, workshop.all) {
        Ok(cards) => cards,
        Err(failure) => {
            eprintln!("{failure}");
            return ExitCode::from(2);
        }
    };
    println!("on an emulated Raspberry Pi {}:", workshop.board.model);
    let report = Report::new(workshop.board.architecture.name());
    let waiting = Mutex::new(cards.into_iter());
    let next = || waiting.lock().expect("the cards that wait").next();
    std::thread::scope(|scope| {
        for _ in 0..MACHINES {
            // A machine ends with the thread that starts it, so a card stays with its thread.
            scope.spawn(|| {
                while let Some(card) = next() {
                    run(&workshop, &report, &card);
                }
            });
        }
    });
    if report.conclude(&workshop.again) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs sections with the same card, one after another.
fn run(workshop: &Workshop, report: &Report, sections: &[&Section]) {
    let mut kit = None;
    for (number, section) in sections.iter().enumerate() {
        let reached_its_end = report.section(section.name, |reporter| {
            let kit = match &mut kit {
                Some(kit) => kit,
                none => none.insert(Kit::new(workshop, section.name)?),
            };
            (section.run)(workshop, reporter, kit)
        });
        if !reached_its_end {
            for skipped in &sections[number + 1..] {
                println!("{}: skipped, as {} broke off", skipped.name, section.name);
            }
            return;
        }
    }
}
