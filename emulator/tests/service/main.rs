//! The package on real systems: its unit under systemd 257 and 252, with a meter on a UART and on an
//! adapter, from the machine's start to the package's removal.
//!
//! `scripts/test-service` makes the machines and starts this; without it nothing is tried. The systems
//! are tried side by side. Each is booted once, and the chapters are about what happens to it in
//! turn; each leaves the service running with the configuration that it had at the start.

#![allow(clippy::panic, reason = "a test fails by a panic")]

mod adapter;
mod confinement;
mod guest;
mod installation;
mod journal;
mod recovery;
mod reload;
mod start;
mod stopping;

use emulator::failure::Failure;
use guest::Guest;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

type Chapter = (&'static str, fn(&mut Guest) -> Result<(), Failure>);

const CHAPTERS: [Chapter; 16] = [
    ("it starts with the machine and serves its UART", start::with_the_machine),
    ("systemd knows its type and its status", start::what_systemd_knows),
    ("the process is what the unit promises", confinement::promises),
    ("it can open no other device and no port elsewhere", confinement::devices),
    ("its status is told to root and its group", confinement::status),
    ("its exposure is at most 1.2", confinement::exposure),
    ("a reload disconnects nobody", reload::disconnects_nobody),
    ("a bad file changes nothing and is told", reload::bad_file),
    ("stopped by SIGSTOP, it comes back by the watchdog", recovery::watchdog),
    ("killed, it comes back", recovery::killed),
    ("a bad configuration is not tried again", recovery::bad_configuration),
    ("an adapter may come late, go, and come back", adapter::comes_late),
    ("the journal has its fields and explains them", journal::fields_and_explanations),
    ("stopping is clean", stopping::clean),
    ("it restarts with clients connected", stopping::restart),
    (
        "installed on a running machine, it takes an adapter, too",
        installation::on_a_running_machine,
    ),
];

/// What `scripts/test-service` tells by the environment.
struct Machines {
    /// With QEMU in it, and a folder for each system.
    folder: PathBuf,
    systems: Vec<String>,
    meter: PathBuf,
    package: PathBuf,
}

impl Machines {
    fn from_environment() -> Option<Self> {
        let path = |name| std::env::var_os(name).map(PathBuf::from);
        let systems = std::env::var("P1_SYSTEMS").ok()?;
        Some(Self {
            folder: path("P1_MACHINES")?,
            systems: systems.split_whitespace().map(str::to_owned).collect(),
            meter: path("P1_METER")?,
            package: path("P1_PACKAGE")?,
        })
    }
}

fn main() -> ExitCode {
    let Some(machines) = Machines::from_environment() else {
        println!("the service on real systems: left out; scripts/test-service tries it");
        return ExitCode::SUCCESS;
    };
    let machines = &machines;
    let failed: usize = std::thread::scope(|scope| {
        let mut running = Vec::new();
        for system in &machines.systems {
            let thread = std::thread::Builder::new().name(system.clone());
            running.push(thread.spawn_scoped(scope, || tell(machines, system)).expect("a thread"));
        }
        running.into_iter().map(|thread| thread.join().expect("the end of a thread")).sum()
    });
    if failed > 0 {
        println!("{failed} chapters failed");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Tells all chapters of one system; returns how many failed.
fn tell(machines: &Machines, system: &str) -> usize {
    let started = Instant::now();
    let mut guest = match Guest::boot(machines, system) {
        Ok(guest) => guest,
        Err(failure) => {
            println!("{system}: FAILED to boot: {failure}");
            return CHAPTERS.len();
        }
    };
    println!("{system}: booted in {:.1} s, {}", started.elapsed().as_secs_f64(), guest.versions());
    let mut failed = 0;
    for (name, chapter) in CHAPTERS {
        let began = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| chapter(&mut guest)));
        let took = began.elapsed().as_secs_f64();
        match result {
            Ok(Ok(())) => {
                println!("{system}: {name} ({took:.1} s)");
                continue;
            }
            Ok(Err(failure)) => println!("{system}: FAILED after {took:.1} s: {name}: {failure}"),
            Err(_) => println!("{system}: FAILED after {took:.1} s: {name}: as said above"),
        }
        failed += 1;
        println!("{}", guest.end_of_journal());
        if let Err(failure) = guest.begin_again() {
            println!("{system}: cannot go on: {failure}");
            break;
        }
    }
    println!("{system}: {failed} failed, {:.0} s in all", started.elapsed().as_secs_f64());
    failed
}
