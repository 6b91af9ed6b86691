//! The file for the card and its reference are right, and the files for the root are, too.

mod common;

use common::{Machine, here, program, text};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

fn read(path: &str) -> String {
    fs::read_to_string(here().join(path)).expect(path)
}

fn reference() -> String {
    read("../../docs/appliance-toml.md")
}

/// The TOML in a document. Its fences are none of those that hold settings of the daemon.
fn blocks(document: &str) -> Vec<String> {
    let parts = document.split("\n~~~toml\n").skip(1);
    parts.map(|part| part.split("\n~~~").next().expect("its end").to_owned() + "\n").collect()
}

/// Everything below `/run` that is made of an appliance.toml, and what was told.
fn made(appliance: &str) -> (Vec<Option<String>>, String) {
    let machine = Machine::new().appliance(appliance);
    let told = machine.apply();
    let files = [
        "run/p1-provision/hostname",
        "run/systemd/network/10-p1-ethernet.network",
        "run/systemd/network/11-p1-wifi.network",
        "run/p1-provision/wpa_supplicant.conf",
        "run/p1-provision/authorized_keys",
    ];
    (files.iter().map(|file| machine.made(file)).collect(), told)
}

#[test]
fn the_file_for_the_card_says_the_defaults() {
    let file = read("../boot/appliance.toml");
    assert_eq!(made(&file).0, made("").0);
    assert!(!made(&file).1.contains("<3>"));
    for line in file.lines() {
        assert!(line.chars().count() <= 82, "{line}");
    }
}

/// With every `#` taken away but those before a blank, which are before comments.
#[test]
fn every_line_of_it_can_be_put_in_force() {
    let file = read("../boot/appliance.toml");
    let bare = |line: &str| {
        let bare = line
            .strip_prefix('#')
            .filter(|rest| !rest.starts_with(' ') || rest.starts_with("    "));
        bare.unwrap_or(line).to_owned() + "\n"
    };
    let (files, told) = made(&file.lines().map(bare).collect::<String>());
    let mistakes: Vec<&str> = told.lines().filter(|line| line.starts_with("<3>")).collect();
    // That is the place for the owner's own key, and the network has a password.
    assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    assert!(mistakes[0].contains("`open` has no effect, as there is a `password`"), "{mistakes:?}");
    assert!(mistakes[1].contains("that is not whole"), "{mistakes:?}");
    assert!(files[..4].iter().all(Option::is_some));
    assert!(files[1].as_ref().expect("a network").contains("Address=192.168.1.9/24\n"));
    // What stands there as the default is it.
    assert!(file.contains("\n#hostname = \"p1\"\n#timezone = \"Europe/Amsterdam\"\n"));
    assert!(told.contains("<6>Name: p1 (p1.local)\n") && told.contains(": Europe/Amsterdam\n"));
}

#[test]
fn the_examples_of_the_reference_are_right() {
    let blocks = blocks(&reference());
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let told = made(&block).1;
        assert!(!told.contains("<3>") && !told.contains("<4>/"), "{block}: {told}");
    }
}

#[test]
fn the_reference_has_every_key_and_no_other() {
    let reference = reference();
    for (section, known) in [
        ("system", "hostname timezone"),
        ("ethernet", "address gateway dns"),
        ("wifi", "ssid ssid-hex password open hidden country address gateway dns"),
        ("ssh", "keys"),
    ] {
        let part =
            reference.split("\n## ").find(|part| part.starts_with(&format!("[{section}]\n")));
        let rows = part.expect(section).lines().filter(|line| line.starts_with("| `"));
        let cells = rows.map(|row| row.split('|').nth(1).expect("a cell"));
        let keys: BTreeSet<&str> =
            cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
        assert_eq!(keys, known.split(' ').collect(), "{section}");
        // The program knows these.
        let told = made(&format!("[{section}]\ncolour = 1\n")).1;
        let list = told.split("; there are ").nth(1).expect(&told);
        let list = list.lines().next().expect("a line");
        assert_eq!(list.split('`').skip(1).step_by(2).collect::<BTreeSet<_>>(), keys, "{section}");
    }
}

/// systemd's own check; what the version at hand does not know yet is none of its complaints.
#[test]
fn the_units_are_right() {
    let folder = tempfile::tempdir().expect("a folder");
    for file in ["p1-provision.service", "root/usr/lib/systemd/system/p1-wifi@.service"] {
        let unit = read(file)
            .replace("/usr/sbin/p1-provision", env!("CARGO_BIN_EXE_p1-provision"))
            .replace("/usr/sbin/wpa_supplicant", &program("wpa_supplicant").display().to_string());
        let name = file.rsplit('/').next().expect("a name").replace('@', "@wlan0");
        let path = folder.path().join(name);
        fs::write(&path, unit).expect("a unit");
        let checked = Command::new(program("systemd-analyze"))
            .args(["--man=no", "verify"])
            .arg(&path)
            .output()
            .expect("systemd-analyze");
        let told = text(&checked.stderr);
        let complaints: Vec<&str> =
            told.lines().filter(|line| !line.contains("WantsMountsFor")).collect();
        assert!(complaints.is_empty() && checked.status.success(), "{complaints:?}");
    }
}

#[test]
fn every_directive_of_the_units_stands_below_a_comment() {
    for file in ["p1-provision.service", "root/usr/lib/systemd/system/p1-wifi@.service"] {
        for part in read(file).split("\n\n") {
            let explained = part.contains("\n# ") || part.starts_with("# ");
            assert!(explained || part.starts_with("[Install]"), "{file}: {part}");
        }
    }
}

/// Without p1-provision the wired network is as without a card.
#[test]
fn the_fallback_is_the_default() {
    let directives = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    let fallback = read("root/usr/lib/systemd/network/89-p1-fallback.network");
    let machine = Machine::new();
    machine.apply();
    assert_eq!(directives(&fallback), directives(&machine.ethernet()));
}
