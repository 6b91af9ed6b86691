//! What is tried, in sections that can be run alone.

use crate::pi::{AsItCame, Kit, METER, PORT, Pi, appliance, power_on};
use crate::report::Reporter;
use crate::{Workshop, diagnosis, first_start, line, mdns, owner, power, quiet, running};
use emulator::failure::Failure;
use emulator::plan::GIVEN;
use std::time::{Duration, Instant};

/// The card is not written to for at least this long.
const QUIET: Duration = Duration::from_secs(300);

/// Chapters that go together.
pub struct Section {
    pub name: &'static str,
    pub run: Run,
}

type Run = fn(&Workshop, &mut Reporter<'_>, &mut Kit) -> Result<(), Failure>;

const fn section(name: &'static str, run: Run) -> Section {
    Section { name, run }
}

/// What runs where not everything is tried, and only there.
const ONCE: &str = "once";

/// All sections. Each row has a card of its own, and its sections follow one another on it. The rows that take
/// longest come first. `scripts/test-image --list` describes the sections.
const CARDS: [&[Section]; 5] = [
    &[
        section("as-it-comes", as_it_comes),
        section("as-chosen", as_chosen),
        section("with-mistakes", with_mistakes),
    ],
    &[section("cut-writes", cut_writes)],
    &[section("cut-moments", cut_moments)],
    &[section("data-lost", data_lost)],
    &[section(ONCE, once)],
];

/// The sections of these names, by their cards; without names everything, or what one start shows.
pub fn selected(names: &str, all: bool) -> Result<Vec<Vec<&'static Section>>, Failure> {
    let names: Vec<&str> = names.split_whitespace().collect();
    let known: Vec<&str> = CARDS.iter().copied().flatten().map(|section| section.name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        let known = known.join(" ");
        return Err(Failure::new(format!("no section {unknown:?}; there are: {known}")));
    }
    let is_selected = |section: &&Section| {
        if names.is_empty() { (section.name == ONCE) != all } else { names.contains(&section.name) }
    };
    let of_card = |card: &&'static [Section]| card.iter().filter(is_selected).collect();
    let cards = CARDS.iter().map(of_card).filter(|card: &Vec<_>| !card.is_empty());
    Ok(cards.collect())
}

/// One start of a card as it comes.
fn once(workshop: &Workshop, reporter: &mut Reporter<'_>, kit: &mut Kit) -> Result<(), Failure> {
    let began = Instant::now();
    let mut pi = power_on(workshop, kit, GIVEN)?.log_in(workshop)?;
    println!("{}: a shell {:.1} s after power-on", reporter.section, began.elapsed().as_secs_f64());
    nothing_was_sent(reporter, &pi);
    pi.connect(workshop, &METER)?;
    // As if the meter had been there from the start: no other speed has been tried.
    pi.shell.run("sudo systemctl restart p1-tcp")?;
    reporter.chapter("telegrams are served", || pi.served(PORT));
    reporter.chapter("everything runs, and nothing failed", || running::nothing_failed(&mut pi));
    looked_at(workshop, reporter, &mut pi);
    reporter.chapter("it keeps its ssh key", || running::keeps_its_key(&mut pi));
    garbage_and_signals(workshop, reporter, &mut pi);
    pi.service.machine.quit()
}

