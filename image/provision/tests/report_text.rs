//! What the report says.

mod common;

use common::volume::Volume;
use common::{Machine, first_report};
use p1_provision::report::{self, FILE, SIZE, TITLE};

#[test]
fn the_file_made_with_the_image_is_a_report() {
    let first = first_report();
    assert!(report::is_report(&first));
    let first = String::from_utf8(first).expect("text");
    assert!(first.contains("nog niet gestart") && first.contains("has not started"), "{first}");
    check_lines(&first);
}

/// As Windows wants them, none too long to be seen.
fn check_lines(report: &str) {
    assert_eq!(report.len(), SIZE);
    assert!(report.ends_with("\r\n"));
    for line in report.trim_end().split("\r\n") {
        assert!(!line.contains(['\r', '\n']), "{line:?}");
        assert!(line.chars().count() <= 80, "{line:?}");
    }
}

/// What a card of these files gives.
fn report_of(appliance: &str) -> String {
    let machine = Machine::new().appliance(appliance);
    let volume = Volume::new(4096, &[]);
    volume.put(FILE, &first_report());
    machine.apply_with(&["--device", &volume.path().display().to_string()]);
    let report = String::from_utf8(volume.get(FILE)).expect("text");
    check_lines(&report);
    report
}

#[test]
fn all_is_well() {
    let report = report_of("");
    assert!(report.starts_with(TITLE));
    let wanted = "\r\nAlles is in orde.\r\nAll is well.\r\n\r\nVan kracht / In force:\r\n\
                  \x20 Naam / Name              p1 (p1.local)\r\n\
                  \x20 Telegrammen / Telegrams  TCP 9000\r\n\
                  \x20 Tijdzone / Time zone     Europe/Amsterdam\r\n\
                  \x20 Kabel / Ethernet         DHCP\r\n\
                  \x20 Wifi / Wi-Fi             uit / off\r\n\
                  \x20 Inloggen / ssh           uit, geen sleutel / off, no key\r\n\
                  \x20 Versie / Version         p1-tcp 0.1.0, 2026.11\r\n";
    let (_, rest) = report.split_once(wanted).expect(&report);
    assert_eq!(rest.trim(), "");
}

#[test]
fn more_mistakes_than_there_is_room_for() {
    let report = report_of(&"colour = \"blue\"\n[ethernet]\naddress = \"x\"\n".repeat(200));
    assert!(report.contains("\r\n- ... en nog / and "), "{report}");
    assert!(report.contains("more: journalctl -u p1-provision\r\n"), "{report}");
    assert!(report.contains("Er zijn "), "{report}");
    assert!(report.contains("  Naam / Name              p1 (p1.local)\r\n"), "{report}");
}

#[test]
fn the_longest_of_everything_fits() {
    let addresses: Vec<String> =
        (2..250).map(|host| format!("\"2001:db8:1234:5678:9abc:def0:1234:{host:x}/64\"")).collect();
    let list = addresses.join(", ");
    let report = report_of(&format!(
        "[system]\nhostname = \"{}\"\n[ethernet]\naddress = [{list}]\n[wifi]\nssid = \"{}\"\n\
         password = \"12345678\"\naddress = [{list}]\ncountry = \"NL\"\n",
        "n".repeat(63),
        "é".repeat(16)
    ));
    assert!(report.contains("All is well."), "{report}");
    assert!(report.contains("  Versie / Version "), "{report}");
    assert!(report.contains(&"é".repeat(16)), "{report}");
    let report = report_of("[wifi]\nssid-hex = \"0a1b5b324a00\"\nopen = true\ncountry = \"NL\"\n");
    assert!(report.contains("\"??[2J?\", NL, DHCP"), "{report}");
}
