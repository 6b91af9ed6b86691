//! Who has a device open.

use crate::language::Language;
use nix::unistd::geteuid;
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

/// A process by name and number.
struct Process {
    name: String,
    id: u32,
}

/// One sentence on who has `device` open, and what to do about it. Only root sees what other users'
/// processes have open.
pub(super) fn sentence(device: &Path, language: Language) -> String {
    let holder = holder(device);
    let device = device.display();
    match (holder, language) {
        (Some(Process { name, id }), Language::English) => format!(
            "{device} is in use by {name} (process {id}); end that one, for example with `sudo \
             kill {id}`, and try again"
        ),
        (Some(Process { name, id }), Language::Dutch) => format!(
            "{device} is in gebruik bij {name} (proces {id}); beëindig dat, bijvoorbeeld met `sudo \
             kill {id}`, en probeer het opnieuw"
        ),
        (None, Language::English) if geteuid().is_root() => {
            format!("{device} is in use by a program that cannot be seen from here; end that one")
        }
        (None, Language::Dutch) if geteuid().is_root() => format!(
            "{device} is in gebruik bij een programma dat van hieruit niet te zien is; beëindig dat"
        ),
        (None, Language::English) => format!(
            "{device} is in use by another program; `sudo p1-tcp monitor {device}` tells by which"
        ),
        (None, Language::Dutch) => format!(
            "{device} is in gebruik bij een ander programma; `sudo p1-tcp monitor {device}` zegt \
             bij welk"
        ),
    }
}

/// The first process other than this one that has `device` open, as far as this user can see.
fn holder(device: &Path) -> Option<Process> {
    let number =
        fs::metadata(device).ok().filter(|found| found.file_type().is_char_device())?.rdev();
    let processes = fs::read_dir("/proc").ok()?.flatten();
    processes.into_iter().find_map(|entry| {
        let id: u32 = entry.file_name().to_str()?.parse().ok()?;
        let mut open = fs::read_dir(entry.path().join("fd")).ok()?.flatten();
        let holds = id != std::process::id()
            && open.any(|file| fs::metadata(file.path()).is_ok_and(|file| file.rdev() == number));
        let name = || fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        holds.then(|| Process { name: super::printable(name().trim_end()), id })
    })
}
