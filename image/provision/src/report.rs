//! `p1-report.txt`, which the owner finds on the card: what is wrong, and what is in force.
//!
//! It never has another size, so that it can be overwritten in place; it holds no secret, and
//! nothing that is different at each start. Its lines end as Windows wants them.

use crate::findings::{Finding, Weight};
use crate::settings::{Addresses, Settings};
use crate::system::System;
use p1_tcp::config;
use std::fmt::Display;

/// The file's name on the boot partition.
pub const FILE: &str = "p1-report.txt";
/// Its size in bytes.
pub const SIZE: usize = 4096;
/// Its first line, by which it is recognised.
pub const TITLE: &str = "p1-tcp: verslag van de laatste start / report of the last start\r\n";

/// A line is at most so long, in characters.
const WIDTH: usize = 78;
/// The most characters of what is in force for a setting, or of a finding: anyone may have a hundred
/// addresses.
const LONGEST: usize = 300;
/// Where the rest is when there are more mistakes than there is room for.
const MORE: &str = "journalctl -u p1-provision";

/// What is in force for one setting.
pub struct Line {
    /// The setting in Dutch.
    pub dutch: &'static str,
    /// The setting in English.
    pub english: &'static str,
    /// Its value.
    pub value: String,
}

/// What is in force, without secrets.
#[must_use]
pub fn in_force(settings: &Settings, daemon: &config::Settings, system: &System) -> Vec<Line> {
    let wifi = settings.wifi.as_ref().map_or_else(
        || "uit / off".into(),
        |wifi| {
            let name = String::from_utf8_lossy(&wifi.network.ssid).into_owned();
            let country = wifi.country.as_deref().unwrap_or("geen land / no country");
            format!("\"{name}\", {country}, {}", addresses(&wifi.addresses))
        },
    );
    let ssh = match settings.keys.len() {
        0 => "uit, geen sleutel / off, no key".into(),
        1 => format!("admin@{}.local, 1 sleutel / key", settings.hostname),
        keys => format!("admin@{}.local, {keys} sleutels / keys", settings.hostname),
    };
    let bind = daemon.tcp.bind;
    let on = if bind.is_unspecified() { String::new() } else { format!(" ({bind})") };
    let image = if system.image.is_empty() { "" } else { ", " };
    [
        ("Naam", "Name", format!("{0} ({0}.local)", settings.hostname)),
        ("Telegrammen", "Telegrams", format!("TCP {}{on}", daemon.tcp.port)),
        ("Tijdzone", "Time zone", settings.timezone.clone()),
        ("Kabel", "Ethernet", addresses(&settings.ethernet)),
        ("Wifi", "Wi-Fi", wifi),
        ("Inloggen", "ssh", ssh),
        (
            "Versie",
            "Version",
            format!("p1-tcp {}{image}{}", env!("CARGO_PKG_VERSION"), system.image),
        ),
    ]
    .into_iter()
    .map(|(dutch, english, value)| Line { dutch, english, value: harmless(&value) })
    .collect()
}

/// The whole report.
#[must_use]
pub fn report(findings: &[Finding], in_force: &[Line]) -> [u8; SIZE] {
    let mut head = String::from(TITLE);
    head.push_str("\r\n");
    for line in summary(findings) {
        head.push_str(&wrapped(&line, ""));
    }
    let mut tail = String::from("\r\nVan kracht / In force:\r\n");
    for Line { dutch, english, value } in in_force {
        tail.push_str(&wrapped(
            &format!("  {:<25}{value}", format!("{dutch} / {english}")),
            "    ",
        ));
    }
    // Room for the line that says how many are left out.
    let room = SIZE.saturating_sub(head.len() + tail.len() + WIDTH + 4);
    let mut list = String::new();
    let mut told = 0;
    for finding in findings {
        let text = wrapped(&bilingual(finding), "  ");
        if list.len() + text.len() > room {
            break;
        }
        list.push_str(&text);
        told += 1;
    }
    if told < findings.len() {
        let left = findings.len() - told;
        list.push_str(&wrapped(&format!("- ... en nog / and {left} more: {MORE}"), "  "));
    }
    let gap = if findings.is_empty() { "" } else { "\r\n" };
    filled(&[&head, gap, &list, &tail].concat())
}

