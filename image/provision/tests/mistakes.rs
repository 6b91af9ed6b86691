//! Mistakes on the card: each is told, and costs nothing but its own setting.

mod common;

use common::{KEY, Machine, p1_provision, text};

/// The mistakes in an appliance.toml, each as `line:column: message`.
fn mistakes(appliance: &str) -> Vec<String> {
    let told = Machine::new().appliance(appliance).apply();
    let mistakes = told.lines().filter_map(|line| line.strip_prefix("<3>/boot/firmware/"));
    mistakes.map(|line| line.strip_prefix("appliance.toml:").expect(line).to_owned()).collect()
}

#[test]
fn a_mistake_costs_nothing_but_its_own_setting() {
    let right = [
        ("hostname", "[system]\nhostname = \"meter\"\n"),
        ("timezone", "[system]\ntimezone = \"UTC\"\n"),
        ("ethernet", "[ethernet]\naddress = \"192.168.1.9/24\"\ngateway = \"192.168.1.1\"\n"),
        ("wifi", "[wifi]\nssid = \"a\"\npassword = \"12345678\"\ncountry = \"NL\"\n"),
        ("keys", &format!("[ssh]\nkeys = [\"{KEY}\"]\n")),
    ];
    let wrong = [
        ("hostname", "[system]\nhostname = \"a meter\"\n"),
        ("timezone", "[system]\ntimezone: \"UTC\"\n"),
        ("ethernet", "[ethernet]\naddress = \"192.168.1.9\n"),
        ("wifi", "[wifi]\nssid = \"a\"\npassword = \"short\"\ncountry = \"NL\"\n"),
        ("wifi", "[wifi]\nssid \"a\"\npassword = \"12345678\"\ncountry = \"NL\"\n"),
        ("wifi", "[wifi\nssid = \"a\"\npassword = \"12345678\"\ncountry = \"NL\"\n"),
        ("keys", "[ssh]\nkeys = [\"ssh-rsa AAAA\"\n"),
        ("none", "colour\n"),
        ("none", "# caf\u{e9}\n"),
    ];
    for (broken, text) in wrong {
        let parts = right.iter().filter(|(name, _)| *name != broken).map(|(_, text)| *text);
        // The broken part first, as parsers like to give up; the two of [system] in one section.
        let rest: String = parts.collect();
        let rest = rest.replacen("[system]\n", "[SYSTEM]\n", 1);
        let rest = rest.replace("[system]\n", "").replace("[SYSTEM]\n", "[system]\n");
        let text = if text.starts_with("[system]") {
            text.to_owned() + rest.strip_prefix("[system]\n").expect("the other one")
        } else {
            text.to_owned() + &rest
        };
        // As an old editor would save it.
        let bytes: Vec<u8> = text.chars().map(|character| character as u8).collect();
        let machine = Machine::new().card("appliance.toml", &bytes);
        let told = machine.apply();
        assert!(told.contains("<3>"), "{text}: {told}");
        let in_force = [
            ("hostname", machine.hostname() == "meter\n"),
            ("timezone", machine.zone().ends_with("UTC")),
            ("ethernet", machine.ethernet().contains("Address=192.168.1.9/24")),
            ("wifi", machine.supplicant().is_some() && machine.wifi().is_some()),
            ("keys", machine.keys().is_some()),
        ];
        for (name, in_force) in in_force {
            assert_eq!(in_force, name != broken, "{name} of {text}: {told}");
        }
    }
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let text = "[sytem]\r\nhostname = \"p1\"\r\n[wifi]\r\nSSID = \"Thuis\"\r\n\
                password = “geheim”\r\nhidden = \"yes\"\r\ncountry = \"UK\"\r\n[ethernet]\r\n\
                adress = \"192.168.1.9/24\"\r\ndns = \"router\"\r\n";
    assert_eq!(
        mistakes(text),
        [
            "1:2: there is no such section; [system] is meant, it seems",
            "4:1: there is no such key in [wifi]; `ssid` is meant, it seems",
            "5:12: `password` has 6 characters, and a Wi-Fi password has 8 to 63",
            "6:10: `hidden` has to be true or false, without quotation marks",
            "7:11: `country` cannot be \"UK\"; it is the code of a country, such as \"NL\", \"BE\" or \
             \"LU\"; the United Kingdom is \"GB\"",
            "9:1: there is no such key in [ethernet]; `address` is meant, it seems",
            "10:7: `dns` cannot be \"router\"; it is the IP address of one machine, such as \
             \"192.168.1.1\"",
        ]
    );
}

