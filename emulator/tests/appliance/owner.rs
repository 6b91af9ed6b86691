//! What the owner writes on the card, and what comes of it.

use crate::line::divisor;
use crate::pi::{PORT, Pi};
use emulator::card::Card;
use emulator::failure::Failure;
use std::net::Ipv4Addr;

/// An address of the owner's choice, which DHCP would not give.
pub const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 77);
/// The port of the owner's choice.
pub const CHOSEN_PORT: u16 = 9100;
/// A meter of that kind.
pub const OLD_METER: [&str; 8] =
    ["--kind", "dsmr22", "--baud", "0", "--seed", "7", "--interval", "1"];

/// Everything in an appliance.toml, but the key.
pub fn appliance() -> String {
    format!(
        "[system]\nhostname = \"meterkast\"\ntimezone = \"Europe/Brussels\"\n\
         [wifi]\nssid = \"Caf\u{e9} \\\"2\\\"\"\npassword = \"geheim wachtwoord\"\ncountry = \"BE\"\n\
         [ethernet]\naddress = \"{ADDRESS}/24\"\ngateway = \"10.0.2.2\"\ndns = [\"10.0.2.3\"]\n"
    )
}

/// Everything about an old meter, in a p1-tcp.toml.
pub fn daemon() -> String {
    format!("[serial]\nbaud = 9600\nframing = \"7E1\"\n[tcp]\nport = {CHOSEN_PORT}\n")
}

/// What is in appliance.toml is in force.
pub fn machine_is_as_chosen(pi: &mut Pi) -> Result<(), Failure> {
    assert_eq!(pi.shell.run("hostname")?.trim(), "meterkast");
    assert_eq!(
        pi.shell.run("date +%Z")?.trim(),
        pi.shell.run("TZ=Europe/Brussels date +%Z")?.trim()
    );
    let zone = pi.shell.run("readlink --canonicalize /etc/localtime")?;
    assert!(zone.trim().ends_with("Europe/Brussels"), "{zone}");
    let addresses = pi.shell.run("ip -brief -4 address show scope global")?;
    assert!(addresses.contains(&format!("{ADDRESS}/24")), "{addresses}");
    assert!(!addresses.contains("10.0.2.15"), "{addresses}");
    let resolver = pi.shell.run("cat /etc/resolv.conf")?;
    assert!(resolver.contains("nameserver 10.0.2.3"), "{resolver}");
    // There is no radio to join a network by; that it is understood shows on any interface.
    let tried = pi.shell.try_run(
        "sudo timeout 5 wpa_supplicant -D wired -i lo -c /run/p1-provision/wpa_supplicant.conf -dd; true",
    )?;
    for said in ["Successfully initialized wpa_supplicant", "country"] {
        assert!(tried.text.contains(said), "{said}: {tried:?}");
    }
    assert!(!tried.text.contains("Failed to read"), "{tried:?}");
    Ok(())
}

/// What is in p1-tcp.toml is in force: the old meter's telegrams arrive without their parity bits, and
/// the UART divides its clock by twelve times as much as for 115200 baud, `fast`.
pub fn daemon_is_as_chosen(pi: &mut Pi, fast: u32) -> Result<(), Failure> {
    pi.served(CHOSEN_PORT)?;
    // The emulated PL011 takes any speed, so what it was set to is read back.
    let slow = divisor(pi)?;
    assert!((fast * 12).abs_diff(slow) <= 12, "{slow} instead of 12 times {fast}");
    let entries = pi.journal("SYSLOG_IDENTIFIER=p1-tcp")?;
    let said = |text: &str| {
        entries
            .iter()
            .any(|entry| entry["MESSAGE"].as_str().is_some_and(|said| said.contains(text)))
    };
    assert!(said("reading /dev/ttyAMA0 at 9600 baud 7E1"), "{entries:?}");
    Ok(())
}

/// What p1-edit is to make of [`daemon`].
pub fn edited() -> String {
    daemon().replace(&CHOSEN_PORT.to_string(), &PORT.to_string())
}

/// p1-edit saves a change where it is to stay, and puts it in force.
pub fn edits(pi: &mut Pi) -> Result<(), Failure> {
    pi.shell.write("/tmp/edited", edited().as_bytes())?;
    pi.shell.run("EDITOR='cp /tmp/edited' sudo p1-edit p1-tcp")?;
    pi.served(PORT)?;
    let seen = pi.as_root("cat /boot/firmware/p1-tcp.toml")?;
    assert_eq!(seen, edited());
    Ok(())
}

/// Mistakes in both files, each in a line that is to be named.
pub const BROKEN: (&str, &str) =
    ("[system]\nhostname = \"not a name!\"\n", "[tcp]\nport = \"nine thousand\"\n");

/// With mistakes it serves, and says what is wrong.
pub fn mistakes_are_told(pi: &mut Pi) -> Result<(), Failure> {
    let mark = "/boot/firmware/p1-tcp.toml:2:";
    let told = pi.shell.run("journalctl --quiet --no-pager --output cat --unit p1-tcp")?;
    assert!(told.contains(mark), "{told}");
    let mark = "/boot/firmware/appliance.toml:2:";
    let told = pi.shell.run("journalctl --quiet --no-pager --output cat --unit p1-provision")?;
    assert!(told.contains(mark), "{told}");
    assert_eq!(pi.shell.run("hostname")?.trim(), "p1");
    Ok(())
}

/// The same stands on the card, for whoever puts it into a laptop.
pub fn mistakes_are_on(card: &Card) -> Result<(), Failure> {
    let report = card.read_text("p1-report.txt")?;
    assert_eq!(report.len(), 4096, "{report}");
    for wanted in ["- p1-tcp.toml, regel / line 2,", "- appliance.toml, regel / line 2,"] {
        assert!(report.contains(wanted), "{wanted} in {report}");
    }
    Ok(())
}
