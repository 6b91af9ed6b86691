//! What can be said on the command line.

use crate::monitor;
use lexopt::prelude::{Long, Short, Value};
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::path::PathBuf;

/// How p1-tcp is called; after `p1-tcp --help`.
pub const USAGE: &str = "\
p1-tcp serves the telegrams of a smart meter's P1 port to any number of TCP clients.

p1-tcp run [--config FILE] [--on-bad-config exit|defaults] [--led NAME] [--verbose]
    Reads the meter and serves clients until it is told to end.

    --config FILE     the configuration; without it /etc/p1-tcp.toml where there is one, or the defaults
    --on-bad-config   what to do when there are mistakes in the configuration: exit with status 78, or
                      say so and serve with the defaults (exit)
    --led NAME        the light below /sys/class/leds that shows how the line is, where the
                      configuration names none
    -v, --verbose     log every connection, too

p1-tcp check-config [FILE]
    Tells every mistake in a configuration, or what would be in force by it. Without FILE it is
    /etc/p1-tcp.toml.

p1-tcp status [--json] [--socket PATH]
    Tells what the service knows of the line, the meter and its clients.

    --json            as the service tells it, for programs
    --socket PATH     where it tells it (/run/p1-tcp/status)

p1-tcp monitor [DEVICE | HOST:PORT] [--raw] [--socket PATH]
    Shows the line live: its state and what to do about it, the rate, errors, and the last telegram
    in words. Without an argument it is the service's line, or that of the configuration. Nothing is
    ever written to the line. On a terminal, q quits.

    -r, --raw         raw bytes in place of the telegram, or with it in a pipe; the key r does this, too

p1-tcp prepare-pi [--boot DIR] [--overlay disable-bt|miniuart-bt] [--dry-run]
p1-tcp prepare-pi --undo [--boot DIR] [--dry-run]
    Frees the UART of a Raspberry Pi for the meter; only this changes boot files.

    --boot DIR        the boot partition of a card from another machine; without it that of this system
    --overlay         what becomes of Bluetooth where it has the UART: it is off, or on the mini-UART,
                      slower (disable-bt)
    --undo            take back what prepare-pi has changed
    --dry-run         show what would change, and change nothing

p1-tcp --help | --version
";

/// What to do.
#[derive(Debug)]
pub enum Command {
    /// Reads the meter and serves clients until it is told to end.
    Run {
        /// The configuration; without it /etc/p1-tcp.toml where there is one, or the defaults.
        config: Option<PathBuf>,
        /// What to do when there are mistakes in the configuration.
        on_bad_config: OnBadConfig,
        /// The light below /sys/class/leds to use where the configuration names none.
        led: Option<String>,
        /// Log every connection, too.
        verbose: bool,
    },
    /// Tells every mistake in a configuration, or what would be in force by it.
    CheckConfig {
        /// The configuration; without it /etc/p1-tcp.toml where there is one.
        file: Option<PathBuf>,
    },
    /// Tells what the daemon knows.
    Status {
        /// Where the daemon's status socket is; without it the usual place.
        socket: Option<PathBuf>,
        /// As the daemon tells it.
        json: bool,
    },
    /// Shows the line live.
    Monitor(monitor::Options),
    /// Frees the UART of a Raspberry Pi for the meter.
    PreparePi(PreparePi),
    /// Tells how p1-tcp is called.
    Help,
    /// Tells which p1-tcp this is.
    Version,
}

/// What prepare-pi is to do.
#[derive(Debug, Default)]
pub struct PreparePi {
    /// The boot partition of a card from another machine; without it that of this system.
    pub boot: Option<PathBuf>,
    /// What becomes of Bluetooth where it has the UART; without it Bluetooth is disabled.
    pub overlay: Option<Overlay>,
    /// Take back what prepare-pi has changed.
    pub undo: bool,
    /// Show what would change, and change nothing.
    pub dry_run: bool,
    /// Another root than this system's; for tests.
    pub root: Option<PathBuf>,
}

/// The device tree overlay that moves Bluetooth away from the first PL011.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Bluetooth is off.
    DisableBt,
    /// Bluetooth is on the mini-UART, slower.
    MiniuartBt,
}

/// What to do when there are mistakes in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnBadConfig {
    /// Exit with status 78.
    Exit,
    /// Serve with the defaults, and say so.
    Defaults,
}

impl Command {
    /// Understands the words behind the program's name.
    ///
    /// # Errors
    ///
    /// One sentence on the first word that is not understood.
    pub fn parse(words: impl IntoIterator<Item = impl Into<OsString>>) -> Result<Self, String> {
        let mut words = Parser::from_args(words);
        let sentence = |error: lexopt::Error| error.to_string();
        match words.next().map_err(sentence)? {
            Some(Value(command)) => match command.to_str() {
                Some("run") => run(words).map_err(sentence),
                Some("check-config") => check_config(words).map_err(sentence),
                Some("status") => status(words).map_err(sentence),
                Some("monitor") => monitor(words).map_err(sentence),
                Some("prepare-pi") => prepare_pi(words).map_err(sentence),
                _ => Err(format!(
                    "there is no command {command:?}; there are run, check-config, status, monitor and prepare-pi"
                )),
            },
            Some(Short('h') | Long("help")) => Ok(Self::Help),
            Some(Short('V') | Long("version")) => Ok(Self::Version),
            Some(other) => Err(sentence(other.unexpected())),
            None => Err("say what to do: run, check-config, status, monitor or prepare-pi".into()),
        }
    }
}

