//! What the process may do, seen from outside, and tried.

use crate::guest::{AT_FIRST, Guest, served};
use emulator::failure::Failure;
use std::collections::BTreeSet;

/// Files that it has open without clients: 15, and some room for another socket of its own.
const FILES: usize = 18;

/// The value of a line of `/proc/PID/status`.
fn state<'t>(status: &'t str, name: &str) -> &'t str {
    let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.unwrap_or_default().trim()
}

pub fn promises(guest: &mut Guest) -> Result<(), Failure> {
    let pid = guest.main_pid()?;
    let status = guest.shell.run(&format!("cat /proc/{pid}/status"))?;
    let account =
        guest.shell.run("id --user p1serial; id --group p1serial; id --groups p1serial")?;
    let [user, group, groups] = account.lines().collect::<Vec<_>>()[..] else {
        panic!("the user p1serial is {account:?}")
    };
    assert_eq!(state(&status, "Uid"), [user; 4].join("\t"));
    assert_eq!(state(&status, "Gid"), [group; 4].join("\t"));
    let sorted =
        |groups: &str| groups.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(sorted(state(&status, "Groups")), sorted(groups));
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        assert_eq!(state(&status, set), "0000000000000000", "{set}");
    }
    assert_eq!(state(&status, "NoNewPrivs"), "1");
    // SECCOMP_MODE_FILTER
    assert_eq!(state(&status, "Seccomp"), "2");

    let files = guest.shell.run(&format!("readlink /proc/{pid}/fd/*"))?;
    let files: Vec<&str> = files.lines().collect();
    assert!(files.len() <= FILES, "{} open files: {files:?}", files.len());
    let paths: BTreeSet<String> = files
        .iter()
        .filter(|file| file.starts_with('/'))
        .map(|file| file.replace(&format!("/proc/{pid}/"), "/proc/self/"))
        .collect();
    let expected =
        ["/dev/null", "/dev/ttyS1", "/proc/self/net/fib_trie", "/proc/self/net/if_inet6"];
    assert_eq!(paths, expected.map(str::to_owned).into());
    Ok(())
}

/// Each node would be open to the user, if nothing but its owner and mode counted; that is tried
/// first.
pub fn devices(guest: &mut Guest) -> Result<(), Failure> {
    let makes = "mknod -m 660 /srv/uart c 4 65 && chgrp dialout /srv/uart";
    guest.shell.run(&format!("modprobe tun && ls /dev/net/tun && {makes}"))?;
    for (device, kept_by, refused) in [
        // A device that is everybody's.
        ("/dev/net/tun", "the unit's device filter", "Operation not permitted"),
        // A serial port, but not where serial ports are.
        ("/srv/uart", "Landlock", "may not be opened"),
    ] {
        let opens =
            format!("setpriv --reuid p1serial --regid p1serial --init-groups true <>{device}");
        let opened = guest.shell.try_run(&opens)?;
        assert_eq!(opened.code, 0, "{device}: {}", opened.complaints);
        let toml = format!("[serial]\ndevice = \"{device}\"\n");
        let news = format!("{device} ");
        let refusal = guest.reload(&toml, &news)?;
        assert!(refusal.contains(refused), "{kept_by} lets through: {refusal}");
    }
    guest.shell.run("rm /srv/uart")?;
    guest.reload(AT_FIRST, "reading /dev/ttyS1")?;
    served(&mut guest.machine, &guest.uart)
}

pub fn exposure(guest: &mut Guest) -> Result<(), Failure> {
    let table = guest.shell.run("systemd-analyze security --no-pager p1-tcp")?;
    let line = table.lines().last().unwrap_or_default().trim_start_matches(['→', '-', '>', ' ']);
    println!("{}: {line}", guest.name);
    let (_, level) = line.rsplit_once("p1-tcp.service: ").unwrap_or_default();
    let level: f64 = level
        .split_whitespace()
        .next()
        .and_then(|level| level.parse().ok())
        .ok_or_else(|| Failure::new("no exposure level is told").with("its output", &table))?;
    assert!(level <= 1.2, "{table}");
    Ok(())
}
