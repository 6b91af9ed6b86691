//! Whatever is on the card: the machine starts, is found, and keeps its secrets.

mod common;

use common::{KEY, Machine};
use p1_provision::card::{Card, Contents};
use p1_provision::outputs::Kind;
use p1_provision::plan::{Plan, plan};
use p1_provision::report::{SIZE, TITLE, is_report};
use p1_provision::system::System;
use proptest::prelude::*;

fn system() -> System {
    System {
        zones: vec!["Europe/Amsterdam".into(), "UTC".into()],
        countries: vec!["BE".into(), "NL".into()],
        image: "2026.11".into(),
    }
}

/// What a plan writes to a path.
fn contents(plan: &Plan, end: &str) -> Option<String> {
    let output = plan.outputs.iter().find(|output| output.path.ends_with(end)).expect(end);
    match &output.kind {
        Kind::Public(bytes) | Kind::Secret(bytes) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        Kind::Link(target) => Some(target.clone()),
        Kind::Nothing => None,
    }
}

/// Everything that is told, in the journal and on the card.
fn told(plan: &Plan) -> String {
    let findings = plan.findings.iter().map(|finding| format!("{finding}\n"));
    let in_force = plan.in_force.iter().map(|line| format!("{}\n", line.value));
    findings.chain(in_force).chain([String::from_utf8_lossy(&plan.report).into_owned()]).collect()
}

/// What there has to be for a machine that starts and is found.
fn assert_starts(plan: &Plan) {
    let name = &plan.hostname;
    let right = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    assert!((1..=63).contains(&name.len()) && name.bytes().all(right), "{name}");
    assert!(!name.starts_with('-') && !name.ends_with('-'), "{name}");
    assert_eq!(contents(plan, "/hostname"), Some(format!("{name}\n")));
    let zone = contents(plan, "/localtime").expect("a zone");
    assert!(system().zones.contains(&zone["/usr/share/zoneinfo/".len()..].to_owned()), "{zone}");
    let ethernet = contents(plan, "/10-p1-ethernet.network").expect("a wired network");
    let ways = ["DHCP=yes\n", "DHCP=ipv4\n", "Address="];
    assert!(ways.iter().any(|way| ethernet.contains(way)), "{ethernet}");
    for file in ["/10-p1-ethernet.network", "/11-p1-wifi.network"] {
        for line in contents(plan, file).unwrap_or_default().lines() {
            let known = line.is_empty() || line.starts_with(['#', '[']) || line.contains('=');
            assert!(known, "{file}: {line}");
        }
    }
    let (wifi, supplicant) =
        (contents(plan, "/11-p1-wifi.network"), contents(plan, "/wpa_supplicant.conf"));
    assert_eq!(wifi.is_some(), supplicant.is_some());
    if let Some(supplicant) = supplicant {
        assert_eq!(supplicant.matches("network={").count(), 1, "{supplicant}");
        assert_eq!(supplicant.matches("\tssid=").count(), 1, "{supplicant}");
        assert!(supplicant.is_ascii() && supplicant.ends_with("\n}\n"), "{supplicant}");
    }
    if let Some(keys) = contents(plan, "/authorized_keys") {
        assert!(
            !keys.is_empty() && keys.lines().all(|line| line.split(' ').count() >= 2),
            "{keys}"
        );
    }
    assert!(is_report(&plan.report));
    assert!(plan.report.starts_with(TITLE.as_bytes()) && plan.report.len() == SIZE);
}

fn plan_of(appliance: &[u8], preseed: &[u8], daemon: &[u8]) -> Plan {
    let card = Card {
        appliance: Contents::Bytes(appliance.to_vec()),
        preseed: Contents::Bytes(preseed.to_vec()),
        daemon: Contents::Bytes(daemon.to_vec()),
        strays: Vec::new(),
    };
    plan(&card, &system())
}

/// Lines that are nearly those of an appliance.toml, or of an rpi-preseed.toml.
fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "\\[?\\[(system|ethernet|wifi|wlan|ssh|locale|x)\\]?",
        "(hostname|timezone|ssid|ssid-hex|ssid_hex|password|country|keys|address|gateway|dns) ?[=:] ?.{0,20}",
        "(hostname|timezone|ssid|password|country|authorized_keys) = \"[ -~]{0,70}\"",
        "(address|gateway|dns) = \\[?\"?[0-9a-f.:/]{0,20}\"?,? ?\"?(10\\.0\\.0\\.[0-9]/8)?\"?\\]?",
        "(open|hidden|enabled|password_encrypted) = (true|false|yes)",
        Just(format!("keys = [\"{KEY}\"]")),
        Just(format!("authorized_keys = [\"{KEY}\", \"{KEY}\u{1F600}\"]")),
        ".{0,30}",
    ];
    prop::collection::vec(line, 0..16).prop_map(|lines| lines.join("\n"))
}