fn run(mut words: Parser) -> Result<Command, lexopt::Error> {
    let (mut config, mut on_bad_config, mut led) = (None, OnBadConfig::Exit, None);
    let mut verbose = false;
    while let Some(word) = words.next()? {
        match word {
            Long("config") => config = Some(words.value()?.into()),
            Long("on-bad-config") => {
                let choices = [("exit", OnBadConfig::Exit), ("defaults", OnBadConfig::Defaults)];
                on_bad_config = words.value()?.parse_with(|text| one_of(text, choices))?;
            }
            Long("led") => led = Some(words.value()?.string()?),
            Short('v') | Long("verbose") => verbose = true,
            other => return anywhere(other),
        }
    }
    Ok(Command::Run { config, on_bad_config, led, verbose })
}

fn check_config(mut words: Parser) -> Result<Command, lexopt::Error> {
    let mut file = None;
    while let Some(word) = words.next()? {
        match word {
            Value(name) if file.is_none() => file = Some(name.into()),
            other => return anywhere(other),
        }
    }
    Ok(Command::CheckConfig { file })
}

fn status(mut words: Parser) -> Result<Command, lexopt::Error> {
    let (mut socket, mut json) = (None, false);
    while let Some(word) = words.next()? {
        match word {
            Long("socket") => socket = Some(words.value()?.into()),
            Long("json") => json = true,
            other => return anywhere(other),
        }
    }
    Ok(Command::Status { socket, json })
}

fn monitor(mut words: Parser) -> Result<Command, lexopt::Error> {
    let mut options = monitor::Options::default();
    while let Some(word) = words.next()? {
        match word {
            Long("socket") => options.socket = Some(words.value()?.into()),
            Short('r') | Long("raw") => options.raw = true,
            Value(target) if options.target.is_none() => {
                options.target = Some(target.parse_with(monitor::Target::parse)?);
            }
            other => return anywhere(other),
        }
    }
    Ok(Command::Monitor(options))
}

fn prepare_pi(mut words: Parser) -> Result<Command, lexopt::Error> {
    let mut options = PreparePi::default();
    while let Some(word) = words.next()? {
        match word {
            Long("boot") => options.boot = Some(words.value()?.into()),
            Long("overlay") => {
                let choices =
                    [("disable-bt", Overlay::DisableBt), ("miniuart-bt", Overlay::MiniuartBt)];
                options.overlay = Some(words.value()?.parse_with(|text| one_of(text, choices))?);
            }
            Long("undo") => options.undo = true,
            Long("dry-run") => options.dry_run = true,
            Long("root") => options.root = Some(words.value()?.into()),
            other => return anywhere(other),
        }
    }
    if options.undo && options.overlay.is_some() {
        return Err("--overlay has no meaning with --undo; leave one of them out".into());
    }
    Ok(Command::PreparePi(options))
}

/// What may stand behind every command.
fn anywhere(word: Arg<'_>) -> Result<Command, lexopt::Error> {
    match word {
        Short('h') | Long("help") => Ok(Command::Help),
        other => Err(other.unexpected()),
    }
}

fn one_of<T: Copy>(text: &str, choices: [(&str, T); 2]) -> Result<T, String> {
    let choice = choices.iter().find(|(name, _)| *name == text);
    choice
        .map(|(_, choice)| *choice)
        .ok_or_else(|| format!("it is {} or {}", choices[0].0, choices[1].0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(line: &str) -> String {
        Command::parse(line.split_whitespace()).expect_err(line)
    }

    #[test]
    fn a_mistake_is_told_in_a_sentence() {
        assert!(mistake("").contains("run, check-config, status, monitor or prepare-pi"));
        assert!(mistake("serve").contains("there is no command \"serve\""));
        assert!(mistake("run --port 9000").contains("--port"));
        assert!(mistake("run --config").contains("--config"));
        assert!(mistake("run --on-bad-config ignore").contains("it is exit or defaults"));
        assert!(mistake("run p1-tcp.toml").contains("p1-tcp.toml"));
        assert!(mistake("check-config one two").contains("two"));
        assert!(mistake("prepare-pi --undo --overlay disable-bt").contains("--undo"));
    }

    #[test]
    fn options_are_understood_as_people_write_them() {
        for line in ["run --config=x.toml -v", "run -v --config x.toml"] {
            let command = Command::parse(line.split_whitespace());
            let understood = matches!(command, Ok(Command::Run { config: Some(config), on_bad_config: OnBadConfig::Exit, led: None, verbose: true }) if config.as_os_str() == "x.toml");
            assert!(understood, "{line}");
        }
        assert!(matches!(Command::parse(["--version"]), Ok(Command::Version)));
        assert!(matches!(Command::parse(["run", "--help"]), Ok(Command::Help)));
    }
}
