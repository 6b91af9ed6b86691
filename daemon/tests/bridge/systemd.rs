//! What systemd is told, and when it is not: a stand-in for its notification socket.

use crate::common::bridge::{Bridge, Setup, bridge, open_folder};
use crate::common::telegrams::telegram;
use crate::common::{DEADLINE, wait_for};
use nix::sys::signal::Signal;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The watchdog's interval in the tests below.
const INTERVAL: Duration = Duration::from_millis(500);

/// What listens at the other end of `NOTIFY_SOCKET`.
struct Systemd {
    socket: UnixDatagram,
    folder: TempDir,
}

impl Systemd {
    fn new() -> Self {
        let folder = open_folder();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).expect("a socket");
        // The daemon may be another user by the time it tells something.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o777))
            .expect("permissions");
        socket.set_read_timeout(Some(Duration::from_millis(20))).expect("a time limit");
        Self { socket, folder }
    }

    fn start(&self, setup: Setup) -> Bridge {
        let interval = INTERVAL.as_micros().to_string();
        let path = self.folder.path().join("notify").display().to_string();
        setup.environment("NOTIFY_SOCKET", &path).environment("WATCHDOG_USEC", &interval).start()
    }

    /// The next message, if one comes soon.
    fn next(&self) -> Option<String> {
        let mut bytes = [0; 4096];
        let length = self.socket.recv(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes[..length]).into_owned())
    }

    /// Waits for a message that holds `text`.
    fn wait_for(&self, text: &str) -> String {
        wait_for(text, || self.next().filter(|message| message.contains(text)))
    }

    /// Waits until no watchdog message has come for two intervals; fails if that never is so.
    fn watchdog_falls_silent(&self) {
        let (started, mut last) = (Instant::now(), Instant::now());
        while last.elapsed() < 2 * INTERVAL {
            assert!(started.elapsed() < DEADLINE, "the watchdog goes on");
            if self.next().is_some_and(|message| message.contains("WATCHDOG=1")) {
                last = Instant::now();
            }
        }
    }
}

#[test]
fn ready_status_reloading_and_stopping_are_told() {
    let systemd = Systemd::new();
    let mut bridge = systemd.start(bridge());
    systemd.wait_for("READY=1");
    systemd.wait_for("STATUS=nothing from the meter yet, 0 clients, 0 checksum errors");
    let mut client = bridge.client();
    let mut wrong = telegram(1);
    wrong[100] ^= 1;
    bridge.line.send(&[&wrong[..], &telegram(1)].concat());
    client.expect(&telegram(1));
    let status = systemd.wait_for("telegram/s from ");
    assert!(status.ends_with("from /TST5\\253710000_A, 1 client, 1 checksum errors\n"), "{status}");

    bridge.signal(Signal::SIGHUP);
    let reloading = systemd.wait_for("RELOADING=1");
    let time = reloading.lines().find_map(|line| line.strip_prefix("MONOTONIC_USEC="));
    let time: f64 = time.expect("the time").parse().expect("a number");
    let uptime = std::fs::read_to_string("/proc/uptime").expect("the uptime");
    let uptime: f64 = uptime.split(' ').next().expect("a number").parse().expect("a number");
    assert!((uptime - time / 1e6).abs() < 60.0, "{time} and {uptime}");
    systemd.wait_for("READY=1");

    bridge.signal(Signal::SIGTERM);
    systemd.wait_for("STOPPING=1");
    assert_eq!(bridge.ended().code(), Some(0));
}

#[test]
fn the_watchdog_is_fed_at_half_the_interval_without_a_meter_and_without_clients() {
    let systemd = Systemd::new();
    let _bridge = systemd.start(bridge().unplugged());
    systemd.wait_for("WATCHDOG=1");
    let started = Instant::now();
    for _ in 0..6 {
        systemd.wait_for("WATCHDOG=1");
    }
    // Six halves of an interval, with as much again for a busy machine.
    assert!(started.elapsed() >= INTERVAL * 5 / 2, "{:?}", started.elapsed());
    assert!(started.elapsed() < 6 * INTERVAL, "{:?}", started.elapsed());
}

#[test]
fn the_watchdog_stops_while_the_daemon_is_stopped() {
    let systemd = Systemd::new();
    let bridge = systemd.start(bridge());
    systemd.wait_for("WATCHDOG=1");
    bridge.signal(Signal::SIGSTOP);
    systemd.watchdog_falls_silent();
    bridge.signal(Signal::SIGCONT);
    systemd.wait_for("WATCHDOG=1");
}

#[test]
fn the_watchdog_stops_when_a_loop_hangs() {
    for function in ["read", "send", "accept4"] {
        let systemd = Systemd::new();
        let mut bridge = systemd.start(bridge().preload("hang").environment("P1_HANG", function));
        let mut client = bridge.client();
        bridge.line.send(&telegram(1));
        client.expect(&telegram(1));
        systemd.wait_for("WATCHDOG=1");
        systemd.wait_for("WATCHDOG=1");
        bridge.pull_trigger();
        // Something for each of the loops to do.
        bridge.line.send(&telegram(2));
        let _late = bridge.stranger();
        systemd.watchdog_falls_silent();
        assert!(bridge.is_running(), "{function}");
    }
}

#[test]
fn the_line_of_status_tells_a_mistake_in_the_configuration() {
    let systemd = Systemd::new();
    let bridge = systemd.start(bridge());
    bridge.edit(|text| text + "\n[mqtt]\n");
    bridge.signal(Signal::SIGHUP);
    let status = systemd.wait_for("there is no section [mqtt]");
    assert!(status.contains(&bridge.configuration().display().to_string()), "{status}");
    bridge.edit(|text| text.replace("[mqtt]", ""));
    bridge.signal(Signal::SIGHUP);
    systemd.wait_for("STATUS=nothing from the meter yet");
}

#[test]
fn an_hour_is_summed_up() {
    let mut bridge = bridge().preload("hurry").environment("P1_HURRY", "3600").start();
    bridge.line.send(&[telegram(1), telegram(2)].concat());
    bridge.wait_for_log("in the last hour: 2 telegrams, 0 checksum errors, 0 connections");
    bridge.wait_for_log("in the last hour: 0 telegrams");
    bridge.signal(Signal::SIGTERM);
    bridge.wait_for_log("since the start: 2 telegrams");
}
