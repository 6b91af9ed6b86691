//! What becomes of a daemon that is stuck, killed, or cannot start.

use crate::guest::{AT_FIRST, Guest, served};
use emulator::failure::Failure;

pub fn watchdog(guest: &mut Guest) -> Result<(), Failure> {
    guest.service.comes_back("STOP", "watchdog", &guest.uart, 9000)
}

pub fn killed(guest: &mut Guest) -> Result<(), Failure> {
    guest.service.comes_back("KILL", "signal", &guest.uart, 9000)
}

pub fn bad_configuration(guest: &mut Guest) -> Result<(), Failure> {
    guest.configure("[serial]\ndevice = 9000\n")?;
    let mark = guest.mark()?;
    let restarted = guest.shell.try_run("systemctl restart p1-tcp")?;
    assert_ne!(restarted.code, 0);
    // Had it been going to be restarted, it would be in `activating` from here on.
    assert_eq!(guest.property("ActiveState")?, "failed");
    assert_eq!(guest.property("SubState")?, "failed");
    // EX_CONFIG
    assert_eq!(guest.property("ExecMainStatus")?, "78");
    assert_eq!(guest.property("NRestarts")?, "0");
    guest.wait_for_message(&mark, "/etc/p1-tcp.toml:2:10: `device`")?;
    guest.configure(AT_FIRST)?;
    guest.shell.run("systemctl start p1-tcp")?;
    served(&mut guest.service, &guest.uart)
}
