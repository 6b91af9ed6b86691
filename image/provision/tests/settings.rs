//! appliance.toml from outside: what is written in it is in force.

mod common;

use common::{KEY, Machine};
use std::os::unix::fs::PermissionsExt;

const FILES: [&str; 4] = [
    "run/p1-provision/hostname",
    "run/p1-provision/localtime",
    "run/systemd/network/10-p1-ethernet.network",
    "run/p1-provision/services/p1-tcp.service",
];

#[test]
fn without_any_file_there_are_the_defaults() {
    for machine in [Machine::new(), Machine::new().appliance("")] {
        let told = machine.apply();
        assert!(!told.contains("<3>"), "{told}");
        assert_eq!(machine.hostname(), "p1\n");
        assert_eq!(machine.zone().to_str(), Some("/usr/share/zoneinfo/Europe/Amsterdam"));
        assert!(machine.ethernet().contains("\nDHCP=yes\n"));
        assert!(machine.ethernet().contains("\nClientIdentifier=mac\n"));
        assert_eq!((machine.wifi(), machine.supplicant(), machine.keys()), (None, None, None));
        for file in FILES {
            assert!(machine.path(file).symlink_metadata().is_ok(), "{file}");
        }
    }
}

#[test]
fn every_key_does_something() {
    let machine = Machine::new().appliance(&format!(
        "[system]\nhostname = \"Meter-2\"\ntimezone = \"america/new_york\"\n\
         [ethernet]\naddress = [\"192.168.1.9/24\", \"2001:db8::9/64\"]\n\
         gateway = [\"192.168.1.1\", \"fe80::1\"]\ndns = [\"192.168.1.2\", \"2001:db8::53\"]\n\
         [wifi]\nssid = \"Thuis\"\npassword = \"geheim 1234\"\nhidden = true\ncountry = \"nl\"\n\
         address = \"10.0.0.9/8\"\ngateway = \"10.0.0.1\"\n\
         [ssh]\nkeys = [\"{KEY}\", \"{KEY} 2\"]\n"
    ));
    let told = machine.apply();
    assert!(!told.contains("<3>") && !told.contains("<4>/"), "{told}");
    assert_eq!(machine.hostname(), "Meter-2\n");
    assert_eq!(machine.zone().to_str(), Some("/usr/share/zoneinfo/America/New_York"));
    let ethernet = machine.ethernet();
    for line in [
        "DHCP=no",
        "LinkLocalAddressing=ipv6",
        "IPv6AcceptRA=no",
        "Address=192.168.1.9/24",
        "Address=2001:db8::9/64",
        "DNS=192.168.1.2",
        "DNS=2001:db8::53",
        "Gateway=192.168.1.1",
        "Gateway=fe80::1",
        "UseDNS=no",
    ] {
        assert!(ethernet.lines().any(|other| other == line), "{line}: {ethernet}");
    }
    let wifi = machine.wifi().expect("a wireless network");
    for line in
        ["DHCP=ipv6", "IPv6AcceptRA=yes", "Address=10.0.0.9/8", "Gateway=10.0.0.1", "DNS=10.0.0.1"]
    {
        assert!(wifi.lines().any(|other| other == line), "{line}: {wifi}");
    }
    let supplicant = machine.supplicant().expect("a configuration");
    for line in [
        "country=NL",
        "\tssid=5468756973",
        "\tscan_ssid=1",
        "\tsae_password=67656865696d2031323334",
        "network={",
    ] {
        assert!(supplicant.lines().any(|other| other == line), "{line}: {supplicant}");
    }
    assert_eq!(machine.keys(), Some(format!("{KEY}\n{KEY} 2\n")));
}

#[test]
fn who_may_read_what() {
    let machine = Machine::new().appliance(&format!(
        "[wifi]\nssid = \"a\"\npassword = \"12345678\"\ncountry = \"NL\"\n[ssh]\nkeys = \"{KEY}\"\n"
    ));
    // A daring umask changes nothing.
    let script = "umask 0; exec \"$0\" apply --root \"$1\" 2>&1";
    let program = env!("CARGO_BIN_EXE_p1-provision");
    common::run("sh", &[&"-c", &script, &program, &machine.root.path()]);
    for (file, mode) in [
        ("run/p1-provision/hostname", 0o644),
        ("run/systemd/network/10-p1-ethernet.network", 0o644),
        ("run/systemd/network/11-p1-wifi.network", 0o644),
        ("run/p1-provision/wpa_supplicant.conf", 0o600),
        ("run/p1-provision/authorized_keys", 0o644),
        ("run/p1-provision/services/p1-tcp.service", 0o644),
        ("run/p1-provision/card/p1-tcp.toml", 0o644),
    ] {
        let permissions = machine.path(file).metadata().expect(file).permissions();
        assert_eq!(permissions.mode() & 0o7777, mode, "{file}");
    }
    // Else sshd would refuse the keys, and anyone could put others there.
    for folder in ["run/p1-provision", "run/p1-provision/services", "run/systemd/network"] {
        let permissions = machine.path(folder).metadata().expect(folder).permissions();
        assert_eq!(permissions.mode() & 0o7777, 0o755, "{folder}");
    }
}

#[test]
fn a_network_without_a_country_is_joined_and_told() {
    let machine = Machine::new().appliance("[wifi]\nssid = \"a\"\npassword = \"12345678\"\n");
    let told = machine.apply();
    assert!(told.contains("<3>/boot/firmware/appliance.toml: the Wi-Fi network has no `country`"));
    let supplicant = machine.supplicant().expect("a configuration");
    assert!(!supplicant.contains("country="), "{supplicant}");
}

