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
    lines.truncate(view.height.saturating_sub(1));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Line, Report};
    use proptest::prelude::*;

    fn look(telegram: &str) -> Look {
        let line = Line {
            device: "/dev/ttyAMA0".into(),
            baud: 115_200,
            framing: "8N1".into(),
            sentence: "Telegrams arrive.".into(),
            advice: "Leave the cable where it is, and the meter, too.".into(),
            since: 3,
            ..Line::default()
        };
        let (telegram, recent) = (Some(telegram.into()), "2F580D0A1B".into());
        let report = Report { line, telegram, recent, ..Report::default() };
        Look { report, trouble: None }
    }

    const VIEW: View =
        View { language: Language::English, width: 40, height: 20, raw: false, keys: true };

    #[test]
    fn what_is_of_interest_comes_first_and_phases_are_beside_each_other() {
        let look = look(
            "/X\r\n\r\n1-3:0.2.8(50)\r\n1-0:52.7.0(231.0*V)\r\n1-0:1.7.0(01.193*kW)\r\n\
             1-0:32.7.0(230.1*V)\r\n1-0:72.7.0(0*V)\r\n0-0:96.13.0()\r\n8-8:8.8.8(1)\r\n!\r\n",
        );
        assert_eq!(
            frame(&look, &VIEW),
            [
                "p1-tcp monitor",
                "Port       /dev/ttyAMA0, 115200 bit/s",
                "           8N1",
                "State      Telegrams arrive (for 3 s)",
                "Advice     Leave the cable where it is,",
                "           and the meter, too.",
                "Telegrams  0.0 a minute, 0 in all",
                "Errors     none",
                "",
                "Power drawn       1.193 kW",
                "Voltage L1 L2 L3  230.1 V  231.0 V  0 V",
                "Message           –",
                "Version           5.0",
                "8-8:8.8.8         1",
                "",
                "q: quit   r: raw bytes",
            ]
        );
        let dutch = frame(&look, &View { language: Language::Dutch, raw: true, ..VIEW });
        assert_eq!(
            dutch[dutch.len() - 3..],
            ["2F 58 0D 0A 1B            /X␍␊␛", "", "q: stoppen   r: telegram"]
        );
    }

    proptest! {
        /// Whatever the line brings, it fits and is not obeyed.
        #[test]
        fn nothing_leaves_its_place(
            telegram in any::<String>(),
            values in prop::collection::vec("[\u{0}-\u{A0}]{0,60}", 0..6),
            width in 0_usize..100,
            height in 0_usize..30,
            raw in any::<bool>(),
        ) {
            let lines = values.iter().map(|value| format!("1-0:1.7.0({value})\r\n"));
            let mut look = look(&(lines.collect::<String>() + &telegram));
            look.trouble = values.first().cloned();
            look.report.meter = values.last().cloned();
            let shown = frame(&look, &View { width, height, raw, ..VIEW });
            prop_assert!(shown.len() <= height.saturating_sub(1));
            for line in shown {
                prop_assert!(line.chars().count() <= width);
                prop_assert!(!line.contains(char::is_control), "{:?}", line);
            }
        }
    }
}
