//! `wpa_supplicant`: odd names and passwords arrive as they are.

use super::namespaces::Namespaces;
use crate::common::{Machine, program, run, wait_for};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};

/// Starts `wpa_supplicant` with what is made of an appliance.toml, on a wired interface, as there is
/// no radio, with a log that shows keys; waits until it has the network.
fn supplicant(appliance: &str) -> Namespaces {
    let machine = Machine::new().appliance(&format!("[wifi]\ncountry = \"NL\"\n{appliance}"));
    machine.apply();
    program("wpa_supplicant");
    let configuration = machine.path("run/p1-provision/wpa_supplicant.conf");
    let script = "ip link set v0 up
        exec wpa_supplicant -c \"$2\" -O \"$1/control\" -i v0 -D wired -dd -K";
    let namespaces = Namespaces::start(script, &[&configuration]);
    let control = namespaces.path("control/v0");
    wait_for("the control socket", || {
        let log = namespaces.log();
        assert!(!log.contains("Failed to read or parse configuration"), "{log}");
        control.exists().then_some(())
    });
    namespaces
}

/// What `wpa_supplicant` says of its first network.
fn variable(namespaces: &Namespaces, name: &str) -> String {
    let control = namespaces.path("control");
    let told = run("wpa_cli", &[&"-p", &control, &"-i", &"v0", &"get_network", &"0", &name]);
    told.trim_end_matches('\n').to_owned()
}

/// A value as `wpa_supplicant` prints it: a text in quotation marks, or hexadecimal digits.
fn bytes(value: &str) -> Vec<u8> {
    match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
        Some(text) => text.as_bytes().to_vec(),
        None => HEXLOWER_PERMISSIVE.decode(value.as_bytes()).expect(value),
    }
}

/// The key that it joins with.
fn key(namespaces: &mut Namespaces) -> String {
    let line = "PSK (set in config) - hexdump(len=32): ";
    let log = namespaces.wait_for_log(line);
    let (_, behind) = log.split_once(line).expect("the key");
    behind.lines().next().expect("a line").replace(' ', "")
}

/// The password that it read for WPA3.
fn password_read(namespaces: &Namespaces) -> Vec<u8> {
    let log = namespaces.log();
    let (_, behind) = log.split_once("sae_password - hexdump_ascii(len=").expect("a password");
    // Sixteen bytes on a line, in hexadecimal digits and once more as text.
    let lines = behind.lines().skip(1).take_while(|line| line.starts_with("     "));
    let digits = lines.flat_map(|line| line[5..52.min(line.len())].split_whitespace());
    digits.map(|digits| u8::from_str_radix(digits, 16).expect(digits)).collect()
}

#[test]
#[ignore = "needs root"]
fn odd_names_arrive() {
    for name in [
        "Thuis",
        "a \"quoted\" name",
        "back\\slash\\",
        "  spaces before and behind  ",
        "ünïcödé 🏠",
        "# no comment",
        "}",
        "$(reboot)",
        "0123abcd",
    ] {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        let supplicant = supplicant(&format!("ssid = \"{quoted}\"\nopen = true\nhidden = true\n"));
        assert_eq!(bytes(&variable(&supplicant, "ssid")), name.as_bytes(), "{name}");
        assert_eq!(variable(&supplicant, "key_mgmt"), "NONE");
        assert_eq!(variable(&supplicant, "scan_ssid"), "1");
    }
    for name in [&[0_u8; 32][..], &[0xFF, 0, b'\n', b'"', 0x80], &[7; 32]] {
        let supplicant =
            supplicant(&format!("ssid-hex = \"{}\"\nopen = true\n", HEXLOWER.encode(name)));
        assert_eq!(bytes(&variable(&supplicant, "ssid")), name);
        assert_eq!(variable(&supplicant, "scan_ssid"), "0");
    }
}

#[test]
#[ignore = "needs root"]
fn odd_passwords_arrive() {
    // IEEE 802.11, annex J.4.2.
    let mut ieee = supplicant("ssid = \"IEEE\"\npassword = \"password\"\n");
    let vector = "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e";
    assert_eq!(key(&mut ieee), vector);
    assert_eq!(variable(&ieee, "key_mgmt"), "WPA-PSK SAE");
    for password in [
        "\"quoted\"",
        "ends in \\",
        "# no # comment",
        "  spaces  ",
        "ends in a quotation mark\"",
        "\"\"\"\"\"\"\"\"",
        "}network={",
        " !\"#$%&'()*+,-./0123456789:;<=>?@[\\]^_`{|}~",
        &"x".repeat(63),
    ] {
        let quoted = password.replace('\\', "\\\\").replace('"', "\\\"");
        let mut supplicant = supplicant(&format!("ssid = \"Thuis\"\npassword = \"{quoted}\"\n"));
        let wanted = run("wpa_passphrase", &[&"Thuis", &password]);
        let wanted = wanted.lines().find_map(|line| line.trim().strip_prefix("psk="));
        assert_eq!(Some(key(&mut supplicant).as_str()), wanted, "{password}");
        assert_eq!(password_read(&supplicant), password.as_bytes(), "{password}");
    }
}

#[test]
#[ignore = "needs root"]
fn a_key_that_was_worked_out_beforehand_arrives() {
    let worked_out = "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e";
    let mut supplicant =
        supplicant(&format!("ssid = \"IEEE\"\npassword = \"{}\"\n", worked_out.to_uppercase()));
    assert_eq!(key(&mut supplicant), worked_out);
    assert_eq!(variable(&supplicant, "key_mgmt"), "WPA-PSK");
}
