//! Real telegrams in words.

use crate::common::telegrams::real;
use p1_tcp::language::Language;
use p1_tcp::monitor::printable;
use p1_tcp::obis::{clock, in_words};

#[test]
fn of_real_telegrams_no_line_is_lost_and_few_are_unknown() {
    for real in real() {
        // Streams and encrypted frames have no telegram at their beginning.
        if !real.bytes.starts_with(b"/")
            || real.bytes.iter().filter(|&&byte| byte == b'!').count() > 1
        {
            continue;
        }
        let text = String::from_utf8_lossy(&real.bytes);
        let lines = text.lines().skip(1).take_while(|line| !line.starts_with('!'));
        // A value on its own line goes on with the line before.
        let lines: Vec<_> =
            lines.filter(|line| !line.is_empty() && !line.starts_with('(')).collect();
        for language in [Language::English, Language::Dutch] {
            let said = in_words(&text, language);
            assert_eq!(said.len(), lines.len(), "{}", real.name);
            for (said, line) in said.iter().zip(&lines) {
                assert!(said.rank < usize::MAX, "{}: {line}", real.name);
                assert!(!said.what.is_empty(), "{}: {line}", real.name);
                assert_eq!(printable(&said.value), said.value, "{}: {line}", real.name);
            }
            assert!(said.iter().any(|said| said.brief), "{}", real.name);
        }
        let with_clock = text.contains("0-0:1.0.0(");
        assert_eq!(clock(&text, Language::English).is_some(), with_clock, "{}", real.name);
    }
}
