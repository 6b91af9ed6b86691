//! What the documents say is so: links lead somewhere, commands can be given, settings are valid.

use p1_tcp::arguments::Command;
use p1_tcp::config::{Settings, parse};
use p1_tcp::diagnosis::{Breaks, Verdict};
use p1_tcp::language::Language::{self, Dutch, English};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Markdown file for those who use it, by its name from the root.
fn documents() -> Vec<(String, String)> {
    let documents = documents_in(&[root(), root().join("docs")]);
    assert!(documents.iter().any(|(name, _)| name.ends_with("README.md")));
    documents
}

/// Those, and the notes that lie beside sources.
fn documents_and_notes() -> Vec<(String, String)> {
    let beside = ["image", "image/provision", "overlays", "wiring"];
    let notes = documents_in(&beside.map(|folder| root().join(folder)));
    assert!(notes.len() >= beside.len());
    documents().into_iter().chain(notes).collect()
}

fn documents_in(folders: &[PathBuf]) -> Vec<(String, String)> {
    let mut documents = Vec::new();
    for folder in folders {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let text = std::fs::read_to_string(&path).expect("a document");
                documents.push((path.display().to_string(), text));
            }
        }
    }
    documents
}

/// The fenced blocks of a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once(&format!("\n```{language}\n")) {
        let (block, behind) = behind.split_once("\n```").expect("the end of a block");
        blocks.push(block.to_owned() + "\n");
        rest = behind;
    }
    blocks
}

/// What stands behind `#` in links to the headings of a document, as GitHub makes it.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let kept = |letter: &char| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter);
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        heading.chars().filter(kept).collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

/// Every sentence that people may see of the line, and so search for. How many of a hundred
/// telegrams are broken, and at which speed is sent, are examples.
fn sentences(language: Language) -> Vec<String> {
    let plain = Verdict::ALL.into_iter().filter(|one| !matches!(one, Verdict::Noise { .. }));
    let noise = [Breaks::Unknown, Breaks::Length, Breaks::Content]
        .map(|at| Verdict::Noise { percent: 34, at });
    let others = [Verdict::Silent { ever: true }, Verdict::WrongSpeed { sent: Some(9600) }];
    let all = plain.chain(noise).chain(others);
    all.map(|verdict| verdict.sentence(language).into_owned()).collect()
}

#[test]
fn whatever_the_line_is_found_to_be_has_an_entry() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).expect(name);
    let (english, dutch) = (read("docs/troubleshooting.md"), read("docs/problemen.md"));
    // On a line of its own: as a heading, or quoted below one.
    let has = |text: &str, sentence: &str| {
        text.lines().any(|line| line.trim_start_matches(['#', '>', ' ']) == sentence)
    };
    for sentence in sentences(English) {
        assert!(has(&english, &sentence), "troubleshooting.md: {sentence}");
        // The status and the journal are in English.
        assert!(has(&dutch, &sentence), "problemen.md: {sentence}");
    }
    for sentence in sentences(Dutch) {
        assert!(has(&dutch, &sentence), "problemen.md: {sentence}");
    }
}

#[test]
fn links_within_the_project_lead_somewhere() {
    for (name, text) in documents_and_notes() {
        let folder = Path::new(&name).parent().expect("a folder").to_owned();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { PathBuf::from(&name) } else { folder.join(file) };
            assert!(target.exists(), "{name}: {link}");
            if !anchor.is_empty() {
                let target = std::fs::read_to_string(target).expect(link);
                assert!(anchors(&target).iter().any(|one| one == anchor), "{name}: {link}");
            }
        }
    }
}

/// As far as that is to be seen of them; `scripts/tests/commands` gives them.
#[test]
fn commands_can_be_given() {
    for (name, text) in documents() {
        for line in blocks(&text, "sh").concat().lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let words = words.strip_prefix(&["sudo"]).unwrap_or(&words);
            match words {
                [script, ..] if script.starts_with("scripts/") => {
                    use std::os::unix::fs::PermissionsExt;
                    let file = root().join(script).metadata().expect(script);
                    assert!(file.permissions().mode() & 0o111 != 0, "{name}: {line}");
                }
                ["p1-tcp", words @ ..] => assert!(Command::parse(words).is_ok(), "{name}: {line}"),
                ["p1-meter", ..] => assert!(meter_takes(words), "{name}: {line}"),
                // On the appliance, which has it from here.
                ["p1-edit", ..] => assert!(root().join("image/root/usr/sbin/p1-edit").exists()),
                ["systemctl", "status" | "reload" | "restart" | "edit" | "cat", "p1-tcp"]
                | ["journalctl", "-u" | "-xu", "p1-tcp", ..]
                | ["apt", "install" | "purge", ..]
                | []
                | ["reboot"]
                | ["cargo" | "gpioset" | "nc" | "ssh" | "useradd", ..] => {}
                _ => assert!(line.starts_with('#'), "{name}: what is {line}?"),
            }
        }
    }
}

