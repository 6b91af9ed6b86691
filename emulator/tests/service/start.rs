//! The machine's start, and what systemd knows of the service.

use crate::guest::{Guest, served};
use emulator::failure::Failure;
use emulator::reader::Reader;
use emulator::service::DEADLINE;

/// How many telegrams are compared.
const TELEGRAMS: usize = 40;

pub fn with_the_machine(guest: &mut Guest) -> Result<(), Failure> {
    assert_eq!(guest.property("ActiveState")?, "active");
    assert_eq!(guest.property("SubState")?, "running");
    assert_eq!(guest.property("NRestarts")?, "0");
    assert_eq!(guest.property("UnitFileState")?, "enabled");
    assert_eq!(guest.shell.run("systemctl --failed --no-legend --plain")?, "");

    served(&mut guest.service, &guest.uart)?;
    let mut reader = Reader::connect(guest.address()?)?;
    let telegrams = reader.telegrams(TELEGRAMS, DEADLINE)?;
    guest.uart.confirm(&telegrams)
}

pub fn what_systemd_knows(guest: &mut Guest) -> Result<(), Failure> {
    let knows_reloading = guest.systemd()? >= 253;
    let expected = if knows_reloading { "notify-reload" } else { "notify" };
    assert_eq!(guest.property("Type")?, expected);
    assert_eq!(guest.property("NotifyAccess")?, "main");
    assert_ne!(guest.property("WatchdogUSec")?, "0");
    guest.wait_for_property("StatusText", |text| text.contains(" telegram/s from /"))?;

    let unit = "/usr/lib/systemd/system/p1-tcp.service";
    let verify = format!("systemd-analyze verify --man=no {unit} 2>&1");
    let complaints = guest.shell.try_run(&verify)?.text;
    let complaints: Vec<&str> = complaints.lines().filter(|line| line.contains("p1-tcp")).collect();
    match complaints[..] {
        [] if knows_reloading => {}
        [one] if !knows_reloading && one.ends_with("ignoring: notify-reload") => {}
        _ => panic!("systemd complains of the unit: {complaints:?}"),
    }
    Ok(())
}
