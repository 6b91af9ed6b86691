//! The codes, and the words for them.

use super::lines::Entry;
use crate::language::Language;

/// A code of IEC 62056-61, `A-B:C.D.E`: medium, channel, quantity, how it is measured, tariff.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Code {
    /// With the quantity of the sum of all phases in place of that of one phase.
    numbers: [u8; 5],
    /// 1 to 3, or 0 for all of them.
    pub phase: u8,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// As it looks: a number with its unit, a moment.
    Plain,
    /// A number, when it was read and perhaps more.
    Dated,
    /// A text, as two hexadecimal digits for each character.
    Text,
    /// Off, on, or ready to be switched on.
    Switch,
    /// The kind of a meter behind this one (EN 13757-3).
    Meter,
    /// 42 for 4.2.
    Version,
    /// A number of entries, a code, and the entries.
    Log,
}

/// The words for a code.
pub(super) struct Known {
    numbers: [u8; 5],
    pub kind: Kind,
    english: &'static str,
    dutch: &'static str,
}

/// Any number here.
const ANY: u8 = 255;
/// A channel that another meter is on.
const OTHER: u8 = 254;

const fn row(numbers: [u8; 5], kind: Kind, english: &'static str, dutch: &'static str) -> Known {
    Known { numbers, kind, english, dutch }
}

use self::Kind::{Dated, Log, Meter, Plain, Switch, Text, Version};

/// What is of most interest comes first.
#[rustfmt::skip]
static TABLE: [Known; 50] = [
    row([1, 0, 1, 7, 0], Plain, "Power drawn", "Vermogen, afname"),
    row([1, 0, 2, 7, 0], Plain, "Power fed in", "Vermogen, teruglevering"),
    row([1, 0, 1, 8, ANY], Plain, "Energy drawn", "Verbruik"),
    row([1, 0, 2, 8, ANY], Plain, "Energy fed in", "Teruglevering"),
    // The reading of a meter on a channel needs no more words than that meter has.
    row([0, OTHER, 24, 2, 1], Dated, "", ""),
    // Belgium: gas that is not converted to a temperature.
    row([0, OTHER, 24, 2, 3], Dated, "", ""),
    // DSMR 2.2 and 3.0.
    row([0, OTHER, 24, 3, 0], Dated, "", ""),
    row([1, 0, 12, 7, 0], Plain, "Voltage", "Spanning"),
    row([1, 0, 11, 7, 0], Plain, "Current", "Stroom"),
    row([0, 0, 96, 14, 0], Plain, "Tariff now", "Tarief nu"),
    row([1, 0, 1, 4, 0], Plain, "Average of this quarter hour", "Gemiddelde van dit kwartier"),
    row([1, 0, 1, 6, 0], Dated, "Peak of this month", "Piek van deze maand"),
    row([0, 0, 1, 0, 0], Plain, "Clock", "Klok"),
    row([0, 0, 96, 13, 0], Text, "Message", "Bericht"),
    row([0, 0, 96, 13, 1], Text, "Message code", "Berichtcode"),
    row([0, 0, 96, 13, ANY], Text, "Further message", "Verder bericht"),
    row([0, 0, 96, 7, 21], Plain, "Power failures", "Stroomstoringen"),
    row([0, 0, 96, 7, 9], Plain, "Long power failures", "Lange stroomstoringen"),
    row([1, 0, 99, 97, 0], Log, "Last long power failures", "Laatste lange storingen"),
    row([1, 0, 12, 32, 0], Plain, "Voltage sags", "Spanningsdips"),
    row([1, 0, 12, 36, 0], Plain, "Voltage swells", "Spanningspieken"),
    row([1, 0, 3, 7, 0], Plain, "Reactive power drawn", "Blindvermogen, afname"),
    row([1, 0, 4, 7, 0], Plain, "Reactive power fed in", "Blindvermogen, levering"),
    row([1, 0, 3, 8, ANY], Plain, "Reactive energy drawn", "Blindenergie, afname"),
    row([1, 0, 4, 8, ANY], Plain, "Reactive energy fed in", "Blindenergie, levering"),
    row([1, 0, 5, 7, 0], Plain, "Reactive power, quadrant 1", "Blindvermogen, kwadrant 1"),
    row([1, 0, 6, 7, 0], Plain, "Reactive power, quadrant 2", "Blindvermogen, kwadrant 2"),
    row([1, 0, 7, 7, 0], Plain, "Reactive power, quadrant 3", "Blindvermogen, kwadrant 3"),
    row([1, 0, 8, 7, 0], Plain, "Reactive power, quadrant 4", "Blindvermogen, kwadrant 4"),
    row([1, 0, 5, 8, ANY], Plain, "Reactive energy, quadrant 1", "Blindenergie, kwadrant 1"),
    row([1, 0, 6, 8, ANY], Plain, "Reactive energy, quadrant 2", "Blindenergie, kwadrant 2"),
    row([1, 0, 7, 8, ANY], Plain, "Reactive energy, quadrant 3", "Blindenergie, kwadrant 3"),
    row([1, 0, 8, 8, ANY], Plain, "Reactive energy, quadrant 4", "Blindenergie, kwadrant 4"),
    row([1, 0, 9, 7, 0], Plain, "Apparent power drawn", "Schijnbaar vermogen, afname"),
    row([1, 0, 10, 7, 0], Plain, "Apparent power fed in", "Schijnbaar vermogen, levering"),
    row([1, 0, 13, 7, 0], Plain, "Power factor", "Arbeidsfactor"),
    row([1, 0, 14, 7, 0], Plain, "Frequency", "Frequentie"),
    row([1, 0, 15, 8, ANY], Plain, "Energy drawn and fed in", "Verbruik en teruglevering"),
    row([0, 0, 98, 1, 0], Plain, "Earlier months", "Eerdere maanden"),
    row([0, 0, 96, 3, 10], Switch, "Switch", "Schakelaar"),
    row([0, OTHER, 96, 3, 10], Switch, "relay", "relais"),
    row([0, OTHER, 24, 4, 0], Switch, "valve", "klep"),
    row([0, 0, 17, 0, 0], Plain, "Limit", "Begrenzing"),
    row([1, ANY, 11, 4, 0], Plain, "Limit of the current", "Begrenzing van de stroom"),
    row([0, 0, 96, 1, 4], Version, "Version", "Versie"),
    row([1, 3, 0, 2, 8], Version, "Version", "Versie"),
    row([0, 0, 42, 0, 0], Text, "Meter number", "Meternummer"),
    row([0, 0, 96, 1, ANY], Text, "Meter number", "Meternummer"),
    row([0, OTHER, 96, 1, ANY], Text, "number", "nummer"),
    row([0, OTHER, 24, 1, 0], Meter, "kind", "soort"),
];