#[test]
fn commands_within_sentences_can_be_given() {
    let mut commands = 0;
    for (name, text) in documents() {
        // A fenced block has three of them at both ends, and so keeps the count even.
        for code in text.split('`').skip(1).step_by(2) {
            let words: Vec<&str> = code.split_whitespace().collect();
            let words = words.strip_prefix(&["sudo"]).unwrap_or(&words);
            let ["p1-tcp", words @ ..] = words else { continue };
            if !words.is_empty() && !code.contains('\n') {
                commands += 1;
                assert!(Command::parse(words).is_ok(), "{name}: {code}");
            }
        }
    }
    assert!(commands > 20, "{commands} commands");
}

/// What stands behind a name in a file that pins versions, up to the end of the line or a quote.
fn pinned(file: &str, name: &str) -> String {
    let text = std::fs::read_to_string(root().join(file)).expect(file);
    let found = text.lines().find_map(|line| line.trim_start().strip_prefix(name));
    found.expect(name).trim_end_matches([',', '"']).to_owned()
}

#[test]
fn the_versions_of_clients_are_those_that_are_run() {
    let document = std::fs::read_to_string(root().join("docs/clients.md")).expect("a document");
    let is_version = |word: &&str| {
        word.contains('.') && word.chars().all(|letter| letter.is_ascii_digit() || letter == '.')
    };
    let rows = document.lines().filter(|line| line.starts_with("| ") && line.contains("| run: "));
    let named: Vec<&str> = rows.flat_map(|row| row.split([' ', ','])).filter(is_version).collect();
    let run = [
        pinned("clients/home-assistant-3.11.txt", "homeassistant=="),
        pinned("clients/home-assistant-3.13.txt", "homeassistant=="),
        pinned("clients/package.json", "\"node-red\": \""),
        pinned("clients/package.json", "\"dsmr-parser\": \""),
        pinned("daemon/tests/clients/requirements.txt", "dsmr-parser=="),
        pinned("daemon/tests/clients/requirements.txt", "pyserial=="),
    ];
    assert_eq!(named, run);
}

/// As the README says, so that the journal can be filtered, and the message catalogue can explain.
#[test]
fn every_entry_in_the_journal_has_a_message_id() {
    let mut folders = vec![root().join("daemon/src")];
    let mut entries = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "bin") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                for macro_name in [" debug!(", " info!(", " warn!(", " error!("] {
                    for rest in text.split(macro_name).skip(1) {
                        entries += 1;
                        let with_id = rest.trim_start().starts_with("message_id = event");
                        assert!(
                            with_id,
                            "{}: {macro_name}{}",
                            path.display(),
                            rest.lines().take(2).collect::<String>()
                        );
                    }
                }
            }
        }
    }
    assert!(entries > 20, "{entries} entries");
}

/// Whether every option of the command is one that p1-meter's help knows.
fn meter_takes(words: &[&str]) -> bool {
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_p1-meter")).arg("--help").output();
    let help = String::from_utf8(help.expect("p1-meter").stdout).expect("its help");
    words.iter().filter(|word| word.starts_with('-')).all(|option| help.contains(option))
}

#[test]
fn settings_are_valid_and_the_readme_shows_the_defaults() {
    for (name, text) in documents() {
        let blocks = blocks(&text, "toml");
        for block in &blocks {
            let mistakes = parse(block.as_bytes()).err();
            assert_eq!(mistakes, None, "{name}");
        }
        if name.ends_with("README.md") {
            let shown = blocks.first().expect("the defaults");
            assert_eq!(parse(shown.as_bytes()), Ok(Settings::default()));
            let keys = |toml: &str| -> Vec<String> {
                let lines = toml.lines().map(|line| line.split('=').next().unwrap_or_default());
                lines
                    .map(|key| key.trim().to_owned())
                    .filter(|key| !key.is_empty() && !key.starts_with('#'))
                    .collect()
            };
            let all = Settings::default().to_string();
            assert_eq!(keys(shown), keys(&all));
        }
    }
}
