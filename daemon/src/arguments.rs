//! What can be said on the command line.

use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Serves the telegrams of a smart meter's P1 port to any number of TCP clients.
#[derive(Debug, Parser)]
#[command(name = "p1-tcp", version)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Reads the meter and serves clients until it is told to end
    Run {
        /// The configuration; without it /etc/p1-tcp.toml where there is one, or the defaults
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// What to do when there are mistakes in the configuration
        #[arg(long, value_name = "WHAT", default_value = "exit")]
        on_bad_config: OnBadConfig,
        /// Log every connection, too
        #[arg(long, short)]
        verbose: bool,
    },
    /// Tells every mistake in a configuration, or what would be in force by it
    CheckConfig {
        /// The configuration; without it /etc/p1-tcp.toml where there is one
        file: Option<PathBuf>,
    },
}

/// What to do when there are mistakes in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnBadConfig {
    /// Exit with status 78
    Exit,
    /// Serve with the defaults, and say so
    Defaults,
}
