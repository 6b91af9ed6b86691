//! The status socket: whoever connects gets one [`Report`] as JSON, and no more.
//!
//! Only root and the group of [`USER`] may connect. Nothing is read from it, so that there is nothing
//! in it to attack.

use crate::accounts::users;
use crate::events;
use crate::privileges::USER;
use crate::report::{self, Report};
use nix::unistd::geteuid;
use std::convert::Infallible;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::UnixListener;
use tracing::debug;

/// Where systemd says that the daemon's own folder below /run is (`RuntimeDirectory=`,
/// systemd.exec(5)).
const FOLDER: &str = "RUNTIME_DIRECTORY";
/// A pause where the system has no room for another connection.
const BREATH: Duration = Duration::from_secs(1);

/// The socket, bound.
pub struct StatusSocket(UnixListener);

impl StatusSocket {
    /// Binds the socket in the folder that systemd made for it, or below /run where the daemon may
    /// make one itself. Call it before privileges are dropped.
    ///
    /// # Errors
    ///
    /// One sentence; the daemon can do without.
    pub fn bind() -> Result<Self, String> {
        let of_systemd =
            std::env::var_os(FOLDER).map(|folder| PathBuf::from(folder).join("status"));
        let path = of_systemd.unwrap_or_else(|| report::SOCKET.into());
        Self::bind_at(&path).map_err(|error| {
            format!(
                "`p1-tcp status` and `p1-tcp monitor` will not find this daemon, as {} cannot be \
                 made: {error}",
                path.display()
            )
        })
    }

    fn bind_at(path: &Path) -> io::Result<Self> {
        let group = group_of_the_user().filter(|_| geteuid().is_root());
        if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
            DirBuilder::new().mode(0o750).create(folder)?;
            hand_over(folder, group)?;
        }
        if UnixStream::connect(path).is_ok() {
            return Err(io::Error::other("another p1-tcp is running and has it"));
        }
        // One that was left behind.
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        hand_over(path, group)?;
        fs::set_permissions(path, Permissions::from_mode(0o660))?;
        Ok(Self(listener))
    }

    /// Gives each who connects what `report` gives at that moment.
    pub async fn tell_for_ever(self, report: impl Fn() -> Report) -> Infallible {
        loop {
            match self.0.accept().await {
                Ok((client, _)) => {
                    // It fits into the socket's buffer; who does not take it has gone.
                    let told = serde_json::to_vec(&report()).map_err(io::Error::from);
                    if let Err(error) = told.and_then(|text| client.try_write(&text)) {
                        debug!(
                            message_id = events::STATUS_UNTOLD,
                            "a status was not told: {error}"
                        );
                    }
                }
                Err(error) => {
                    debug!(message_id = events::STATUS_UNTOLD, "a status was not told: {error}");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
    }
}

/// Gives what root has made to a group. Under the service's unit there is no root, and not even a call that
/// changes nothing is allowed.
fn hand_over(path: &Path, group: Option<u32>) -> io::Result<()> {
    group.map_or(Ok(()), |group| chown(path, None, Some(group)))
}

fn group_of_the_user() -> Option<u32> {
    let passwd = fs::read_to_string("/etc/passwd").ok()?;
    users(&passwd).find(|user| user.name == USER).map(|user| user.gid)
}
