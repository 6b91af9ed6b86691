//! Programs that no registry has, as readers that follow their rules: Domoticz and DSMR-reader.

use crate::common::bridge::{Bridge, bridge};
use crate::common::client::Client;
use crate::common::telegrams::{telegram, telegram_without_checksum, with_checksum};
use p1_tcp::framing::Checksum;
use std::io::Read;
use std::time::Duration;

const TELEGRAMS: usize = 20;
/// What Domoticz holds of a telegram, in bytes up to and including the `!`, is less than this.
const DOMOTICZ_HOLDS: usize = 2000;

/// How the bytes of a telegram get to the bridge.
#[derive(Clone, Copy)]
enum Line {
    /// In the pieces that a USB adapter hands on, some milliseconds apart.
    Paced,
    /// All at once.
    Burst,
}

fn send(bridge: &mut Bridge, bytes: &[u8], line: Line) {
    match line {
        Line::Burst => bridge.line.send(bytes),
        Line::Paced => {
            for piece in bytes.chunks(62) {
                bridge.line.send(piece);
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }
}

/// Domoticz, "P1 Smart Meter with LAN interface": a telegram begins where a read begins with `/`,
/// ends at the line that begins with `!`, and what comes behind that in the same read is lost.
#[derive(Default)]
struct Domoticz {
    /// The telegram up to the `!`, for its checksum.
    telegram: Vec<u8>,
    line: Vec<u8>,
    inside: bool,
    accepted: usize,
}

impl Domoticz {
    /// Takes what one read returned.
    fn take(&mut self, read: &[u8]) {
        let first = read.iter().find(|&&byte| self.inside || byte >= 0x10);
        if first == Some(&b'/') {
            *self = Self { inside: true, accepted: self.accepted, ..Self::default() };
        }
        for &byte in read {
            if !self.inside {
                return;
            }
            if !self.telegram.ends_with(b"!") {
                self.telegram.push(byte);
                // Too long: the rest is passed over, up to the next read that begins with `/`.
                self.inside = self.telegram.len() < DOMOTICZ_HOLDS;
            }
            match byte {
                b'\r' => {}
                b'\n' => self.end_line(),
                byte => self.line.push(byte),
            }
        }
    }

    fn end_line(&mut self) {
        if self.line.starts_with(b"!") {
            let right = format!("!{:04X}", Checksum::Arc.of(&self.telegram));
            // A telegram of an old meter has no checksum, and nothing to check.
            self.accepted += usize::from(self.line == right.as_bytes() || self.line == b"!");
            self.inside = false;
        }
        self.line.clear();
    }

    /// Reads what was sent, however many reads that takes.
    fn read(&mut self, client: &mut Client, length: usize) {
        let mut rest = length;
        while rest > 0 {
            let read = client.read_once();
            assert!(!read.is_empty(), "the connection ended");
            self.take(&read);
            rest = rest.checked_sub(read.len()).expect("no more than was sent");
        }
    }
}

fn domoticz_accepts_every_telegram(line: Line, telegram: impl Fn(usize) -> Vec<u8>) {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    let mut domoticz = Domoticz::default();
    for number in 0..TELEGRAMS {
        let bytes = telegram(number);
        send(&mut bridge, &bytes, line);
        domoticz.read(&mut client, bytes.len());
        assert_eq!(domoticz.accepted, number + 1);
    }
}

#[test]
fn domoticz_accepts_every_telegram_of_a_paced_line() {
    domoticz_accepts_every_telegram(Line::Paced, telegram);
}

#[test]
fn domoticz_accepts_every_telegram_of_a_line_that_bursts() {
    domoticz_accepts_every_telegram(Line::Burst, telegram);
}

#[test]
fn domoticz_accepts_every_telegram_without_a_checksum() {
    domoticz_accepts_every_telegram(Line::Paced, telegram_without_checksum);
}

#[test]
fn domoticz_accepts_the_telegram_during_which_it_connects() {
    let mut bridge = bridge().start();
    let bytes = telegram(1);
    let (head, tail) = bytes.split_at(bytes.len() / 2);
    bridge.line.send(head);
    let mut client = bridge.client();
    bridge.line.send(tail);
    let mut domoticz = Domoticz::default();
    domoticz.read(&mut client, bytes.len());
    assert_eq!(domoticz.accepted, 1);
}

/// No meter sends like this, but a line that was held up may: Domoticz takes at least one of two
/// that it reads at once, and nothing is wrong with the next.
#[test]
fn domoticz_accepts_the_telegram_behind_two_at_once() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    let mut domoticz = Domoticz::default();
    let both = [telegram(1), telegram(2)].concat();
    bridge.line.send(&both);
    domoticz.read(&mut client, both.len());
    let before = domoticz.accepted;
    assert!((1..=2).contains(&before), "{before} of two");
    let next = telegram(3);
    bridge.line.send(&next);
    domoticz.read(&mut client, next.len());
    assert_eq!(domoticz.accepted, before + 1);
}

/// A telegram with a text message that makes it this long up to the `!`.
fn long_telegram(length: usize) -> Vec<u8> {
    let (head, tail) = ("/TST5\\253710000_A\r\n\r\n0-0:96.13.0(", ")\r\n!");
    let message = "3".repeat(length - head.len() - tail.len());
    with_checksum(format!("{head}{message}{tail}").as_bytes(), Checksum::Arc)
}

/// The bridge serves longer ones all the same, as other clients read them; Domoticz drops those,
/// and goes on with the next.
#[test]
fn domoticz_accepts_telegrams_up_to_its_limit() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    let mut domoticz = Domoticz::default();
    for (length, accepted) in
        [(DOMOTICZ_HOLDS - 1, 1), (DOMOTICZ_HOLDS, 1), (DOMOTICZ_HOLDS + 500, 1), (200, 2)]
    {
        let bytes = long_telegram(length);
        bridge.line.send(&bytes);
        domoticz.read(&mut client, bytes.len());
        assert_eq!(domoticz.accepted, accepted, "after one of {length} bytes");
    }
}

