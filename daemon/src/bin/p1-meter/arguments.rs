//! The command line.

use crate::cipher::Key;
use crate::clock;
use crate::error::Error;
use crate::faults::Odds;
use crate::kind::Kind;
use crate::line::Line;
use crate::outage::Outage;
use crate::pace::parse_seconds;
use crate::pty::Pty;
use crate::serial::{self, Device};
use crate::socket::{Address, Connection};
use crate::uart;
use clap::Parser;
use clap::error::ErrorKind;
use jiff::Zoned;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

/// A simulated smart meter: sends the telegrams of a P1 port, with the values of a household that
/// lives on, to whatever reads a P1 port. For trying and testing.
///
/// Like a real meter it never waits for a reader (but see --fast): what nobody reads, and what the
/// line cannot hold, is lost.
#[derive(Debug, Parser)]
#[command(
    name = "p1-meter",
    version,
    after_help = "Example: p1-meter --pty /tmp/p1 --kind belgium --solar 4"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub place: Place,

    /// Which meter to be
    #[arg(long, value_enum, default_value_t = Kind::Dsmr50, help_heading = "The meter")]
    pub kind: Kind,
    /// The key of kind luxembourg, as 32 hex digits
    #[arg(
        long,
        value_name = "HEX",
        default_value = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        hide_default_value = true,
        help_heading = "The meter"
    )]
    pub key: Key,
    /// Solar panels on the roof, in kWp
    #[arg(long, value_name = "KWP", default_value = "0", value_parser = parse_solar)]
    #[arg(help_heading = "The meter")]
    pub solar: f64,
    /// What the meter's clock shows at the beginning: RFC 3339, or local time as in
    /// 2025-01-31T12:00:00; goes on by the interval for each telegram [default: now]
    #[arg(long, value_name = "TIME", value_parser = clock::parse, help_heading = "The meter")]
    pub start: Option<Zoned>,
    /// Makes all values and faults repeatable [default: random, and shown]
    #[arg(long, value_name = "N", help_heading = "The meter")]
    pub seed: Option<u64>,

    /// From the beginning of one telegram to that of the next; 0: one right behind the other, and
    /// the clock goes on by the kind's own [default: the kind's own]
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, help_heading = "Speed")]
    pub interval: Option<Duration>,
    /// The line's speed in bit/s, ten bits to a byte; 0: each telegram at once
    /// [default: the kind's own]
    #[arg(long, value_name = "N", help_heading = "Speed")]
    pub baud: Option<u32>,
    /// Send as fast as somebody reads, and wait for the reader instead of losing bytes; the
    /// interval is then only what the clock goes on by
    #[arg(long, conflicts_with = "baud", help_heading = "Speed")]
    pub fast: bool,
    /// End after N telegrams, when the reader has taken them or 2 seconds have passed
    #[arg(long, value_name = "N", help_heading = "Speed")]
    pub count: Option<NonZeroU64>,

    /// Leave bit 7 alone where the kind sends seven bits and a parity bit
    #[arg(long, help_heading = "Faults")]
    pub no_parity: bool,
    /// Probability for each byte that it is replaced, preceded by a random one, or has a bit
    /// flipped
    #[arg(long, value_name = "P", default_value = "0", value_parser = parse_odds)]
    #[arg(hide_default_value = true, help_heading = "Faults")]
    pub noise: f64,
    /// Probability for each telegram that it breaks off anywhere, with the next one behind it
    #[arg(long, value_name = "P", default_value = "0", value_parser = parse_odds)]
    #[arg(hide_default_value = true, help_heading = "Faults")]
    pub torn: f64,
    /// Probability for each telegram that its checksum is wrong; no effect on kind dsmr22, which
    /// sends none, and on kind luxembourg, where it is encrypted
    #[arg(long, value_name = "P", default_value = "0", value_parser = parse_odds)]
    #[arg(hide_default_value = true, help_heading = "Faults")]
    pub wrong_checksum: f64,
    /// Each EVERY seconds, send nothing for FOR seconds
    #[arg(long, value_name = "EVERY:FOR", help_heading = "Faults")]
    pub silence: Option<Outage>,
    /// Each EVERY seconds, take the line away for FOR seconds: the pseudo-terminal and its link,
    /// or the connection
    #[arg(long, value_name = "EVERY:FOR", conflicts_with = "device", help_heading = "Faults")]
    pub hang_up: Option<Outage>,

    #[command(flatten)]
    pub uart: uart::Options,

    /// Append to FILE, before it is sent, each telegram that goes out whole and undamaged while
    /// somebody is there to read it, at the right speed with --uart, without parity bits
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub record: Option<PathBuf>,
    /// Write the telegrams to standard output too, as they read before any fault or encryption
    #[arg(long, help_heading = "Output")]
    pub print: bool,
}

/// Where the meter is read.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Place {
    /// Make a pseudo-terminal, and LINK a symbolic link to it
    #[arg(long, value_name = "LINK", help_heading = "Where it is read (exactly one)")]
    pub pty: Option<PathBuf>,
    /// Use a serial device
    #[arg(long, value_name = "PATH", help_heading = "Where it is read (exactly one)")]
    pub device: Option<PathBuf>,
    /// Connect to unix:PATH or tcp:HOST:PORT, as soon and as often as somebody listens there
    #[arg(long, value_name = "ADDR", help_heading = "Where it is read (exactly one)")]
    pub socket: Option<Address>,
}

