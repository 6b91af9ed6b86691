//! Becoming nobody in particular.
//!
//! The daemon needs root for nothing once its port is open. Started as root it becomes
//! [`USER`] for good; started as anyone else it makes sure that there is nothing to gain from it.

use caps::{CapSet, CapsHashSet};
use nix::unistd::{
    Gid, Group, Uid, User, geteuid, getgrouplist, setgid, setgroups, setresgid, setresuid, setuid,
};
use std::ffi::CString;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The user that the daemon becomes.
pub const USER: &str = "p1serial";
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
    let user = User::from_name(USER).map_err(|error| fail("looking it up", &error))?.ok_or_else(|| {
        format!(
            "the daemon was started as root, and there is no user {USER} to become; create it with \
             `useradd --system --user-group --shell /usr/sbin/nologin {USER}`"
        )
    })?;
    if user.uid.is_root() {
        return Err(format!(
            "the user {USER} is root by another name; give it a user id of its own"
        ));
    }
    let name = CString::new(USER).map_err(|error| fail("its name", &error))?;
    let mut groups = getgrouplist(&name, user.gid).map_err(|error| fail("its groups", &error))?;
    groups.extend(port_group(device));
    groups.retain(|group| group.as_raw() != 0);
    setgroups(&groups).map_err(|error| fail("setgroups", &error))?;
    setresgid(user.gid, user.gid, user.gid).map_err(|error| fail("setresgid", &error))?;
    // While there is still CAP_SETPCAP; a container may have taken it away, and the bounding set
    // gives nothing to a process that can gain no privilege.
    for capability in caps::all() {
        let _ = caps::drop(None, CapSet::Bounding, capability);
    }
    setresuid(user.uid, user.uid, user.uid).map_err(|error| fail("setresuid", &error))
}

/// The group that may open the port; never root's.
fn port_group(device: &Path) -> Option<Gid> {
    match device.metadata() {
        Ok(metadata) => Some(Gid::from_raw(metadata.gid())),
        Err(_) => Group::from_name(PORT_GROUP).ok().flatten().map(|group| group.gid),
    }
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
    let user = geteuid();
    let name =
        User::from_uid(user).ok().flatten().map_or_else(|| user.to_string(), |user| user.name);
    Ok(format!("running as {name}, without privileges"))
}
