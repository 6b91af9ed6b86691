//! What is shipped beside the daemon: its unit, the catalog of its messages, its configuration.

use p1_tcp::config::{Settings, parse};
use p1_tcp::diagnosis::Verdict;
use p1_tcp::events;
use p1_tcp::language::Language;
use std::collections::BTreeMap;
use std::path::Path;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name))
        .expect(name)
}

#[test]
fn every_directive_of_the_unit_has_a_comment() {
    let unit = read("config/p1-tcp.service");
    let (mut explained, mut directives, mut last) = (false, 0, "");
    for line in unit.lines() {
        match line.split_once('=') {
            _ if line.starts_with('#') => explained = true,
            Some((name, _)) => {
                directives += 1;
                assert!(explained || name == last, "{line} has no comment");
                (explained, last) = (false, name);
            }
            None => (explained, last) = (false, ""),
        }
    }
    assert!(directives > 40, "{directives} directives");
}

#[test]
fn the_unit_leaves_addresses_to_the_configuration_and_groups_to_sysusers() {
    let unit = read("config/p1-tcp.service");
    for unwanted in ["IPAddress", "SupplementaryGroups", "AF_NETLINK"] {
        let directive = unit.lines().find(|line| !line.starts_with('#') && line.contains(unwanted));
        assert_eq!(directive, None);
    }
}

/// The entries of a catalog by their ids: subject and text.
fn catalog(name: &str) -> BTreeMap<String, (String, String)> {
    let text = read(name);
    let entries = text.split("\n-- ").skip(1).map(|entry| {
        let (id, rest) = entry.split_once('\n').expect("a line with the id");
        let (head, text) = rest.split_once("\n\n").expect("an empty line behind the head");
        let subject = head.lines().find_map(|line| line.strip_prefix("Subject: "));
        assert!(head.lines().any(|line| line == "Defined-By: p1-tcp"), "{id}");
        (id.to_owned(), (subject.expect("a subject").to_owned(), text.trim().to_owned()))
    });
    let entries: Vec<_> = entries.collect();
    let count = entries.len();
    let entries: BTreeMap<_, _> = entries.into_iter().collect();
    assert_eq!(entries.len(), count, "{name}: an id twice");
    entries
}

/// The names of fields that stand between `@` in a text.
fn fields(text: &str) -> Vec<String> {
    let mut fields: Vec<_> = text.split('@').skip(1).step_by(2).map(str::to_owned).collect();
    fields.sort();
    fields.dedup();
    fields
}

#[test]
fn the_catalog_explains_every_kind_of_entry_in_both_languages() {
    let (english, dutch) = (catalog("config/p1-tcp.catalog"), catalog("config/p1-tcp.nl.catalog"));
    let events = read("daemon/src/events.rs");
    let ids: Vec<&str> = events.split('"').skip(1).step_by(2).collect();
    assert!(ids.len() > 20);
    for id in &ids {
        for (language, catalog) in [("English", &english), ("Dutch", &dutch)] {
            let (subject, text) = catalog.get(*id).expect(id);
            assert!(!subject.is_empty() && text.len() > 80, "{id} in {language}");
            assert!(text.lines().all(|line| line.chars().count() <= 85), "{id} in {language}");
        }
        let both =
            [&english[*id], &dutch[*id]].map(|(subject, text)| fields(&(subject.clone() + text)));
        assert_eq!(both[0], both[1], "{id}: other fields in Dutch");
    }
    assert_eq!((english.len(), dutch.len()), (ids.len(), ids.len()), "entries that nobody makes");
}