/// What DSMR-reader takes for a telegram, as soon as it is there: from a `/` to a `!` with no `/`
/// between, and up to four capitals or digits behind; it waits for neither them nor a line end.
fn dsmr_reader_finds(buffer: &[u8]) -> Option<&[u8]> {
    let starts = (0..buffer.len()).filter(|&at| buffer[at] == b'/');
    starts.into_iter().find_map(|start| {
        let body = &buffer[start + 1..];
        let body = body.split(|&byte| byte == b'/').next()?;
        let end = start + 1 + body.iter().rposition(|&byte| byte == b'!').filter(|&at| at > 0)?;
        let digit = |&&byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let checksum = buffer[end + 1..].iter().take(4).take_while(digit).count();
        Some(&buffer[start..=end + checksum])
    })
}

/// Reads as DSMR-reader does, at its most impatient: it looks for a telegram after every read.
fn dsmr_reader_reads(client: &Client) -> Vec<u8> {
    let mut buffer = Vec::new();
    loop {
        let mut piece = [0; 2048];
        let count = client.stream().read(&mut piece).expect("to read");
        assert!(count > 0, "the connection ended");
        buffer.extend_from_slice(&piece[..count]);
        if let Some(telegram) = dsmr_reader_finds(&buffer) {
            return telegram.to_vec();
        }
    }
}

/// The telegram as DSMR-reader keeps it: without the last line end.
fn kept(telegram: &[u8]) -> &[u8] {
    telegram.strip_suffix(b"\r\n").expect("a line end")
}

/// By default it sleeps for a second after each telegram, and then connects anew.
fn dsmr_reader_connects_for_every_telegram(line: Line, telegram: impl Fn(usize) -> Vec<u8>) {
    let mut bridge = bridge().start();
    for number in 0..TELEGRAMS {
        let client = bridge.client();
        let bytes = telegram(number);
        send(&mut bridge, &bytes, line);
        assert_eq!(dsmr_reader_reads(&client), kept(&bytes));
    }
}

#[test]
fn dsmr_reader_gets_every_telegram_of_a_paced_line() {
    dsmr_reader_connects_for_every_telegram(Line::Paced, telegram);
}

#[test]
fn dsmr_reader_gets_every_telegram_of_a_line_that_bursts() {
    dsmr_reader_connects_for_every_telegram(Line::Burst, telegram);
}

#[test]
fn dsmr_reader_gets_every_telegram_without_a_checksum() {
    dsmr_reader_connects_for_every_telegram(Line::Paced, telegram_without_checksum);
}

/// Its remote datalogger stays connected, and throws away what is left of a read behind a telegram.
#[test]
fn dsmr_reader_gets_every_telegram_on_one_connection() {
    let mut bridge = bridge().start();
    let client = bridge.client();
    for number in 0..TELEGRAMS {
        let bytes = telegram(number);
        send(&mut bridge, &bytes, Line::Paced);
        assert_eq!(dsmr_reader_reads(&client), kept(&bytes));
    }
}

/// The rules are those of the programs only if a server that splits telegrams fails by them.
#[test]
fn the_rules_refuse_what_these_programs_refuse() {
    let two = [telegram(1), telegram(2)].concat();
    let mut domoticz = Domoticz::default();
    domoticz.take(&two);
    assert_eq!(domoticz.accepted, 1, "two in one read");
    let mut domoticz = Domoticz::default();
    let middle = telegram(1).len() / 2;
    domoticz.take(&two[middle..]);
    assert_eq!(domoticz.accepted, 0, "a read that begins in the middle");
    let cut = two.iter().position(|&byte| byte == b'!').expect("an end") + 3;
    assert_eq!(dsmr_reader_finds(&two[..cut]), Some(&two[..cut]), "a checksum cut short");
    assert_eq!(dsmr_reader_finds(&two[..cut - 3]), None);
}