/// The first start of a new card.
fn as_it_comes(
    workshop: &Workshop,
    reporter: &mut Reporter<'_>,
    kit: &mut Kit,
) -> Result<(), Failure> {
    let mut pi = first_shell(workshop, reporter, kit)?;
    let (writes, since) = (quiet::writes(&mut pi)?, Instant::now());
    looked_at(workshop, reporter, &mut pi);
    reporter.chapter("nothing can be written", || quiet::read_only(&mut pi));
    reporter.chapter("the watchdogs watch", || running::watchdogs(&mut pi));
    reporter.chapter("it keeps its ssh key", || running::keeps_its_key(&mut pi));
    reporter.chapter("it is found by mDNS", || mdns::is_found(&mut pi, "p1", GIVEN, PORT));
    let divisor = line::divisor(&mut pi)?;
    garbage_and_signals(workshop, reporter, &mut pi);
    std::thread::sleep(QUIET.saturating_sub(since.elapsed()));
    reporter.chapter("nothing was written to the card in five minutes", || {
        assert_eq!(quiet::writes(&mut pi)?, writes);
        Ok(())
    });
    reporter.chapter("it distinguishes an inverted, a silent and a healthy line", || {
        diagnosis::tells_apart(&mut pi, workshop)
    });
    kit.as_it_came = Some(AsItCame { id: pi.shell.run("cat /etc/machine-id")?, divisor });
    pi.service.machine.quit()
}

/// Starts a new card, with a meter.
fn first_shell(
    workshop: &Workshop,
    reporter: &mut Reporter<'_>,
    kit: &mut Kit,
) -> Result<Pi, Failure> {
    let began = Instant::now();
    let since = || began.elapsed().as_secs_f64();
    let mut powered = power_on(workshop, kit, GIVEN)?.connect(workshop, &METER)?;
    powered.served()?;
    println!("{}: the first telegrams {:.1} s after power-on", reporter.section, since());
    let mut pi = powered.log_in(workshop)?;
    println!("{}: a shell {:.1} s after power-on", reporter.section, since());
    reporter.chapter("everything runs, and nothing failed", || running::nothing_failed(&mut pi));
    Ok(pi)
}

/// What can be seen without disturbing anything.
fn looked_at(workshop: &Workshop, reporter: &mut Reporter<'_>, pi: &mut Pi) {
    reporter.chapter("the daemon is confined", || running::confinement(pi));
    reporter.chapter("ttyAMA0 is the PL011, and the daemon's alone", || {
        line::belongs_to_the_daemon(pi)
    });
    reporter.chapter("it needs little memory", || running::memory(pi, &workshop.board));
    reporter.chapter("the journal has its fields, and explains them", || running::journal(pi));
    reporter.chapter("it listens where it has to, and nowhere else", || running::sockets(pi));
    reporter
        .chapter("its status and its light", || diagnosis::status_and_light(pi, &workshop.board));
    reporter.chapter("300 telegrams, each byte for byte", || line::telegrams(pi));
}

fn garbage_and_signals(workshop: &Workshop, reporter: &mut Reporter<'_>, pi: &mut Pi) {
    reporter.chapter("stopped by SIGSTOP, it comes back by the watchdog", || {
        pi.comes_back("STOP", "watchdog")
    });
    reporter.chapter("killed, it comes back", || pi.comes_back("KILL", "signal"));
    reporter.chapter("garbage and breaks do nothing", || line::garbage(pi, workshop));
}

/// A start with the settings of an owner.
fn as_chosen(
    workshop: &Workshop,
    reporter: &mut Reporter<'_>,
    kit: &mut Kit,
) -> Result<(), Failure> {
    let AsItCame { id, divisor } = match kit.as_it_came.take() {
        Some(seen) => seen,
        None => seen_at_a_short_start(workshop, kit)?,
    };
    kit.card.write("appliance.toml", appliance(workshop, &owner::appliance()).as_bytes())?;
    kit.card.write("p1-tcp.toml", owner::daemon().as_bytes())?;
    let mut pi = power_on(workshop, kit, owner::ADDRESS)?.log_in(workshop)?;
    nothing_was_sent(reporter, &pi);
    pi.connect(workshop, &owner::OLD_METER)?;
    reporter.chapter("the machine is as chosen", || owner::machine_is_as_chosen(&mut pi));
    reporter.chapter("the daemon is as chosen", || owner::daemon_is_as_chosen(&mut pi, divisor));
    reporter.chapter("it is found by its new name", || {
        mdns::is_found(&mut pi, "meterkast", owner::ADDRESS, owner::CHOSEN_PORT)
    });
    reporter.chapter("it is the same machine as before", || {
        assert_eq!(pi.shell.run("cat /etc/machine-id")?, id);
        Ok(())
    });
    reporter.chapter("p1-edit saves and applies", || owner::edits(&mut pi));
    pi.service.machine.quit()?;
    reporter.chapter("what p1-edit saved is on the card", || {
        assert_eq!(kit.card.read_text("p1-tcp.toml")?, owner::edited());
        Ok(())
    });
    Ok(())
}

