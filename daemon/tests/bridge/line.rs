//! Nothing that happens on the line needs a restart.

use crate::common::bridge::bridge;
use crate::common::telegrams::telegram;
use nix::fcntl::{Flock, FlockArg};
use nix::sys::signal::Signal;
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_line_that_hangs_up_and_comes_back_goes_on() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    for round in 1..=3 {
        bridge.line.send(&telegram(round));
        client.expect(&telegram(round));
        // A telegram that is broken off is not continued by what comes after the break.
        bridge.line.send(&telegram(500)[..100]);
        bridge.line.unplug();
        bridge.wait_for(|bridge| bridge.times_logged("lost ") == round);
        bridge.line.plug_in();
        bridge.wait_for(|bridge| bridge.times_logged("reading ") == round + 1);
    }
    bridge.line.send(&telegram(9));
    client.expect(&telegram(9));
}

#[test]
fn what_comes_in_a_burst_is_read_to_its_end() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    // Of lengths that end everywhere in the terminal's buffer of 4 KiB.
    for round in 0..50 {
        let burst: Vec<u8> = (0..=round).flat_map(telegram).collect();
        bridge.line.send(&burst);
        client.expect(&burst);
    }
}

#[test]
fn a_missing_device_is_told_once_and_read_when_it_is_there() {
    let mut bridge = bridge().unplugged().start();
    let mut client = bridge.client();
    let told = bridge.wait_for_log("there is no ");
    assert!(told.contains("plug the adapter in"), "{told}");
    // Time for several attempts: they are 100, 200 and 400 ms apart.
    let tries = std::time::Instant::now();
    bridge.wait_for(|_| tries.elapsed().as_millis() > 800);
    assert_eq!(bridge.times_logged("there is no "), 1);
    bridge.line.plug_in();
    bridge.wait_for_log("reading ");
    bridge.line.send(&telegram(1));
    client.expect(&telegram(1));
}

#[test]
fn what_is_no_serial_port_is_told() {
    let bridge = bridge().unplugged().start();
    let file = bridge.folder.path().join("file");
    std::fs::write(&file, "no port").expect("a file");
    // The daemon may have become another user when it opens it.
    let everyone = std::fs::Permissions::from_mode(0o666);
    std::fs::set_permissions(&file, everyone).expect("its permissions");
    std::fs::rename(&file, bridge.folder.path().join("meter")).expect("its new name");
    let told = bridge.wait_for_log("is no serial port");
    assert!(told.contains("meter"), "{told}");
}

#[test]
fn the_port_is_opened_for_the_bridge_alone() {
    let bridge = bridge().start();
    match std::fs::File::open(bridge.line.device()) {
        Err(error) => assert_eq!(error.raw_os_error(), Some(nix::libc::EBUSY)),
        // Root is not kept out by TIOCEXCL, and so by the lock.
        Ok(file) => {
            assert!(Flock::lock(file, FlockArg::LockExclusiveNonblock).is_err());
            let settings = output("stty", &["-a", "-F"], &bridge.line.device());
            for setting in
                ["-icanon", "-echo", "-ixon", "-ixoff", "-crtscts", "cs8", "-parenb", "-opost"]
            {
                assert!(settings.contains(setting), "{setting} in {settings}");
            }
            // Of a pseudo-terminal stty does not know the speed; TCGETS2 does.
            let script = "open F, '<', shift; $t = ' ' x 44; ioctl F, 0x802C542A, $t; print unpack 'x40L', $t";
            assert_eq!(output("perl", &["-e", script], &bridge.line.device()), "115200");
        }
    }
}

fn output(program: &str, arguments: &[&str], device: &std::path::Path) -> String {
    let output = std::process::Command::new(program).args(arguments).arg(device).output();
    String::from_utf8(output.expect(program).stdout).expect("text")
}

#[test]
fn a_port_in_use_is_told_and_taken_when_it_is_free() {
    let mut first = bridge().start();
    let mut second = bridge().unplugged().start_and_no_more();
    let theirs = second.folder.path().join("meter");
    std::os::unix::fs::symlink(first.line.device(), theirs).expect("a link");
    second.wait_for_log("is in use by another program");
    first.signal(Signal::SIGTERM);
    first.ended();
    second.wait_for_log("reading ");
    let mut client = second.client();
    first.line.send(&telegram(1));
    client.expect(&telegram(1));
    assert!(second.is_running());
}

#[test]
fn bytes_from_before_the_start_are_dropped() {
    let mut bridge = bridge().unplugged().start_and_no_more();
    bridge.wait_for_log("listening on");
    let mut client = bridge.client();
    // More than the 4 KiB of the terminal's own buffer, so that the kernel holds more behind it.
    let old: Vec<u8> = (0..40).flat_map(telegram).collect();
    assert!(old.len() > 8000);
    bridge.line.plug_in_with(&old);
    bridge.wait_for_log("reading ");
    bridge.line.send(&telegram(77));
    client.expect(&telegram(77));
}

#[test]
fn noise_of_every_kind_needs_no_restart() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    let mut state = 1u32;
    for round in 0..50 {
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .take(1000)
        .collect();
        bridge.line.send(&noise);
        bridge.line.send(&telegram(round));
        client.expect(&telegram(round));
    }
}
