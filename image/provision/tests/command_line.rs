//! The command line, and `p1-provision check`.

mod common;

use common::{Machine, p1_provision, text};

#[test]
fn check_tells_mistakes_or_what_would_be_in_force() {
    let machine = Machine::new().appliance("[system]\nhostname = \"meter\"\n");
    let root = machine.root.path().display().to_string();
    let file = machine.path("boot/firmware/appliance.toml").display().to_string();
    let check = || p1_provision(&["check", &file, "--root", &root]);
    let output = check();
    assert_eq!(output.status.code(), Some(0));
    let told = text(&output.stdout);
    assert!(told.starts_with(&format!("{file} is in order. In force by it:\n\n")), "{told}");
    assert!(told.contains("\nName        meter (meter.local)\n"), "{told}");
    let machine = machine.appliance("[system]\nhostname = \"a meter\"\n[ethernet]\naddress = 1\n");
    let output = check();
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(78), ""));
    let told = text(&output.stderr);
    assert!(told.starts_with(&format!("{file}:2:12: `hostname` cannot be \"a meter\"")), "{told}");
    assert!(told.contains(&format!("\n{file}:4:11: `address` has to be a text")), "{told}");
    assert_eq!(machine.made("run/p1-provision/hostname"), None);
    let output = p1_provision(&["check", "/nowhere/appliance.toml"]);
    assert_eq!(output.status.code(), Some(78));
    assert!(text(&output.stderr).contains("there is no such file"));
    // What may be meant so is told, and is no mistake.
    let _machine = machine.appliance("[ethernet]\naddress = \"10.0.0.9/8\"\n");
    let output = check();
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stderr).contains("no `gateway`"));
}

#[test]
fn the_command_line() {
    let told = |arguments: &[&str]| {
        let output = p1_provision(arguments);
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, help, _) = told(&["--help"]);
    assert!(code == Some(0) && help.starts_with("Usage: p1-provision apply"));
    let (code, version, _) = told(&["-V"]);
    assert_eq!(
        (code, version.as_str()),
        (Some(0), concat!("p1-provision ", env!("CARGO_PKG_VERSION"), "\n"))
    );
    for (arguments, what) in [
        (&[][..], "say apply, check, show or replace"),
        (&["apply", "now"], "say apply, check, show or replace"),
        (&["check"], "check needs a file"),
        (&["show"], "show needs a name"),
        (&["replace", "p1-tcp.toml"], "replace needs a name and a file"),
        (&["apply", "--root"], "--root needs a path"),
        (&["apply", "--force"], "there is no option --force"),
    ] {
        let (code, _, told) = told(arguments);
        assert_eq!(code, Some(64), "{arguments:?}");
        assert!(told.starts_with(&format!("p1-provision: {what}\n")), "{told}");
    }
}
