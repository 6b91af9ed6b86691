//! The simulated meter from outside: what it puts on a line, and what becomes of the line.
#![cfg(feature = "meter")]

#[path = "meter/running.rs"]
mod running;

use nix::fcntl::OFlag;
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::signal::Signal;
use nix::sys::termios::{BaudRate, SetArg, cfsetspeed, tcgetattr, tcsetattr};
use p1_tcp::framing::{Checksum, Proof, SevenBits};
use running::{Meter, Out, await_input, open, read_all, read_some, sent, try_open};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

const ARC: Proof = Proof::Checksum(Checksum::Arc);

/// What is in the first pair of parentheses behind `code` at the beginning of a line.
fn value<'a>(telegram: &'a str, code: &str) -> &'a str {
    let line = telegram.lines().find_map(|line| line.strip_prefix(code)?.strip_prefix('('));
    line.and_then(|rest| rest.split([')', '*']).next()).unwrap_or_else(|| {
        unreachable!("no {code} in {telegram}");
    })
}

fn is_in_order<T: PartialEq>(some: &[T], all: &[T]) -> bool {
    let mut all = all.iter();
    some.iter().all(|one| all.any(|other| other == one))
}

#[test]
fn every_kind_is_framed_and_tells_what_its_country_wants() {
    for (kind, proof, interval, codes) in [
        ("e350", ARC, 10, &["1-3:0.2.8", "0-0:96.1.1", "1-0:1.8.1", "1-0:2.8.1", "0-1:24.2.1"][..]),
        ("dsmr22", Proof::Form, 10, &["0-0:96.1.1", "1-0:1.8.1", "0-1:24.3.0"]),
        ("dsmr50", ARC, 1, &["1-3:0.2.8", "0-0:96.1.1", "1-0:1.8.2", "1-0:72.7.0", "0-1:96.1.0"]),
        ("belgium", ARC, 1, &["0-0:96.1.4", "0-0:96.1.1", "1-0:1.4.0", "1-0:1.6.0", "0-2:24.2.1"]),
        ("luxembourg", Proof::Length, 10, &["1-3:0.2.8", "0-0:42.0.0", "1-0:1.8.0", "1-0:3.8.0"]),
    ] {
        let arguments = "--fast --count 30 --seed 5 --start 2025-06-13T12:59:50 --solar 3 --print";
        let (mut bytes, mut meter) = sent(&format!("--kind {kind} --record @/record {arguments}"));
        if kind == "dsmr22" {
            assert!(!bytes.is_ascii(), "parity bits");
            assert_eq!(SevenBits::default().strip(&mut bytes), 0);
        }
        let out = Out::of(&bytes);
        assert!(out.frames.iter().all(|(_, seen)| *seen == proof), "{kind}");
        let frames = out.frames();
        assert_eq!((frames.len(), frames.concat() == bytes), (30, true), "{kind}");
        assert_eq!(fs::read(meter.path("record")).ok(), Some(bytes), "{kind}");
        // As text, encrypted ones too.
        let printed = read_all(meter.child.stdout.as_mut().expect("standard output"));
        let texts = Out::of(&printed).frames();
        assert_eq!(texts.len(), 30, "{kind}");
        assert!(texts == frames || kind == "luxembourg", "{kind}");
        let text = |index: usize| std::str::from_utf8(&texts[index]).expect("text");
        for code in codes {
            assert!(!value(text(0), code).is_empty(), "{kind}: {code}");
        }
        for index in 1..30 {
            for code in codes.iter().filter(|code| code.contains(".8.") && code.starts_with("1-0"))
            {
                assert!(value(text(index), code) >= value(text(index - 1), code), "{kind}: {code}");
            }
            if kind != "dsmr22" {
                let second = 12 * 3600 + 59 * 60 + 50 + index * interval;
                let (hour, minute) = (second / 3600, second / 60 % 60);
                let stamp = format!("250613{hour:02}{minute:02}{:02}S", second % 60);
                assert_eq!(value(text(index), "0-0:1.0.0"), stamp, "{kind}");
            }
        }
        assert_ne!(value(text(0), "1-0:2.7.0"), value(text(29), "1-0:2.7.0"), "{kind}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let arguments = "--fast --count 50 --start 2025-01-31T12:00:00Z --kind belgium --noise 0.001";
    let with = |seed: &str| sent(&format!("{arguments} --torn 0.1 --seed {seed}")).0;
    assert_eq!(with("1"), with("1"));
    assert_ne!(with("1"), with("2"));
}

#[test]
fn without_parity_seven_bits_are_left_as_they_are() {
    let (bytes, _) = sent("--kind dsmr22 --fast --count 3 --no-parity");
    assert!(bytes.is_ascii());
    assert_eq!(Out::of(&bytes).frames.len(), 3);
}

#[test]
fn bytes_come_no_faster_than_the_line_and_telegrams_no_sooner_than_the_interval() {
    let start = Instant::now();
    let mut meter =
        Meter::start("--pty @/p1 --baud 19200 --interval 0 --count 3 --record @/record");
    let mut line = open(&meter.path("p1"));
    let mut bytes = Vec::new();
    loop {
        let some = read_some(&mut line);
        if some.is_empty() {
            break;
        }
        bytes.extend(some);
        let millis = usize::try_from(start.elapsed().as_millis()).expect("a time");
        assert!(bytes.len() * 10 * 1000 <= 19_200 * (millis + 1), "too fast");
    }
    assert_eq!(meter.end(), Some(0));
    assert!(is_in_order(&meter.record(), &Out::of(&bytes).frames()));
    let start = Instant::now();
    sent("--baud 0 --interval 0.05 --count 11");
    assert!(start.elapsed() >= Duration::from_millis(500));
}

#[test]
fn every_fault_harms_some_telegrams_and_the_record_knows_the_others() {
    for (kind, faults, telling) in [
        ("dsmr50", "--noise 0.0005", true),
        ("dsmr50", "--torn 0.3", true),
        ("dsmr50", "--wrong-checksum 0.3", true),
        ("belgium", "--noise 0.0003 --torn 0.1 --wrong-checksum 0.1", true),
        // Without a checksum some noise cannot be told, and without the key nothing but lengths.
        ("dsmr22", "--noise 0.0005", false),
        ("dsmr22", "--torn 0.3", true),
        ("luxembourg", "--torn 0.3", false),
    ] {
        let arguments = "--fast --count 300 --seed 11 --start 2025-01-31T12:00:00";
        let (mut bytes, meter) =
            sent(&format!("--kind {kind} {faults} {arguments} --record @/record"));
        if kind == "dsmr22" {
            SevenBits::default().strip(&mut bytes);
        }
        let record = meter.record();
        assert!((50..270).contains(&record.len()), "{kind} {faults}: {}", record.len());
        let out = Out::of(&bytes);
        if faults.starts_with("--wrong") {
            assert_eq!(out.wrong_checksums, 300 - record.len());
        }
        let frames = out.frames();
        assert!(is_in_order(&record, &frames), "{kind} {faults}");
        assert!(frames == record || !telling, "{kind} {faults}");
    }
}

#[test]
fn a_silent_meter_goes_on_with_the_time() {
    let arguments = "--baud 0 --interval 0.02 --seed 3 --start 2025-01-31T12:00:00";
    let all = Out::of(&sent(&format!("{arguments} --count 25")).0).frames();
    let some = Out::of(&sent(&format!("{arguments} --count 15 --silence 0.2:0.1")).0).frames();
    // Silent from 0.2 s to 0.3 s, and from 0.4 s on.
    assert_eq!(some[..15], [&all[..10], &all[15..20]].concat());
}

#[test]
fn after_a_hang_up_the_line_is_back_under_its_name() {
    // Few enough telegrams for a terminal to hold, should the reader not get its turn.
    let arguments = "--kind e350 --baud 0 --interval 0.02 --hang-up 0.25:0.1 --count 75";
    let mut meter = Meter::start(&format!("--pty @/p1 --record @/record {arguments}"));
    let mut bytes = Vec::new();
    let mut lines = 0;
    while meter.child.try_wait().expect("a child").is_none() {
        if let Some(mut line) = try_open(&meter.path("p1")) {
            bytes.extend(read_all(&mut line));
            lines += 1;
        }
    }
    assert!(lines >= 3, "{lines} lines");
    assert_eq!(meter.end(), Some(0));
    let (frames, record) = (Out::of(&bytes).frames(), meter.record());
    assert!(frames == record, "{} frames, {} recorded", frames.len(), record.len());
    assert!(!record.is_empty());
}

#[test]
fn a_connection_is_made_again_whenever_it_goes() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let port = listener.local_addr().expect("a port").port();
    let _meter = Meter::start(&format!("--socket tcp:127.0.0.1:{port} --fast --hang-up 0.5:0.1"));
    for _ in 0..3 {
        // Once the reader goes away, once the meter.
        await_input(&listener);
        let (mut stream, _) = listener.accept().expect("a connection");
        let bytes: Vec<_> = (0..20).flat_map(|_| read_some(&mut stream)).collect();
        assert!(!Out::of(&bytes).frames.is_empty());
        drop(stream);
        await_input(&listener);
        let (mut stream, _) = listener.accept().expect("a connection");
        assert!(!read_all(&mut stream).is_empty());
    }
}

#[test]
fn what_nobody_reads_is_lost_and_kept_for_nobody() {
    // The number of a frame is in its header; the same seed begins with the same one.
    let number = |frame: &[u8]| {
        let (_, number) = frame[..18].split_last_chunk().expect("a header");
        u32::from_be_bytes(*number)
    };
    let meter = "--kind luxembourg --seed 1";
    let first = number(&sent(&format!("{meter} --fast --count 1")).0);
    let mut meter = Meter::start(&format!("--pty @/p1 {meter} --baud 0 --interval 0.01 --print"));
    let line = open(&meter.path("p1"));
    await_input(&line);
    // The reader goes without having read, and a pipe holds less than 50 telegrams, so that the
    // last of the next 50 are sent when nobody is there.
    drop(line);
    let mut printed = BufReader::new(meter.child.stdout.as_mut().expect("standard output"));
    for _ in 0..50 {
        printed.skip_until(b'!').expect("a telegram");
    }
    let mut line = open(&meter.path("p1"));
    let mut bytes = Vec::new();
    while Out::of(&bytes).frames.is_empty() {
        bytes.extend(read_some(&mut line));
    }
    assert!(bytes.starts_with(b"\xDB\x08"), "it begins within a frame");
    assert!(number(&bytes) >= first + 50, "an old frame");
}

#[test]
fn a_signal_ends_it_and_the_link_with_it() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("p1");
        symlink("/nowhere", &link).expect("a link that was left behind");
        let mut meter = Meter::start_in(folder, "--pty @/p1 --kind e350 --seed 9");
        let announcement = meter.announcement();
        let slave = fs::read_link(&link).expect("a link");
        let expected = format!(
            "p1-meter: e350 on {} ({}), 115200 8N1, every 10 s, seed 9\n",
            link.display(),
            slave.display()
        );
        assert_eq!(announcement, expected);
        meter.send(signal);
        assert_eq!(meter.end(), Some(0));
        assert!(link.symlink_metadata().is_err(), "the link is still there");
    }
}

