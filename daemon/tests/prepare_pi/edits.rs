//! config.txt and cmdline.txt as people leave them.

use super::pi::{Pi, added};

/// What prepare-pi makes of a config.txt on a Pi 3; byte for byte the same comes back.
#[track_caller]
fn prepared(config: &[u8], arguments: &[&str]) -> Vec<u8> {
    let pi = Pi::with("bookworm");
    pi.write_boot("config.txt", config);
    pi.prepare(arguments).done();
    let read = || std::fs::read(pi.boot().join("config.txt")).expect("config.txt");
    let after = read();
    assert!(pi.prepare(arguments).done().contains("Nothing is left to do"));
    assert_eq!(read(), after, "a second time");
    pi.prepare(&["--undo"]).done();
    assert_eq!(read(), config, "and back");
    after
}

#[track_caller]
fn lines_added(config: &str) -> String {
    let after = String::from_utf8(prepared(config.as_bytes(), &[])).expect("text");
    assert!(after.starts_with(config.trim_end()), "what was there stays: {after}");
    added(&after).join(" ")
}

#[test]
fn what_is_there_is_not_added() {
    let both = "enable_uart=1 dtoverlay=disable-bt";
    for (config, lines) in [
        ("", both),
        ("enable_uart=1\n", "dtoverlay=disable-bt"),
        ("  enable_uart=1\t\n", "dtoverlay=disable-bt"),
        ("dtoverlay=disable-bt\n", "enable_uart=1"),
        ("dtoverlay=pi3-disable-bt\n", "enable_uart=1"),
        ("device_tree_overlay=disable-bt\n", "enable_uart=1"),
        ("enable_uart=1\ndtoverlay=disable-bt\n", ""),
        ("[pi3]\nenable_uart=1\ndtoverlay=disable-bt\n", ""),
        ("[pi4]\n[pi3]\nenable_uart=1\ndtoverlay=disable-bt\n", ""),
        ("[all]\nenable_uart=1\n[pi4]\nenable_uart=0\n[all]\ndtoverlay=disable-bt\n", ""),
    ] {
        assert_eq!(lines_added(config), lines, "{config}");
    }
}

#[test]
fn what_is_there_but_not_in_force_is_added() {
    let both = "enable_uart=1 dtoverlay=disable-bt";
    let below = &*format!("[all] {both}");
    for (config, lines) in [
        ("#enable_uart=1\n# dtoverlay=disable-bt\n", both),
        ("enable_uart=1\nenable_uart=0\n", both),
        ("dtoverlay=disable-bt\n[all]\nenable_uart=0", "enable_uart=1"),
        ("[pi4]\nenable_uart=1\ndtoverlay=disable-bt\n", below),
        ("[none]\nenable_uart=1\ndtoverlay=disable-bt\n[all]\n", both),
        ("[board-type=0x8]\nenable_uart=1\ndtoverlay=disable-bt\n", below),
        ("[EDID=VSC-TD2220]\n[pi3]\nenable_uart=1\ndtoverlay=disable-bt\n", below),
        ("enable_uart=1\n[0x12345678]\nenable_uart=0\n", below),
        ("dtoverlay=\n", both),
        ("dtoverlay=disable-bt-and-more\n", both),
        ("dtoverlay=disable-bt # it says\n", both),
        ("include more.txt\n", both),
    ] {
        assert_eq!(lines_added(config), lines, "{config}");
    }
    // Beyond what an older firmware reads of a line.
    let long = format!("dtparam=i2c_arm=on{}enable_uart=1\n", " ".repeat(98));
    assert_eq!(lines_added(&long), both);
}

#[test]
fn included_files_count() {
    let pi = Pi::with("bookworm");
    pi.write_boot("config.txt", "[pi3]\ninclude mine.txt\n[all]\n");
    pi.write_boot("mine.txt", "enable_uart=1\ndtoverlay=miniuart-bt\n");
    pi.prepare(&["--overlay", "disable-bt"]).done();
    assert_eq!(added(&pi.read_boot("config.txt")), ["dtoverlay=disable-bt"]);
    assert_eq!(
        pi.read_boot("mine.txt"),
        "enable_uart=1\n#p1-tcp prepare-pi: dtoverlay=miniuart-bt\n"
    );
    assert_eq!(pi.read_boot("mine.txt.p1-tcp-backup"), "enable_uart=1\ndtoverlay=miniuart-bt\n");
    pi.prepare(&["--undo"]).done();
    assert_eq!(pi.read_boot("mine.txt"), "enable_uart=1\ndtoverlay=miniuart-bt\n");

    // A file that is only announced is made, and goes again.
    pi.write_boot("config.txt", "include usercfg.txt\n");
    pi.prepare(&[]).done();
    assert_eq!(added(&pi.read_boot("usercfg.txt")), ["enable_uart=1", "dtoverlay=disable-bt"]);
    pi.prepare(&["--undo"]).done();
    assert!(!pi.boot().join("usercfg.txt").exists());
}

