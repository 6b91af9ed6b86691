//! From text to sections, keys and values, with a mistake for each that is not as it should be.

use super::{Mistake, Source};
use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The sections of a text and the mistakes found in it so far.
pub struct Root<'t> {
    source: &'t Source,
    table: DeTable<'t>,
    /// By offset, so that they can be told in the order of the lines.
    mistakes: Vec<(usize, String)>,
}

/// A section and its keys.
pub type Keys<'n> = (&'n str, &'n [&'n str]);

impl<'t> Root<'t> {
    /// Parses what can be read of `source`.
    #[must_use]
    pub fn parse(source: &'t Source) -> Self {
        let (table, mistakes) = source.table();
        Self { source, table, mistakes }
    }

    /// Reports every section and key that is not among `known`.
    pub fn refuse_unknown(&mut self, known: &[Keys<'_>]) {
        let mut mistakes = Vec::new();
        for (name, value) in &self.table {
            let at = name.span().start;
            let name = name.get_ref().as_ref();
            let Some((_, keys)) = known.iter().find(|(section, _)| *section == name) else {
                mistakes.push((at, unknown_section(name, known, self.source.is_secret())));
                continue;
            };
            let Some(table) = value.get_ref().as_table() else {
                mistakes.push((
                    at,
                    format!("`{name}` is a section; write [{name}] on a line of its own and its keys below"),
                ));
                continue;
            };
            for key in table.keys() {
                if !keys.contains(&key.get_ref().as_ref()) {
                    let at = key.span().start;
                    let told =
                        unknown_key(key.get_ref(), name, keys, known, self.source.is_secret());
                    mistakes.push((at, told));
                }
            }
        }
        self.mistakes.append(&mut mistakes);
    }

    /// The value of a key as `read` understands it, or `default` if it is not there or is wrong.
    pub fn read<T>(
        &mut self,
        section: &str,
        key: &str,
        default: T,
        read: impl FnOnce(&DeValue<'_>) -> Result<T, String>,
    ) -> T {
        let Some(value) = self.value(section, key) else { return default };
        match read(value.get_ref()) {
            Ok(value) => value,
            Err(message) => {
                self.mistakes.push((value.span().start, format!("`{key}` {message}")));
                default
            }
        }
    }

    /// The values of a key, which is one of them or a list, as `read` understands each; those that
    /// are wrong are left out.
    pub fn read_each<T>(
        &mut self,
        section: &str,
        key: &str,
        read: impl Fn(&DeValue<'_>) -> Result<T, String>,
    ) -> Vec<T> {
        let Some(value) = self.value(section, key) else { return Vec::new() };
        let one = std::slice::from_ref(value);
        let items = value.get_ref().as_array().map_or(one, |list| &list[..]);
        let (mut values, mut mistakes) = (Vec::new(), Vec::new());
        for item in items {
            match read(item.get_ref()) {
                Ok(value) => values.push(value),
                Err(message) => mistakes.push((item.span().start, format!("`{key}` {message}"))),
            }
        }
        self.mistakes.append(&mut mistakes);
        values
    }

    /// Whether there is a value for a key, right or wrong.
    #[must_use]
    pub fn has(&self, section: &str, key: &str) -> bool {
        self.value(section, key).is_some()
    }

    /// Adds a mistake in what several keys mean together, at the place of `key` or, where that is
    /// left out, of its section.
    pub fn add(&mut self, section: &str, key: &str, message: String) {
        let heading = self.table.get_key_value(section).map(|(name, _)| name.span().start);
        let at = self.value(section, key).map(|value| value.span().start).or(heading);
        self.mistakes.push((at.unwrap_or_default(), message));
    }

    fn value(&self, section: &str, key: &str) -> Option<&Spanned<DeValue<'t>>> {
        self.table.get(section)?.get_ref().as_table()?.get(key)
    }

    /// All mistakes in the order of the lines; of several on one line the first, as the others
    /// mostly follow from it.
    #[must_use]
    pub fn into_mistakes(self) -> Vec<Mistake> {
        self.source.placed(self.mistakes)
    }
}

/// A text.
///
/// # Errors
///
/// What is wrong, to follow the key in a sentence.
pub fn text<'v>(value: &'v DeValue<'_>) -> Result<&'v str, String> {
    value.as_str().ok_or_else(|| {
        format!("has to be a text in straight quotation marks and not {}", kind(value))
    })
}

/// A text that is one of a few.
///
/// # Errors
///
/// What is wrong, to follow the key in a sentence.
pub fn one_of<T: Copy>(value: &DeValue<'_>, choices: &[(&str, T)]) -> Result<T, String> {
    let names = || choices.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>();
    let chosen = text(value).map_err(|_| format!("has to be {}", names().join(" or ")))?;
    let choice = choices.iter().find(|(name, _)| name.eq_ignore_ascii_case(chosen));
    choice
        .map(|(_, choice)| *choice)
        .ok_or_else(|| format!("cannot be \"{chosen}\"; it is {}", names().join(" or ")))
}

/// A whole number in a range.
///
/// # Errors
///
/// What is wrong, to follow the key in a sentence.
pub fn number<T>(value: &DeValue<'_>, range: RangeInclusive<T>) -> Result<T, String>
where
    T: TryFrom<i64> + PartialOrd + std::fmt::Display,
{
    let (least, most) = (range.start(), range.end());
    let Some(integer) = value.as_integer() else {
        let quoted = value.as_str().filter(|text| text.parse::<i64>().is_ok());
        let remedy = quoted
            .map_or_else(String::new, |text| format!("; write {text} without quotation marks"));
        return Err(format!(
            "has to be a whole number from {least} to {most} and not {}{remedy}",
            kind(value)
        ));
    };
    let parsed = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
    parsed
        .and_then(|number| T::try_from(number).ok())
        .filter(|number| range.contains(number))
        .ok_or_else(|| format!("is {}, and has to be from {least} to {most}", integer.as_str()))
}

/// A switch: true or false.
///
/// # Errors
///
/// What is wrong, to follow the key in a sentence.
pub fn switch(value: &DeValue<'_>) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| {
        let quoted = value.as_str().filter(|text| ["true", "false"].contains(text));
        let remedy = quoted
            .map_or_else(String::new, |text| format!("; write {text} without quotation marks"));
        format!("has to be true or false and not {}{remedy}", kind(value))
    })
}

/// What a value is, for people.
#[must_use]
pub fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

fn unknown_section(name: &str, known: &[Keys<'_>], secret: bool) -> String {
    if let Some((section, _)) = known.iter().find(|(_, keys)| keys.contains(&name)) {
        return format!("`{name}` belongs below [{section}]");
    }
    let sections: Vec<_> = known.iter().map(|(section, _)| *section).collect();
    let wrong = if secret { "such section" } else { &format!("section [{name}]") };
    match nearest(name, &sections) {
        Some(section) => format!("there is no {wrong}; [{section}] is meant, it seems"),
        None => format!("there is no {wrong}; there are [{}]", sections.join("], [")),
    }
}

fn unknown_key(
    key: &str,
    section: &str,
    keys: &[&str],
    known: &[Keys<'_>],
    secret: bool,
) -> String {
    if let Some((other, _)) = known.iter().find(|(_, keys)| keys.contains(&key)) {
        return format!("`{key}` belongs below [{other}] and not below [{section}]");
    }
    let wrong = if secret { "such key" } else { &format!("`{key}`") };
    match nearest(key, keys) {
        Some(meant) => format!("there is no {wrong} in [{section}]; `{meant}` is meant, it seems"),
        None => format!("there is no {wrong} in [{section}]; there are `{}`", keys.join("`, `")),
    }
}

/// The name that is nearest to what was written, if any is near.
#[must_use]
pub fn nearest<'n>(written: &str, names: &[&'n str]) -> Option<&'n str> {
    let written = written.to_lowercase().replace('_', "-");
    let distance = |name: &str| strsim::damerau_levenshtein(&written, name);
    let best = names.iter().copied().min_by_key(|name| distance(name))?;
    (distance(best) <= 1 + best.len() / 4).then_some(best)
}
