//! `p1-edit` on a running system: what it saves is in force, and a power cut at any write to the card
//! leaves each file wholly old or wholly new.
//!
//! `scripts/test-service` makes the machine and starts this; without it nothing is tried. The card is
//! a second disk, of which QEMU records every write. When the machine is off, they are replayed.

#![allow(clippy::panic, reason = "a test fails by a panic")]

mod card;
mod guest;

use card::Card;
use emulator::failure::Failure;
use emulator::writes::Writes;
use guest::Guest;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `scripts/test-service` tells by the environment.
struct Given {
    /// With QEMU in it, and a folder for each system.
    machines: PathBuf,
    /// The program for the system.
    provision: PathBuf,
}

fn main() -> ExitCode {
    let path = |name| std::env::var_os(name).map(PathBuf::from);
    let (Some(machines), Some(provision)) = (path("P1_MACHINES"), path("P1_PROVISION")) else {
        println!("p1-edit on a real system: left out; scripts/test-service tries it");
        return ExitCode::SUCCESS;
    };
    match tell(&Given { machines, provision }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("FAILED: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn tell(given: &Given) -> Result<(), Failure> {
    let card = Card::new()?;
    let mut guest = Guest::boot(given, &card)?;
    let first = card.files.clone();
    let port = |port: &str| format!("s/^.*port = .*/port = {port}/");

    // What is saved is what the card and the system have, with the line ends that it had.
    let told = guest.edit("p1-tcp", &port("9001"), "")?;
    assert!(told.contains("p1-tcp.toml is saved."), "{told}");
    assert!(told.contains("where it listens changed"), "{told}");
    assert!(guest.shell.run("ss --listening --tcp")?.contains(":9001"));
    let second = replaced(&first, "p1-tcp.toml", "#port = 9000", "port = 9001");
    assert_eq!(guest.read("p1-tcp.toml")?, second["p1-tcp.toml"]);

    // Longer than a cluster more; and once more, where the first one was.
    let line = "# As long as a cluster is, and longer.";
    let told = guest.edit("p1-tcp", &format!("1i {}", [line; 60].join("\\n")), "")?;
    assert!(told.contains("nothing changed"), "{told}");
    let told = guest.edit("p1-tcp", "/^# As long/d", "")?;
    assert!(told.contains("p1-tcp.toml is saved."), "{told}");
    assert_eq!(guest.read("p1-tcp.toml")?, second["p1-tcp.toml"]);
    let third = replaced(&second, "p1-tcp.toml", "", &format!("{line}\r\n").repeat(60));

    // A mistake is shown where it is, and nothing of it comes to the card.
    let told = guest.edit("p1-tcp", &port("seven"), "d\n")?;
    assert!(told.contains("\np1-tcp.toml:") || told.starts_with("p1-tcp.toml:"), "{told}");
    assert!(told.ends_with("p1-tcp.toml stays as it was.\n"), "{told}");

    let told = guest.edit("appliance", "s/#hostname = .*/hostname = \"meter\"/", "n\n")?;
    assert!(told.contains("in force after a restart of the machine"), "{told}");
    let fourth = replaced(&second, "appliance.toml", "#hostname = \"p1\"", "hostname = \"meter\"");
    assert_eq!(guest.read("appliance.toml")?, fourth["appliance.toml"]);

    // Someone who has it open keeps the system from seeing the new one, and p1-edit knows it.
    let reader = guest
        .shell
        .run("(sleep infinity </boot/firmware/appliance.toml >/dev/null 2>&1 & echo $!)")?;
    let told = guest.edit("appliance", "s/\"meter\"/\"cupboard\"/", "")?;
    assert!(told.contains("for it to be in force, restart the machine"), "{told}");
    assert!(guest.read("appliance.toml")?.contains("\"meter\""));
    let told = guest.edit("appliance", "s/\"cupboard\"/\"p1\"/", "")?;
    assert!(told.contains("for it to be in force, restart the machine"), "{told}");
    guest.shell.run(&format!("kill {reader}"))?;
    let told = guest.edit("appliance", "s/\"p1\"/\"house\"/", "n\n")?;
    assert!(told.contains("in force after a restart of the machine"), "{told}");
    let names = ["cupboard", "p1", "house"]
        .map(|name| replaced(&fourth, "appliance.toml", "\"meter\"", &format!("\"{name}\"")));
    assert_eq!(guest.read("appliance.toml")?, names[2]["appliance.toml"]);
    assert_eq!(guest.shell.run("findmnt -no OPTIONS /boot/firmware | cut -c 1-3")?, "ro,\n");
    println!("p1-edit saves, and what it saves is in force");

    guest.machine.quit()?;
    let writes = Writes::read(&card.log())?;
    let mut times = vec![first, second.clone(), third, second, fourth];
    times.extend(names);
    card.look_behind_each_cut(&writes, &times)?;
    println!("a power cut at any of {} sectors leaves old or new files", writes.sectors());
    Ok(())
}

/// The files, with one text in one of them put in the place of another; of an empty one at the
/// beginning.
fn replaced(files: &card::Files, name: &str, old: &str, new: &str) -> card::Files {
    let mut files = files.clone();
    let text = files.get_mut(name).expect("a file of the card");
    assert!(text.contains(old), "{old}");
    *text = text.replacen(old, new, 1);
    files
}
