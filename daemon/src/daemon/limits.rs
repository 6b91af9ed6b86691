//! Limits that the system sets and the daemon may move.

use crate::events;
use nix::libc::rlim_t;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tracing::warn;

/// File descriptors beside those of clients: the port, sockets, the event loop, room to accept.
const OTHERS: usize = 64;

/// Raises the soft limit of file descriptors so far that `clients` find room below it.
pub(super) fn allow_files_for(clients: usize) {
    // How wide such a number is differs between processors.
    let wanted = rlim_t::try_from(clients + OTHERS).unwrap_or(rlim_t::MAX);
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return };
    if soft >= wanted {
        return;
    }
    let raised = setrlimit(Resource::RLIMIT_NOFILE, wanted.min(hard), hard);
    if hard < wanted || raised.is_err() {
        warn!(
            message_id = events::FILES_LIMITED,
            "the system allows {hard} open files, which is too few for {clients} clients; raise the \
             limit (LimitNOFILE= in a unit), or lower `max-clients` in [tcp]"
        );
    }
}
