//! What the process may do, seen from outside, and tried.

use crate::guest::{AT_FIRST, Guest, served};
use emulator::failure::Failure;
use std::collections::BTreeSet;

/// Files that it has open without clients: 16, and some room for another socket of its own.
const FILES: usize = 18;

pub fn promises(guest: &mut Guest) -> Result<(), Failure> {
    guest.is_confined()?;
    let pid = guest.main_pid()?;
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
    served(&mut guest.service, &guest.uart)
}

/// Root and the group p1serial may ask for its status, and nobody else.
pub fn status(guest: &mut Guest) -> Result<(), Failure> {
    let asks = |groups: &str| format!("setpriv --reuid nobody {groups} p1-tcp status");
    let told = guest.shell.run("p1-tcp status")?;
    assert!(told.contains("/dev/ttyS1"), "{told}");
    let told = guest.shell.run(&asks("--regid p1serial --clear-groups"))?;
    assert!(told.contains("/dev/ttyS1"), "{told}");
    let refused = guest.shell.try_run(&asks("--regid nogroup --clear-groups"))?;
    assert!(refused.code == 1 && refused.complaints.contains("p1serial"), "{refused:?}");
    Ok(())
}

pub fn exposure(guest: &mut Guest) -> Result<(), Failure> {
    let (line, level) = guest.exposure()?;
    println!("{}: {line}", guest.name);
    assert!(level <= 1.2, "{line}");
    Ok(())
}
