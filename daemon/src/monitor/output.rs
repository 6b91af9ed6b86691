//! Writing for people who may have read enough.

use std::io::{self, ErrorKind};
use std::process::ExitCode;

/// What came of writing to standard output. It is no mistake if whoever read it has gone.
///
/// # Errors
///
/// One sentence, if it cannot be written to.
pub(super) fn read(written: io::Result<()>) -> Result<(), String> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("standard output cannot be written: {error}"))
        }
        _ => Ok(()),
    }
}

/// The exit code for what came of everything; a reason to fail is told on standard error.
pub(super) fn code(done: Result<(), String>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("p1-tcp: {reason}");
            ExitCode::FAILURE
        }
    }
}
