//! What needs surroundings of its own: the default port, which may be taken on this machine.

use crate::common::bridge::open_folder;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
#[ignore = "needs root"]
fn a_bad_file_can_be_served_with_the_defaults() {
    let folder = open_folder();
    let file = folder.path().join("p1-tcp.toml");
    std::fs::write(&file, "[serial]\nbuad = 9600\n[tcp]\nport = 80\n").expect("a file");
    let script = "ip link set lo up && exec \"$0\" run --config \"$1\" --on-bad-config=defaults";
    let mut command = Command::new("unshare");
    command.args(["--net", "sh", "-c", script, env!("CARGO_BIN_EXE_p1-tcp")]).arg(&file);
    command.env("RUNTIME_DIRECTORY", folder.path());
    let mut daemon = command.stderr(Stdio::piped()).spawn().expect("a network namespace");
    let stderr = BufReader::new(daemon.stderr.take().expect("its standard error"));
    let mut told: Vec<String> = Vec::new();
    for line in stderr.lines() {
        told.push(line.expect("a log line"));
        if told.iter().any(|line| line.contains("running as p1serial")) {
            break;
        }
    }
    daemon.kill().expect("to end it");
    daemon.wait().expect("its end");
    for text in [
        "ERROR ",
        ":2:1: there is no `buad`",
        ":4:8: `port` cannot be 80",
        "serving with the defaults",
        "/dev/ttyAMA0",
        "listening on [::]:9000",
        "running as p1serial",
    ] {
        assert!(told.iter().any(|line| line.contains(text)), "{text}: {told:#?}");
    }
}