/// The most channels that other meters are on: four in every specification.
const CHANNELS: usize = 4;

impl Code {
    /// Understands `A-B:C.D.E`, also with `.255` or `*255` behind it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix(".255").or(text.strip_suffix("*255")).unwrap_or(text);
        let mut numbers = [0_u8; 5];
        let mut parts = text.split(['-', ':', '.']);
        for number in &mut numbers {
            *number = parts.next()?.parse().ok()?;
        }
        let mut signs = text.bytes().filter(|byte| !byte.is_ascii_digit());
        if parts.next().is_some() || !signs.by_ref().eq(*b"-:..") {
            return None;
        }
        // Each phase has 20 quantities, which are those of all phases in the same order.
        let phase = if numbers[0] == 1 { numbers[2].saturating_sub(1) / 20 } else { 0 };
        let phase = if phase <= 3 { phase } else { 0 };
        numbers[2] -= 20 * phase;
        Some(Self { numbers, phase })
    }

    /// The channel of another meter, from 0.
    fn channel(&self) -> Option<usize> {
        match self.numbers {
            [0, channel, ..] if channel > 0 && usize::from(channel) <= CHANNELS => {
                Some(usize::from(channel) - 1)
            }
            _ => None,
        }
    }
}

/// The words for `code`, and their place in the table.
pub(super) fn known(code: &Code) -> Option<(usize, &'static Known)> {
    TABLE.iter().enumerate().find(|(_, known)| {
        known.numbers.iter().zip(code.numbers).all(|(&wanted, number)| match wanted {
            ANY => true,
            OTHER => code.channel().is_some(),
            wanted => wanted == number,
        })
    })
}

