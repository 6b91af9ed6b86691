//! p1-tcp: arguments in, exit code out.

use clap::Parser;
use p1_tcp::arguments::{Arguments, Command};
use p1_tcp::{check_config, daemon, logging, prepare_pi};
use std::process::ExitCode;

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run { config, on_bad_config, verbose } => {
            logging::start(verbose);
            daemon::run(config.as_deref(), on_bad_config)
        }
        Command::CheckConfig { file } => check_config::run(file.as_deref()),
        Command::PreparePi(options) => prepare_pi::run(&options),
    }
}
