//! What the firmware passes over without a word, and nobody may have meant.

use super::keys;
use p1_tcp::prepare_pi::config_txt::{Config, Entry, LINE, filter};
use std::collections::BTreeMap;
use std::fmt;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where, such as `line 3 of config.txt`.
    place: String,
    /// A sentence.
    what: String,
}

impl Finding {
    pub(super) fn new(place: String, what: String) -> Self {
        Self { place, what }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.what)
    }
}

/// Those that each line of config.txt and the files it includes has by itself, on any board.
pub(super) fn of_lines(config: &Config) -> Vec<Finding> {
    let entries = config.entries();
    let entries: BTreeMap<_, _> =
        entries.iter().map(|entry| ((entry.part, entry.line), entry)).collect();
    let mut findings = Vec::new();
    for (part, file) in config.parts.iter().enumerate() {
        let text = file.text.as_deref().unwrap_or_default();
        for (number, line) in text.split(|&byte| byte == b'\n').enumerate() {
            let line = line.trim_ascii();
            let what = if line.is_empty() || line.starts_with(b"#") || filter(line).is_some() {
                None
            } else if let Some(entry) = entries.get(&(part, number)) {
                of_setting(config, entry)
            } else {
                Some(of_no_setting(line))
            };
            let place = || format!("line {} of {}", number + 1, file.name);
            findings.extend(what.map(|what| Finding::new(place(), what)));
            if !line.starts_with(b"#") && line.len() > LINE {
                let what = format!("what stands behind the first {LINE} bytes is not read");
                findings.push(Finding::new(place(), what));
            }
        }
    }
    findings
}

/// What is wrong with a setting.
fn of_setting(config: &Config, entry: &Entry) -> Option<String> {
    let is_there = |part: usize| config.parts[part].text.is_some();
    if entry.key == "include" && !config.position(entry.value).is_some_and(is_there) {
        return Some(format!("there is no {} to include", entry.value));
    }
    (!keys::is_known(entry.key)).then(|| format!("the firmware knows no {}", entry.key))
}

/// Why a line sets nothing.
fn of_no_setting(line: &[u8]) -> String {
    match ["include", "initramfs"].into_iter().find(|key| line.starts_with(key.as_bytes())) {
        Some(key) => format!("this sets nothing, as {key} takes a space and no ="),
        None => "this is neither a setting nor a filter nor a comment".to_owned(),
    }
}
