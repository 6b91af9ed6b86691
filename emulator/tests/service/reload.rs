//! `systemctl reload`.

use crate::guest::{AT_FIRST, Guest, served};
use emulator::failure::Failure;
use emulator::reader::Reader;
use emulator::service::DEADLINE;

pub fn disconnects_nobody(guest: &mut Guest) -> Result<(), Failure> {
    served(&mut guest.service, &guest.uart)?;
    let pid = guest.main_pid()?;
    let mut reader = Reader::connect(guest.address()?)?;
    let before = reader.telegram(DEADLINE)?;
    guest.reload(&format!("{AT_FIRST}[tcp]\nmax-clients = 1\n"), "how many clients changed")?;
    // The one place is taken.
    assert_eq!(Reader::connect(guest.address()?)?.rest(DEADLINE)?, b"");
    let next = reader.telegram(DEADLINE)?;
    let mut telegrams = vec![before, next];
    // Whatever was on its way meanwhile.
    telegrams.extend(reader.telegrams(10, DEADLINE)?);
    guest.uart.confirm(&telegrams)?;
    guest.reload(AT_FIRST, "how many clients changed")?;
    served(&mut guest.service, &guest.uart)?;
    assert_eq!(guest.main_pid()?, pid);
    assert_eq!(guest.property("ActiveState")?, "active");
    Ok(())
}

pub fn bad_file(guest: &mut Guest) -> Result<(), Failure> {
    served(&mut guest.service, &guest.uart)?;
    let pid = guest.main_pid()?;
    let mut reader = Reader::connect(guest.address()?)?;
    let before = reader.telegram(DEADLINE)?;
    let mistaken = format!("{AT_FIRST}[tcp]\nport = 80\nmax-clients = 1\n");
    let mark = guest.mark()?;
    guest.reload(&mistaken, "everything stays as it was")?;
    guest.wait_for_message(&mark, "/etc/p1-tcp.toml:4:8: `port` cannot be 80")?;
    guest
        .wait_for_property("StatusText", |text| text.starts_with("/etc/p1-tcp.toml:4:8: `port`"))?;
    // Another client finds a place.
    served(&mut guest.service, &guest.uart)?;
    let mut telegrams = vec![before];
    telegrams.extend(reader.telegrams(10, DEADLINE)?);
    guest.uart.confirm(&telegrams)?;
    guest.reload(AT_FIRST, "nothing changed")?;
    guest.wait_for_property("StatusText", |text| text.contains(" telegram/s from /"))?;
    assert_eq!(guest.main_pid()?, pid);
    Ok(())
}