/// How a password may be written, and miswritten.
const WAYS: [&str; 26] = [
    "[wifi]\nssid = \"a\"\npassword = \"{}\"",
    "[wifi]\nssid = \"a\"\npassword = '{}'",
    "[wifi]\nssid = \"a\"\npassword = “{}”",
    "[wifi]\nssid = \"a\"\npassword = {}",
    "[wifi]\nssid = \"a\"\npassword: {}",
    "[wifi]\nssid = \"a\"\npassword {}",
    "[wifi]\nssid = \"a\"\npassword = \"{}",
    "[wifi]\nssid = \"a\"\npassword = {}\"",
    "[wifi]\nssid = \"a\"\npassword = \"\"{}\"\"",
    "[wifi]\nssid = \"a\"\npassword = \"\"\"{}",
    "[wifi]\nssid = \"a\"\npassword = \"é{}\"",
    "[wifi]\nssid = \"a\"\npassword = [\"{}\"]",
    "[wifi]\nssid = \"a\"\npassword = { {} }",
    "[wifi]\nssid = \"a\"\npassword =\n\"{}\"",
    "[wifi]\nssid = \"a\"\npassword =\n{}",
    "[wifi]\nssid = \"a\"\npaswoord = {}",
    "[wifi]\nssid = \"a\"\npsk = \"{}\"",
    "[wifi]\nssid = \"a\"\n{}",
    "[wifi]\nssid = \"a\"\n{} = password",
    "[wifi]\nssid = \"a\"\n\"{}\" = \"password\"",
    "[{}]",
    "[wifi.{}]\n[wifi.{}]",
    "password = \"{}\"",
    "password = {}",
    "[system]\npassword = \"{}\"",
    "[wlan]\nssid = \"a\"\npassword = \"{}\"\npassword_encrypted = true",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_bytes_are_too_much(
        appliance in prop::collection::vec(any::<u8>(), 0..300),
        preseed in prop::collection::vec(any::<u8>(), 0..300),
        daemon in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        assert_starts(&plan_of(&appliance, &preseed, &daemon));
    }

    #[test]
    fn no_text_is_too_much(appliance in lines(), preseed in lines(), daemon in lines()) {
        assert_starts(&plan_of(appliance.as_bytes(), preseed.as_bytes(), daemon.as_bytes()));
    }

    /// However it is written, in either file.
    #[test]
    fn a_password_is_told_nowhere(
        way in prop::sample::select(&WAYS[..]),
        password in "[A-Z]{6}[ -~]{2,58}",
        before in lines(),
    ) {
        let written = way.replace("{}", &password);
        let text = format!("{before}\n{written}\n[system]\nhostname = \"meter\"\n");
        for plan in [plan_of(text.as_bytes(), b"", b""), plan_of(b"", text.as_bytes(), b"")] {
            let told = told(&plan).to_uppercase();
            prop_assert!(!told.contains(&password[..6].to_uppercase()), "{written}: {told}");
            for output in &plan.outputs {
                if let Kind::Public(bytes) = &output.kind {
                    let public = String::from_utf8_lossy(bytes);
                    prop_assert!(!public.contains(&password[..6]), "{}", output.path);
                }
            }
        }
    }

    /// A valid network name and password arrive as they are.
    #[test]
    fn a_network_arrives(name in prop::collection::vec(any::<u8>(), 1..=32), password in "[ -~]{8,63}") {
        let hex = data_encoding::HEXLOWER.encode(&name);
        let quoted = password.replace('\\', "\\\\").replace('"', "\\\"");
        let text = format!(
            "[wifi]\nssid-hex = \"{hex}\"\npassword = \"{quoted}\"\ncountry = \"NL\"\n"
        );
        let plan = plan_of(text.as_bytes(), b"", b"");
        prop_assert!(plan.findings.is_empty());
        let supplicant = contents(&plan, "/wpa_supplicant.conf").expect("a network");
        let password = data_encoding::HEXLOWER.encode(password.as_bytes());
        for line in [format!("\tssid={hex}\n"), format!("\tsae_password={password}\n")] {
            prop_assert!(supplicant.contains(&line), "{supplicant}");
        }
    }
}

/// The program itself, and not only its plan.
#[test]
fn the_journal_holds_no_secret() {
    for way in WAYS {
        for file in ["appliance.toml", "rpi-preseed.toml"] {
            let text = way.replace("{}", "GEHEIM12x");
            let told = Machine::new().card(file, text.as_bytes()).apply();
            assert!(!told.to_uppercase().contains("GEHEIM"), "{text}: {told}");
        }
    }
}
