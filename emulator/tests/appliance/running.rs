//! What an administrator sees on a running appliance.

use crate::pi::{PORT, Pi};
use emulator::boards::{Architecture, Board};
use emulator::failure::Failure;
use emulator::wait::ask_for;
use std::collections::BTreeSet;
use std::time::Duration;

/// After a start it needs no more than what it always needs.
const SETTLED: Duration = Duration::from_secs(60);

/// What it may need of memory when it serves, in MB: the first Raspberry Pis have 256.
fn enough(architecture: Architecture) -> u64 {
    match architecture {
        Architecture::Arm64 | Architecture::Armhf => 80,
        Architecture::Armel => 60,
    }
}

/// Everything that is to run does, and nothing failed.
pub fn nothing_failed(pi: &mut Pi) -> Result<(), Failure> {
    let state = pi.shell.try_run("systemctl is-system-running --wait")?;
    let failed = pi.shell.run("systemctl --failed --no-legend --plain")?;
    assert_eq!((state.text.trim(), failed.as_str()), ("running", ""));
    Ok(())
}

/// The machine's ssh key is on the card, and is found there when udev has not come to the card yet.
pub fn keeps_its_key(pi: &mut Pi) -> Result<(), Failure> {
    const KEY: &str = "/run/p1-appliance/ssh_host_ed25519_key";
    let before = pi.as_root(&format!("cat {KEY}"))?;
    pi.as_root(&format!("rm -r {KEY} /dev/disk/by-partuuid"))?;
    pi.as_root("systemctl restart p1-data")?;
    assert_eq!(pi.as_root(&format!("cat {KEY}"))?, before, "it has another key");
    Ok(())
}

/// The daemon is as confined as its unit promises, with all that the appliance adds to it.
pub fn confinement(pi: &mut Pi) -> Result<(), Failure> {
    pi.is_confined()?;
    let (line, level) = pi.exposure()?;
    println!("{line}");
    assert!(level <= 1.2, "{line}");
    Ok(())
}

/// What is in use when it serves, as `free` counts it: without what the kernel can give back. What a start
/// needs is given back within a minute.
pub fn memory(pi: &mut Pi, board: &Board) -> Result<(), Failure> {
    let enough = enough(board.architecture);
    let mut told = String::new();
    let measured = ask_for(&format!("{enough} MB to do"), SETTLED, || {
        let table = pi.shell.run("cat /proc/meminfo")?;
        let of = |name: &str| -> u64 {
            let line = table.lines().find_map(|line| line.strip_prefix(name));
            let number =
                line.and_then(|line| line.trim_start_matches(':').split_whitespace().next());
            number.and_then(|number| number.parse().ok()).unwrap_or_default()
        };
        let used = (of("MemTotal") - of("MemAvailable")) * 1024 / 1_000_000;
        let line = format!("memory in use: {used} MB of {} MB", of("MemTotal") * 1024 / 1_000_000);
        if line != told {
            println!("{line}");
            told = line;
        }
        Ok((used <= enough).then_some(()))
    });
    measured.map_err(|failure| Failure::new(format!("{failure}; {told}")))
}

/// The journal has the daemon's fields, and explains them.
pub fn journal(pi: &mut Pi) -> Result<(), Failure> {
    let entries = pi.journal("SYSLOG_IDENTIFIER=p1-tcp")?;
    for (field, value) in
        [("DEVICE", Some("/dev/ttyAMA0")), ("METER", None), ("PORT", Some("9000"))]
    {
        let has = |found: &str| value.is_none_or(|value| value == found);
        let found = entries.iter().any(|entry| entry[field].as_str().is_some_and(has));
        assert!(found, "{field} in {entries:?}");
    }
    assert!(entries.iter().all(|entry| entry["MESSAGE_ID"].is_string()), "{entries:?}");
    let explained = pi.shell.run("journalctl --no-pager -xu p1-tcp SYSLOG_IDENTIFIER=p1-tcp")?;
    let (_, behind) = explained.split_once("reading /dev/ttyAMA0 ").unwrap_or_default();
    let explanation = behind.lines().nth(1).unwrap_or_default();
    assert!(explanation.starts_with("░░ "), "{explained}");
    Ok(())
}

/// It listens where it has to, and nowhere else.
pub fn sockets(pi: &mut Pi) -> Result<(), Failure> {
    let listed = pi.as_root("ss --listening --tcp --udp --numeric --no-header")?;
    let port = |line: &str| -> Option<(String, u16)> {
        let fields: Vec<&str> = line.split_whitespace().collect();
        Some((fields.first()?.to_string(), fields.get(4)?.rsplit_once(':')?.1.parse().ok()?))
    };
    let found: BTreeSet<_> = listed.lines().filter_map(port).collect();
    let wanted = |kind: &str, port: u16| (kind.to_owned(), port);
    let mut expected =
        BTreeSet::from([wanted("tcp", PORT), wanted("tcp", 22), wanted("udp", 5353)]);
    // DHCP has a socket of its own once it has an address, DHCPv6 where a router offers it.
    for port in [68, 546] {
        if found.contains(&wanted("udp", port)) {
            expected.insert(wanted("udp", port));
        }
    }
    assert_eq!(found, expected, "{listed}");
    Ok(())
}

/// What the appliance reports on itself, in the hardware's and in systemd's hands.
pub fn watchdogs(pi: &mut Pi) -> Result<(), Failure> {
    let of = |pi: &mut Pi, what: &str| -> Result<String, Failure> {
        let shown = pi.shell.run(&format!("systemctl show --value --property {what}"))?;
        Ok(shown.trim().to_owned())
    };
    assert_eq!(of(pi, "RuntimeWatchdogUSec")?, "14s");
    assert_eq!(of(pi, "StartLimitAction p1-tcp")?, "reboot");
    assert_ne!(of(pi, "StartLimitIntervalUSec p1-tcp")?, "0");
    assert_ne!(of(pi, "WatchdogUSec p1-tcp")?, "0");
    Ok(())
}
