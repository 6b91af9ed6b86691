//! Telegrams in words: what the OBIS codes in them mean, for people. Pure.
//!
//! The codes are those of DSMR 5.0.2 P1 and the versions before it (Netbeheer Nederland), e-MUCS P1
//! 1.7 (Belgium), the P1 specification of Luxembourg 1.1.3, and what meters in Sweden, Hungary and
//! Austria send besides; their numbers are put together as IEC 62056-61 says.

mod lines;
mod table;
mod values;

use crate::language::Language;
use lines::entries;
use table::{Channels, Code};

/// A line of a telegram, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What is said: words, or the code where there are none for it.
    pub what: String,
    /// The phase, 1 to 3, that it is said of; 0 where it is said of all of them, or of none.
    pub phase: u8,
    /// Its value; empty where the meter sends none. May hold any characters that the line carried.
    pub value: String,
    /// How much it is of interest: 0 is the most.
    pub rank: usize,
    /// Whether it belongs to what is told of a telegram in one line.
    pub brief: bool,
}

impl Said {
    /// What is said, with the phase.
    #[must_use]
    pub fn label(&self) -> String {
        match self.phase {
            0 => self.what.clone(),
            phase => format!("{} L{phase}", self.what),
        }
    }
}

/// The data lines of `telegram` in words, in the order of the telegram. Nothing is left out: a line
/// that is not understood is given as it stands.
#[must_use]
pub fn in_words(telegram: &str, language: Language) -> Vec<Said> {
    let entries = entries(telegram);
    let channels = Channels::of(&entries);
    let say = |entry: &lines::Entry<'_>| {
        let code = Code::parse(entry.code);
        let known = code.as_ref().and_then(|code| table::known(code).map(|known| (code, known)));
        match known {
            Some((code, (rank, known))) => Said {
                what: known.label(code, &channels, language),
                phase: code.phase,
                value: values::value(known.kind, &entry.values, language),
                rank,
                brief: known.is_brief(code),
            },
            None => Said {
                what: entry.code.to_owned(),
                phase: 0,
                value: entry.values.join(" "),
                rank: usize::MAX,
                brief: false,
            },
        }
    };
    entries.iter().map(say).collect()
}

/// What is of most interest first, phase by phase, and else in the order of the telegram.
#[must_use]
pub fn ranked(said: Vec<Said>) -> Vec<Said> {
    let mut ranked: Vec<Said> = Vec::with_capacity(said.len());
    // There are few, and a sort of the library's would be many times as much code.
    for one in said {
        let at = ranked.partition_point(|other| (other.rank, other.phase) <= (one.rank, one.phase));
        ranked.insert(at, one);
    }
    ranked
}

