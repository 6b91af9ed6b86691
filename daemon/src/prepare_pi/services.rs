//! Services that would use the port, too: switching them off, and on again.

use super::files::{self, Change};
use crate::command;
use std::path::Path;

/// Logins on the port. Those that come with a console on it go with that console.
const LOGINS: [&str; 4] = [
    "serial-getty@serial0.service",
    "serial-getty@ttyAMA0.service",
    "serial-getty@ttyS0.service",
    "serial-getty@ttyS1.service",
];
/// It brings Bluetooth up through the port, on Raspberry Pi OS up to bullseye.
const BLUETOOTH: &str = "hciuart.service";
/// What was switched off is written here, for --undo.
const RECORD: &str = "var/lib/p1-tcp/prepare-pi-masked";

/// Those of the services that are on at the next start, and have to be off; Bluetooth's, too, if
/// `bluetooth_off`. Where there is no systemd, there are none.
#[must_use]
pub fn in_the_way(root: &Path, bluetooth_off: bool) -> Vec<String> {
    let units = LOGINS.into_iter().chain(bluetooth_off.then_some(BLUETOOTH));
    // "enabled-runtime" is what a console on the port makes of a login.
    let enabled = |unit: &&str| {
        let asked = systemctl(root, "is-enabled", &[unit], command::ask);
        asked.is_some_and(|state| state.trim_ascii() == "enabled")
    };
    units.filter(enabled).map(str::to_owned).collect()
}

/// Those that [`switch_off`] has switched off.
///
/// # Errors
///
/// One sentence, if it cannot be found out.
pub fn switched_off(root: &Path) -> Result<Vec<String>, String> {
    let record = files::read_text(&root.join(RECORD))?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&record).split_ascii_whitespace().map(str::to_owned).collect())
}

/// Switches `units` off: masks them, which leaves everything else about them as it is.
///
/// # Errors
///
/// One sentence.
pub fn switch_off(root: &Path, units: &[String]) -> Result<(), String> {
    let mut off = switched_off(root)?;
    off.extend_from_slice(units);
    write(root, &off)?;
    change(root, "mask", units)
}

/// Switches on again what [`switch_off`] has switched off.
///
/// # Errors
///
/// One sentence.
pub fn switch_on(root: &Path) -> Result<(), String> {
    change(root, "unmask", &switched_off(root)?)?;
    write(root, &[])?;
    // There may be something else in the folder, and then it stays.
    let _ = std::fs::remove_dir(root.join(RECORD).with_file_name(""));
    Ok(())
}

fn write(root: &Path, units: &[String]) -> Result<(), String> {
    let file = root.join(RECORD);
    let before = files::read(&file)?;
    let after = (!units.is_empty()).then(|| (units.join("\n") + "\n").into_bytes());
    files::make(&[Change { file, before, after, ..Change::default() }], &|| Ok(()))
}

fn change(root: &Path, verb: &str, units: &[String]) -> Result<(), String> {
    let names: Vec<&str> = units.iter().map(String::as_str).collect();
    if systemctl(root, verb, &names, command::run)? {
        return Ok(());
    }
    Err(format!("`systemctl {verb} {}` failed; see to that, and run this again", units.join(" ")))
}

fn systemctl<T>(root: &Path, verb: &str, units: &[&str], run: fn(&[&str]) -> T) -> T {
    let root = format!("--root={}", root.display());
    let mut words = vec!["systemctl", verb];
    if verb != "is-enabled" {
        words.push("--quiet");
    }
    if root != "--root=/" {
        words.push(&root);
    }
    words.extend(units);
    run(&words)
}
