//! The status socket: what is known, for those who may know it.

use crate::common::bridge::{Bridge, bridge};
use crate::common::telegrams::telegram;
use crate::common::wait_for;
use nix::sys::signal::Signal;
use p1_tcp::report::Report;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;

/// What the socket tells.
fn report(bridge: &Bridge) -> Report {
    let socket = bridge.folder.path().join("status");
    let mut text = String::new();
    let mut stream = UnixStream::connect(socket).expect("to connect");
    stream.read_to_string(&mut text).expect("to read");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn it_tells_what_is_known() {
    let mut bridge = bridge().start();
    let before = report(&bridge);
    assert_eq!((before.telegram, before.last_telegram_ago), (None, None));
    let _client = bridge.client();
    bridge.line.send(&telegram(1));
    // The verdict on the line follows its telegrams, up to a round later.
    let report = wait_for("the telegram", || {
        let arrived = |report: &Report| report.counts.telegrams == 1 && report.clients == 1;
        Some(report(&bridge))
            .filter(|report| arrived(report) && report.line.sentence == "Telegrams arrive.")
    });
    assert_eq!(report.telegram.as_deref(), std::str::from_utf8(&telegram(1)).ok());
    // CR LF
    assert!(report.recent.ends_with("0d0a"), "{}", report.recent);
    assert_eq!(report.meter.as_deref(), Some("/TST5\\253710000_A"));
    assert_eq!((report.line.baud, report.line.framing.as_str()), (115_200, "8N1"));
    assert_eq!(report.line.device, bridge.folder.path().join("meter").display().to_string());
    // A pseudo-terminal's driver does not count.
    assert_eq!(report.line.errors, None);
}

#[test]
fn who_does_not_read_it_keeps_nobody_from_it() {
    let mut bridge = bridge().start();
    bridge.line.send(&telegram(1));
    let socket = bridge.folder.path().join("status");
    let idle: Vec<_> =
        (0..200).map(|_| UnixStream::connect(&socket).expect("to connect")).collect();
    wait_for("the telegram", || (report(&bridge).counts.telegrams == 1).then_some(()));
    drop(idle);
}

#[test]
fn others_may_not_open_it() {
    let bridge = bridge().start();
    let socket = std::fs::metadata(bridge.folder.path().join("status")).expect("the socket");
    assert_eq!(socket.permissions().mode() & 0o777, 0o660);
}

#[test]
fn one_that_was_left_behind_is_replaced_and_one_in_use_is_not() {
    let mut first = bridge().start();
    let socket = first.folder.path().display().to_string();
    let second = bridge().environment("RUNTIME_DIRECTORY", &socket).start();
    second.wait_for_log("another p1-tcp is running");
    first.line.send(&telegram(1));
    wait_for("the first one's", || (report(&first).counts.telegrams == 1).then_some(()));
    drop(second);
    first.signal(Signal::SIGKILL);
    assert!(!first.ended().success());
    assert!(UnixStream::connect(first.folder.path().join("status")).is_err());
    let third = bridge().environment("RUNTIME_DIRECTORY", &socket).start();
    assert_eq!(report(&first).line.device, third.folder.path().join("meter").display().to_string());
}