#[test]
fn a_link_that_has_become_another_meters_stays() {
    let mut first = Meter::start("--pty @/p1");
    first.announcement();
    let link = first.path("p1");
    let mut second = Meter::start(&format!("--pty {}", link.display()));
    second.announcement();
    first.send(Signal::SIGTERM);
    assert_eq!(first.end(), Some(0));
    assert!(link.exists());
}

#[test]
fn a_serial_device_is_set_raw_and_written_to() {
    let master = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY).expect("a terminal");
    grantpt(&master).and_then(|()| unlockpt(&master)).expect("a terminal");
    let slave = ptsname_r(&master).expect("its name");
    let arguments = "--kind dsmr22 --baud 0 --interval 0.01 --count 5";
    let mut meter = Meter::start(&format!("--device {slave} {arguments}"));
    let mut bytes = read_all(&mut File::from(OwnedFd::from(master)));
    assert_eq!(SevenBits::default().strip(&mut bytes), 0);
    let frames = Out::of(&bytes).frames();
    assert_eq!((frames.len(), frames.concat() == bytes), (5, true));
    assert_eq!(meter.end(), Some(0));
}

#[test]
fn bit_by_bit_a_reader_set_right_gets_what_was_sent_and_an_inverted_line_brings_nothing() {
    let arguments = "--kind belgium --fast --count 5 --seed 5 --start 2025-01-31T12:00:00";
    let plain = sent(arguments).0;
    let (bytes, meter) = sent(&format!("{arguments} --uart --record @/record"));
    assert_eq!(bytes, plain);
    assert_eq!(meter.record().len(), 5);
    for fault in ["--inverted", "--edges 0.00002", "--bit-noise 0.01"] {
        let (bytes, meter) = sent(&format!("{arguments} {fault} --record @/record"));
        assert!(bytes.len() > plain.len() / 4, "{fault}: {} bytes", bytes.len());
        assert!(Out::of(&bytes).frames.is_empty() && meter.record().is_empty(), "{fault}");
    }
}

