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
    /// Its value; empty where the meter sends none. May hold any characters that the line carried.
    pub value: String,
    /// How much it is of interest: 0 is the most.
    pub rank: usize,
    /// Whether it belongs to what is told of a telegram in one line.
    pub brief: bool,
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
                value: values::value(known.kind, &entry.values, language),
                rank,
                brief: known.is_brief(code),
            },
            None => Said {
                what: entry.code.to_owned(),
                value: entry.values.join(" "),
                rank: usize::MAX,
                brief: false,
            },
        }
    };
    entries.iter().map(say).collect()
}

/// The meter's clock in `telegram`, if it sends it.
#[must_use]
pub fn clock(telegram: &str, language: Language) -> Option<String> {
    let entries = entries(telegram);
    let clock = entries.iter().find(|entry| entry.code == "0-0:1.0.0")?;
    values::moment(clock.values.first()?, language)
}
