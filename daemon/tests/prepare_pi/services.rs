//! Services that would use the port, too.

use super::pi::{PI3, Pi, files};

const LOGIN: &str = "serial-getty@ttyAMA0.service";
const BLUETOOTH: &str = "hciuart.service";

#[test]
fn what_is_on_is_switched_off_and_on_again() {
    let pi = Pi::with("bullseye");
    pi.service_is(LOGIN, "enabled");
    pi.service_is(BLUETOOTH, "enabled");
    // It comes with the console, and goes with it.
    pi.service_is("serial-getty@ttyS0.service", "enabled-runtime");
    let before = pi.files();

    let shown = pi.prepare(&["--dry-run"]).done();
    assert!(shown.contains(&format!("Switched off in systemd: {LOGIN}, {BLUETOOTH}\n")), "{shown}");
    assert_eq!((pi.masked(), pi.files()), (Vec::new(), before.clone()));

    pi.prepare(&[]).done();
    assert_eq!(pi.masked(), [BLUETOOTH, LOGIN]);
    assert!(pi.prepare(&[]).done().contains("Nothing is left to do"));
    assert_eq!(pi.masked(), [BLUETOOTH, LOGIN]);

    let undone = pi.prepare(&["--undo"]).done();
    assert!(undone.contains(&format!("Switched on again in systemd: {LOGIN}, {BLUETOOTH}\n")));
    assert_eq!((pi.masked(), pi.files()), (Vec::new(), before));
    assert!(!pi.root().join("var/lib/p1-tcp").exists());
    assert!(pi.prepare(&["--undo"]).done().contains("Nothing is left to undo"));
    let root = pi.root().display().to_string();
    let asked = pi.asked("systemctl");
    let changes: Vec<&String> = asked.iter().filter(|line| !line.contains("is-enabled")).collect();
    assert_eq!(
        changes,
        [
            &format!("mask --quiet --root={root} {LOGIN} {BLUETOOTH}"),
            &format!("unmask --quiet --root={root} {LOGIN} {BLUETOOTH}"),
        ]
    );
}

#[test]
fn what_was_masked_before_stays_masked() {
    let pi = Pi::with("bullseye");
    pi.service_is(LOGIN, "masked");
    pi.service_is(BLUETOOTH, "disabled");
    pi.prepare(&[]).done();
    assert_eq!(pi.masked(), Vec::<String>::new());
    // Another one comes later.
    pi.service_is("serial-getty@serial0.service", "enabled");
    assert!(pi.prepare(&[]).done().contains("Done."));
    assert_eq!(pi.masked(), ["serial-getty@serial0.service"]);
    pi.service_is(LOGIN, "enabled");
    pi.prepare(&[]).done();
    pi.prepare(&["--undo"]).done();
    assert_eq!(pi.masked(), Vec::<String>::new());
}

#[test]
fn bluetooth_stays_on_where_it_keeps_working() {
    for (model, overlay) in [
        (PI3, "miniuart-bt"),
        ("Raspberry Pi 5 Model B Rev 1.0", "disable-bt"),
        ("Raspberry Pi 2 Model B Rev 1.1", "disable-bt"),
    ] {
        let pi = Pi::with("bullseye");
        pi.is(model);
        pi.service_is(BLUETOOTH, "enabled");
        pi.prepare(&["--overlay", overlay]).done();
        assert_eq!(pi.masked(), Vec::<String>::new(), "{model}");
    }
}

#[test]
fn a_system_without_systemd_has_no_such_services() {
    let pi = Pi::with("bookworm");
    let root = pi.root();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_p1-tcp"));
    command.args(["prepare-pi", "--root"]).arg(&root).env("PATH", "/nowhere");
    let output = command.output().expect("p1-tcp");
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("Done."));
}

#[test]
fn a_service_that_cannot_be_switched_off_leaves_the_boot_files() {
    let pi = Pi::with("bullseye");
    pi.service_is(LOGIN, "enabled");
    pi.systemctl_fails_to("mask");
    let boot = files(&pi.boot());
    let told = pi.prepare(&[]).refused();
    assert_eq!(told, format!("`systemctl mask {LOGIN}` failed; see to that, and run this again"));
    assert_eq!(files(&pi.boot()), boot);
}
