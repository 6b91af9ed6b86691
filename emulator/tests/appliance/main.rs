//! The appliance on an emulated Raspberry Pi, from the card's image to the pulled plug.
//!
//! `scripts/test-image` builds the image and starts this; without it nothing is tried. There are few
//! starts, as each takes long, and what is seen at one is told by chapters.

#![allow(clippy::panic, reason = "a test fails by a panic")]

mod diagnosis;
mod first_start;
mod line;
mod mdns;
mod owner;
mod pi;
mod power;
mod quiet;
mod running;

use emulator::boards::{self, Board};
use emulator::failure::Failure;
use emulator::plan::GIVEN;
use pi::{Kit, METER, PORT, Pi, appliance, power_on};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The card is not written to for at least this long.
const QUIET: Duration = Duration::from_secs(300);

/// What `scripts/test-image` tells by the environment.
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
    /// Whether everything is tried, or what can be seen at one start.
    all: bool,
    /// At how many of its writes, and at how many moments of a start, the power is cut.
    cuts: usize,
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
            cuts: std::env::var("P1_CUTS").ok()?.parse().expect("the number of power cuts"),
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
    println!("on an emulated Raspberry Pi {}:", workshop.board.model);
    let (workshop, failed) = (&workshop, &AtomicUsize::new(0));
    // Two cards, side by side: one machine that mostly serves, and one that mostly starts.
    let stories: &[(&'static str, Story)] =
        if workshop.all { &[("card 1", serving), ("card 2", starting)] } else { &[("card", once)] };
    std::thread::scope(|scope| {
        for &(name, story) in stories {
            let tell = move || {
                let mut teller = Teller { name, failed };
                let told = catch_unwind(AssertUnwindSafe(|| story(workshop, &mut teller)));
                teller.judge("the rest of it", Duration::ZERO, &told, false);
            };
            let thread = std::thread::Builder::new().name(name.to_owned());
            thread.spawn_scoped(scope, tell).expect("a thread");
        }
    });
    match failed.load(Ordering::Relaxed) {
        0 => ExitCode::SUCCESS,
        failed => {
            println!("{failed} chapters failed");
            ExitCode::FAILURE
        }
    }
}

type Story = fn(&Workshop, &mut Teller<'_>) -> Result<(), Failure>;

/// Tells the chapters of a card.
struct Teller<'a> {
    name: &'static str,
    failed: &'a AtomicUsize,
}

impl Teller<'_> {
    fn chapter(&mut self, what: &str, happens: impl FnOnce() -> Result<(), Failure>) {
        let began = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(happens));
        self.judge(what, began.elapsed(), &result, true);
    }

    fn judge(
        &mut self,
        what: &str,
        took: Duration,
        result: &std::thread::Result<Result<(), Failure>>,
        tell_success: bool,
    ) {
        let (name, took) = (self.name, took.as_secs_f64());
        match result {
            Ok(Ok(())) if tell_success => println!("{name}: {what} ({took:.1} s)"),
            Ok(Ok(())) => {}
            Ok(Err(failure)) => println!("{name}: FAILED after {took:.1} s: {what}: {failure}"),
            Err(_) => println!("{name}: FAILED after {took:.1} s: {what}: as said above"),
        }
        if !matches!(result, Ok(Ok(()))) {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// One start of a card as it comes.
fn once(workshop: &Workshop, teller: &mut Teller<'_>) -> Result<(), Failure> {
    let mut kit = Kit::new(workshop, teller.name)?;
    let began = Instant::now();
    let mut pi = power_on(workshop, &mut kit, GIVEN)?.log_in(workshop)?;
    println!("{}: a shell {:.1} s after power-on", kit.name, began.elapsed().as_secs_f64());
    nothing_was_sent(teller, &pi);
    pi.connect(workshop, &METER)?;
    // As if the meter had been there from the start: no other speed has been tried.
    pi.shell.run("sudo systemctl restart p1-tcp")?;
    teller.chapter("telegrams are served", || pi.served(PORT));
    teller.chapter("everything runs, and nothing failed", || running::nothing_failed(&mut pi));
    looked_at(workshop, teller, &mut pi);
    teller.chapter("it keeps its ssh key", || running::keeps_its_key(&mut pi));
    garbage_and_signals(workshop, teller, &mut pi);
    pi.service.machine.quit()
}

/// The first card: as it comes, as its owner wants it, with mistakes.
fn serving(workshop: &Workshop, teller: &mut Teller<'_>) -> Result<(), Failure> {
    let mut kit = Kit::new(workshop, teller.name)?;
    let (id, divisor) = as_it_comes(workshop, teller, &mut kit)?;
    as_chosen(workshop, teller, &mut kit, &id, divisor)?;
    with_mistakes(workshop, teller, &mut kit)
}

/// Returns the machine's ID, and by what its UART divides its clock.
fn as_it_comes(
    workshop: &Workshop,
    teller: &mut Teller<'_>,
    kit: &mut Kit,
) -> Result<(String, u32), Failure> {
    let mut pi = first_shell(workshop, teller, kit)?;
    let (writes, since) = (quiet::writes(&mut pi)?, Instant::now());
    looked_at(workshop, teller, &mut pi);
    teller.chapter("nothing can be written", || quiet::read_only(&mut pi));
    teller.chapter("the watchdogs watch", || running::watchdogs(&mut pi));
    teller.chapter("it keeps its ssh key", || running::keeps_its_key(&mut pi));
    teller.chapter("it is found by mDNS", || mdns::is_found(&mut pi, "p1", GIVEN, PORT));
    let divisor = line::divisor(&mut pi)?;
    garbage_and_signals(workshop, teller, &mut pi);
    std::thread::sleep(QUIET.saturating_sub(since.elapsed()));
    teller.chapter("nothing was written to the card in five minutes", || {
        assert_eq!(quiet::writes(&mut pi)?, writes);
        Ok(())
    });
    teller.chapter("an inverted, a silent and a healthy line are told apart", || {
        diagnosis::tells_apart(&mut pi, workshop)
    });
    let told = (pi.shell.run("cat /etc/machine-id")?, divisor);
    pi.service.machine.quit()?;
    Ok(told)
}

/// Starts a new card, with a meter.
fn first_shell(workshop: &Workshop, teller: &mut Teller<'_>, kit: &mut Kit) -> Result<Pi, Failure> {
    let began = Instant::now();
    let since = || began.elapsed().as_secs_f64();
    let mut powered = power_on(workshop, kit, GIVEN)?.connect(workshop, &METER)?;
    powered.served()?;
    println!("{}: the first telegrams {:.1} s after power-on", kit.name, since());
    let mut pi = powered.log_in(workshop)?;
    println!("{}: a shell {:.1} s after power-on", kit.name, since());
    teller.chapter("everything runs, and nothing failed", || running::nothing_failed(&mut pi));
    Ok(pi)
}

/// What can be seen without disturbing anything.
fn looked_at(workshop: &Workshop, teller: &mut Teller<'_>, pi: &mut Pi) {
    teller.chapter("the daemon is confined", || running::confinement(pi));
    teller.chapter("ttyAMA0 is the PL011, and the daemon's alone", || {
        line::belongs_to_the_daemon(pi)
    });
    teller.chapter("it needs little memory", || running::memory(pi, &workshop.board));
    teller.chapter("the journal has its fields, and explains them", || running::journal(pi));
    teller.chapter("it listens where it has to, and nowhere else", || running::sockets(pi));
    teller.chapter("its status and its light", || diagnosis::status_and_light(pi, &workshop.board));
    teller.chapter("300 telegrams, each byte for byte", || line::telegrams(pi));
}

fn garbage_and_signals(workshop: &Workshop, teller: &mut Teller<'_>, pi: &mut Pi) {
    teller.chapter("stopped by SIGSTOP, it comes back by the watchdog", || {
        pi.comes_back("STOP", "watchdog")
    });
    teller.chapter("killed, it comes back", || pi.comes_back("KILL", "signal"));
    teller.chapter("garbage and breaks do nothing", || line::garbage(pi, workshop));
}

fn as_chosen(
    workshop: &Workshop,
    teller: &mut Teller<'_>,
    kit: &mut Kit,
    id: &str,
    divisor: u32,
) -> Result<(), Failure> {
    kit.card.write("appliance.toml", appliance(workshop, &owner::appliance()).as_bytes())?;
    kit.card.write("p1-tcp.toml", owner::daemon().as_bytes())?;
    let mut pi = power_on(workshop, kit, owner::ADDRESS)?.log_in(workshop)?;
    nothing_was_sent(teller, &pi);
    pi.connect(workshop, &owner::OLD_METER)?;
    teller.chapter("the machine is as chosen", || owner::machine_is_as_chosen(&mut pi));
    teller.chapter("the daemon is as chosen", || owner::daemon_is_as_chosen(&mut pi, divisor));
    teller.chapter("it is found by its new name", || {
        mdns::is_found(&mut pi, "meterkast", owner::ADDRESS, owner::CHOSEN_PORT)
    });
    teller.chapter("it is the same machine as before", || {
        assert_eq!(pi.shell.run("cat /etc/machine-id")?, id);
        Ok(())
    });
    teller.chapter("p1-edit saves and applies", || owner::edits(&mut pi));
    pi.service.machine.quit()?;
    teller.chapter("what p1-edit saved is on the card", || {
        assert_eq!(kit.card.read_text("p1-tcp.toml")?, owner::edited());
        Ok(())
    });
    Ok(())
}

fn with_mistakes(
    workshop: &Workshop,
    teller: &mut Teller<'_>,
    kit: &mut Kit,
) -> Result<(), Failure> {
    kit.card.write("appliance.toml", appliance(workshop, owner::BROKEN.0).as_bytes())?;
    kit.card.write("p1-tcp.toml", owner::BROKEN.1.as_bytes())?;
    let mut pi = power_on(workshop, kit, GIVEN)?.log_in(workshop)?;
    nothing_was_sent(teller, &pi);
    pi.connect(workshop, &METER)?;
    teller.chapter("with mistakes it serves", || pi.served(PORT));
    teller.chapter("mistakes are told in the journal", || owner::mistakes_are_told(&mut pi));
    teller.chapter("it takes its own name back", || mdns::is_taken_back(&mut pi));
    pi.service.machine.quit()?;
    teller.chapter("mistakes are told on the card", || owner::mistakes_are_on(&kit.card));
    Ok(())
}

/// From power-on until somebody can log in, with everything started.
fn nothing_was_sent(teller: &mut Teller<'_>, pi: &Pi) {
    teller.chapter("nothing was sent on the meter's line", || line::was_never_written_to(&pi.sent));
}

/// The second card: the plug is pulled again and again.
fn starting(workshop: &Workshop, teller: &mut Teller<'_>) -> Result<(), Failure> {
    let mut kit = Kit::new(workshop, teller.name)?;
    let first = first_start::recorded(workshop, &mut kit)?;
    teller.chapter("cut anywhere, a first start leaves what can be repaired", || {
        first.does_no_harm(&kit, &workshop.image)
    });
    let cuts = workshop.cuts;
    teller.chapter(&format!("cut at {cuts} of its writes, it serves at the next start"), || {
        first.may_be_cut(workshop, &mut kit)
    });
    let mut kit = Kit::new(workshop, teller.name)?;
    teller.chapter(&format!("the plug is pulled at {cuts} moments"), || {
        power::is_cut(workshop, &mut kit)
    });
    teller.chapter("the data partition is lost", || power::data_is_lost(workshop, &mut kit));
    Ok(())
}