/// The meter's clock in `telegram`, if it sends it.
#[must_use]
pub fn clock(telegram: &str, language: Language) -> Option<String> {
    let entries = entries(telegram);
    let clock = entries.iter().find(|entry| entry.code == "0-0:1.0.0")?;
    values::moment(clock.values.first()?, language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{Dutch, English};
    use proptest::prelude::*;

    fn said(telegram: &str, language: Language) -> Vec<(String, String)> {
        in_words(telegram, language).iter().map(|said| (said.label(), said.value.clone())).collect()
    }

    #[track_caller]
    fn says(line: &str, english: (&str, &str), dutch: (&str, &str)) {
        for (language, (what, value)) in [(English, english), (Dutch, dutch)] {
            let telegram = format!("/X\r\n\r\n{line}\r\n!\r\n");
            assert_eq!(said(&telegram, language), [(what.to_owned(), value.to_owned())]);
        }
    }

    #[test]
    fn lines_are_said_in_words() {
        says("1-0:1.7.0(01.193*kW)", ("Power drawn", "1.193 kW"), ("Vermogen, afname", "1,193 kW"));
        says(
            "1-0:2.8.2(000245.467*kWh)",
            ("Energy fed in, tariff 2", "245.467 kWh"),
            ("Teruglevering, tarief 2", "245,467 kWh"),
        );
        says("1-0:52.7.0(229.2*V)", ("Voltage L2", "229.2 V"), ("Spanning L2", "229,2 V"));
        says(
            "1-0:62.7.0(00.000*kW)",
            ("Power fed in L3", "0.000 kW"),
            ("Vermogen, teruglevering L3", "0,000 kW"),
        );
        says(
            "1-0:24.7.0(0000.222*kvar)",
            ("Reactive power fed in L1", "0.222 kvar"),
            ("Blindvermogen, levering L1", "0,222 kvar"),
        );
        says("0-0:96.14.0(0002)", ("Tariff now", "2"), ("Tarief nu", "2"));
        says(
            "1-0:1.6.0(231102114500W)(03.064*kW)",
            ("Peak of this month", "3.064 kW (2023-11-02 11:45:00)"),
            ("Piek van deze maand", "3,064 kW (02-11-2023 11:45:00)"),
        );
        says(
            "1-0:99.97.0(1)(0-0:96.7.19)(190326095015W)(0000002014*s)",
            ("Last long power failures", "2019-03-26 09:50:15, 2014 s"),
            ("Laatste lange storingen", "26-03-2019 09:50:15, 2014 s"),
        );
        says(
            "1-1:31.4.0(100*A)(-063*A)",
            ("Limit of the current L1", "100 A, -63 A"),
            ("Begrenzing van de stroom L1", "100 A, -63 A"),
        );
        says("0-0:96.3.10(1)", ("Switch", "on"), ("Schakelaar", "aan"));
        says("1-3:0.2.8(42)", ("Version", "4.2"), ("Versie", "4.2"));
        says("0-0:96.1.4(50217)", ("Version", "50217"), ("Versie", "50217"));
        says("0-0:96.13.0(48656C6C6F)", ("Message", "Hello"), ("Bericht", "Hello"));
        says("9-9:9.9.9(x)(y)", ("9-9:9.9.9", "x y"), ("9-9:9.9.9", "x y"));
        says("what is this", ("", "what is this"), ("", "what is this"));
    }

    #[test]
    fn meters_on_channels_have_their_names() {
        let gas = "/X\r\n\r\n0-1:24.1.0(003)\r\n0-1:96.1.0(4142)\r\n\
                   0-1:24.2.1(101209110000W)(12785.123*m3)\r\n0-1:24.4.0(0)\r\n\
                   0-2:24.1.0(003)\r\n0-2:24.2.3(231102121002W)(00092.287*m3)\r\n\
                   0-3:24.1.0(07)\r\n0-3:24.2.1(700101010000W)(00000000)\r\n\
                   0-4:24.2.1(101209110000W)(1*GJ)\r\n!\r\n";
        let said = said(gas, English);
        let said: Vec<_> = said.iter().map(|(what, value)| (&**what, &**value)).collect();
        assert_eq!(
            said,
            [
                ("Gas (1), kind", "gas"),
                ("Gas (1), number", "AB"),
                ("Gas (1)", "12785.123 m³ (2010-12-09 11:00:00)"),
                ("Gas (1), valve", "off"),
                ("Gas (2), kind", "gas"),
                ("Gas (2)", "92.287 m³ (2023-11-02 12:10:02)"),
                ("Water, kind", "water"),
                ("Water", "0 (1970-01-01 01:00:00)"),
                ("Channel 4", "1 GJ (2010-12-09 11:00:00)"),
            ]
        );
    }

    #[test]
    fn the_old_form_of_gas_is_understood() {
        let old = "/X\r\n\r\n0-2:24.1.0(3)\r\n\
                   0-2:24.3.0(160117120000)(00)(60)(1)(0-2:24.2.1)(m3)\r\n(02025.003)\r\n!\r\n";
        let reading = said(old, Dutch).pop().expect("a reading");
        assert_eq!(reading, ("Gas".into(), "2025,003 m³ (17-01-2016 12:00:00)".into()));
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let text = String::from_utf8_lossy(&bytes);
            let _ = in_words(&text, English);
            let _ = clock(&text, Dutch);
        }

        /// Each line is said, and in the order of the telegram.
        #[test]
        fn no_line_is_lost(lines in prop::collection::vec(
            prop_oneof![
                "[0-2]-[0-5]:[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9]{1,2}(\\([0-9*.kWhmSW:é-]{0,14}\\)){0,8}",
                "[^/!(\r\n][^\r\n]{0,20}",
            ],
            0..20,
        )) {
            let telegram = format!("/X\r\n\r\n{}\r\n!\r\n", lines.join("\r\n"));
            for language in [English, Dutch] {
                prop_assert_eq!(in_words(&telegram, language).len(), lines.len());
            }
        }
    }
}
