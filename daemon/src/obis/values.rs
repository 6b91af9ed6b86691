//! The values of a telegram, as people write them.

use super::table::{self, Kind};
use crate::language::Language;

/// The values of a line, as people write them. What is not of the form that it should have is given
/// as it stands.
pub(super) fn value(kind: Kind, values: &[&str], language: Language) -> String {
    let first = values.first().copied().unwrap_or_default();
    match (kind, values) {
        (Kind::Dated, [moment, .., last]) => dated(moment, values, last, language),
        (Kind::Log, [_, _, entries @ ..]) => listed(entries, language),
        (Kind::Text, [text]) => decoded(text).unwrap_or_else(|| (*text).to_owned()),
        (Kind::Switch, [state]) => match number(state, language).as_deref() {
            Some("0") => language.say("off", "uit").to_owned(),
            Some("1") => language.say("on", "aan").to_owned(),
            Some("2") => language.say("ready to be switched on", "klaar om in te schakelen").into(),
            _ => first.to_owned(),
        },
        (Kind::Meter, [kind]) => {
            let name = kind.parse().ok().and_then(|kind| table::meter(kind, language));
            name.map_or_else(|| first.to_owned(), str::to_ascii_lowercase)
        }
        (Kind::Version, [version]) => match version.as_bytes() {
            [major @ b'0'..=b'9', minor @ b'0'..=b'9'] => {
                format!("{}.{}", char::from(*major), char::from(*minor))
            }
            _ => first.to_owned(),
        },
        _ => listed(values, language),
    }
}

fn listed(values: &[&str], language: Language) -> String {
    let values: Vec<_> = values.iter().map(|value| by_looks(value, language)).collect();
    values.join(", ")
}

/// A reading and when it was read. DSMR 2.2 and 3.0 have the unit apart from it, right before.
fn dated(moment: &str, values: &[&str], last: &str, language: Language) -> String {
    let unit = match values {
        [_, _, _, _, _, unit, _] => unit,
        _ => "",
    };
    let reading = if unit.is_empty() {
        by_looks(last, language)
    } else {
        by_looks(&format!("{last}*{unit}"), language)
    };
    format!("{reading} ({})", self::moment(moment, language).unwrap_or_else(|| moment.to_owned()))
}

fn by_looks(value: &str, language: Language) -> String {
    let seasonal = value.ends_with(['S', 'W']);
    let moment = if seasonal { moment(value, language) } else { None };
    moment.or_else(|| number(value, language)).unwrap_or_else(|| value.to_owned())
}

/// A number without the zeros that lead it, and its unit.
fn number(value: &str, language: Language) -> Option<String> {
    let (digits, unit) = value.split_once('*').unwrap_or((value, ""));
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let leading = whole.len() - whole.trim_start_matches('0').len();
    let mut number = digits[leading.min(whole.len() - 1)..].to_owned();
    if language == Language::Dutch {
        number = number.replace('.', ",");
    }
    Some(match unit {
        "" => format!("{sign}{number}"),
        "m3" => format!("{sign}{number} m³"),
        unit => format!("{sign}{number} {unit}"),
    })
}

/// A moment in the meter's local time: `YYMMDDhhmmss`, mostly with an S for summer or a W for
/// winter behind it. None if it is none, as in place of one that is not known.
pub(super) fn moment(value: &str, language: Language) -> Option<String> {
    let digits = value.strip_suffix(['S', 'W']).unwrap_or(value);
    if digits.len() != 12 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let two = |at: usize| &digits[at..at + 2];
    let (year, month, day) = (two(0), two(2), two(4));
    let (hour, minute, second) = (two(6), two(8), two(10));
    let possible = ("01"..="12").contains(&month)
        && ("01"..="31").contains(&day)
        && hour < "24"
        && minute < "60"
        && second <= "60";
    // A clock that was never set may begin in 1970.
    let century = if year < "70" { 20 } else { 19 };
    let date = match language {
        Language::English => format!("{century}{year}-{month}-{day}"),
        Language::Dutch => format!("{day}-{month}-{century}{year}"),
    };
    possible.then(|| format!("{date} {hour}:{minute}:{second}"))
}

/// The text that hexadecimal digits stand for, if they do.
fn decoded(digits: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(digits.len() / 2);
    for pair in digits.as_bytes().chunks(2) {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let [high, low] = *pair else { return None };
        bytes.push(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?);
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.contains(char::is_control)).then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{Dutch, English};

    #[test]
    fn numbers_are_written_as_people_do() {
        for (value, english, dutch) in [
            ("01.193*kW", "1.193 kW", "1,193 kW"),
            ("000.00*kW", "0.00 kW", "0,00 kW"),
            ("006545766*Wh", "6545766 Wh", "6545766 Wh"),
            ("-063*A", "-63 A", "-63 A"),
            ("00092.287*m3", "92.287 m³", "92,287 m³"),
            ("00000", "0", "0"),
            ("4.556", "4.556", "4,556"),
            ("231102114500W", "2023-11-02 11:45:00", "02-11-2023 11:45:00"),
            ("632525252525W", "632525252525W", "632525252525W"),
            ("1.2.3", "1.2.3", "1.2.3"),
            (".5", ".5", ".5"),
            ("*kW", "*kW", "*kW"),
            ("é", "é", "é"),
            ("", "", ""),
        ] {
            assert_eq!(by_looks(value, English), english);
            assert_eq!(by_looks(value, Dutch), dutch);
        }
    }

    #[test]
    fn texts_are_decoded_where_they_are_texts() {
        assert_eq!(decoded("4B384547"), Some("K8EG".into()));
        assert_eq!(decoded(""), Some(String::new()));
        for text in ["4B3", "XY", "1B5B41", "FFFE", "éé"] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
