//! Where a monitor's reports come from, as seen in a pipe.

use crate::common::bridge::bridge;
use crate::common::line::Line;
use crate::common::telegrams::{encrypted, telegram, with_checksum};
use crate::running::{Running, Stand, link, nowhere, p1_tcp, path};
use nix::fcntl::{Flock, FlockArg};
use nix::sys::signal::Signal;
use p1_tcp::diagnosis::Verdict;
use p1_tcp::framing::Checksum;
use p1_tcp::report::{self, Report};
use std::io::Write;
use std::net::TcpListener;

/// A report on `device`, with a sentence.
fn report(device: &str, sentence: &str) -> Report {
    let line = report::Line {
        device: device.into(),
        verdict: Verdict::Inverted,
        sentence: sentence.into(),
        advice: "Take the inverter out.".into(),
        ..report::Line::default()
    };
    Report { version: "1".into(), line, ..Report::default() }
}

#[test]
fn what_the_daemon_knows_is_told_as_it_changes() {
    let mut known = report("/dev/ttyAMA0", "It is upside down.");
    let stand = Stand::new(&known);
    let mut monitor = Running::piped(p1_tcp(&["monitor", "--socket", &stand.socket()]));
    let written = monitor.wait_for("Clients");
    assert_eq!(
        written.lines().take(3).collect::<Vec<_>>(),
        ["Port: /dev/ttyAMA0", "State: It is upside down.", "Advice: Take the inverter out."]
    );
    known.line.sentence = "Telegrams arrive.".into();
    known.line.advice.clear();
    known.telegram = Some(String::from_utf8(telegram(7)).expect("text"));
    known.counts.telegrams = 1;
    stand.tell(&known);
    let written = monitor.wait_for("Voltage");
    let told: Vec<_> = written.lines().skip(4).collect();
    assert_eq!(
        told,
        [
            "State: Telegrams arrive.",
            "Telegram: 2025-01-01 12:00:00; Power drawn 0.007 kW; Energy drawn, tariff 1 7.258 \
             kWh; Energy drawn, tariff 2 13315.593 kWh; Channel 1 92.287 m³ (2025-01-01 11:55:00); \
             Voltage L1 239.5 V"
        ]
    );
    stand.tell_bytes(b"?");
    monitor.wait_for("gives no report");
    stand.tell(&known);
    wait_for_more(&monitor, "State: Telegrams arrive.", 2);
    monitor.signal(Signal::SIGTERM);
    assert!(monitor.ended().success());
}

fn wait_for_more(monitor: &Running, text: &str, times: usize) {
    crate::common::wait_for(text, || {
        (monitor.written().matches(text).count() >= times).then_some(())
    });
}

#[test]
fn what_a_terminal_would_obey_is_never_written() {
    let mut known = report("/dev/\u{1B}[2J", "\u{1B}]0;title\u{7}");
    known.meter = Some("/X\u{9B}31m".into());
    let telegram = "/X\r\n\r\n1-0:1.7.0(\u{1B}[31m)\r\n0-0:96.13.0(1B5B324A)\r\n\u{1B}c\r\n!\r\n";
    known.telegram = Some(telegram.into());
    known.counts = p1_tcp::statistics::Counts { telegrams: 1, bytes: 4, ..<_>::default() };
    known.recent = "1B5B324A".into();
    let stand = Stand::new(&known);
    let monitor = Running::piped(p1_tcp(&["monitor", "--raw", "--socket", &stand.socket()]));
    let written = monitor.wait_for("Telegram: ");
    assert!(written.contains("1B 5B 32 4A") && written.contains("␛[2J"), "{written}");
    let obeyed = |character: char| character.is_control() && character != '\n';
    assert!(!written.contains(obeyed), "{written:?}");
}

