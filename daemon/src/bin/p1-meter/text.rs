//! The text of telegrams: OBIS codes with values behind them.

use crate::clock::stamp;
use crate::reading::{Phase, Reading};
use p1_tcp::framing::Checksum;
use std::fmt::Write as _;

/// How a number is written: the `Fn(x,y)` of the specifications, and the unit.
#[derive(Clone, Copy)]
pub(crate) struct Form {
    /// Digits in all.
    digits: usize,
    /// Digits behind the point.
    decimals: usize,
    /// May be empty.
    unit: &'static str,
}

impl Form {
    pub(crate) const fn new(digits: usize, decimals: usize, unit: &'static str) -> Self {
        Self { digits, decimals, unit }
    }

    /// `value`, which is not negative, in this form.
    pub(crate) fn of(self, value: f64) -> String {
        let Self { digits, decimals, unit } = self;
        let width = digits + usize::from(decimals > 0);
        let star = if unit.is_empty() { "" } else { "*" };
        format!("{value:0width$.decimals$}{star}{unit}")
    }
}

pub(crate) const KWH: Form = Form::new(9, 3, "kWh");
pub(crate) const KW: Form = Form::new(5, 3, "kW");
pub(crate) const VOLTS: Form = Form::new(4, 1, "V");
pub(crate) const AMPS: Form = Form::new(3, 0, "A");
pub(crate) const CUBIC_METRES: Form = Form::new(8, 3, "m3");

/// A text as meters send it: two hex digits for each character.
pub(crate) fn octets(text: &str) -> String {
    text.bytes().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02X}");
        digits
    })
}

/// A telegram being written. Every line ends in CR LF.
pub(crate) struct Text(String);

impl Text {
    /// Begins with the header line and the empty line behind it. `header` comes without `/`.
    pub(crate) fn new(header: &str) -> Self {
        Self(format!("/{header}\r\n\r\n"))
    }

    /// A data line: an OBIS code, or nothing on a continuation line, and values in parentheses.
    pub(crate) fn line<S: AsRef<str>>(&mut self, code: &str, values: impl IntoIterator<Item = S>) {
        self.0.push_str(code);
        for value in values {
            self.0.extend(["(", value.as_ref(), ")"]);
        }
        self.0.push_str("\r\n");
    }

    /// A data line for each phase: for L1 the code `1-0:c.rest`, for L2 and L3 `c` is 20 and 40
    /// more.
    pub(crate) fn each_phase(
        &mut self,
        phases: &[Phase],
        (c, rest): (u8, &str),
        show: impl Fn(&Phase) -> String,
    ) {
        for (phase, c) in phases.iter().zip((c..).step_by(20)) {
            self.line(&format!("1-0:{c}.{rest}"), [show(phase)]);
        }
    }

    /// Power from and to the grid.
    pub(crate) fn powers(&mut self, reading: &Reading) {
        self.line("1-0:1.7.0", [KW.of(reading.drawn())]);
        self.line("1-0:2.7.0", [KW.of(reading.given())]);
    }

    /// The same for each phase.
    pub(crate) fn phase_powers(&mut self, reading: &Reading) {
        self.each_phase(&reading.phases, (21, "7.0"), |phase| KW.of(phase.drawn()));
        self.each_phase(&reading.phases, (22, "7.0"), |phase| KW.of(phase.given()));
    }

    /// How often the voltage has been too low and too high on each phase: seldom.
    pub(crate) fn sags_and_swells(&mut self, reading: &Reading) {
        let times = |times: &'static str| move |_: &Phase| times.to_owned();
        self.each_phase(&reading.phases, (32, "32.0"), times("00004"));
        self.each_phase(&reading.phases, (32, "36.0"), times("00001"));
    }

    /// The gas meter with the serial number `serial`.
    pub(crate) fn gas(&mut self, reading: &Reading, serial: &str) {
        self.line("0-1:24.1.0", ["003"]);
        self.line("0-1:96.1.0", [octets(serial)]);
        let volume = CUBIC_METRES.of(reading.gas.cubic_metres);
        self.line("0-1:24.2.1", [stamp(&reading.gas.at), volume]);
    }

    /// The telegram of a meter that sends no checksum.
    pub(crate) fn end(mut self) -> String {
        self.0.push_str("!\r\n");
        self.0
    }

    /// The telegram with its CRC-16.
    pub(crate) fn end_with_checksum(mut self) -> String {
        self.0.push('!');
        let checksum = Checksum::Arc.of(self.0.as_bytes());
        let _ = write!(self.0, "{checksum:04X}\r\n");
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_all_their_digits() {
        assert_eq!(KWH.of(1_234.567_8), "001234.568*kWh");
        assert_eq!(KW.of(0.0), "00.000*kW");
        assert_eq!(AMPS.of(7.4), "007*A");
        assert_eq!(VOLTS.of(230.04), "230.0*V");
        assert_eq!(Form::new(8, 3, "").of(947.68), "00947.680");
    }

    #[test]
    fn a_telegram_reads_as_on_the_line() {
        let mut text = Text::new("TST5meter");
        let phase = Phase { watts: 0.0, vars: 0.0, volts: 230.0 };
        text.line("0-0:96.1.1", [octets("E0")]);
        text.line("0-0:96.13.0", [""]);
        text.line("0-1:24.2.1", ["250101000000W", "1*m3"]);
        text.line("", ["2"]);
        text.each_phase(&[phase; 3], (32, "7.0"), |phase| VOLTS.of(phase.volts));
        let expected = "/TST5meter\r\n\r\n0-0:96.1.1(4530)\r\n0-0:96.13.0()\r\n\
            0-1:24.2.1(250101000000W)(1*m3)\r\n(2)\r\n1-0:32.7.0(230.0*V)\r\n\
            1-0:52.7.0(230.0*V)\r\n1-0:72.7.0(230.0*V)\r\n!\r\n";
        assert_eq!(text.end(), expected);
    }

    #[test]
    fn the_checksum_is_of_all_up_to_the_exclamation_mark() {
        let text = Text("123456789".to_owned()).end_with_checksum();
        let expected = format!("123456789!{:04X}\r\n", Checksum::Arc.of(b"123456789!"));
        assert_eq!(text, expected);
    }
}