#[test]
fn bit_by_bit_what_arrives_depends_on_the_speed_that_the_reader_sets() {
    let meter = Meter::start("--pty @/p1 --kind dsmr22 --uart --baud 0 --interval 0.02");
    let mut line = open(&meter.path("p1"));
    let set = |line: &File, rate| {
        let mut settings = tcgetattr(line).expect("settings");
        cfsetspeed(&mut settings, rate).expect("a rate");
        tcsetattr(line, SetArg::TCSANOW, &settings).expect("a terminal");
    };
    set(&line, BaudRate::B115200);
    // What comes at first was sent before. Of a sender so slow there is nothing but breaks.
    let broken = (0..1000).any(|_| read_some(&mut line).iter().all(|&byte| byte == 0));
    assert!(broken);
    set(&line, BaudRate::B9600);
    let mut bytes = Vec::new();
    let read = (0..1000).any(|_| {
        bytes.extend(read_some(&mut line));
        let mut text = bytes.clone();
        SevenBits::default().strip(&mut text);
        Out::of(&text).frames.len() >= 2
    });
    assert!(read);
}

#[test]
fn what_cannot_be_done_is_told_in_one_sentence() {
    for (arguments, code, part) in [
        ("", 2, "--pty"),
        ("--pty @/p1 --socket unix:@/s", 2, "cannot be used with"),
        ("--device @/p1 --hang-up 10:1", 2, "cannot be used with"),
        ("--device @/p1 --baud 12345", 2, "12345 baud"),
        ("--pty @/p1 --interval 0 --baud 0", 2, "--fast"),
        ("--pty @/p1 --noise 1.5", 2, "from 0 to 1"),
        ("--pty @/p1 --silence 1:1", 2, "less than EVERY"),
        ("--pty @", 1, "not a symbolic link"),
        ("--pty @/none/p1", 1, "No such file"),
        ("--device @/p1", 1, "No such file"),
        ("--device /dev/null", 1, "name a serial device"),
        ("--pty @/p1 --record @/none/record", 1, "No such file"),
    ] {
        let mut meter = Meter::start(arguments);
        assert_eq!(meter.end(), Some(code), "{arguments}");
        let mut said = String::new();
        let stderr = meter.child.stderr.as_mut().expect("standard error");
        stderr.read_to_string(&mut said).expect("a sentence");
        assert!(said.starts_with("p1-meter: ") && said.contains(part), "{said}");
        assert_eq!((said.lines().count(), said.ends_with('\n')), (1, true), "{said}");
    }
}