#[test]
fn a_line_of_its_own_is_read() {
    let (folder, socket) = nowhere();
    let mut line = Line::new(&link(&folder));
    let device = path(&link(&folder));
    let mut monitor = Running::piped(p1_tcp(&["monitor", "--raw", &device, "--socket", &socket]));
    monitor.wait_for("Port: ");
    line.send(&telegram(7));
    let written = monitor.wait_for("Power drawn 0.007 kW");
    assert!(written.contains("Meter: /TST5\\253710000_A"), "{written}");
    assert!(written.contains("/TST5"), "{written}");
    // A telegram in 7E1 needs no setting; one that is broken is counted.
    let broken = with_checksum(b"/TST5\\253710000_A\r\n\r\n1-0:1.8.1(1*kWh)\r\n!", Checksum::Arc);
    let broken = [&broken[..40], b"9", &broken[41..]].concat();
    line.send(&broken);
    line.send(&telegram(8));
    monitor.wait_for("Power drawn 0.008 kW");
    monitor.wait_for("Errors: 1 checksum errors");
    line.unplug();
    monitor.wait_for(&format!("there is no {device}"));
    line.plug_in();
    // What comes before it is opened again is dropped.
    wait_for_more(&monitor, "State: The port is being watched", 2);
    line.send(&telegram(9));
    monitor.wait_for("Power drawn 0.009 kW");
    line.send(&encrypted(1, b"what nobody can read"));
    monitor.wait_for("Meter: it encrypts its telegrams");
    monitor.signal(Signal::SIGINT);
    assert!(monitor.ended().success());
}

#[test]
fn a_device_that_is_in_use_is_told_with_who_has_it() {
    let (folder, socket) = nowhere();
    let line = Line::new(&link(&folder));
    let held = std::fs::File::options().read(true).write(true).open(line.device());
    let _held = Flock::lock(held.expect("the device"), FlockArg::LockExclusiveNonblock);
    let device = path(&link(&folder));
    let told = p1_tcp(&["monitor", &device, "--socket", &socket]).output().expect("p1-tcp");
    assert_eq!(told.status.code(), Some(1));
    let why = String::from_utf8(told.stderr).expect("text");
    let who = format!("(process {})", std::process::id());
    assert!(why.contains(&who) && why.lines().count() == 1, "{why}");
}

#[test]
fn where_the_daemon_has_the_device_it_is_asked() {
    let mut bridge = bridge().start();
    let socket = path(&bridge.folder.path().join("status"));
    // By the device's own name, and not by that of the configuration.
    let device = path(&bridge.line.device());
    let monitor = Running::piped(p1_tcp(&["monitor", &device, "--socket", &socket]));
    monitor.wait_for("Clients: 0 now");
    bridge.line.send(&telegram(3));
    monitor.wait_for("Power drawn 0.003 kW");
    // Another device than the daemon's is not the daemon's.
    let (folder, _) = nowhere();
    let device = path(&link(&folder));
    let other = Running::piped(p1_tcp(&["monitor", &device, "--socket", &socket]));
    other.wait_for(&format!("there is no {device}"));
}

#[test]
fn telegrams_come_over_tcp() {
    let mut bridge = bridge().start();
    let address = bridge.address.to_string();
    let monitor = Running::piped(p1_tcp(&["monitor", &address]));
    bridge.wait_for_log(" connected");
    bridge.line.send(&telegram(5));
    let written = monitor.wait_for("Power drawn 0.005 kW");
    assert!(written.contains(&format!("Port: {address}\n")), "{written}");
}

#[test]
fn a_connection_that_is_lost_is_told_and_made_again() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let monitor = Running::piped(p1_tcp(&["monitor", &address]));
    for number in 1..=2 {
        let (mut stream, _) = listener.accept().expect("the monitor");
        stream.write_all(&telegram(number)).expect("to send");
        monitor.wait_for(&format!("Power drawn 0.00{number} kW"));
        drop(stream);
        wait_for_more(&monitor, &format!("The connection to {address} is lost"), number);
    }
    drop(listener);
    monitor.wait_for(&format!("There is no connection to {address}"));
}
