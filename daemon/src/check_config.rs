//! `p1-tcp check-config`.

use crate::config::DEFAULT_FILE;
use crate::daemon::{self, BAD_CONFIG};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Prints what is in force by the configuration in `file`, or every mistake in it on standard
/// error; the exit code is 0 or 78.
#[must_use]
pub fn run(file: Option<&Path>) -> ExitCode {
    let name = file.unwrap_or(Path::new(DEFAULT_FILE)).display();
    let settings = match daemon::read_settings(file) {
        Ok(settings) => settings,
        Err(mistakes) => {
            eprintln!("{mistakes}");
            return ExitCode::from(BAD_CONFIG);
        }
    };
    let heading = if file.is_some() || Path::new(DEFAULT_FILE).exists() {
        format!("{name} is in order. In force by it:")
    } else {
        format!("There is no {name}, and need not be. In force without it:")
    };
    let in_force = toml::to_string(&settings).unwrap_or_else(|error| error.to_string());
    match write!(std::io::stdout(), "# {heading}\n\n{in_force}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