/// Whether the first mistake in each of these is told like that.
fn assert_told(cases: &[(&str, &str)]) {
    for (text, told) in cases {
        assert_eq!(mistakes(text).first().map(String::as_str), Some(*told), "{text}");
    }
}

#[test]
fn mistakes_in_the_machine() {
    assert_told(&[
        (
            "[system]\nhostname = \"p1.local\"",
            "2:12: `hostname` has no \".local\" at its end; \"p1\" is found as p1.local",
        ),
        (
            "[system]\nhostname = \"p_1\"",
            "2:12: `hostname` cannot be \"p_1\"; it is 1 to 63 letters a to z, digits, and hyphens between them",
        ),
        (
            "[system]\nhostname = \"-p\"",
            "2:12: `hostname` cannot be \"-p\"; it is 1 to 63 letters a to z, digits, and hyphens between them",
        ),
        (
            "[system]\nhostname = \"\"",
            "2:12: `hostname` cannot be \"\"; it is 1 to 63 letters a to z, digits, and hyphens between them",
        ),
        (
            "[system]\nhostname = \"Localhost\"",
            "2:12: `hostname` cannot be \"localhost\", as that is every machine's name for itself",
        ),
        (
            "[system]\nhostname = 1",
            "2:12: `hostname` has to be a text in straight quotation marks and not a whole number",
        ),
        (
            "[system]\ntimezone = \"Amsterdam\"",
            "2:12: `timezone` cannot be \"Amsterdam\"; \"Europe/Amsterdam\" is meant, it seems",
        ),
        (
            "[system]\ntimezone = \"Europe/Amsterdan\"",
            "2:12: `timezone` cannot be \"Europe/Amsterdan\"; \"Europe/Amsterdam\" is meant, it seems",
        ),
        (
            "[system]\ntimezone = \"New York\"",
            "2:12: `timezone` cannot be \"New York\"; \"America/New_York\" is meant, it seems",
        ),
        (
            "[system]\ntimezone = \"../../etc/passwd\"",
            "2:12: `timezone` cannot be \"../../etc/passwd\"; it is a continent and a city, such as \"Europe/Amsterdam\"",
        ),
        ("hostname = \"p1\"", "1:1: `hostname` belongs below [system]"),
    ]);
}

