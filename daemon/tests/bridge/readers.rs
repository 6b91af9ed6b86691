//! Clients as people have them: from PyPI, and by the reading rules that Domoticz has.

use crate::common::bridge::{Bridge, bridge};
use crate::common::telegrams::telegram;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const TELEGRAMS: usize = 10;

/// A Python client of `tests/clients` with its requirements installed; `scripts/test` sees to that.
fn start(script: &str, bridge: &Bridge, count: usize) -> Child {
    let python = std::env::var_os("P1_PYTHON")
        .expect("P1_PYTHON: a Python with tests/clients/requirements.txt");
    let script = format!("{}/tests/clients/{script}", env!("CARGO_MANIFEST_DIR"));
    Command::new(python)
        .arg(script)
        .args([
            bridge.address.ip().to_string(),
            bridge.address.port().to_string(),
            count.to_string(),
        ])
        .stdout(Stdio::piped())
        .spawn()
        .expect("a Python client")
}

fn output(client: Child) -> Vec<u8> {
    let output = client.wait_with_output().expect("its output");
    assert!(output.status.success());
    output.stdout
}

fn dsmr_parser_reads(script: &str) {
    let mut bridge = bridge().start();
    let client = start(script, &bridge, TELEGRAMS);
    bridge.wait_for_log(" connected");
    for number in 0..TELEGRAMS {
        bridge.line.send(&telegram(number));
    }
    let expected =
        (0..TELEGRAMS).map(|number| format!("{number}.258\n")).collect::<Vec<_>>().concat();
    assert_eq!(String::from_utf8(output(client)), Ok(expected));
}

#[test]
#[ignore = "needs P1_PYTHON, which scripts/test sets"]
fn dsmr_parsers_tcp_reader_reads_every_telegram() {
    dsmr_parser_reads("dsmr_parser_tcp.py");
}

#[test]
#[ignore = "needs P1_PYTHON, which scripts/test sets"]
fn dsmr_parsers_asyncio_reader_reads_every_telegram() {
    dsmr_parser_reads("dsmr_parser_asyncio.py");
}

#[test]
#[ignore = "needs P1_PYTHON, which scripts/test sets"]
fn pyserial_reads_every_line() {
    let mut bridge = bridge().start();
    let sent: Vec<u8> = (0..TELEGRAMS).flat_map(telegram).collect();
    let lines = sent.iter().filter(|&&byte| byte == b'\n').count();
    let mut client = start("pyserial_socket.py", &bridge, lines);
    let mut stdout = client.stdout.take().expect("its output");
    let mut open = [0; 5];
    stdout.read_exact(&mut open).expect("a line");
    assert_eq!(&open, b"open\n");
    // The kernel connects it before the bridge knows of it.
    bridge.wait_for_log(" connected");
    bridge.line.send(&sent);
    let mut copied = Vec::new();
    stdout.read_to_end(&mut copied).expect("the lines");
    assert!(output(client).is_empty());
    assert!(copied == sent);
}

/// Domoticz knows `/` only as the first byte of what one read returns, and drops the telegram
/// otherwise.
#[test]
fn a_reader_that_knows_a_telegram_by_the_first_byte_of_a_read_accepts_all() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    let mut accepted = 0;
    for number in 0..50 {
        // Fifty a second, or fewer where the machine is too busy for that.
        let sent = Instant::now();
        bridge.line.send(&telegram(number));
        let read = client.read_once();
        let end = read.iter().rposition(|&byte| byte == b'!');
        accepted += usize::from(read.starts_with(b"/") && end == Some(read.len() - 7));
        std::thread::sleep(Duration::from_millis(20).saturating_sub(sent.elapsed()));
    }
    assert_eq!(accepted, 50);
}
