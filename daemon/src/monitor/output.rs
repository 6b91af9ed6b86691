//! Writing for people who may have read enough.

use std::io::{self, ErrorKind};
use std::process::ExitCode;

/// The exit code when `written` is what came of writing to standard output.
pub(super) fn code(written: io::Result<()>) -> ExitCode {
    match written {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read it has gone, which is no mistake.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("p1-tcp: standard output cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}
