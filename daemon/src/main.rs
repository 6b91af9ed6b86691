//! p1-tcp: arguments in, exit code out.

use p1_tcp::arguments::{Command, USAGE};
use p1_tcp::{check_config, daemon, logging, monitor, prepare_pi};
use std::io::Write;
use std::process::ExitCode;

/// For words that are not understood, as is usual.
const BAD_USAGE: u8 = 2;

fn main() -> ExitCode {
    match Command::parse(std::env::args_os().skip(1)) {
        Ok(Command::Run { config, on_bad_config, led, verbose }) => {
            logging::start(verbose);
            daemon::run(config.as_deref(), on_bad_config, led)
        }
        Ok(Command::CheckConfig { file }) => check_config::run(file.as_deref()),
        Ok(Command::Status { socket, json }) => monitor::status::run(socket.as_deref(), json),
        Ok(Command::Monitor(options)) => monitor::run(&options),
        Ok(Command::PreparePi(options)) => prepare_pi::run(&options),
        Ok(Command::Help) => print(USAGE),
        Ok(Command::Version) => print(concat!("p1-tcp ", env!("CARGO_PKG_VERSION"), "\n")),
        Err(mistake) => {
            eprintln!("p1-tcp: {mistake}; `p1-tcp --help` tells how it is called");
            ExitCode::from(BAD_USAGE)
        }
    }
}

/// Whoever reads may have read enough.
fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
