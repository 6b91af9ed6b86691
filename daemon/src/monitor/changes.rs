//! What a pipe gets: a line for each change, and one for each telegram. Pure.

use super::source::Look;
use super::summary::{self, For, Row};
use super::{printable, raw};
use crate::language::Language;
use crate::obis;

/// Rows of raw bytes are as wide as on a terminal of this width.
const WIDTH: usize = 80;

/// What has been told already.
#[derive(Default)]
pub(super) struct Changes {
    rows: Vec<Row>,
    telegrams: u64,
    telegram: Option<String>,
    bytes: u64,
}

impl Changes {
    /// The lines to tell now.
    pub(super) fn next(&mut self, look: &Look, language: Language, raw: bool) -> Vec<String> {
        let report = &look.report;
        let rows = summary::rows(report, look.trouble.as_deref(), language, For::Changes);
        let new = rows.iter().filter(|row| !self.rows.contains(row));
        let mut lines: Vec<_> = new.map(|row| format!("{}: {}", row.what, row.text)).collect();
        self.rows = rows;
        if raw {
            let all = raw::bytes(&report.recent);
            let new = report.counts.bytes.saturating_sub(self.bytes);
            let new = usize::try_from(new).unwrap_or(usize::MAX).min(all.len());
            lines.extend(raw::lines(&all[all.len() - new..], WIDTH));
        }
        self.bytes = report.counts.bytes;
        if let Some(telegram) = &report.telegram {
            let is_new = self.telegrams != report.counts.telegrams
                || self.telegram.as_ref() != Some(telegram);
            if is_new {
                lines.push(brief(telegram, language));
                self.telegram = Some(telegram.clone());
            }
        }
        self.telegrams = report.counts.telegrams;
        for line in &mut lines {
            *line = printable(line);
        }
        lines
    }
}

/// A telegram in one line.
fn brief(telegram: &str, language: Language) -> String {
    let said = obis::ranked(obis::in_words(telegram, language));
    let said = said
        .iter()
        .filter(|said| said.brief)
        .map(|said| format!("{} {}", said.label(), said.value));
    let parts: Vec<_> = obis::clock(telegram, language).into_iter().chain(said).collect();
    format!("Telegram: {}", parts.join("; "))
}