#[test]
fn an_open_network_is_joined_only_if_it_is_said_to_be_one() {
    let wifi = "[wifi]\nssid = \"a\"\ncountry = \"NL\"\n";
    let machine = Machine::new().appliance(wifi);
    machine.apply();
    assert_eq!(machine.supplicant(), None);
    let machine = Machine::new().appliance(&format!("{wifi}open = true\n"));
    let told = machine.apply();
    assert!(!told.contains("<3>"), "{told}");
    assert!(machine.supplicant().expect("a configuration").contains("\tkey_mgmt=NONE\n"));
    // Rather no connection than one without a password where there is to be one.
    let machine = Machine::new().appliance(&format!("{wifi}open = true\npassword = \"short\"\n"));
    machine.apply();
    assert_eq!(machine.supplicant(), None);
}

#[test]
fn addresses_as_an_owner_expects() {
    let cases = [
        ("address = \"192.168.1.9/24\"", "DHCP=ipv6 IPv6AcceptRA=yes UseDNS=yes"),
        (
            "address = \"192.168.1.9/24\"\ngateway = \"192.168.1.1\"",
            "DHCP=ipv6 DNS=192.168.1.1 UseDNS=no",
        ),
        (
            "address = \"192.168.1.9/24\"\ngateway = \"192.168.1.1\"\ndns = []",
            "DHCP=ipv6 UseDNS=yes",
        ),
        ("address = \"2001:db8::9/64\"", "DHCP=ipv4 IPv6AcceptRA=yes LinkLocalAddressing=yes"),
        ("address = \"2001:db8::9/64\"\ngateway = \"2001:db8::1\"", "DHCP=ipv4 IPv6AcceptRA=no"),
        ("dns = \"9.9.9.9\"", "DHCP=yes DNS=9.9.9.9 UseDNS=no"),
        ("address = \"10.0.0.2/31\"\ngateway = \"10.0.0.3\"", "DHCP=ipv6 Gateway=10.0.0.3"),
        // A wrong router or name server costs only itself.
        (
            "address = \"192.168.1.9/24\"\ngateway = \"192.168.2.1\"",
            "DHCP=ipv6 Address=192.168.1.9/24",
        ),
        ("dns = [\"x\", \"9.9.9.9\"]", "DHCP=yes DNS=9.9.9.9"),
        ("address = [\"x\", \"192.168.1.9/24\"]", "DHCP=ipv6 Address=192.168.1.9/24"),
    ];
    for (keys, lines) in cases {
        let machine = Machine::new().appliance(&format!("[ethernet]\n{keys}\n"));
        machine.apply();
        let ethernet = machine.ethernet();
        for line in lines.split(' ') {
            assert!(ethernet.lines().any(|other| other == line), "{keys}: {line}: {ethernet}");
        }
        assert_eq!(
            ethernet.contains("Gateway="),
            lines.contains("Gateway=") || keys.contains("1.1\"") || keys.contains("::1\""),
            "{ethernet}"
        );
    }
    let machine = Machine::new().appliance("[ethernet]\naddress = \"192.168.1.9/24\"\n");
    let told = machine.apply();
    assert!(told.contains("<4>/boot/firmware/appliance.toml: below [ethernet] there is an `address` and no `gateway`"), "{told}");
}

#[test]
fn what_is_no_longer_wanted_goes() {
    let machine = Machine::new().appliance(&format!(
        "[wifi]\nssid = \"a\"\npassword = \"12345678\"\ncountry = \"NL\"\n[ssh]\nkeys = \"{KEY}\"\n"
    ));
    machine.apply();
    assert!(machine.wifi().is_some() && machine.supplicant().is_some() && machine.keys().is_some());
    let machine = machine.appliance("");
    machine.apply();
    assert_eq!((machine.wifi(), machine.supplicant(), machine.keys()), (None, None, None));
    let left = common::run("find", &[&machine.path("run"), &"-type", &"f", &"-o", &"-type", &"l"]);
    assert_eq!(left.lines().count(), 5, "{left}");
}

#[test]
fn the_daemon_reads_its_file_as_it_is_and_is_announced_with_its_port() {
    let file = "run/p1-provision/card/p1-tcp.toml";
    let service = |machine: &Machine| machine.made("run/p1-provision/services/p1-tcp.service");
    for (contents, port) in [
        (&b"[tcp]\nport = 9100\n"[..], "<port>9100</port>"),
        (b"[tcp]\nport = 80\n", "<port>9000</port>"),
        (b"\xFF\xFE", "<port>9000</port>"),
        (b"[telegram]\nmode = \"raw\"\n", "<txt-record>content=bytes</txt-record>"),
    ] {
        let machine = Machine::new().card("p1-tcp.toml", contents);
        let told = machine.apply();
        assert_eq!(std::fs::read(machine.path(file)).expect("a file"), contents);
        assert!(service(&machine).expect("a service").contains(port), "{told}");
    }
    let told = Machine::new().card("p1-tcp.toml", b"[tcp]\nport = 80\n").apply();
    assert!(told.contains("<3>/boot/firmware/p1-tcp.toml:2:8: `port` cannot be 80"), "{told}");
    assert!(
        told.contains("<4>/boot/firmware/p1-tcp.toml: with a mistake in it, all of it"),
        "{told}"
    );
    let machine = Machine::new().card("p1-tcp.toml", b"[tcp]\nbind = \"127.0.0.1\"\n");
    machine.apply();
    assert_eq!(service(&machine), None);
    let machine = Machine::new();
    machine.apply();
    assert_eq!(p1_tcp::config::load(&machine.path(file)), Ok(p1_tcp::config::Settings::default()));
}
