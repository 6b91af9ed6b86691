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
    // The last line of the terminal is for the cursor.
    let room = view.height.saturating_sub(lines.len() + 1 + 2 * usize::from(view.keys));
    if view.raw {
        let shown = raw::lines(&raw::bytes(&look.report.recent), view.width);
        lines.extend_from_slice(&shown[shown.len().saturating_sub(room)..]);
    } else {
        lines.extend(fitted(telegram(look, language), room, language));
    }
    if view.keys {
        lines.push(String::new());
        lines.push(match (language, view.raw) {
            (Language::English, false) => "q: quit   r: raw bytes".into(),
            (Language::English, true) => "q: quit   r: telegram".into(),
            (Language::Dutch, false) => "q: stoppen   r: ruwe bytes".into(),
            (Language::Dutch, true) => "q: stoppen   r: telegram".into(),
        });
    }
    lines.truncate(view.height.saturating_sub(1));
    for line in &mut lines {
        *line = printable(line).chars().take(view.width).collect();
    }
    lines
}

/// The last telegram, what is of most interest first.
fn telegram(look: &Look, language: Language) -> Vec<String> {
    let telegram = look.report.telegram.as_deref().unwrap_or_default();
    let mut said = obis::in_words(telegram, language);
    said.sort_by_key(|said| said.rank);
    let width = said.iter().map(|said| said.what.chars().count()).max().unwrap_or(0) + 2;
    let line = |said: &obis::Said| {
        let value = if said.value.is_empty() { "–" } else { &said.value };
        format!("{:width$}{value}", said.what)
    };
    said.iter().map(line).collect()
}

/// As many of the lines as there is room for, and how many there is none for.
fn fitted(mut lines: Vec<String>, room: usize, language: Language) -> Vec<String> {
    if lines.len() > room {
        lines.truncate(room.saturating_sub(1));
        lines.push(language.say("… more in a higher window", "… meer in een hoger venster").into());
    }
    lines
}
