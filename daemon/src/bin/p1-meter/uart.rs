//! The line at bit level: what arrives depends on how the reader has set its port, on the polarity
//! and on the wire.

use crate::arguments::parse_odds;
use crate::pace::parse_seconds;
use line_model::{AfterError, Framing, Line, Receiver, Transmitter, Wire};
use std::time::Duration;

/// What the line is like.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Options {
    /// Send bit by bit, and let arrive what a UART makes of that at the speed that the reader has set
    /// a pseudo-terminal to, or at the meter's own elsewhere; a break arrives as 0x00
    #[arg(long, help_heading = "The line, bit by bit")]
    pub uart: bool,
    /// Turn the signal upside down, as a meter without the inverter that it needs; as with --uart
    #[arg(long, help_heading = "The line, bit by bit")]
    pub inverted: bool,
    /// From low to high level, for a pull-up that is too weak; as with --uart
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    #[arg(help_heading = "The line, bit by bit")]
    pub edges: Option<Duration>,
    /// Probability for each bit that it is turned round; as with --uart
    #[arg(long, value_name = "P", default_value = "0", value_parser = parse_odds)]
    #[arg(hide_default_value = true, help_heading = "The line, bit by bit")]
    pub bit_noise: f64,
}

impl Options {
    /// Whether any of them is asked for.
    fn any(&self) -> bool {
        self.uart || self.is_disturbed()
    }

    /// Whether what is sent cannot be expected to arrive.
    fn is_disturbed(&self) -> bool {
        self.inverted || self.edges.is_some() || self.bit_noise > 0.0
    }
}

/// Both ends of the line.
pub(crate) struct Uart {
    /// The meter's speed, in bit/s.
    own: u32,
    /// What the reader's end is set to.
    set: u32,
    disturbed: bool,
    line: Line,
    /// The plan's time, from the meter's start, up to which the line has been played.
    played: Duration,
}

/// The reader's end. Raspberry Pis have a PL011, and parity is the reader's own business.
fn receiver(baud: u32) -> Receiver {
    Receiver { baud, framing: Framing::EightNone, after_error: AfterError::AwaitEdge }
}

impl Uart {
    /// The line of a meter that sends at `baud` bit/s, if it was asked for; `seed` is for noise.
    pub(crate) fn new(options: &Options, baud: u32, seed: u64) -> Option<Self> {
        let inverted = options.inverted;
        // A parity bit is in the bytes already.
        let transmitter = Transmitter { baud, framing: Framing::EightNone, inverted };
        let rise = options.edges.unwrap_or_default();
        let wire = Wire { noise: options.bit_noise, rise, ..Wire::default() };
        options.any().then(|| Self {
            own: baud,
            set: baud,
            disturbed: options.is_disturbed(),
            line: Line::new(transmitter, &wire, receiver(baud), seed),
            played: Duration::ZERO,
        })
    }

    /// The reader's end is set to `baud` bit/s, or as the meter's.
    pub(crate) fn set(&mut self, baud: Option<u32>) {
        let baud = baud.filter(|&baud| baud > 0).unwrap_or(self.own);
        if baud != self.set {
            self.set = baud;
            self.line.set(receiver(baud));
        }
    }

    /// Whether what is sent now will arrive.
    pub(crate) fn is_in_order(&self) -> bool {
        self.set == self.own && !self.disturbed
    }

    /// What arrives of `bytes`, of which the last has left at the plan's time `end`, and of the rest
    /// before them.
    pub(crate) fn pass(&mut self, bytes: &[u8], end: Duration) -> Vec<u8> {
        let begin = self.line.now();
        self.line.send(bytes);
        let taken = self.line.now().saturating_sub(begin);
        self.played = (self.played + taken).max(end);
        self.arrived()
    }

    /// What arrives while the line rests until the plan's time `until`.
    pub(crate) fn rest(&mut self, until: Duration) -> Vec<u8> {
        if let Some(rest) = until.checked_sub(self.played).filter(|rest| !rest.is_zero()) {
            self.line.rest(rest);
            self.played = until;
        }
        self.arrived()
    }

    fn arrived(&mut self) -> Vec<u8> {
        self.line.take().into_iter().map(|received| received.byte).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"/TST5meter\r\n\r\n1-0:1.8.1(000001.000*kWh)\r\n!1A2B\r\n";

    fn arrive(options: &Options, set: Option<u32>) -> (Vec<u8>, bool) {
        let mut uart = Uart::new(options, 9600, 1).expect("a line at bit level");
        uart.set(set);
        let mut arrived = uart.rest(Duration::from_secs(1));
        for (number, piece) in (1..).zip(TEXT.chunks(8)) {
            arrived.extend(uart.pass(piece, Duration::from_secs(1 + number)));
        }
        (arrived, uart.is_in_order())
    }

    #[test]
    fn what_is_in_order_arrives_and_nothing_else_does() {
        let plain = Options { uart: true, ..Options::default() };
        for set in [None, Some(9600)] {
            assert_eq!(arrive(&plain, set), (TEXT.to_vec(), true));
        }
        for (options, set) in [
            (plain, Some(115_200)),
            (Options { inverted: true, ..Options::default() }, None),
            (Options { edges: Some(Duration::from_millis(1)), ..Options::default() }, None),
            (Options { bit_noise: 0.05, ..Options::default() }, None),
        ] {
            let (arrived, in_order) = arrive(&options, set);
            assert!(!in_order && arrived != TEXT, "{options:?}");
        }
    }

    #[test]
    fn it_is_there_only_if_asked_for() {
        assert!(Uart::new(&Options::default(), 9600, 1).is_none());
    }
}