impl Known {
    /// What is measured, with the tariff or the meter that it is measured for.
    pub(super) fn label(&self, code: &Code, channels: &Channels, language: Language) -> String {
        let word = language.say(self.english, self.dutch);
        let [_, _, _, measure, tariff] = code.numbers;
        let label = match code.channel() {
            Some(channel) if word.is_empty() => channels.name(channel, language),
            Some(channel) => format!("{}, {word}", channels.name(channel, language)),
            None => word.to_owned(),
        };
        let tariff = match (code.numbers[0], measure, tariff) {
            (1, 8, 1..) => format!(", {} {tariff}", language.say("tariff", "tarief")),
            _ => String::new(),
        };
        label + &tariff
    }

    /// Whether it belongs to what is told of a telegram in one line: the power, the readings, and
    /// the voltages.
    pub(super) fn is_brief(&self, code: &Code) -> bool {
        match self.numbers {
            [1, 0, 1 | 2, 7 | 8, _] => code.phase == 0,
            [1, 0, 12, 7, 0] => true,
            _ => self.kind == Dated && code.channel().is_some(),
        }
    }
}

/// The kinds of the other meters, by channel; 0 for one that is not known.
pub(super) struct Channels([u8; CHANNELS]);

impl Channels {
    pub(super) fn of(entries: &[Entry<'_>]) -> Self {
        let mut kinds = [0; CHANNELS];
        for entry in entries {
            let Some(code) = Code::parse(entry.code) else { continue };
            if let (Some(channel), [_, _, 24, 1, 0]) = (code.channel(), code.numbers) {
                kinds[channel] = entry.values[0].parse().unwrap_or(0);
            }
        }
        Self(kinds)
    }

    /// The meter by its kind, and by its channel where that is needed to tell it from another.
    fn name(&self, channel: usize, language: Language) -> String {
        let kind = self.0[channel];
        let number = channel + 1;
        match meter(kind, language) {
            Some(name) if self.0.iter().filter(|&&other| other == kind).count() == 1 => name.into(),
            Some(name) => format!("{name} ({number})"),
            None => format!("{} {number}", language.say("Channel", "Kanaal")),
        }
    }
}

/// What a meter of a kind measures, by the numbers of EN 13757-3.
pub(super) fn meter(kind: u8, language: Language) -> Option<&'static str> {
    let (english, dutch) = match kind {
        2 => ("Electricity", "Elektriciteit"),
        3 => ("Gas", "Gas"),
        4 | 12 => ("Heat", "Warmte"),
        6 | 21 => ("Hot water", "Warm water"),
        7 | 22 => ("Water", "Water"),
        10 | 11 => ("Cold", "Koude"),
        13 => ("Heat and cold", "Warmte en koude"),
        _ => return None,
    };
    Some(language.say(english, dutch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_five_numbers_with_the_right_signs() {
        let code = |text| Code::parse(text).map(|code| (code.numbers, code.phase));
        assert_eq!(code("1-0:1.8.1"), Some(([1, 0, 1, 8, 1], 0)));
        assert_eq!(code("1-0:1.8.1.255"), Some(([1, 0, 1, 8, 1], 0)));
        assert_eq!(code("1-0:1.8.1*255"), Some(([1, 0, 1, 8, 1], 0)));
        assert_eq!(code("1-0:32.7.0"), Some(([1, 0, 12, 7, 0], 1)));
        assert_eq!(code("1-0:61.7.0"), Some(([1, 0, 1, 7, 0], 3)));
        assert_eq!(code("1-0:99.97.0"), Some(([1, 0, 99, 97, 0], 0)));
        for text in
            ["", "255", "1.8.1", "1-0:1.8", "1-0:1.8.1.2", "1:0-1.8.1", "1-0:1.8.256", "é255"]
        {
            assert_eq!(code(text), None, "{text}");
        }
    }
}
