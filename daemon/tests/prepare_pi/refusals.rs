//! What prepare-pi does not understand, it says, and leaves as it is.

use super::debian::debian;
use super::pi::{PI3, Pi, files, with_mounts};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// The complaint; nothing has changed.
#[track_caller]
fn refused(pi: &Pi, arguments: &[&str]) -> String {
    let before = pi.files();
    let told = pi.prepare(arguments).refused();
    assert_eq!(pi.files(), before);
    told
}

#[test]
fn boot_files_that_are_not_understood() {
    let boot = |pi: &Pi| pi.boot().display().to_string();
    let pi = Pi::with("bookworm");
    pi.write_boot("config.txt", b"\xFF\xFEe\0n\0a\0b\0l\0e\0");
    assert_eq!(
        refused(&pi, &[]),
        format!(
            "{}/config.txt is no text, so nothing was changed; write it anew with an editor for \
             plain text",
            boot(&pi)
        )
    );

    let pi = Pi::with("bookworm");
    pi.write_boot("cmdline.txt", "console=serial0,115200 root=/dev/x\n\nquiet\n");
    assert_eq!(
        refused(&pi, &[]),
        format!(
            "{}/cmdline.txt has 2 lines, so nothing was changed; make it one line, the kernel's \
             command line",
            boot(&pi)
        )
    );
    pi.write_boot("cmdline.txt", "\n");
    assert!(refused(&pi, &[]).contains("has 0 lines"));
    fs::remove_file(pi.boot().join("cmdline.txt")).expect("cmdline.txt");
    assert!(refused(&pi, &[]).starts_with("there is no cmdline.txt in "));

    let pi = Pi::with("bookworm");
    fs::remove_file(pi.boot().join("overlays/disable-bt.dtbo")).expect("the overlay");
    assert!(refused(&pi, &[]).starts_with("there is no overlay for `dtoverlay=disable-bt` in "));

    let pi = Pi::with("bookworm");
    pi.write_boot("config.txt", vec![b'#'; 2 << 20]);
    assert!(refused(&pi, &[]).ends_with("/config.txt is too large, so nothing was changed"));

    let pi = Pi::with("bookworm");
    pi.write_boot("config.txt", "include usercfg.txt\nenable_uart=0\n");
    assert!(refused(&pi, &[]).starts_with("config.txt sets something behind what it includes"));
}

#[test]
fn marks_that_are_torn() {
    for part in ["# Added by", "# End of what"] {
        let pi = Pi::with("bookworm");
        pi.prepare(&[]).done();
        let config = pi.read_boot("config.txt");
        let left: Vec<&str> = config.lines().filter(|line| !line.starts_with(part)).collect();
        pi.write_boot("config.txt", left.join("\n"));
        assert!(refused(&pi, &["--undo"]).contains("only one of the two lines"), "{part}");
    }
}

#[test]
fn a_boot_partition_that_is_not_there() {
    let pi = Pi::with("bookworm");
    pi.write("proc/self/mountinfo", "25 1 179:2 / / rw shared:1 - ext4 /dev/root rw\n");
    let told = "/boot/firmware is not mounted, so the boot files are not there; run `mount \
                /boot/firmware` and try again";
    assert_eq!(refused(&pi, &[]), told);
    fs::remove_dir_all(pi.boot()).expect("the boot files");
    assert_eq!(refused(&pi, &[]), told);
    pi.write("etc/fstab", "proc /proc proc defaults 0 0\n");
    assert!(refused(&pi, &[]).starts_with("there is no config.txt in /boot/firmware or /boot, so"));

    let elsewhere = pi.root().display().to_string();
    let told = refused(&pi, &["--boot", &elsewhere]);
    assert!(
        told.starts_with(&format!("{elsewhere}/config.txt is not there; name the folder")),
        "{told}"
    );
    let note = format!("{elsewhere}/boot");
    assert!(refused(&pi, &["--boot", &note]).contains("/boot/config.txt is only a note"));
}

#[test]
fn machines_that_it_cannot_be_done_on() {
    let pi = Pi::with("bookworm");
    pi.is("Raspberry Pi 7 Model B Rev 1.0");
    assert!(refused(&pi, &[]).contains("does not know the Raspberry Pi 7 Model B Rev 1.0"));
    pi.is("Banana Pi BPI-M2");
    assert!(refused(&pi, &[]).starts_with("this is a Banana Pi BPI-M2 and no Raspberry Pi"));
    pi.is(PI3);
    pi.prepare(&[]).done();
    pi.is("Raspberry Pi 7 Model B Rev 1.0");
    assert!(pi.prepare(&["--undo"]).done().contains("Done."), "what was done can be taken back");

    let pi = debian();
    pi.is("Raspberry Pi 5 Model B Rev 1.0");
    assert!(refused(&pi, &[]).starts_with("Debian's own kernel cannot use the UART"));
}

