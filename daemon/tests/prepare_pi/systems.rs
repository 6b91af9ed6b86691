//! Every system that is known, on every kind of Raspberry Pi.

use super::pi::{Pi, added, files, with_mounts};

const SYSTEMS: [&str; 7] =
    ["buster", "bullseye", "bookworm", "trixie", "ubuntu-20.04", "ubuntu-24.04", "ubuntu-25.10"];
const MODELS: [(&str, &str); 4] = [
    ("Raspberry Pi 2 Model B Rev 1.1", "disable-bt"),
    ("Raspberry Pi 3 Model B Plus Rev 1.3", "disable-bt"),
    ("Raspberry Pi 3 Model B Plus Rev 1.3", "miniuart-bt"),
    ("Raspberry Pi 5 Model B Rev 1.0", "disable-bt"),
];

/// The consoles in all command lines that the firmware may take.
fn command_lines(pi: &Pi) -> Vec<String> {
    let names = match pi.read_boot("config.txt") {
        config if config.contains("os_prefix") => vec!["current/cmdline.txt", "new/cmdline.txt"],
        config if config.contains("nobtcmd") => vec!["nobtcmd.txt", "cmdline.txt"],
        _ => vec!["cmdline.txt"],
    };
    names.into_iter().map(|name| pi.read_boot(name)).collect()
}

#[test]
fn there_a_second_time_and_back() {
    for system in SYSTEMS {
        for (model, overlay) in MODELS {
            let what = format!("{system}, {model}, {overlay}");
            let pi = Pi::with(system);
            pi.is(model);
            let before = pi.files();
            let shown = pi.prepare(&["--dry-run", "--overlay", overlay]).done();
            assert_eq!(pi.files(), before, "{what}");

            let told = pi.prepare(&["--overlay", overlay]).done();
            let (difference, _) = told.split_once("Done.").expect("an end");
            let (planned, _) = shown.split_once("That is what").expect("an end");
            assert_eq!(difference, planned, "{what}");
            assert!(told.contains("sudo reboot"), "{what}: {told}");
            for line in command_lines(&pi) {
                assert!(!line.contains("serial0") && !line.contains("ttyAMA0"), "{what}: {line}");
                assert!(line.contains("console=tty1 root="), "{what}: {line}");
            }

            let after = pi.files();
            assert_ne!(after, before, "{what}");
            let again = pi.prepare(&["--overlay", overlay]).done();
            assert!(again.ends_with("Nothing is left to do: the UART is free for the meter.\n"));
            assert!(pi.prepare(&[]).done().contains("Nothing is left to do"), "{what}");
            assert_eq!(pi.files(), after, "{what}");

            let undone = pi.prepare(&["--undo"]).done();
            assert!(undone.contains("sudo reboot"), "{what}: {undone}");
            assert_eq!(pi.files(), before, "{what}");
            assert!(pi.prepare(&["--undo"]).done().ends_with("Nothing is left to undo.\n"));
            assert_eq!(pi.files(), before, "{what}");
        }
    }
}

#[test]
fn the_difference_and_the_copies_are_told() {
    let pi = Pi::with("bookworm");
    let config = pi.read_boot("config.txt");
    let told = pi.prepare(&[]).done();
    let boot = pi.boot().display().to_string();
    assert_eq!(
        told,
        format!(
            "Raspberry Pi 3 Model B Rev 1.2, boot files in {boot}

{boot}/config.txt
    ...
    
    [all]
  + # Added by p1-tcp prepare-pi; taken away by p1-tcp prepare-pi --undo:
  + enable_uart=1
  + dtoverlay=disable-bt
  + # End of what p1-tcp prepare-pi added.

{boot}/cmdline.txt
  - console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4 fsck.repair=yes \
             rootwait quiet init=/usr/lib/raspberrypi-sys-mods/firstboot splash plymouth.ignore-serial-consoles
  + console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4 fsck.repair=yes rootwait quiet \
             init=/usr/lib/raspberrypi-sys-mods/firstboot splash plymouth.ignore-serial-consoles

Done.
Kept as it was: {boot}/config.txt.p1-tcp-backup, {boot}/cmdline.txt.p1-tcp-backup.
Restart for it to take effect: sudo reboot
The meter's port is /dev/ttyAMA0 then. To take it back: --undo
"
        )
    );
    assert_eq!(pi.read_boot("config.txt.p1-tcp-backup"), config);
    assert!(
        pi.read_boot("cmdline.txt.p1-tcp-backup").contains("console=serial0,115200 console=tty1")
    );
    // The note where it was before is nobody's boot file.
    assert!(pi.read("boot/config.txt").starts_with("DO NOT EDIT"));
}