#[test]
fn mistakes_in_addresses() {
    assert_told(&[
        (
            "[ethernet]\naddress = \"192.168.1.9\"",
            "2:11: `address` is \"192.168.1.9\", and needs the length of its network behind it, at home mostly \"192.168.1.9/24\"",
        ),
        (
            "[ethernet]\naddress = \"2001:db8::9\"",
            "2:11: `address` is \"2001:db8::9\", and needs the length of its network behind it, at home mostly \"2001:db8::9/64\"",
        ),
        (
            "[ethernet]\naddress = \"192.168.1.9/255.255.255.0\"",
            "2:11: `address` is \"192.168.1.9/255.255.255.0\"; write \"192.168.1.9/24\", which is the same",
        ),
        (
            "[ethernet]\naddress = \"dhcp\"",
            "2:11: `address` cannot be \"dhcp\"; it is an IP address with the length of its network, such as \"192.168.1.9/24\"",
        ),
        (
            "[ethernet]\naddress = \"192.168.1.0/24\"",
            "2:11: `address` cannot be \"192.168.1.0/24\", as no machine can have that address",
        ),
        (
            "[ethernet]\naddress = \"192.168.1.255/24\"",
            "2:11: `address` cannot be \"192.168.1.255/24\", as no machine can have that address",
        ),
        (
            "[ethernet]\naddress = \"127.0.0.2/8\"",
            "2:11: `address` cannot be \"127.0.0.2/8\", as no machine can have that address",
        ),
        (
            "[ethernet]\ngateway = \"192.168.1.1\"",
            "2:11: `gateway` has no effect without an IPv4 `address`, as the network then tells it by itself",
        ),
        (
            "[ethernet]\naddress = \"192.168.1.9/24\"\ngateway = \"192.168.2.1\"",
            "3:11: `gateway` cannot be 192.168.2.1, as it is not in the network of `address`",
        ),
        (
            "[ethernet]\naddress = \"192.168.1.9/24\"\ngateway = \"192.168.1.9\"",
            "3:11: `gateway` cannot be 192.168.1.9, as that is this machine's own address",
        ),
        (
            "[ethernet]\naddress = \"192.168.1.9/24\"\ngateway = [\"192.168.1.1\", \"192.168.1.2\"]",
            "3:11: `gateway` holds two IPv4 addresses, and only the first counts",
        ),
    ]);
}

#[test]
fn mistakes_in_wireless_networks() {
    let wifi = "[wifi]\ncountry = \"NL\"\n";
    assert_told(&[
        (
            &format!("{wifi}ssid = \"\"\nopen = true"),
            "3:8: `ssid` is empty; write the network's name, or leave the line out",
        ),
        (
            &format!("{wifi}ssid = \"{}\"\nopen = true", "é".repeat(17)),
            "3:8: `ssid` has 34 bytes, and no network's name has more than 32",
        ),
        (
            &format!("{wifi}ssid-hex = \"5g\"\nopen = true"),
            "3:12: `ssid-hex` has to be hexadecimal digits, two for each byte",
        ),
        (
            &format!("{wifi}ssid-hex = \"5\"\nopen = true"),
            "3:12: `ssid-hex` has to be hexadecimal digits, two for each byte",
        ),
        (
            &format!("{wifi}ssid = \"a\"\nssid-hex = \"62\"\nopen = true"),
            "4:12: `ssid-hex` is another name than `ssid`; leave one of them out",
        ),
        (
            &format!("{wifi}ssid = \"a\""),
            "3:8: the network has no `password`; write it, or `open = true` if it has none",
        ),
        (
            &format!("{wifi}ssid-hex = \"61\""),
            "3:12: the network has no `password`; write it, or `open = true` if it has none",
        ),
        (
            &format!("{wifi}password = \"12345678\""),
            "3:12: `password` has no effect without the network's name, `ssid`",
        ),
        (
            &format!("{wifi}open = true"),
            "3:8: `open` has no effect without the network's name, `ssid`",
        ),
        (
            &format!("{wifi}ssid = \"a\"\npassword = \"12345678\"\nopen = true"),
            "5:8: `open` has no effect, as there is a `password`; leave one of them out",
        ),
        (
            &format!("{wifi}ssid = \"a\"\npassword = 12345678"),
            "4:12: `password` has to be a text in straight quotation marks",
        ),
        (
            &format!("{wifi}ssid = \"a\"\npassword = \"pässword\""),
            "4:12: `password` holds a character that no Wi-Fi password has: these have letters a to z, digits, spaces and the signs of an English keyboard",
        ),
        (
            &format!("{wifi}ssid = \"a\"\npassword = \"1234567\""),
            "4:12: `password` has 7 characters, and a Wi-Fi password has 8 to 63",
        ),
        (
            &format!("{wifi}ssid = \"a\"\npassword = \"{}\"", "x".repeat(64)),
            "4:12: `password` has 64 characters, and a Wi-Fi password has 8 to 63",
        ),
        (
            "[wifi]\nssid = \"a\"\nopen = true\ncountry = \"NLD\"",
            "4:11: `country` cannot be \"NLD\"; it is the code of a country, such as \"NL\", \"BE\" or \"LU\"",
        ),
        (
            "[wifi]\ncountry = \"XX\"",
            "2:11: `country` cannot be \"XX\"; it is the code of a country, such as \"NL\", \"BE\" or \"LU\"",
        ),
    ]);
}

