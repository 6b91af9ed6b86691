//! What a terminal shows. Pure.

use super::source::Look;
use super::summary::{self, For};
use super::{printable, raw};
use crate::language::Language;
use crate::obis;

/// How to show it.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    pub language: Language,
    /// In columns.
    pub width: usize,
    /// In lines.
    pub height: usize,
    /// Raw bytes in place of the last telegram.
    pub raw: bool,
    /// Whether there are keys to be pressed.
    pub keys: bool,
}

/// The lines of a terminal, first to last: none wider than it is, fewer than it has, and nothing in
/// them that it would obey.
pub(super) fn frame(look: &Look, view: &View) -> Vec<String> {
    let language = view.language;
    let rows = summary::rows(&look.report, look.trouble.as_deref(), language, For::Looking);
    let mut lines = vec!["p1-tcp monitor".to_owned()];
    lines.extend(summary::lines(&rows, Some(view.width)));
    lines.push(String::new());
    let keys = match (view.keys, language, view.raw) {
        (false, ..) => None,
        (true, Language::English, false) => Some("q: quit   r: raw bytes"),
        (true, Language::English, true) => Some("q: quit   r: telegram"),
        (true, Language::Dutch, false) => Some("q: stoppen   r: ruwe bytes"),
        (true, Language::Dutch, true) => Some("q: stoppen   r: telegram"),
    };
    // The last line of the terminal is for the cursor.
    let height = view.height.saturating_sub(1 + 2 * usize::from(keys.is_some()));
    let room = height.saturating_sub(lines.len());
    if view.raw {
        let shown = raw::lines(&raw::bytes(&look.report.recent), view.width);
        lines.extend_from_slice(&shown[shown.len().saturating_sub(room)..]);
    } else {
        lines.extend(fitted(telegram(look, language), room, language));
    }
    lines.truncate(height);
    if let Some(keys) = keys {
        lines.extend([String::new(), keys.to_owned()]);
    }
    for line in &mut lines {
        *line = printable(line).chars().take(view.width).collect();
    }
    lines
}

/// The last telegram, what is of most interest first; the phases are beside each other.
fn telegram(look: &Look, language: Language) -> Vec<String> {
    let telegram = look.report.telegram.as_deref().unwrap_or_default();
    let said = obis::ranked(obis::in_words(telegram, language));
    let mut rows: Vec<(String, String)> = Vec::new();
    for (index, one) in said.iter().enumerate() {
        let value = if one.value.is_empty() { "–" } else { &one.value };
        let goes_on = index > 0
            && one.phase > 0
            && said[index - 1].phase > 0
            && one.what == said[index - 1].what;
        match rows.last_mut() {
            Some((what, values)) if goes_on => {
                what.extend([" L", ["", "1", "2", "3"][usize::from(one.phase)]]);
                values.extend(["  ", value]);
            }
            _ => rows.push((one.label(), value.to_owned())),
        }
    }
    let width = rows.iter().map(|(what, _)| what.chars().count()).max().unwrap_or(0) + 2;
    rows.iter().map(|(what, value)| format!("{what:width$}{value}")).collect()
}

/// As many of the lines as there is room for, and how many there is none for.
fn fitted(mut lines: Vec<String>, room: usize, language: Language) -> Vec<String> {
    if lines.len() > room {
        lines.truncate(room.saturating_sub(1));
        lines.push(language.say("… more in a higher window", "… meer in een hoger venster").into());
    }
    lines
}
