//! What is left to the daemon of the file system and the network (Landlock, landlock(7)).
//!
//! It may open serial ports, shine its light, and read its configuration again. It needs no other file: the
//! routing tables are open already, and sockets of the journal and of systemd are no files to
//! Landlock. It may accept connections, but make none.

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus,
};
use std::path::{Path, PathBuf};

/// Where ports appear and disappear; its entries cannot be named, as an adapter that is plugged in
/// again is a new one.
const DEVICES: &str = "/dev";
/// The newest rights this daemon knows of. An older kernel enforces those it knows.
const NEWEST: ABI = ABI::V5;

/// Confines the process for good. Call it while there is one thread. Returns a sentence on how far
/// it goes.
///
/// # Errors
///
/// One sentence, if the kernel has Landlock and it cannot be used.
pub fn confine(
    device: &Path,
    configuration: Option<&Path>,
    led: Option<&Path>,
) -> Result<String, String> {
    let status = rules(device, configuration, led)
        .and_then(RulesetCreated::restrict_self)
        .map_err(|error| format!("the daemon cannot be confined: {error}"))?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => "confined to serial ports and its configuration",
        RulesetStatus::PartiallyEnforced => {
            "confined to serial ports and its configuration as far as this kernel can"
        }
        RulesetStatus::NotEnforced => "not confined, as this kernel has no Landlock",
    }
    .into())
}

fn rules(
    device: &Path,
    configuration: Option<&Path>,
    led: Option<&Path>,
) -> Result<RulesetCreated, RulesetError> {
    let port = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::IoctlDev;
    let reading = BitFlags::from(AccessFs::ReadFile);
    let mut rules = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::ConnectTcp)?
        .create()?;
    let places = [
        (Some(PathBuf::from(DEVICES)), port),
        // A link may lead to it from anywhere; what counts is where it ends. It may be plugged in
        // later.
        (folder(&device.canonicalize().unwrap_or_else(|_| device.to_owned())), port),
        // An editor writes a new file and gives it the old one's name.
        (configuration.and_then(folder), reading),
        // A light is two files, which are opened again when it comes back.
        (led.map(Path::to_owned), AccessFs::ReadFile | AccessFs::WriteFile),
    ];
    for (folder, access) in places {
        let Some(folder) = folder.and_then(|folder| PathFd::new(folder).ok()) else { continue };
        rules = rules.add_rule(PathBeneath::new(folder, access))?;
    }
    Ok(rules)
}

fn folder(file: &Path) -> Option<PathBuf> {
    Some(file.parent()?.to_owned())
}
