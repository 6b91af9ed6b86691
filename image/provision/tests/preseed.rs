//! What Raspberry Pi Imager writes fills what appliance.toml leaves out.

mod common;

use common::{KEY, Machine};

/// As Imager 2.0.11 writes it when everything is filled in, a password and tokens included.
fn written_by_imager() -> String {
    format!(
        "config_version = \"1.0\"\n\n\
         [system]\nhostname = \"meterkast\"\n\n\
         [user]\nname = \"bart\"\npassword = \"$y$j9T$secret\"\npassword_encrypted = true\n\
         groups = [\"sudo\"]\npasswordless_sudo = true\n\n\
         [ssh]\nenabled = true\npassword_authentication = false\nauthorized_keys = [\n  \"{KEY}\",\n]\n\n\
         [wlan]\nssid = \"Thuis \\\"2\\\" \\\\o/\"\npassword = \"{}\"\npassword_encrypted = true\n\
         hidden = true\ncountry = \"BE\"\n\n\
         [locale]\nkeymap = \"us\"\ntimezone = \"Europe/Brussels\"\n\n\
         [connect]\nenabled = true\nmode = \"token\"\ntoken = \"rpuak_secret\"\n\n\
         [interfaces]\ni2c = true\nserial = \"console\"\n",
        "0123456789abcdef".repeat(4)
    )
}

#[test]
fn all_of_it_is_in_force_where_appliance_toml_says_nothing() {
    let machine = Machine::new()
        .appliance("[system]\n")
        .card("rpi-preseed.toml", written_by_imager().as_bytes());
    let told = machine.apply();
    assert!(!told.contains("<3>") && !told.contains("<4>/"), "{told}");
    assert_eq!(machine.hostname(), "meterkast\n");
    assert!(machine.zone().ends_with("Europe/Brussels"));
    assert_eq!(machine.keys(), Some(format!("{KEY}\n")));
    let supplicant = machine.supplicant().expect("a configuration");
    let name = data_encoding::HEXLOWER.encode(b"Thuis \"2\" \\o/");
    for line in [
        "country=BE",
        &format!("\tssid={name}"),
        "\tscan_ssid=1",
        &format!("\tpsk={}", "0123456789abcdef".repeat(4)),
    ] {
        assert!(supplicant.lines().any(|other| other == line), "{line}: {supplicant}");
    }
    assert!(!told.contains("secret") && !told.contains("0123456789"), "{told}");
}

#[test]
fn appliance_toml_comes_first() {
    let machine = Machine::new()
        .appliance(&format!(
            "[system]\nhostname = \"meter\"\n[wifi]\nssid = \"b\"\npassword = \"12345678\"\n\
             [ssh]\nkeys = \"{KEY} 2\"\n"
        ))
        .card("rpi-preseed.toml", written_by_imager().as_bytes());
    let told = machine.apply();
    assert!(!told.contains("<3>"), "{told}");
    assert_eq!(machine.hostname(), "meter\n");
    assert!(machine.zone().ends_with("Europe/Brussels"));
    assert_eq!(machine.keys(), Some(format!("{KEY} 2\n")));
    let supplicant = machine.supplicant().expect("a configuration");
    // The network is one setting, with all that belongs to it; the country is another.
    assert!(
        supplicant.contains("\tssid=62\n") && !supplicant.contains("scan_ssid"),
        "{supplicant}"
    );
    assert!(supplicant.contains("country=BE\n"), "{supplicant}");
}

#[test]
fn it_stands_in_for_what_is_wrong_in_appliance_toml() {
    let machine = Machine::new()
        .appliance("[system]\nhostname = \"a meter\"\n[wifi]\nssid = \"b\"\npassword = \"short\"\n")
        .card("rpi-preseed.toml", written_by_imager().as_bytes());
    let told = machine.apply();
    assert_eq!(told.matches("<3>").count(), 2, "{told}");
    assert_eq!(machine.hostname(), "meterkast\n");
    assert!(machine.supplicant().expect("a configuration").contains("scan_ssid=1"));
}

#[test]
fn networks_as_imager_writes_them() {
    for (wlan, lines) in [
        (
            "ssid_hex = \"436166e9\"\npassword = \"12345678\"\npassword_encrypted = false",
            "ssid=436166e9 sae_password=3132333435363738",
        ),
        ("ssid = \"a\"\nhidden = false", "ssid=61 key_mgmt=NONE"),
        ("ssid = \"a\"\nkey_mgmt = \"none\"", "ssid=61 key_mgmt=NONE"),
        (
            "ssid = \"a\"\npassword = \"12345678\"\nkey_mgmt = \"sae\"",
            "ssid=61 sae_password=3132333435363738",
        ),
    ] {
        let machine = Machine::new()
            .card("rpi-preseed.toml", format!("[wlan]\ncountry = \"NL\"\n{wlan}\n").as_bytes());
        let told = machine.apply();
        assert!(!told.contains("<3>"), "{told}");
        let supplicant = machine.supplicant().expect(wlan);
        for line in lines.split(' ') {
            assert!(supplicant.contains(&format!("\t{line}\n")), "{line}: {supplicant}");
        }
    }
    // No network without what it asks for.
    for wlan in [
        "ssid = \"a\"\npassword = \"hunter2hunter2\"\npassword_encrypted = true",
        "ssid = \"a\"\npassword = \"hunter2\"",
        "ssid = \"a\"\nkey_mgmt = \"sae\"",
    ] {
        let machine = Machine::new()
            .card("rpi-preseed.toml", format!("[wlan]\ncountry = \"NL\"\n{wlan}\n").as_bytes());
        let told = machine.apply();
        assert_eq!(machine.supplicant(), None, "{wlan}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn mistakes_in_it_name_it() {
    let preseed = "config_version = \"1.0\"\n[system]\nhostname = \"a meter\"\n[user\nname = 1\n\
                   [ssh]\nenabled = true\npassword_authentication = true\n\
                   [wlan]\nssid = \"a\"\npassword = \"12345678\"\n";
    let machine = Machine::new().card("rpi-preseed.toml", preseed.as_bytes());
    let told = machine.apply();
    for part in [
        "<3>/boot/firmware/rpi-preseed.toml:3:12: `hostname` cannot be \"a meter\"",
        "<3>/boot/firmware/rpi-preseed.toml: the Wi-Fi network has no `country`",
        "<4>/boot/firmware/rpi-preseed.toml: it asks for ssh with a password, and the appliance has none",
    ] {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(machine.keys(), None);
    assert!(machine.supplicant().is_some());
}

#[test]
fn ssh_that_is_not_enabled_has_no_keys() {
    let preseed = format!("[ssh]\nenabled = false\nauthorized_keys = [\"{KEY}\"]\n");
    let machine = Machine::new().card("rpi-preseed.toml", preseed.as_bytes());
    machine.apply();
    assert_eq!(machine.keys(), None);
}