#[test]
fn mistakes_in_keys() {
    assert_told(&[
        (
            "[ssh]\nkeys = \"-----BEGIN OPENSSH PRIVATE KEY-----\"",
            "2:8: `keys` holds a private key, which ought to stay secret where it was made; write the line of the file that ends in .pub",
        ),
        (
            "[ssh]\nkeys = [\"bart@laptop\"]",
            "2:9: `keys` holds something that is no public key; write the line of a .pub file, which begins with \"ssh-ed25519\", \"ssh-rsa\" or \"ecdsa-sha2-nistp256\"",
        ),
        (
            &format!("[ssh]\nkeys = [\"{}\"]", &KEY[..60]),
            "2:9: `keys` holds a key (ssh-ed25519) that is not whole; copy the line of the .pub file once more",
        ),
        (
            &format!("[ssh]\nkeys = [\"{}\"]", KEY.replace("ssh-ed25519", "ssh-rsa")),
            "2:9: `keys` holds a key (ssh-rsa) that is not whole; copy the line of the .pub file once more",
        ),
        (
            "[ssh]\nkeys = [\"\"\"ssh-ed25519\nAAAA\"\"\"]",
            "2:9: `keys` has to be one line for each key; write each in quotation marks of its own, with a comma between them",
        ),
        (
            "[ssh]\nkeys = true",
            "2:8: `keys` has to be a text in straight quotation marks and not true or false",
        ),
        ("[ssh]\npassword = \"x\"", "2:1: `password` belongs below [wifi] and not below [ssh]"),
    ]);
}

#[test]
fn what_cannot_be_written_is_told_and_the_rest_is_written() {
    let machine = Machine::new();
    machine.write("run/systemd/network", b"a file where there should be a folder");
    let root = machine.root.path().display().to_string();
    let output = p1_provision(&["apply", "--root", &root]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(told.contains("10-p1-ethernet.network cannot be written: "), "{told}");
    assert_eq!(machine.hostname(), "p1\n");
    assert!(machine.made("run/p1-provision/card/p1-tcp.toml").is_some());
}

#[test]
fn files_that_cannot_be_read() {
    let machine = Machine::new()
        .card("appliance.toml", &vec![b'#'; 300_000])
        .card("p1-tcp.toml", &vec![b'#'; 300_000]);
    std::fs::create_dir(machine.path("boot/firmware/rpi-preseed.toml")).expect("a folder");
    let told = machine.apply();
    for part in [
        "/boot/firmware/appliance.toml: it has more than 262144 bytes",
        "/boot/firmware/rpi-preseed.toml: it cannot be read: Is a directory",
        "/boot/firmware/p1-tcp.toml: it has more than 262144 bytes",
    ] {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(machine.hostname(), "p1\n");
    assert_eq!(machine.made("run/p1-provision/card/p1-tcp.toml"), None);
}

#[test]
fn files_that_do_nothing_are_told() {
    let told = Machine::new()
        .card("wpa_supplicant.conf", b"network={}")
        .card("appliance.toml.txt", b"")
        .card("ssh", b"")
        .apply();
    for part in [
        "<4>/boot/firmware/wpa_supplicant.conf: it is not read here; write the Wi-Fi network into \
         appliance.toml, below [wifi]",
        "<4>/boot/firmware/appliance.toml.txt: it is not read here; rename it to appliance.toml",
        "<4>/boot/firmware/ssh: it is not read here; write a public key",
    ] {
        assert!(told.contains(part), "{told}");
    }
    assert!(!told.contains("<3>"), "{told}");
}
