//! The service's end.

use crate::guest::{Guest, served};
use emulator::failure::Failure;
use emulator::reader::{Reader, telegrams};
use emulator::service::DEADLINE;
use std::time::Instant;

pub fn clean(guest: &mut Guest) -> Result<(), Failure> {
    served(&mut guest.service, &guest.uart)?;
    let mut reader = Reader::connect(guest.address()?)?;
    reader.telegram(DEADLINE)?;
    let mark = guest.mark()?;
    let began = Instant::now();
    guest.shell.run("systemctl stop p1-tcp")?;
    println!("{}: stopped in {:.1} s", guest.name, began.elapsed().as_secs_f64());
    // It got whole telegrams to the last.
    telegrams(&reader.rest(DEADLINE)?)?;
    for (property, expected) in
        [("ActiveState", "inactive"), ("Result", "success"), ("ExecMainStatus", "0")]
    {
        assert_eq!(guest.property(property)?, expected, "{property}");
    }
    let entries = guest.entries(&mark)?;
    // Warnings, errors and worse, of systemd's and of its own (syslog(3)).
    let troubles: Vec<_> =
        entries.iter().filter(|entry| entry["PRIORITY"].as_str() <= Some("4")).collect();
    assert!(troubles.is_empty(), "{troubles:?}");
    guest.wait_for_message(&mark, "all clients have got what they were at")?;
    guest.shell.run("systemctl start p1-tcp")?;
    served(&mut guest.service, &guest.uart)
}

pub fn restart(guest: &mut Guest) -> Result<(), Failure> {
    let pid = guest.main_pid()?;
    let mut readers = Vec::new();
    for _ in 0..3 {
        let mut reader = Reader::connect(guest.address()?)?;
        reader.telegram(DEADLINE)?;
        readers.push(reader);
    }
    guest.shell.run("systemctl restart p1-tcp")?;
    for reader in readers {
        telegrams(&reader.rest(DEADLINE)?)?;
    }
    served(&mut guest.service, &guest.uart)?;
    assert_ne!(guest.main_pid()?, pid);
    assert_eq!(guest.property("ActiveState")?, "active");
    Ok(())
}
