//! Real and simulated telegrams in words.

use crate::common::telegrams::real;
use p1_tcp::language::Language;
use p1_tcp::monitor::printable;
use p1_tcp::obis::{clock, in_words};

#[test]
fn of_real_telegrams_no_line_is_lost_and_none_is_unknown() {
    for real in real() {
        // Streams and encrypted frames have no telegram at their beginning.
        if !real.bytes.starts_with(b"/")
            || real.bytes.iter().filter(|&&byte| byte == b'!').count() > 1
        {
            continue;
        }
        let text = String::from_utf8_lossy(&real.bytes);
        is_said(&real.name, &text);
        let with_clock = text.contains("0-0:1.0.0(");
        assert_eq!(clock(&text, Language::English).is_some(), with_clock, "{}", real.name);
    }
}

#[cfg(feature = "meter")]
#[test]
fn simulated_telegrams_are_said_too() {
    for kind in ["e350", "dsmr22", "dsmr50", "belgium", "luxembourg"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut meter = std::process::Command::new(env!("CARGO_BIN_EXE_p1-meter"));
        meter.args(["--kind", kind, "--count", "1", "--baud", "0", "--print", "--solar", "3"]);
        let printed = meter.arg("--pty").arg(folder.path().join("meter")).output();
        let printed = printed.expect("p1-meter").stdout;
        is_said(kind, std::str::from_utf8(&printed).expect("a telegram"));
    }
}

/// Each line of the telegram is said, in known words that a terminal may show.
fn is_said(name: &str, telegram: &str) {
    let lines = telegram.lines().skip(1).take_while(|line| !line.starts_with('!'));
    // A value on its own line goes on with the line before.
    let lines: Vec<_> = lines.filter(|line| !line.is_empty() && !line.starts_with('(')).collect();
    assert!(!lines.is_empty(), "{name}");
    for language in [Language::English, Language::Dutch] {
        let said = in_words(telegram, language);
        assert_eq!(said.len(), lines.len(), "{name}");
        for (said, line) in said.iter().zip(&lines) {
            assert!(said.rank < usize::MAX, "{name}: {line}");
            assert!(!said.what.is_empty(), "{name}: {line}");
            assert_eq!(printable(&said.value), said.value, "{name}: {line}");
        }
        assert!(said.iter().any(|said| said.brief), "{name}");
    }
}