impl Place {
    /// Opens it, at `speed` bit/s.
    pub(crate) fn open(&self, speed: u32) -> Result<Box<dyn Line>, Error> {
        match (&self.pty, &self.device, &self.socket) {
            (Some(link), ..) => Ok(Box::new(Pty::open(link, speed)?)),
            (_, Some(path), _) => Ok(Box::new(Device::open(path, speed)?)),
            (.., Some(address)) => Ok(Box::new(Connection::new(address.clone()))),
            (None, None, None) => unreachable!("one of them is required"),
        }
    }
}

impl Arguments {
    /// Reads the command line. What is wrong with it, or the help that it asks for, is in the
    /// error.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let arguments = Self::try_parse()?;
        arguments.check().map_err(|what| clap::Error::raw(ErrorKind::ValueValidation, what))?;
        Ok(arguments)
    }

    /// What no option shows on its own.
    fn check(&self) -> Result<(), String> {
        if self.interval == Some(Duration::ZERO) && self.baud == Some(0) {
            return Err("--interval 0 with --baud 0 would never pause; use --fast".to_owned());
        }
        if self.place.device.is_some() && serial::rate(self.speed()).is_none() {
            let speed = self.speed();
            return Err(format!("--device cannot be set to {speed} baud; use a usual --baud"));
        }
        Ok(())
    }

    /// What the line is set to, in bit/s.
    pub(crate) fn speed(&self) -> u32 {
        self.baud.filter(|&baud| baud > 0).unwrap_or(self.kind.model().baud)
    }

    /// The speed, in bit/s, at which bytes leave; 0: at once.
    pub(crate) fn pace(&self) -> u32 {
        if self.fast { 0 } else { self.baud.unwrap_or(self.kind.model().baud) }
    }

    /// From the beginning of one telegram to that of the next.
    pub(crate) fn interval(&self) -> Duration {
        self.interval.unwrap_or(self.kind.model().interval)
    }

    /// What the clock goes on by for each telegram.
    pub(crate) fn tick(&self) -> Duration {
        Some(self.interval()).filter(|tick| !tick.is_zero()).unwrap_or(self.kind.model().interval)
    }

    /// Whether bytes carry a parity bit.
    pub(crate) fn parity(&self) -> bool {
        self.kind.model().parity && !self.no_parity
    }

    /// Whether the meter starts when a reader is found, and not at once. A port is just there, but
    /// on a socket somebody has to listen.
    pub(crate) fn awaits_reader(&self) -> bool {
        self.place.socket.is_some() && !self.fast
    }

    /// The speeds, for people.
    pub(crate) fn rhythm(&self) -> String {
        let interval = self.interval().as_secs_f64();
        match (self.pace(), interval) {
            _ if self.fast => "as fast as it is read".to_owned(),
            (0, _) => format!("at once, every {interval} s"),
            (baud, interval) => {
                let character = if self.parity() { "7E1" } else { "8N1" };
                format!("{baud} {character}, every {interval} s")
            }
        }
    }

    pub(crate) fn odds(&self) -> Odds {
        Odds { noise: self.noise, torn: self.torn, wrong_checksum: self.wrong_checksum }
    }
}

/// What clap says of a mistake, as one sentence.
pub(crate) fn sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    let mut paragraphs = text.split("\n\n");
    let what = paragraphs.next().unwrap_or_default();
    let what = what.strip_prefix("error: ").unwrap_or(what);
    let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
    if error.kind() == ErrorKind::ValueValidation {
        // Our own words, which tell the remedy.
        return what;
    }
    let tip = paragraphs.find_map(|paragraph| paragraph.trim().strip_prefix("tip: "));
    format!("{what}; {}", tip.unwrap_or("p1-meter --help tells the options"))
}

pub(crate) fn parse_odds(text: &str) -> Result<f64, String> {
    let odds = text.parse().ok().filter(|odds| (0.0..=1.0).contains(odds));
    odds.ok_or_else(|| "give a probability, from 0 to 1".to_owned())
}

fn parse_solar(text: &str) -> Result<f64, String> {
    let peak = text.parse().ok().filter(|peak| (0.0..=30.0).contains(peak));
    peak.ok_or_else(|| "give a peak power, from 0 to 30 kWp".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn arguments(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn speed_and_clock_are_the_kinds_own_unless_told() {
        let own = arguments("p1-meter --pty p1 --kind dsmr22").expect("arguments");
        assert_eq!((own.speed(), own.pace(), own.parity()), (9_600, 9_600, true));
        assert_eq!(
            (own.interval(), own.tick()),
            (Duration::from_secs(10), Duration::from_secs(10))
        );
        let fast = arguments("p1-meter --pty p1 --kind dsmr22 --fast").expect("arguments");
        assert_eq!((fast.speed(), fast.pace()), (9_600, 0));
        let close = arguments("p1-meter --pty p1 --interval 0").expect("arguments");
        assert_eq!((close.interval(), close.tick()), (Duration::ZERO, Duration::from_secs(1)));
    }

    #[test]
    fn mistakes_are_told_in_one_sentence() {
        for (line, expected) in [
            ("", "--pty"),
            ("--pty a --device b", "cannot be used"),
            ("--pty a --noise 2", "from 0 to 1"),
            ("--pty a --kind dsmr40", "dsmr50"),
            ("--pty a --knid dsmr50", "--kind"),
            ("--pty a --hang-up 1:2", "less than EVERY"),
            ("--device a --hang-up 2:1", "cannot be used"),
            ("--pty a --key 12", "32 hex digits"),
            ("--pty a --fast --baud 9600", "cannot be used"),
        ] {
            let error = arguments(&format!("p1-meter {line}")).expect_err(line);
            let sentence = sentence(&error);
            assert!(!sentence.contains('\n'), "{sentence}");
            assert!(sentence.contains(expected), "{sentence}");
        }
    }
}