#[test]
fn line_endings_and_other_bytes_stay() {
    let after = prepared(b"# Stra\xDFe\r\n[cm4]\r\notg_mode=1", &[]);
    assert_eq!(
        String::from_utf8_lossy(&after),
        "# Stra\u{FFFD}e\r\n[cm4]\r\notg_mode=1\r\n\
         # Added by p1-tcp prepare-pi; taken away by p1-tcp prepare-pi --undo:\r\n\
         [all]\r\nenable_uart=1\r\ndtoverlay=disable-bt\r\n\
         # End of what p1-tcp prepare-pi added.\r\n"
    );
    let longest = after.split(|&byte| byte == b'\n').map(<[u8]>::len).max();
    assert!(longest < Some(79), "the oldest firmware reads 78 bytes");
    prepared(b"a=1\n\n\n", &[]);
    prepared(b"a=1", &[]);
    prepared(b"\n", &[]);
}

#[test]
fn either_overlay_frees_the_uart_and_the_chosen_one_stays() {
    let own = "enable_uart=1\nforce_turbo=1\ndtoverlay=miniuart-bt,krnbt=on\n";
    assert_eq!(prepared(own.as_bytes(), &[]), own.as_bytes());
    let after = prepared(own.as_bytes(), &["--overlay", "disable-bt"]);
    assert_eq!(
        String::from_utf8_lossy(&after),
        "enable_uart=1\nforce_turbo=1\n#p1-tcp prepare-pi: dtoverlay=miniuart-bt,krnbt=on\n\
         # Added by p1-tcp prepare-pi; taken away by p1-tcp prepare-pi --undo:\n\
         dtoverlay=disable-bt\n# End of what p1-tcp prepare-pi added.\n"
    );
    // Both at once are none.
    let both = "enable_uart=1\ndtoverlay=miniuart-bt\ndtoverlay=disable-bt\n";
    let after = prepared(both.as_bytes(), &[]);
    assert_eq!(
        String::from_utf8_lossy(&after),
        "enable_uart=1\n#p1-tcp prepare-pi: dtoverlay=miniuart-bt\ndtoverlay=disable-bt\n"
    );
    // On another model it is none of ours.
    let elsewhere = "[pi4]\ndtoverlay=miniuart-bt\n[all]\nenable_uart=1\ndtoverlay=disable-bt\n";
    assert_eq!(prepared(elsewhere.as_bytes(), &[]), elsewhere.as_bytes());
}

#[test]
fn one_overlay_after_the_other() {
    let pi = Pi::with("bookworm");
    let before = pi.files();
    pi.prepare(&["--overlay", "miniuart-bt"]).done();
    let kept = pi.read_boot("config.txt.p1-tcp-backup");
    pi.prepare(&["--overlay", "disable-bt"]).done();
    let config = pi.read_boot("config.txt");
    assert_eq!(added(&config), ["enable_uart=1", "dtoverlay=disable-bt"]);
    assert!(!config.contains("miniuart"), "{config}");
    assert_eq!(pi.read_boot("config.txt.p1-tcp-backup"), kept, "the copy is the first one");
    pi.prepare(&["--undo"]).done();
    assert_eq!(pi.files(), before);
}