/// How it went, in Dutch and in English.
fn summary(findings: &[Finding]) -> [String; 2] {
    let mistakes = findings.iter().filter(|finding| finding.weight == Weight::Mistake).count();
    let (dutch, english) = match mistakes {
        0 => return ["Alles is in orde.".into(), "All is well.".into()],
        1 => ("Er is 1 fout".to_owned(), "There is 1 mistake".to_owned()),
        _ => (format!("Er zijn {mistakes} fouten"), format!("There are {mistakes} mistakes")),
    };
    [
        format!(
            "{dutch}. Wat goed is, is toegepast; voor de rest geldt de standaardwaarde. Verbeter het \
             bestand op deze kaart en start opnieuw."
        ),
        format!(
            "{english}. What is right is applied; everything else has its default. Correct the file \
             on this card and start again."
        ),
    ]
}

fn bilingual(finding: &Finding) -> String {
    let place = finding.mistake.place.map_or_else(String::new, |(line, column)| {
        format!(", regel / line {line}, teken / column {column}")
    });
    let weight = match finding.weight {
        Weight::Mistake => "",
        Weight::Remark => "opmerking / remark: ",
    };
    format!("- {weight}{}{place}: {}", finding.file, harmless(&finding.mistake.message))
}

fn addresses(addresses: &Addresses) -> String {
    let list = |name: &str, items: Vec<String>| {
        (!items.is_empty()).then(|| format!("{name}{}", items.join(", ")))
    };
    let own = if addresses.own.is_empty() { vec!["DHCP".into()] } else { texts(&addresses.own) };
    let parts = [
        list("", own),
        list("gateway ", texts(&addresses.gateways)),
        list("DNS ", texts(&addresses.dns)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn texts(items: &[impl Display]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

/// A text without what would move a cursor, and not too long.
fn harmless(text: &str) -> String {
    let visible = |character: char| if character.is_control() { '?' } else { character };
    let mut short: String = text.chars().take(LONGEST).map(visible).collect();
    if short.len() < text.len() {
        short.push_str("...");
    }
    short
}

/// A text in lines of at most [`WIDTH`] characters, where its words are not longer, the others
/// begun with `indent`.
fn wrapped(text: &str, indent: &str) -> String {
    let (mut lines, mut width) = (String::new(), 0);
    for word in text.split_inclusive(' ') {
        let length = word.trim_end().chars().count();
        if width > indent.len() && width + length > WIDTH {
            lines.truncate(lines.trim_end_matches(' ').len());
            lines.push_str("\r\n");
            lines.push_str(indent);
            width = indent.len();
        }
        lines.push_str(word);
        width += word.chars().count();
    }
    lines + "\r\n"
}

/// The text with blank lines behind it.
fn filled(text: &str) -> [u8; SIZE] {
    let mut bytes = [b' '; SIZE];
    let mut end = text.len().min(SIZE - 2);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    bytes[..end].copy_from_slice(&text.as_bytes()[..end]);
    for line_end in (end + WIDTH..SIZE - 2).step_by(WIDTH + 2) {
        bytes[line_end..line_end + 2].copy_from_slice(b"\r\n");
    }
    bytes[SIZE - 2..].copy_from_slice(b"\r\n");
    bytes
}

/// Whether these bytes are a report, one of which only a part was written included.
#[must_use]
pub fn is_report(bytes: &[u8]) -> bool {
    let is_text = |byte: &u8| *byte >= b' ' || matches!(byte, b'\r' | b'\n');
    bytes.len() == SIZE && bytes.starts_with(TITLE.as_bytes()) && bytes.iter().all(is_text)
}
