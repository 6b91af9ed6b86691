//! Becoming nobody in particular.
//!
//! The daemon needs root for nothing once its port is open. Started as root it becomes
//! [`USER`] for good; started as anyone else it makes sure that there is nothing to gain from it.

use crate::accounts::{groups, users};
use caps::{CapSet, CapsHashSet};
use nix::unistd::{Gid, Uid, geteuid, setgid, setgroups, setresgid, setresuid, setuid};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The user that the daemon becomes.
pub const USER: &str = "p1serial";
const PASSWD: &str = "/etc/passwd";
/// The group of serial ports where `device` is not there to show its own.
const PORT_GROUP: &str = "dialout";

/// Gives up all privileges, for good. Call it while there is one thread.
///
/// Started as root, the process becomes [`USER`], with that user's groups and the group of
/// `device`, so that the port can be opened again. In any case it ends with no capability in any
/// set (but the bounding set, where it may not be changed) and with `no_new_privs`. Returns a
/// sentence on what it is now.
///
/// # Errors
///
/// One sentence. The process must not go on then, as it may have more privileges than it should.
pub fn drop_for_good(device: &Path) -> Result<String, String> {
    let was_root = geteuid().is_root();
    if was_root {
        become_user(device)?;
    }
    for set in CAPABILITIES {
        // A service's system call filter may forbid even to give up what is not there.
        if !held(set)?.is_empty() {
            caps::clear(None, set)
                .map_err(|error| format!("capabilities cannot be given up: {error}"))?;
        }
    }
    nix::sys::prctl::set_no_new_privs()
        .map_err(|error| format!("no_new_privs cannot be set: {error}"))?;
    verify(was_root)
}

/// The sets in which a capability is one that the process has or may take.
const CAPABILITIES: [CapSet; 4] =
    [CapSet::Ambient, CapSet::Inheritable, CapSet::Effective, CapSet::Permitted];

fn held(set: CapSet) -> Result<CapsHashSet, String> {
    caps::read(None, set).map_err(|error| format!("capabilities cannot be read: {error}"))
}

fn become_user(device: &Path) -> Result<(), String> {
    let fail = |what: &str, error: &dyn std::fmt::Display| {
        format!("the daemon was started as root and cannot become {USER}: {what}: {error}")
    };
    let read = |file| std::fs::read_to_string(file).map_err(|error| fail(file, &error));
    let (passwd, group) = (read(PASSWD)?, read("/etc/group")?);
    let user = users(&passwd).find(|user| user.name == USER).ok_or_else(|| {
        format!(
            "the daemon was started as root, and there is no user {USER} to become; create it with \
             `useradd --system --user-group --shell /usr/sbin/nologin {USER}`"
        )
    })?;
    let (uid, gid) = (Uid::from_raw(user.uid), Gid::from_raw(user.gid));
    if uid.is_root() {
        return Err(format!(
            "the user {USER} is root by another name; give it a user id of its own"
        ));
    }
    let its_own = groups(&group)
        .filter_map(|(_, id, mut members)| members.any(|member| member == USER).then_some(id));
    let mut groups: Vec<Gid> = its_own.map(Gid::from_raw).chain([gid]).collect();
    groups.extend(port_group(device, &group));
    groups.retain(|group| group.as_raw() != 0);
    setgroups(&groups).map_err(|error| fail("setgroups", &error))?;
    setresgid(gid, gid, gid).map_err(|error| fail("setresgid", &error))?;
    // While there is still CAP_SETPCAP; a container may have taken it away, and the bounding set
    // gives nothing to a process that can gain no privilege.
    for capability in caps::all() {
        let _ = caps::drop(None, CapSet::Bounding, capability);
    }
    setresuid(uid, uid, uid).map_err(|error| fail("setresuid", &error))
}

/// The group that may open the port, by the text of /etc/group where the port is not there.
fn port_group(device: &Path, group: &str) -> Option<Gid> {
    let id = match device.metadata() {
        Ok(metadata) => Some(metadata.gid()),
        Err(_) => groups(group).find(|(name, ..)| *name == PORT_GROUP).map(|(_, id, _)| id),
    };
    id.map(Gid::from_raw)
}

/// Tries to become root again, and looks for what may be left.
fn verify(was_root: bool) -> Result<String, String> {
    let root = (Uid::from_raw(0), Gid::from_raw(0));
    if was_root && (setuid(root.0).is_ok() || setgid(root.1).is_ok() || geteuid().is_root()) {
        return Err(
            "the daemon could become root again after it had given that up; it ends rather \
                    than run so"
                .into(),
        );
    }
    for set in CAPABILITIES {
        let left = held(set)?;
        if !left.is_empty() {
            return Err(format!(
                "the daemon still has capabilities ({left:?}); it ends rather than run so"
            ));
        }
    }
    let uid = geteuid();
    let passwd = std::fs::read_to_string(PASSWD).unwrap_or_default();
    let user = users(&passwd).find(|user| user.uid == uid.as_raw());
    let name = user.map_or_else(|| format!("user {uid}"), |user| user.name.to_owned());
    Ok(format!("running as {name}, without privileges"))
}
