//! What a report says of the line, the meter and the daemon, in rows. Pure.

use super::verdicts;
use crate::language::Language;
use crate::report::{Errors, Report};

/// A row: what it is on, and what is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub what: &'static str,
    pub text: String,
}

/// What rows are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    /// To be looked at: with what goes on as it does.
    Looking,
    /// To tell what has changed: with nothing that always changes.
    Changes,
}

/// The rows of `report`. `trouble` is why it is an old one, or none at all.
pub(super) fn rows(
    report: &Report,
    trouble: Option<&str>,
    language: Language,
    purpose: For,
) -> Vec<Row> {
    let looking = purpose == For::Looking;
    let line = &report.line;
    let mut rows = Vec::new();
    let mut row = |what: &'static str, text: String| {
        if !text.is_empty() {
            rows.push(Row { what, text });
        }
    };
    let port = match line.baud {
        0 => line.device.clone(),
        baud => format!("{}, {baud} bit/s {}", line.device, line.framing),
    };
    row(language.say("Port", "Poort"), port);
    let (sentence, advice) = match trouble {
        Some(trouble) => (trouble.to_owned(), String::new()),
        None => verdicts::words(line, language),
    };
    let sentence = match trouble {
        None if looking && !sentence.is_empty() => format!(
            "{} ({} {})",
            sentence.trim_end_matches('.'),
            language.say("for", "al"),
            time(line.since, language)
        ),
        _ => sentence,
    };
    row(language.say("State", "Toestand"), sentence);
    row(language.say("Advice", "Advies"), advice);
    row("Meter", meter(report, language));
    if looking {
        row(language.say("Telegrams", "Telegrammen"), telegrams(report, language));
    }
    row(language.say("Errors", "Fouten"), errors(report, looking, language));
    // Only the daemon has clients.
    if !report.version.is_empty() {
        row("Clients", clients(report, looking, language));
        if looking {
            let since = time(report.uptime, language);
            let running = language.say("running for", "draait al");
            row(
                language.say("Service", "Dienst"),
                format!("p1-tcp {}, {running} {since}", report.version),
            );
        }
    }
    row(language.say("Mistake", "Vergissing"), report.mistake.clone().unwrap_or_default());
    rows
}

fn meter(report: &Report, language: Language) -> String {
    match report.meter.as_deref() {
        Some("") => {
            language.say("it encrypts its telegrams", "hij versleutelt zijn telegrammen").into()
        }
        meter => meter.unwrap_or_default().to_owned(),
    }
}

fn telegrams(report: &Report, language: Language) -> String {
    let total = report.counts.telegrams;
    let text = match language {
        Language::English => format!("{:.1} a minute, {total} in all", report.telegrams_per_minute),
        Language::Dutch => {
            let rate = format!("{:.1}", report.telegrams_per_minute).replace('.', ",");
            format!("{rate} per minuut, {total} in totaal")
        }
    };
    let last = report.last_telegram_ago.map(|ago| time(ago, language)).map(|ago| match language {
        Language::English => format!(", the last one {ago} ago"),
        Language::Dutch => format!(", het laatste {ago} geleden"),
    });
    text + last.as_deref().unwrap_or_default()
}

/// What has gone wrong at all; empty if nothing has and that need not be said.
fn errors(report: &Report, always: bool, language: Language) -> String {
    let counts = &report.counts;
    let Errors { framing, parity, breaks, overruns } = report.line.errors.unwrap_or_default();
    let counted = [
        (counts.checksum_errors, "checksum errors", "verkeerde controlegetallen"),
        (counts.malformed, "damaged telegrams", "beschadigde telegrammen"),
        (counts.parity_errors.max(parity), "parity errors", "pariteitsfouten"),
        (framing, "framing errors", "framefouten"),
        (breaks, "breaks", "breaks"),
        (overruns, "overruns", "overruns"),
    ];
    list(&counted, always, language)
}

fn clients(report: &Report, always: bool, language: Language) -> String {
    let counts = &report.counts;
    let now = format!("{} {}", report.clients, language.say("now", "nu"));
    let counted = [
        (if always { counts.clients } else { 0 }, "since the start", "sinds het begin"),
        (counts.refused, "refused", "geweigerd"),
        (counts.missed, "telegrams missed", "telegrammen gemist"),
    ];
    match list(&counted, false, language) {
        more if more.is_empty() => now,
        more => now + ", " + &more,
    }
}

/// What there is of `counted`. Where there is nothing, this is told if it is to be told `always`.
fn list(counted: &[(u64, &str, &str)], always: bool, language: Language) -> String {
    let counted = counted.iter().filter(|(count, ..)| *count > 0);
    let counted =
        counted.map(|&(count, english, dutch)| format!("{count} {}", language.say(english, dutch)));
    let texts: Vec<_> = counted.collect();
    if texts.is_empty() && always {
        return language.say("none", "geen").to_owned();
    }
    texts.join(", ")
}

/// A time in seconds, as exactly as people want it.
fn time(seconds: u64, language: Language) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} {}", seconds / 3600, language.say("h", "uur")),
        _ => format!("{} {}", seconds / 86_400, language.say("days", "dagen")),
    }
}

/// The rows as lines; where there is a `width`, what is wider goes on below.
pub(super) fn lines(rows: &[Row], width: Option<usize>) -> Vec<String> {
    let indent = rows.iter().map(|row| row.what.len() + 2).max().unwrap_or(0);
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(indent).max(10));
    let mut lines = Vec::new();
    for row in rows {
        let mut line = format!("{:indent$}", row.what);
        let mut used = 0;
        for word in row.text.split(' ') {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > room {
                lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line += word;
            used += length;
        }
        lines.push(line);
    }
    lines
}
