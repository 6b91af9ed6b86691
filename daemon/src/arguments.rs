//! What can be said on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
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
    /// Frees the UART of a Raspberry Pi for the meter; only this changes boot files
    PreparePi(PreparePi),
}

/// What prepare-pi is to do.
#[derive(Debug, Default, Args)]
pub struct PreparePi {
    /// The boot partition of a card from another machine; without it that of this system
    #[arg(long, value_name = "DIR")]
    pub boot: Option<PathBuf>,
    /// What becomes of Bluetooth where it has the UART; without it Bluetooth is disabled
    #[arg(long, conflicts_with = "undo")]
    pub overlay: Option<Overlay>,
    /// Take back what prepare-pi has changed
    #[arg(long)]
    pub undo: bool,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Another root than this system's
    #[arg(long, value_name = "DIR", hide = true)]
    pub root: Option<PathBuf>,
}

/// The device tree overlay that moves Bluetooth away from the first PL011.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Overlay {
    /// Bluetooth is off
    DisableBt,
    /// Bluetooth is on the mini-UART, slower
    MiniuartBt,
}

/// What to do when there are mistakes in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnBadConfig {
    /// Exit with status 78
    Exit,
    /// Serve with the defaults, and say so
    Defaults,
}
