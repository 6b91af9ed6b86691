//! Debian, whose hook writes the boot files.

use super::pi::{Pi, added, program};
use std::fs;

const CUSTOM: &str = "etc/default/raspi-firmware-custom";
const SETTINGS: &str = "etc/default/raspi-firmware";
const HOOK: &str = "etc/kernel/postinst.d/z50-raspi-firmware";
const OVERLAY: &str = "boot/firmware/overlays/p1-tcp-disable-bt.dtbo";

/// A Pi 3 with Debian and the package p1-tcp; the hook has run.
pub fn debian() -> Pi {
    let pi = Pi::with("debian");
    let boot = pi.boot();
    fs::create_dir_all(pi.root().join("etc/default")).expect("a folder");
    fs::create_dir_all(pi.root().join("etc/kernel/postinst.d")).expect("a folder");
    fs::rename(boot.join("raspi-firmware"), pi.root().join(SETTINGS)).expect("the settings");
    program("z50-raspi-firmware", &pi.root().join(HOOK));
    pi.write("generated", pi.read_boot("config.txt"));
    pi.write("usr/lib/p1-tcp/overlays/disable-bt.dtbo", b"\xD0\x0D\xFE\xED\0disable");
    pi.write("usr/lib/p1-tcp/overlays/miniuart-bt.dtbo", b"\xD0\x0D\xFE\xED\0miniuart");
    run_hook(&pi);
    pi
}

/// A kernel is installed.
fn run_hook(pi: &Pi) {
    let mut command = std::process::Command::new(pi.root().join(HOOK));
    let ran = command.env("ROOT", pi.root()).env("DEB_MAINT_PARAMS", "configure").status();
    assert!(ran.expect("the hook").success());
}

#[test]
fn there_a_second_time_a_new_kernel_and_back() {
    for model in ["3 Model B Rev 1.2", "4 Model B Rev 1.4", "Zero W Rev 1.1", "2 Model B Rev 1.1"] {
        let pi = debian();
        pi.is(&format!("Raspberry Pi {model}"));
        let before = pi.files();
        let shown = pi.prepare(&["--dry-run"]).done();
        assert!(shown.contains("z50-raspi-firmware writes the boot files"), "{shown}");
        assert_eq!(pi.files(), before);

        pi.prepare(&[]).done();
        assert_eq!(added(&pi.read(SETTINGS)), ["CONSOLES=\"tty0\""]);
        assert!(pi.read_boot("cmdline.txt").contains("console=tty0 root="), "{model}");
        let moved = model != "2 Model B Rev 1.1";
        assert_eq!(pi.root().join(CUSTOM).exists(), moved, "{model}");
        let loaded = pi.read_boot("config.txt").contains("\ndtoverlay=p1-tcp-disable-bt\n");
        assert_eq!(loaded, moved, "{model}");
        if moved {
            assert_eq!(added(&pi.read(CUSTOM)), ["dtoverlay=p1-tcp-disable-bt"]);
            let ours = fs::read(pi.root().join("usr/lib/p1-tcp/overlays/disable-bt.dtbo"));
            assert_eq!(
                fs::read(pi.root().join(OVERLAY)).expect("the overlay"),
                ours.expect("ours")
            );
        }

        let after = pi.files();
        run_hook(&pi);
        assert_eq!(pi.files(), after, "{model}: a new kernel changes nothing of it");
        assert!(pi.prepare(&[]).done().contains("Nothing is left to do"), "{model}");
        assert_eq!(pi.files(), after, "{model}");
        let root = pi.root().display().to_string();
        let hook = "env DEB_MAINT_PARAMS=configure /etc/kernel/postinst.d/z50-raspi-firmware";
        assert_eq!(pi.asked("chroot"), [format!("{root} {hook}")]);

        pi.prepare(&["--undo"]).done();
        assert_eq!(pi.files(), before, "{model}");
        assert!(pi.prepare(&["--undo"]).done().contains("Nothing is left to undo"), "{model}");
    }
}

