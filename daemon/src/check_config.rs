//! `p1-tcp check-config`.

use crate::config::DEFAULT_FILE;
use crate::daemon::{BAD_CONFIG, configuration_file, read_settings};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Prints what is in force by the configuration in `file`, or every mistake in it on standard
/// error; the exit code is 0 or 78.
#[must_use]
pub fn run(file: Option<&Path>) -> ExitCode {
    let read = configuration_file(file);
    let settings = match read_settings(read.as_deref()) {
        Ok(settings) => settings,
        Err(mistakes) => {
            eprintln!("{mistakes}");
            return ExitCode::from(BAD_CONFIG);
        }
    };
    let heading = match read {
        Some(file) => format!("{} is in order. In force by it:", file.display()),
        None => format!("There is no {DEFAULT_FILE}, and need not be. In force without it:"),
    };
    match write!(std::io::stdout(), "# {heading}\n\n{settings}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