/// `journalctl -x` leaves `@FIELD@` as it is where the entry has no such field.
#[test]
fn the_fields_in_the_catalog_are_those_of_the_entries() {
    let mut sources = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                sources.push(std::fs::read_to_string(path).expect("a source"));
            }
        }
    }
    let events = read("daemon/src/events.rs");
    // Events that are chosen first and logged as `event`, by name or from a verdict.
    let chosen = |choice: &str| -> Vec<&str> {
        let files = sources.iter().filter(|text| text.contains(choice));
        files.flat_map(|text| text.split("message_id = event,").skip(1)).collect()
    };
    let names: BTreeMap<&str, &str> = events
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split_once(": &str = \""))
        .map(|(name, id)| (id.trim_end_matches("\";"), name))
        .collect();
    for (id, (subject, text)) in catalog("config/p1-tcp.catalog") {
        let name = names[&*id];
        let direct = format!("message_id = events::{name},");
        let mut calls: Vec<&str> =
            sources.iter().flat_map(|text| text.split(&direct).skip(1)).collect();
        if calls.is_empty() {
            calls = chosen(&format!("events::{name})"));
        }
        if calls.is_empty() && events.contains(&format!(" => {name},")) {
            calls = chosen("events::of(");
        }
        assert!(!calls.is_empty(), "{name} is in the catalog and is never logged");
        for field in fields(&(subject + &text)) {
            for call in &calls {
                let arguments = call.split('"').next().expect("what stands before the message");
                let field = field.to_lowercase();
                let given = arguments
                    .split(',')
                    .any(|argument| argument.trim().split(" =").next() == Some(&*field));
                assert!(given, "{name} without {field}: {arguments}");
            }
        }
    }
}

/// `journalctl -x` and the line of status give the same advice.
#[test]
fn the_catalog_gives_the_advice_of_the_diagnosis() {
    for (language, name) in [
        (Language::English, "config/p1-tcp.catalog"),
        (Language::Dutch, "config/p1-tcp.nl.catalog"),
    ] {
        let catalog = catalog(name);
        for verdict in Verdict::ALL.into_iter().chain([Verdict::Silent { ever: true }]) {
            let text = catalog[events::of(verdict)].1.split_whitespace().collect::<Vec<_>>();
            let advice = verdict.advice(language);
            assert!(text.join(" ").contains(&*advice), "{name}: {advice}");
        }
    }
}

#[test]
fn the_configuration_that_is_shipped_is_the_defaults_and_shows_all_of_them() {
    let shipped = read("config/p1-tcp.toml");
    assert_eq!(parse(shipped.as_bytes()), Ok(Settings::default()));
    let settings = |line: &str| line.strip_prefix('#').is_some_and(|rest| !rest.starts_with(' '));
    let uncommented: String = shipped
        .lines()
        .map(|line| if settings(line) { &line[1..] } else { line }.to_owned() + "\n")
        .collect();
    assert_eq!(parse(uncommented.as_bytes()), Ok(Settings::default()));
    let keys = |text: &str| {
        let mut keys: Vec<String> = text
            .lines()
            .filter_map(|line| Some(line.split_once(" = ")?.0.trim().to_owned()))
            .collect();
        keys.sort();
        keys
    };
    let all = keys(&Settings::default().to_string());
    let uncommented: String = uncommented
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.to_owned() + "\n")
        .collect();
    assert_eq!(keys(&uncommented), all);
    // And so does its manual page.
    let manual = read("docs/man/p1-tcp.toml.5");
    for key in all {
        assert!(manual.contains(&format!(".It Cm {key} No = ")), "{key} in p1-tcp.toml(5)");
    }
}

#[test]
fn the_manual_page_has_every_command_and_option() {
    let manual = read("docs/man/p1-tcp.1");
    let usage = p1_tcp::arguments::USAGE;
    let commands: Vec<&str> = usage
        .lines()
        .filter_map(|line| line.strip_prefix("p1-tcp ")?.split(' ').next())
        .filter(|word| !word.starts_with('-') && *word != "serves")
        .collect();
    for known in ["run", "check-config", "prepare-pi"] {
        assert!(commands.contains(&known), "{known} in {commands:?}");
    }
    for command in commands {
        assert!(manual.contains(&format!("\n.It Cm {command}\n")), "{command}");
    }
    let words = usage.split([' ', '[', ']', ',', '\n']);
    let options: Vec<&str> = words.filter_map(|word| word.strip_prefix("--")).collect();
    assert!(options.len() > 10);
    for option in options.iter().filter(|option| !["help", "version"].contains(option)) {
        let name = format!("-{option}");
        let explains =
            |line: &str| line.starts_with(".It Fl ") && line.split(' ').any(|word| word == name);
        assert!(manual.lines().any(explains), "--{option}");
    }
}
