//! A report, read from the JSON that the daemon tells. Pure.
//!
//! Not by what serde derives, which would be a tenth of the daemon; the tests hold it to that.

use crate::diagnosis::{Breaks, Verdict};
use crate::report::{Errors, Line, Report};
use crate::statistics::Counts;
use serde_json::Value;

/// The report in `document`. What it leaves out has its default, and what is not known of is left.
///
/// # Errors
///
/// If it is no JSON.
pub(super) fn report(document: &[u8]) -> Result<Report, String> {
    let root: Value = serde_json::from_slice(document).map_err(|error| error.to_string())?;
    let counts = &root["counts"];
    Ok(Report {
        version: text(&root["version"]).unwrap_or_default(),
        uptime: number(&root["uptime"]),
        mistake: text(&root["mistake"]),
        line: line(&root["line"]),
        meter: text(&root["meter"]),
        telegrams_per_minute: root["telegrams-per-minute"].as_f64().unwrap_or_default(),
        last_telegram_ago: root["last-telegram-ago"].as_u64(),
        counts: Counts {
            bytes: number(&counts["bytes"]),
            telegrams: number(&counts["telegrams"]),
            checksum_errors: number(&counts["checksum-errors"]),
            malformed: number(&counts["malformed"]),
            parity_errors: number(&counts["parity-errors"]),
            clients: number(&counts["clients"]),
            refused: number(&counts["refused"]),
            missed: number(&counts["missed"]),
        },
        clients: number(&root["clients"]),
        telegram: text(&root["telegram"]),
        recent: text(&root["recent"]).unwrap_or_default(),
    })
}

fn line(line: &Value) -> Line {
    let errors = &line["errors"];
    Line {
        device: text(&line["device"]).unwrap_or_default(),
        baud: small(&line["baud"]).unwrap_or_default(),
        framing: text(&line["framing"]).unwrap_or_default(),
        verdict: verdict(line),
        since: number(&line["since"]),
        sentence: text(&line["sentence"]).unwrap_or_default(),
        advice: text(&line["advice"]).unwrap_or_default(),
        errors: errors.is_object().then(|| Errors {
            framing: number(&errors["framing"]),
            parity: number(&errors["parity"]),
            breaks: number(&errors["breaks"]),
            overruns: number(&errors["overruns"]),
        }),
    }
}

fn verdict(line: &Value) -> Verdict {
    match line["verdict"].as_str().unwrap_or_default() {
        "receiving" => Verdict::Receiving,
        "encrypted" => Verdict::Encrypted,
        "silent" => Verdict::Silent { ever: line["ever"].as_bool().unwrap_or_default() },
        "break" => Verdict::Break,
        "inverted" => Verdict::Inverted,
        "wrong-speed" => Verdict::WrongSpeed { sent: small(&line["sent"]) },
        "noise" => Verdict::Noise {
            percent: small(&line["percent"]).unwrap_or_default(),
            at: match line["at"].as_str() {
                Some("length") => Breaks::Length,
                Some("content") => Breaks::Content,
                _ => Breaks::Unknown,
            },
        },
        "overruns" => Verdict::Overruns,
        "other-meter" => Verdict::OtherMeter,
        "rubbish" => Verdict::Rubbish,
        "missing" => Verdict::Missing,
        "in-use" => Verdict::InUse,
        _ => Verdict::Waiting,
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

fn small<T: TryFrom<u64>>(value: &Value) -> Option<T> {
    T::try_from(value.as_u64()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_report_is_read_as_it_was_told() {
        let line = Line {
            device: "/dev/ttyUSB0".into(),
            baud: 9600,
            framing: "7E1".into(),
            since: 5,
            sentence: "s".into(),
            advice: "a".into(),
            errors: Some(Errors { framing: 1, parity: 2, breaks: 3, overruns: 4 }),
            ..Line::default()
        };
        let counts = Counts {
            bytes: 1,
            telegrams: 2,
            checksum_errors: 3,
            malformed: 4,
            parity_errors: 5,
            clients: 6,
            refused: 7,
            missed: 8,
        };
        let full = Report {
            version: "1".into(),
            uptime: 9,
            mistake: Some("m".into()),
            line,
            meter: Some("/X \"\u{1}é".into()),
            telegrams_per_minute: 58.25,
            last_telegram_ago: Some(3),
            counts,
            clients: 2,
            telegram: Some("/X\r\n".into()),
            recent: "2f".into(),
        };
        let breaks = [Breaks::Length, Breaks::Content, Breaks::Unknown];
        let verdicts = [
            Verdict::Waiting,
            Verdict::Receiving,
            Verdict::Encrypted,
            Verdict::Silent { ever: false },
            Verdict::Silent { ever: true },
            Verdict::Break,
            Verdict::Inverted,
            Verdict::WrongSpeed { sent: None },
            Verdict::WrongSpeed { sent: Some(9600) },
            Verdict::Overruns,
            Verdict::OtherMeter,
            Verdict::Rubbish,
            Verdict::Missing,
            Verdict::InUse,
        ];
        let noises = breaks.map(|at| Verdict::Noise { percent: 7, at });
        let mut reports = vec![Report::default(), full.clone()];
        reports.extend(verdicts.into_iter().chain(noises).map(|verdict| {
            let mut report = full.clone();
            report.line.verdict = verdict;
            report
        }));
        for told in reports {
            let document = serde_json::to_vec(&told).expect("JSON");
            assert_eq!(serde_json::from_slice::<Report>(&document).ok(), Some(told.clone()));
            assert_eq!(report(&document), Ok(told));
        }
        assert!(report(b"nothing").is_err());
        assert_eq!(report(b"{}"), Ok(Report::default()));
        assert_eq!(report(b"[{\"line\": 4}]"), Ok(Report::default()));
    }
}
