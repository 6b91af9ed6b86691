//! The configuration from outside: a file in, settings or every mistake out.

use p1_tcp::config::{Allow, Checksums, Framing, Mode, Settings, load, parse};
use proptest::prelude::*;
use std::time::Duration;

/// The mistakes in `text`, each as `line:column: message`.
fn mistakes(text: &str) -> Vec<String> {
    let mistakes = parse(text.as_bytes()).expect_err(text);
    let place = |place: Option<(usize, usize)>| {
        place.map_or_else(String::new, |(line, column)| format!("{line}:{column}: "))
    };
    mistakes.into_iter().map(|mistake| place(mistake.place) + &mistake.message).collect()
}

#[test]
fn everything_may_be_left_out() {
    for text in ["", "\n# nothing\n", "[serial]\n[tcp]\n[telegram]\n[feed]\n"] {
        assert_eq!(parse(text.as_bytes()), Ok(Settings::default()), "{text}");
    }
}

#[test]
fn every_key_does_something() {
    let text = "
        [serial]
        device = \"/dev/serial/by-id/usb-FTDI\"
        baud = 9600
        framing = \"7E1\"
        [tcp]
        bind = \"127.0.0.1\"
        port = 9100
        max-clients = 5
        allow = [\"local\", \"203.0.113.7/24\", \"2001:db8::1\"]
        [telegram]
        crc = \"ignore\"
        add-crc = true
        mode = \"raw\"
        [feed]
        timeout = 0
    ";
    let settings = parse(text.as_bytes()).expect("settings");
    assert_eq!(settings.serial.device.to_str(), Some("/dev/serial/by-id/usb-FTDI"));
    assert_eq!(
        (settings.serial.baud.all(), settings.serial.framing),
        (&[9600][..], Framing::SevenEven)
    );
    assert_eq!((settings.tcp.bind.to_string().as_str(), settings.tcp.port), ("127.0.0.1", 9100));
    assert_eq!(settings.tcp.max_clients, 5);
    let named =
        ["203.0.113.0/24", "2001:db8::1/128"].map(|network| network.parse().expect("a network"));
    assert_eq!(settings.tcp.allow, Allow::Networks { local: true, named: named.to_vec() });
    assert_eq!((settings.telegram.crc, settings.telegram.mode), (Checksums::Ignore, Mode::Raw));
    assert!(settings.telegram.add_crc);
    assert_eq!(settings.feed.timeout, None);
}

#[test]
fn what_is_in_force_reads_back_as_itself() {
    for text in [
        "",
        "[serial]\nbaud = [9600, 115200, 9600]\nframing = \"auto\"",
        "[serial]\nbaud = 1200",
        "[tcp]\nallow = \"any\"\n[feed]\ntimeout = 5",
        "[tcp]\nallow = [\"10.0.0.0/8\"]",
        "[tcp]\nallow = [\"local\", \"10.0.0.0/8\", \"2001:db8::1\"]\nbind = \"127.0.0.1\"",
        "[serial]\ndevice = \"/dev/a\\\"b'c\\u0007\"\n[led]\nname = \"led \\\"0\\\"\"",
        "[telegram]\ncrc = \"ignore\"\nmode = \"raw\"\n[feed]\ntimeout = 0\n[led]\nname = \"off\"",
    ] {
        let settings = parse(text.as_bytes()).expect("settings");
        let written = settings.to_string();
        assert_eq!(parse(written.as_bytes()), Ok(settings), "{written}");
    }
    assert_eq!(Settings::default().feed.timeout, Some(Duration::from_secs(60)));
}

#[test]
fn a_switch_is_true_or_false() {
    let told = mistakes("[telegram]\nadd-crc = \"true\"\n");
    let expected = "2:11: `add-crc` has to be true or false and not a text; write true without quotation marks";
    assert_eq!(told, [expected]);
    let told = mistakes("[telegram]\nadd-crc = 1\n");
    assert_eq!(told, ["2:11: `add-crc` has to be true or false and not a whole number"]);
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let text = "[serial]\r\nbuad = 9600\r\nframing = \"8E2\"\r\n\r\n[tpc]\r\nport = 9000\r\n\
                [tcp]\r\nport = 80\r\nmax_clients = 0\r\nallow = [\"local\", \"192.168.1/24\"]\r\n";
    assert_eq!(
        mistakes(text),
        [
            "2:1: there is no `buad` in [serial]; `baud` is meant, it seems",
            "3:11: `framing` cannot be \"8E2\"; it is \"auto\" or \"8N1\" or \"7E1\"",
            "5:2: there is no section [tpc]; [tcp] is meant, it seems",
            "8:8: `port` cannot be 80, as ports below 1024 are for privileged programs and p1-tcp is \
             none; take one from 1024 to 65535",
            "9:1: there is no `max_clients` in [tcp]; `max-clients` is meant, it seems",
            "10:9: `allow` cannot hold \"192.168.1/24\"; write \"local\", \"any\" or networks such as \
             \"192.168.1.0/24\"",
        ]
    );
}

#[test]
fn each_mistake_says_what_would_be_right() {
    for (text, told) in [
        (
            "[serial]\ndevice = /dev/ttyUSB0",
            "2:10: a text needs straight quotation marks around it: \"/dev/ttyUSB0\"",
        ),
        (
            "[serial]\ndevice = \"ttyUSB0\"",
            "2:10: `device` is \"ttyUSB0\", and has to be a path from the root, such as \"/dev/ttyAMA0\"",
        ),
        (
            "[serial]\nbaud = \"9600\"",
            "2:8: `baud` has to be a whole number from 300 to 4000000, or \"auto\", and not a text; write 9600 without quotation marks",
        ),
        (
            "[serial]\nbaud = 115.200",
            "2:8: `baud` has to be a whole number from 300 to 4000000, or \"auto\", and not a number with a fraction",
        ),
        (
            "[serial]\nbaud =",
            "2:7: there is no value behind the `=`; write one, or leave the line out",
        ),
        (
            "[serial]\nbaud = []",
            "2:8: `baud` is an empty list; give a speed such as 115200, or \"auto\"",
        ),
        (
            "[serial]\nbaud = [9600, 1]",
            "2:8: `baud` is a list in which each number is 1, and has to be from 300 to 4000000",
        ),
        ("[serial]\nframing = 8", "2:11: `framing` has to be \"auto\" or \"8N1\" or \"7E1\""),
        ("[tcp]\nport = 70000", "2:8: `port` is 70000, and has to be from 1024 to 65535"),
        ("[tcp]\nport = -1", "2:8: `port` is -1, and has to be from 1024 to 65535"),
        (
            "[tcp]\nport = 9000;",
            "2:8: `9000;` is neither a number nor a text in straight quotation marks",
        ),
        (
            "[tcp]\nbind = \"p1.local\"",
            "2:8: `bind` cannot be \"p1.local\"; it is an IP address of this machine without a port, or \"::\" for all of them",
        ),
        (
            "[tcp]\nallow = []",
            "2:9: `allow` is empty, so that nobody could connect; write \"local\", \"any\" or networks such as \"192.168.1.0/24\"",
        ),
        (
            "[tcp]\nallow = [1]",
            "2:9: `allow` is a list of texts; write \"local\", \"any\" or networks such as \"192.168.1.0/24\"",
        ),
        ("[feed]\ntimeout = 100000", "2:11: `timeout` is 100000, and has to be from 0 to 86400"),
        ("[tcp]\nbaud = 9600", "2:1: `baud` belongs below [serial] and not below [tcp]"),
        (
            "[tcp]\ncolour = 1",
            "2:1: there is no `colour` in [tcp]; there are `bind`, `port`, `max-clients`, `allow`",
        ),
        ("port = 9000", "1:1: `port` belongs below [tcp]"),
        (
            "tcp = 9000",
            "1:1: `tcp` is a section; write [tcp] on a line of its own and its keys below",
        ),
        (
            "[mqtt]\n",
            "1:2: there is no section [mqtt]; there are [serial], [tcp], [telegram], [feed], [led]",
        ),
        ("[tcp]\nport = 9000\nport = 9001", "3:1: this is no TOML at `port`: duplicate key"),
    ] {
        assert_eq!(mistakes(text), [told], "{text}");
    }
}

#[test]
fn what_a_word_processor_makes_of_it_is_read() {
    let text = "\u{FEFF}[serial]\r\ndevice = “/dev/ttyUSB0”\r\nframing\u{A0}= ‘7E1’\r\n";
    let settings = parse(text.as_bytes()).expect("settings");
    assert_eq!(settings.serial.device.to_str(), Some("/dev/ttyUSB0"));
    assert_eq!(settings.serial.framing, Framing::SevenEven);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("p1-tcp.toml");
    let told = load(&file).expect_err("no file").to_string();
    assert_eq!(
        told,
        format!("{}: it cannot be read: No such file or directory (os error 2)", file.display())
    );
    std::fs::write(&file, "[tcp]\nport = 1\nbind = 2\n").expect("a file");
    let told = load(&file).expect_err("mistakes").to_string();
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[1].starts_with(&format!("{}:3:8: `bind` ", file.display())), "{told}");
    std::fs::write(&file, vec![b'#'; 1 << 20]).expect("a file");
    assert!(load(&file).expect_err("too large").to_string().contains("more than"));
}

proptest! {
    /// Any bytes are settings, or mistakes at places that are there.
    #[test]
    fn no_bytes_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn no_text_is_too_much(
        lines in prop::collection::vec(prop_oneof![
            "\\[(serial|tcp|telegram|feed|x)\\]?",
            "(device|baud|framing|bind|port|max-clients|allow|crc|mode|timeout) ?= ?.{0,12}",
            ".{0,20}",
        ], 0..12),
    ) {
        let text = lines.join("\n");
        if let Err(mistakes) = parse(text.as_bytes()) {
            prop_assert!(!mistakes.is_empty());
            for mistake in mistakes {
                let (line, column) = mistake.place.unwrap_or((1, 1));
                let line = text.split('\n').nth(line - 1).expect("the line");
                prop_assert!(column <= line.chars().count() + 1);
            }
        }
    }
}
