//! Good and bad configuration files, the command line, and the end.

use crate::common::bridge::bridge;
use crate::common::telegrams::telegram;
use nix::sys::signal::Signal;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

fn p1_tcp(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_p1-tcp")).args(arguments).output().expect("the daemon")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn file(contents: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("p1-tcp.toml");
    std::fs::write(&file, contents).expect("a file");
    let name = file.display().to_string();
    (folder, name)
}

const BAD: &str = "[serial]\nbuad = 9600\n[tcp]\nport = 80\n";

#[test]
fn a_good_file_is_in_order_and_shows_what_is_in_force() {
    let (_folder, name) = file("[tcp]\r\nport = 9100\r\n");
    let output = p1_tcp(&["check-config", &name]);
    assert_eq!(output.status.code(), Some(0));
    let told = text(&output.stdout);
    for line in ["port = 9100", "device = \"/dev/ttyAMA0\"", "timeout = 60"] {
        assert!(told.contains(line), "{told}");
    }
}

#[test]
fn every_mistake_in_a_bad_file_is_told_and_the_status_is_78() {
    let (_folder, name) = file(BAD);
    for arguments in [&["check-config", &name][..], &["run", "--config", &name]] {
        let output = p1_tcp(arguments);
        assert_eq!(output.status.code(), Some(78), "{arguments:?}");
        let told = text(&output.stderr);
        assert!(told.contains(&format!("{name}:2:1: there is no `buad`")), "{told}");
        assert!(told.contains(&format!("{name}:4:8: `port` cannot be 80")), "{told}");
    }
}

#[test]
fn a_named_file_has_to_be_there() {
    let output = p1_tcp(&["run", "--config", "/nowhere/p1-tcp.toml"]);
    assert_eq!(output.status.code(), Some(78));
    assert!(text(&output.stderr).contains("/nowhere/p1-tcp.toml: it cannot be read"));
}

#[test]
fn an_address_that_is_taken_is_told() {
    let first = bridge().start();
    let (_folder, name) = file(&format!("[tcp]\nbind = \"{}\"\n", first.address.ip()));
    let output = p1_tcp(&["run", "--config", &name]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("choose another `port`"), "{}", text(&output.stderr));
}

#[test]
fn help_and_version() {
    let help = p1_tcp(&["--help"]);
    assert!(help.status.success() && text(&help.stdout).contains("check-config"));
    let version = p1_tcp(&["--version"]);
    assert_eq!(text(&version.stdout), concat!("p1-tcp ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(p1_tcp(&["serve"]).status.code(), Some(2));
}

#[test]
fn signals_end_it_gracefully() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let mut bridge = bridge().start();
        let mut client = bridge.client();
        bridge.line.send(&telegram(1));
        client.expect(&telegram(1));
        let started = Instant::now();
        bridge.signal(signal);
        assert_eq!(bridge.ended().code(), Some(0));
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        assert_eq!(client.read_to_end(), b"");
        bridge.wait_for_log("all clients have got what they were at");
    }
}

#[test]
fn a_client_that_takes_nothing_does_not_hold_up_the_end() {
    let mut bridge = bridge().start();
    let mut reader = bridge.client();
    let _stalled = bridge.client();
    let mut number = 0;
    while bridge.times_logged("is too slow and misses telegrams") == 0 {
        number += 1;
        bridge.line.send(&telegram(number % 1000));
        reader.expect(&telegram(number % 1000));
    }
    let started = Instant::now();
    bridge.signal(Signal::SIGTERM);
    assert_eq!(bridge.ended().code(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}