#[test]
fn what_the_owner_has_set_stays() {
    let pi = debian();
    let custom = "gpu_mem=16\n[pi4]\nover_voltage=2\n";
    pi.write(CUSTOM, custom);
    let settings = pi.read(SETTINGS) + "CONSOLES=\"tty1 ttyS1,115200 ttyUSB0\"\nCMA=32M\n";
    pi.write(SETTINGS, &settings);
    pi.write("etc/default/raspi-extra-cmdline", "console=ttyAMA0,115200 quiet\n");
    run_hook(&pi);
    pi.service_is("serial-getty@ttyS1.service", "enabled");
    let before = pi.files();
    pi.prepare(&[]).done();
    assert_eq!(pi.masked(), ["serial-getty@ttyS1.service"]);
    let after = pi.read(CUSTOM);
    assert!(after.starts_with(custom), "{after}");
    assert_eq!(added(&after), ["[all]", "dtoverlay=p1-tcp-disable-bt"]);
    assert_eq!(added(&pi.read(SETTINGS)), ["CONSOLES=\"tty1 ttyUSB0\""]);
    assert_eq!(pi.read("etc/default/raspi-extra-cmdline"), "quiet\n");
    assert!(pi.read_boot("cmdline.txt").contains("console=tty1 console=ttyUSB0 root="));
    assert_eq!(pi.read("etc/default/raspi-firmware.p1-tcp-backup"), settings);
    assert!(pi.prepare(&[]).done().contains("Nothing is left to do"));
    pi.prepare(&["--undo"]).done();
    assert_eq!((pi.masked(), pi.files()), (Vec::new(), before));
}

#[test]
fn the_other_overlay_takes_the_place_of_the_one() {
    let pi = debian();
    let before = pi.files();
    pi.prepare(&[]).done();
    pi.prepare(&["--overlay", "miniuart-bt"]).done();
    assert!(!pi.root().join(OVERLAY).exists());
    assert_eq!(
        added(&pi.read(CUSTOM)),
        ["dtoverlay=p1-tcp-miniuart-bt", "core_freq=250", "core_freq_min=250"]
    );
    pi.prepare(&["--undo"]).done();
    assert_eq!(pi.files(), before);
}

#[test]
fn a_hook_that_did_not_run_is_run() {
    let pi = debian();
    pi.prepare(&[]).done();
    let right = pi.files();
    pi.write_boot("cmdline.txt", "console=tty0 console=ttyAMA0,115200 root=LABEL=RASPIROOT\n");
    assert!(pi.prepare(&[]).done().contains("Done."));
    assert_eq!(pi.files(), right);
}

#[test]
fn a_hook_that_fails_is_told_and_can_be_run_again() {
    let pi = debian();
    pi.write("hook-fails", "");
    let told = pi.prepare(&[]).refused();
    assert!(
        told.contains("could not write the boot files; see to that, and run `update-initramfs")
    );
    fs::remove_file(pi.root().join("hook-fails")).expect("the fault");
    assert!(pi.prepare(&[]).done().contains("Done."));
    assert!(pi.read_boot("config.txt").contains("dtoverlay=p1-tcp-disable-bt"));
}

#[test]
fn a_hook_that_does_not_do_what_it_should_is_told() {
    let pi = debian();
    program("z50-that-does-nothing", &pi.root().join(HOOK));
    let told = pi.prepare(&[]).refused();
    assert!(told.contains("does not have what the hook should have written"), "{told}");
}

/// Raspberry Pi OS has a hook of that name, too, which leaves both files alone.
#[test]
fn raspberry_pi_os_is_not_debian() {
    for hook in ["cat /boot/firmware/config.txt", "cat /etc/default/raspi-firmware-custom"] {
        let pi = Pi::with("trixie");
        pi.write(HOOK, hook);
        pi.write(SETTINGS, "#INITRAMFS=auto\n");
        pi.prepare(&[]).done();
        assert_eq!(added(&pi.read_boot("config.txt")), ["enable_uart=1", "dtoverlay=disable-bt"]);
    }
}