/// What [`as_it_comes`] notes for later starts, where it is not selected.
fn seen_at_a_short_start(workshop: &Workshop, kit: &mut Kit) -> Result<AsItCame, Failure> {
    let mut powered = power_on(workshop, kit, GIVEN)?.connect(workshop, &METER)?;
    // The daemon has then set the speed of the UART.
    powered.served()?;
    let mut pi = powered.log_in(workshop)?;
    let id = pi.shell.run("cat /etc/machine-id")?;
    let divisor = line::divisor(&mut pi)?;
    pi.service.machine.quit()?;
    Ok(AsItCame { id, divisor })
}

/// A start with mistakes in both files of the owner.
fn with_mistakes(
    workshop: &Workshop,
    reporter: &mut Reporter<'_>,
    kit: &mut Kit,
) -> Result<(), Failure> {
    kit.card.write("appliance.toml", appliance(workshop, owner::BROKEN.0).as_bytes())?;
    kit.card.write("p1-tcp.toml", owner::BROKEN.1.as_bytes())?;
    let mut pi = power_on(workshop, kit, GIVEN)?.log_in(workshop)?;
    nothing_was_sent(reporter, &pi);
    pi.connect(workshop, &METER)?;
    reporter.chapter("with mistakes it serves", || pi.served(PORT));
    reporter.chapter("the journal reports the mistakes", || owner::mistakes_are_told(&mut pi));
    reporter.chapter("it takes its own name back", || mdns::is_taken_back(&mut pi));
    pi.service.machine.quit()?;
    reporter.chapter("the card reports the mistakes", || owner::mistakes_are_on(&kit.card));
    Ok(())
}

/// From power-on until somebody can log in, with everything started.
fn nothing_was_sent(reporter: &mut Reporter<'_>, pi: &Pi) {
    reporter
        .chapter("nothing was sent on the meter's line", || line::was_never_written_to(&pi.sent));
}

/// A first start whose power is cut between its writes.
fn cut_writes(
    workshop: &Workshop,
    reporter: &mut Reporter<'_>,
    kit: &mut Kit,
) -> Result<(), Failure> {
    let first = first_start::recorded(workshop, kit)?;
    reporter.chapter("cut anywhere, a first start leaves what can be repaired", || {
        first.does_no_harm(kit, &workshop.image)
    });
    let cuts = workshop.cuts;
    reporter.chapter(&format!("cut at {cuts} of its writes, it serves at the next start"), || {
        first.may_be_cut(workshop, kit)
    });
    Ok(())
}

/// Starts whose power is cut after so many seconds.
#[allow(clippy::unnecessary_wraps, reason = "it has the type of a section")]
fn cut_moments(
    workshop: &Workshop,
    reporter: &mut Reporter<'_>,
    kit: &mut Kit,
) -> Result<(), Failure> {
    reporter.chapter(&format!("the plug is pulled at {} moments", workshop.cuts), || {
        power::is_cut(workshop, kit)
    });
    Ok(())
}

/// A start without a data partition.
#[allow(clippy::unnecessary_wraps, reason = "it has the type of a section")]
fn data_lost(
    workshop: &Workshop,
    reporter: &mut Reporter<'_>,
    kit: &mut Kit,
) -> Result<(), Failure> {
    reporter.chapter("the data partition is lost", || power::data_is_lost(workshop, kit));
    Ok(())
}