#[test]
fn a_card_from_another_machine_is_made_right_for_every_model() {
    for system in ["bullseye", "bookworm", "trixie", "ubuntu-24.04"] {
        let pi = Pi::with(system);
        let card = pi.card();
        let before = files(&card);
        let boot = ["--boot", card.to_str().expect("a path")];
        let told = pi.run(&boot).done();
        assert!(told.contains("Only the boot files of the card were changed"), "{told}");
        assert!(told.contains("boot files of a card for any model"), "{told}");
        let config = std::fs::read_to_string(card.join("config.txt")).expect("config.txt");
        let bluetooth = "dtoverlay=disable-bt";
        let lines = [
            "[pi3]",
            bluetooth,
            "[pi4]",
            bluetooth,
            "[pi5]",
            "dtparam=uart0=on",
            "[pi0w]",
            bluetooth,
            "[all]",
        ];
        let first: &[&str] = match system {
            "ubuntu-24.04" => &["[all]"],
            _ => &["enable_uart=1"],
        };
        assert_eq!(added(&config), [first, &lines].concat(), "{system}");
        // The system it runs on is another, and nobody's to change.
        assert_eq!(pi.asked("systemctl"), Vec::<String>::new());
        assert!(pi.run(&boot).done().contains("Nothing is left to do"));
        pi.run(&["--undo", boot[0], boot[1]]).done();
        assert_eq!(files(&card), before);
    }
}

#[test]
fn the_boot_partition_of_this_system_may_be_named() {
    let pi = Pi::with("bookworm");
    let boot = pi.boot();
    let told = pi.prepare(&["--boot", boot.to_str().expect("a path")]).done();
    assert!(told.starts_with("Raspberry Pi 3"), "{told}");
    // At first /boot had links to it.
    std::fs::remove_file(pi.root().join("boot/config.txt")).expect("the note");
    std::os::unix::fs::symlink("firmware/config.txt", pi.root().join("boot/config.txt"))
        .expect("a link");
    let linked = pi.root().join("boot");
    let told = pi.prepare(&["--boot", linked.to_str().expect("a path")]).done();
    assert!(told.contains("Nothing is left to do"), "{told}");
}

/// Not below another root, but with its boot files in the place of this system's.
#[test]
fn this_system_is_the_one_without_options() {
    let pi = Pi::with("bookworm");
    let before = pi.files();
    let there = with_mounts(
        "mount --bind \"$1\" /boot; export PATH=\"$2:$PATH\"; \"$0\" prepare-pi; cat /boot/firmware/config.txt; \
         \"$0\" prepare-pi --undo",
        &[&pi.root().join("boot"), &pi.programs()],
    );
    let told = String::from_utf8_lossy(&there.stdout);
    assert!(there.status.success(), "{told}{}", String::from_utf8_lossy(&there.stderr));
    assert!(told.contains("boot files in /boot/firmware\n"), "{told}");
    let config = told.split("Done.").nth(1).expect("config.txt behind the first run");
    assert!(added(config).contains(&"dtoverlay=disable-bt"), "{config}");
    assert_eq!(pi.files(), before);
    assert_eq!(pi.asked("systemctl")[0], "is-enabled serial-getty@serial0.service");
}

#[test]
fn an_old_overlay_has_its_old_name() {
    let pi = Pi::with("buster");
    pi.prepare(&[]).done();
    assert_eq!(added(&pi.read_boot("config.txt")), ["enable_uart=1", "dtoverlay=pi3-disable-bt"]);
}

#[test]
fn ubuntu_has_a_file_for_the_owner_and_command_lines_below_prefixes() {
    let pi = Pi::with("ubuntu-20.04");
    let config = pi.read_boot("config.txt");
    let told = pi.prepare(&[]).done();
    assert_eq!(pi.read_boot("config.txt"), config, "that one is not for the owner");
    assert_eq!(added(&pi.read_boot("usercfg.txt")), ["dtoverlay=disable-bt"]);
    assert!(told.contains("starts through uboot_rpi_3.bin"), "{told}");

    let pi = Pi::with("ubuntu-25.10");
    let unread = pi.read_boot("cmdline.txt");
    pi.prepare(&[]).done();
    assert_eq!(pi.read_boot("cmdline.txt"), unread, "nobody reads that one");
    // A new kernel was tried and found good: its folder takes the place of the old one.
    let boot = pi.boot();
    std::fs::remove_dir_all(boot.join("current")).expect("the old one");
    std::fs::rename(boot.join("new"), boot.join("current")).expect("the new one");
    pi.prepare(&["--undo"]).done();
    assert_eq!(pi.read_boot("current/cmdline.txt"), unread);
    let left: Vec<_> =
        pi.files().into_keys().filter(|file| file.to_string_lossy().contains("p1-tcp")).collect();
    assert_eq!(left, Vec::<std::path::PathBuf>::new());
}
