//! From text to sections, keys and values, with a mistake for each that is not as it should be.

use super::Mistake;
use std::ops::RangeInclusive;
use toml::de::{DeTable, DeValue};

/// The TOML text and the mistakes found in it so far.
pub(super) struct Root<'t> {
    text: &'t str,
    table: DeTable<'t>,
    /// By offset, so that they can be told in the order of the lines.
    mistakes: Vec<(usize, String)>,
}

/// A section and its keys.
type Keys<'n> = (&'n str, &'n [&'n str]);

impl<'t> Root<'t> {
    /// Parses `text`, going on behind mistakes.
    pub(super) fn parse(text: &'t str) -> Self {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut root = Self { text, table: table.into_inner(), mistakes: Vec::new() };
        for error in errors {
            let span = error.span().unwrap_or_default();
            let snippet = text.get(span.clone()).unwrap_or_default().trim();
            root.mistakes.push((span.start, syntax(error.message(), snippet)));
        }
        root
    }

    /// Reports every section and key that is not among `known`.
    pub(super) fn refuse_unknown(&mut self, known: &[Keys<'_>]) {
        let mut mistakes = Vec::new();
        for (name, value) in &self.table {
            let at = name.span().start;
            let name = name.get_ref().as_ref();
            let Some((_, keys)) = known.iter().find(|(section, _)| *section == name) else {
                mistakes.push((at, unknown_section(name, known)));
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
                    mistakes.push((at, unknown_key(key.get_ref(), name, keys, known)));
                }
            }
        }
        self.mistakes.append(&mut mistakes);
    }

    /// The value of a key as `read` understands it, or `default` if it is not there or is wrong.
    pub(super) fn read<T>(
        &mut self,
        section: &str,
        key: &str,
        default: T,
        read: impl FnOnce(&DeValue<'_>) -> Result<T, String>,
    ) -> T {
        let table = self.table.get(section).and_then(|section| section.get_ref().as_table());
        let Some(value) = table.and_then(|table| table.get(key)) else { return default };
        match read(value.get_ref()) {
            Ok(value) => value,
            Err(message) => {
                self.mistakes.push((value.span().start, format!("`{key}` {message}")));
                default
            }
        }
    }

    /// All mistakes in the order of the lines; of several on one line the first, as the others
    /// mostly follow from it.
    pub(super) fn into_mistakes(mut self) -> Vec<Mistake> {
        // Stable: syntax comes before meaning at one place.
        self.mistakes.sort_by_key(|(at, _)| *at);
        let placed = self.mistakes.into_iter().map(|(at, what)| Mistake::at(self.text, at, what));
        let mut mistakes: Vec<Mistake> = placed.collect();
        mistakes.dedup_by_key(|mistake| mistake.place.map(|(line, _)| line));
        mistakes
    }
}

/// A text.
pub(super) fn text<'v>(value: &'v DeValue<'_>) -> Result<&'v str, String> {
    value.as_str().ok_or_else(|| {
        format!("has to be a text in straight quotation marks and not {}", kind(value))
    })
}

/// A text that is one of a few.
pub(super) fn one_of<T: Copy>(value: &DeValue<'_>, choices: &[(&str, T)]) -> Result<T, String> {
    let names = || choices.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>();
    let chosen = text(value).map_err(|_| format!("has to be {}", names().join(" or ")))?;
    let choice = choices.iter().find(|(name, _)| name.eq_ignore_ascii_case(chosen));
    choice
        .map(|(_, choice)| *choice)
        .ok_or_else(|| format!("cannot be \"{chosen}\"; it is {}", names().join(" or ")))
}

/// A whole number in a range.
pub(super) fn number<T>(value: &DeValue<'_>, range: RangeInclusive<T>) -> Result<T, String>
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

/// What a value is, for people.
fn kind(value: &DeValue<'_>) -> &'static str {
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

/// What TOML's parser found wrong, in words for someone who has never heard of TOML.
fn syntax(message: &str, snippet: &str) -> String {
    if !message.starts_with("string values must be quoted") {
        let snippet = if snippet.is_empty() { "" } else { &format!(" at `{snippet}`") };
        return format!("this is no TOML{snippet}: {message}");
    }
    if snippet.is_empty() {
        "there is no value behind the `=`; write one, or leave the line out".into()
    } else if snippet.starts_with(|first: char| first.is_ascii_digit()) {
        format!("`{snippet}` is neither a number nor a text in straight quotation marks")
    } else {
        format!("a text needs straight quotation marks around it: \"{snippet}\"")
    }
}

fn unknown_section(name: &str, known: &[Keys<'_>]) -> String {
    if let Some((section, _)) = known.iter().find(|(_, keys)| keys.contains(&name)) {
        return format!("`{name}` belongs below [{section}]");
    }
    let sections: Vec<_> = known.iter().map(|(section, _)| *section).collect();
    match nearest(name, &sections) {
        Some(section) => format!("there is no section [{name}]; [{section}] is meant, it seems"),
        None => format!("there is no section [{name}]; there are [{}]", sections.join("], [")),
    }
}

fn unknown_key(key: &str, section: &str, keys: &[&str], known: &[Keys<'_>]) -> String {
    if let Some((other, _)) = known.iter().find(|(_, keys)| keys.contains(&key)) {
        return format!("`{key}` belongs below [{other}] and not below [{section}]");
    }
    if let Some(meant) = nearest(key, keys) {
        return format!("there is no `{key}` in [{section}]; `{meant}` is meant, it seems");
    }
    format!("there is no `{key}` in [{section}]; there are `{}`", keys.join("`, `"))
}

/// The name that is nearest to what was written, if any is near.
fn nearest<'n>(written: &str, names: &[&'n str]) -> Option<&'n str> {
    let written = written.to_lowercase().replace('_', "-");
    let distance = |name: &str| strsim::damerau_levenshtein(&written, name);
    let best = names.iter().copied().min_by_key(|name| distance(name))?;
    (distance(best) <= 1 + best.len() / 4).then_some(best)
}