#[test]
fn what_the_owner_changes_afterwards_stays() {
    let pi = Pi::with("bookworm");
    pi.prepare(&[]).done();
    // raspi-config turns the port off and the console on again, and the owner adds a display.
    let config = pi.read_boot("config.txt") + "enable_uart=0\ndtoverlay=waveshare\n";
    pi.write_boot("config.txt", &config);
    pi.write_boot("cmdline.txt", "console=serial0,115200 console=tty1 root=/dev/sda2 rootwait\n");
    pi.prepare(&[]).done();
    let again = pi.read_boot("config.txt");
    assert_eq!(again.matches("dtoverlay=disable-bt").count(), 1, "{again}");
    assert!(again.contains("enable_uart=0\ndtoverlay=waveshare\n# Added by"), "{again}");
    assert_eq!(pi.read_boot("cmdline.txt"), "console=tty1 root=/dev/sda2 rootwait\n");
    let kept = pi.read_boot("cmdline.txt.p1-tcp-backup");
    assert!(kept.contains("PARTUUID=4e639091-02"), "the copy is the first one: {kept}");
    pi.prepare(&["--undo"]).done();
    let original = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/prepare_pi/boot/bookworm/config.txt"),
    );
    let original = original.expect("the original");
    assert_eq!(pi.read_boot("config.txt"), original + "enable_uart=0\ndtoverlay=waveshare\n");
    assert_eq!(
        pi.read_boot("cmdline.txt"),
        "console=serial0,115200 console=tty1 root=/dev/sda2 rootwait\n"
    );
    assert!(!pi.boot().join("config.txt.p1-tcp-backup").exists());
}

#[test]
fn a_line_behind_what_was_added_stays_for_all() {
    let pi = Pi::with("bookworm");
    pi.write_boot("config.txt", "[cm4]\notg_mode=1\n");
    pi.prepare(&[]).done();
    pi.write_boot("config.txt", pi.read_boot("config.txt") + "\n# mine\ndtparam=spi=on\n");
    pi.prepare(&["--undo"]).done();
    assert_eq!(pi.read_boot("config.txt"), "[cm4]\notg_mode=1\n\n# mine\n[all]\ndtparam=spi=on\n");
}

#[test]
fn a_line_within_what_was_added_stays() {
    let pi = Pi::with("bookworm");
    pi.write_boot("config.txt", "a=1\n");
    pi.prepare(&[]).done();
    let config = pi.read_boot("config.txt");
    pi.write_boot(
        "config.txt",
        config.replace("enable_uart=1\n", "enable_uart=1\ndtparam=spi=on\n"),
    );
    pi.prepare(&["--undo"]).done();
    assert_eq!(pi.read_boot("config.txt"), "a=1\ndtparam=spi=on\n");
}

#[test]
fn a_console_is_left_whatever_happens() {
    for (before, after) in [
        ("console=serial0,115200 root=/dev/x\n", "console=tty1 root=/dev/x\n"),
        ("root=/dev/x rootwait", "console=tty1 root=/dev/x rootwait"),
        ("kgdboc=ttyAMA0,115200 console=ttyAMA0,115200 console=ttyUSB0 a", "console=ttyUSB0 a"),
    ] {
        let pi = Pi::with("bookworm");
        pi.write_boot("cmdline.txt", before);
        pi.prepare(&[]).done();
        assert_eq!(pi.read_boot("cmdline.txt"), after);
        pi.prepare(&["--undo"]).done();
        assert_eq!(pi.read_boot("cmdline.txt"), before);
    }
}

#[test]
fn every_command_line_that_may_be_taken_is_freed() {
    let console = "console=serial0,115200 console=tty1 root=/dev/x\n";
    let pi = Pi::with("bookworm");
    let config = "[tryboot]\nos_prefix=new/\n[pi4]\ncmdline=four.txt\n[all]\n";
    pi.write_boot("config.txt", config);
    std::fs::create_dir(pi.boot().join("new")).expect("a folder");
    let names = ["cmdline.txt", "new/cmdline.txt", "four.txt"];
    for name in names {
        pi.write_boot(name, console);
    }
    pi.prepare(&[]).done();
    for name in names {
        assert_eq!(pi.read_boot(name), "console=tty1 root=/dev/x\n", "{name}");
    }
    pi.prepare(&["--undo"]).done();
    for name in names {
        assert_eq!(pi.read_boot(name), console, "{name}");
    }
}

#[test]
fn a_link_stays_a_link() {
    let pi = Pi::with("bookworm");
    let (config, elsewhere) = (pi.boot().join("config.txt"), pi.root().join("config-of-mine.txt"));
    std::fs::rename(&config, &elsewhere).expect("another place");
    std::os::unix::fs::symlink(&elsewhere, &config).expect("a link");
    pi.prepare(&[]).done();
    assert!(config.is_symlink());
    assert_eq!(added(&pi.read("config-of-mine.txt")), ["enable_uart=1", "dtoverlay=disable-bt"]);
}
