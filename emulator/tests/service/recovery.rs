//! What becomes of a daemon that is stuck, killed, or cannot start.

use crate::guest::{AT_FIRST, Guest, served};
use emulator::failure::Failure;

pub fn watchdog(guest: &mut Guest) -> Result<(), Failure> {
    comes_back(guest, "STOP", "watchdog")
}

pub fn killed(guest: &mut Guest) -> Result<(), Failure> {
    comes_back(guest, "KILL", "signal")
}

/// The daemon gets `signal`, is restarted for a reason that systemd calls `result`, and serves.
fn comes_back(guest: &mut Guest, signal: &str, result: &str) -> Result<(), Failure> {
    served(&mut guest.machine, &guest.uart)?;
    let restarts: u32 =
        guest.property("NRestarts")?.parse().map_err(Failure::of("count restarts"))?;
    let mark = guest.mark()?;
    let pid = guest.main_pid()?;
    guest.shell.run(&format!("kill -s {signal} {pid}"))?;
    guest.wait_for_property("NRestarts", |now| now == (restarts + 1).to_string())?;
    served(&mut guest.machine, &guest.uart)?;
    assert_ne!(guest.main_pid()?, pid);
    assert_eq!(results(guest, &mark)?, [result]);
    Ok(())
}

/// For which reasons the service has failed since `mark`, as systemd tells them (its entries'
/// field `UNIT_RESULT`).
fn results(guest: &mut Guest, mark: &crate::guest::Mark) -> Result<Vec<String>, Failure> {
    let entries = guest.entries(mark)?;
    let results = entries.iter().filter_map(|entry| entry["UNIT_RESULT"].as_str());
    Ok(results.map(str::to_owned).collect())
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
    served(&mut guest.machine, &guest.uart)
}