#[test]
fn debian_as_it_cannot_be_changed() {
    let pi = debian();
    let card = pi.card();
    let before = files(&card);
    let told = pi.run(&["--boot", card.to_str().expect("a path")]).refused();
    assert!(told.contains("is written anew by Debian with every kernel; run `p1-tcp"), "{told}");
    assert_eq!(files(&card), before);

    fs::remove_file(pi.root().join("usr/lib/p1-tcp/overlays/disable-bt.dtbo"))
        .expect("the overlay");
    assert!(refused(&pi, &[]).starts_with("there is no /usr/lib/p1-tcp/overlays/disable-bt.dtbo"));

    let pi = debian();
    pi.write("etc/default/raspi-firmware", "CONSOLES=\"$(cat /etc/consoles)\"\n");
    assert_eq!(
        refused(&pi, &[]),
        "/etc/default/raspi-firmware has `CONSOLES=\"$(cat /etc/consoles)\"`, which is too much for \
         p1-tcp; write CONSOLES=\"tty0\""
    );
}

#[test]
fn a_boot_partition_that_is_read_only() {
    let pi = Pi::with("bookworm");
    pi.service_is("serial-getty@ttyAMA0.service", "enabled");
    let before = pi.files();
    let script = "mount --bind \"$2\" \"$2\"; mount -o remount,bind,ro \"$2\"; PATH=$3:$PATH; \
                  exec \"$0\" prepare-pi --root \"$1\"";
    let output = with_mounts(script, &[&pi.root(), &pi.boot(), &pi.programs()]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.ends_with(
            "/boot/firmware/config.txt stays as it is, because its partition is read-only; make it \
             writable, as with `mount -o remount,rw /boot/firmware`, and try again\n"
        ),
        "{told}"
    );
    assert_eq!((pi.files(), pi.masked()), (before, Vec::new()));
}

#[test]
fn a_boot_partition_that_is_full() {
    let pi = Pi::with("bookworm");
    let script = "mount -t tmpfs -o size=16k tmpfs \"$3\"; cp -r \"$2\"/*.txt \"$2\"/overlays \"$3\"; \
                  while echo full >>\"$3/filler\"; do :; done 2>/dev/null; cp \"$3/config.txt\" /dev/null; \
                  code=0; \"$0\" prepare-pi --boot \"$3\" || code=$?; ls \"$3\"; exit $code";
    let card = pi.root().join("card");
    fs::create_dir(&card).expect("a folder");
    let output = with_mounts(script, &[&pi.root(), &pi.boot(), &card]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("there is no room to write "), "{told}");
    let left = String::from_utf8_lossy(&output.stdout);
    assert!(left.ends_with("cmdline.txt\nconfig.txt\nfiller\noverlays\n"), "{left}");
}

/// Runs prepare-pi as a user who is not root.
fn as_nobody(arguments: &[&str]) -> Output {
    if !nix::unistd::geteuid().is_root() {
        let mut command = Command::new(env!("CARGO_BIN_EXE_p1-tcp"));
        return command.arg("prepare-pi").args(arguments).output().expect("p1-tcp");
    }
    // Who is nobody need not see the folder of the build.
    let folder = tempfile::tempdir().expect("a folder");
    let script = "chmod 755 \"$1\"; : >\"$1/p1-tcp\"; mount --bind \"$0\" \"$1/p1-tcp\"; folder=$1; shift; \
                  exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$folder/p1-tcp\" prepare-pi \"$@\"";
    let paths: Vec<&Path> =
        [folder.path()].into_iter().chain(arguments.iter().map(Path::new)).collect();
    with_mounts(script, &paths)
}

#[test]
fn this_system_is_changed_by_root_alone() {
    let output = as_nobody(&[]);
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "p1-tcp prepare-pi: boot files may only be changed by root; run `sudo p1-tcp prepare-pi`, or \
         look at what would change with --dry-run\n"
    );
    assert_eq!(output.status.code(), Some(1));
    let output = as_nobody(&["--dry-run"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("root"), "{output:?}");
}

#[test]
fn a_card_that_this_user_may_not_write() {
    let pi = Pi::with("bookworm");
    let card = pi.card();
    let mode = |path: &Path, mode| {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(path, mode).expect("permissions");
    };
    mode(card.parent().expect("its folder"), 0o755);
    mode(&card, 0o555);
    let before = files(&card);
    let output = as_nobody(&["--boot", card.to_str().expect("a path")]);
    mode(&card, 0o755);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.ends_with("/config.txt may not be written by this user; try again with sudo\n"),
        "{told}"
    );
    assert_eq!(files(&card), before);
}

#[test]
fn options_that_exclude_each_other() {
    let pi = Pi::with("bookworm");
    let before = pi.files();
    let ran = pi.prepare(&["--undo", "--overlay", "disable-bt"]);
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    assert_eq!(pi.prepare(&["--overlay", "bluetooth"]).code, Some(2));
    assert_eq!(pi.files(), before);
}
