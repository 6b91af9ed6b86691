//! No client can slow another one, and none gets anything but whole telegrams.

use crate::common::bridge::bridge;
use crate::common::telegrams::telegram;
use crate::common::wait_for;
use std::time::{Duration, Instant};

#[test]
fn a_hundred_clients_each_get_every_telegram() {
    let mut bridge = bridge().with("[tcp]\nmax-clients = 100").start();
    let mut clients: Vec<_> = (0..100).map(|_| bridge.client()).collect();
    for number in 0..50 {
        bridge.line.send(&telegram(number));
        for client in &mut clients {
            // One write for a telegram: one read takes it.
            assert_eq!(client.read_once(), telegram(number));
        }
    }
}

#[test]
fn who_joins_in_the_middle_gets_the_next_telegram_first() {
    let mut bridge = bridge().start();
    let first = telegram(1);
    bridge.line.send(&first[..150]);
    let mut early = bridge.client();
    bridge.line.send(&first[150..]);
    early.expect(&first);
    bridge.line.send(&telegram(2)[..150]);
    let mut late = bridge.client();
    bridge.line.send(&telegram(2)[150..]);
    late.expect(&telegram(2));
    early.expect(&telegram(2));
}

#[test]
fn a_stalled_client_misses_whole_telegrams_and_is_let_go() {
    let mut bridge = bridge().start();
    let mut reader = bridge.client();
    let mut stalled = bridge.client();
    let mut number = 0;
    let mut send = |bridge: &mut crate::common::bridge::Bridge,
                    reader: &mut crate::common::client::Client| {
        number += 1;
        bridge.line.send(&telegram(number % 1000));
        reader.expect(&telegram(number % 1000));
    };
    let warned = |bridge: &crate::common::bridge::Bridge| {
        bridge.times_logged("is too slow and misses telegrams")
    };
    while warned(&bridge) == 0 {
        send(&mut bridge, &mut reader);
    }
    // It takes a little, which is progress, and stalls again.
    let started = Instant::now();
    while bridge.times_logged("it took nothing for 30 s") == 0 {
        send(&mut bridge, &mut reader);
        assert!(started.elapsed() < Duration::from_secs(60), "not disconnected");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(started.elapsed() > Duration::from_secs(28), "disconnected too early");
    assert_eq!(warned(&bridge), 1);
    // What it was sent before are whole telegrams, one after the other, from the first on.
    let got = stalled.read_to_end();
    let expected: Vec<u8> =
        (1..).flat_map(|number| telegram(number % 1000)).take(got.len()).collect();
    assert!(got == expected);
    send(&mut bridge, &mut reader);
}

#[test]
fn a_slow_client_gets_whole_telegrams_only() {
    let mut bridge = bridge().start();
    let mut reader = bridge.client();
    let slow = bridge.client();
    let mut number = 0;
    while bridge.times_logged("is too slow and misses telegrams") == 0 {
        number += 1;
        bridge.line.send(&telegram(number % 1000));
        reader.expect(&telegram(number % 1000));
    }
    // It begins to read again, and gets what comes then.
    slow.stream().set_nonblocking(true).expect("no waiting");
    let mut got = Vec::new();
    let last = telegram(999);
    wait_for("the last telegram", || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = std::io::Read::read(&mut slow.stream(), &mut bytes) {
            got.extend_from_slice(&bytes[..count]);
        }
        bridge.line.send(&last);
        reader.expect(&last);
        got.ends_with(&last).then_some(())
    });
    let mut rest = &got[..];
    let mut previous = 0;
    while !rest.is_empty() {
        // In the order they were sent, whole, some left out.
        let next = (previous + 1..=number)
            .chain([999])
            .find(|number| rest.starts_with(&telegram(number % 1000)));
        let next = next.expect("a whole telegram");
        previous = if next == 999 { previous } else { next };
        rest = &rest[telegram(next % 1000).len()..];
    }
}

#[test]
fn what_clients_send_is_thrown_away() {
    let mut bridge = bridge().start();
    let mut reader = bridge.client();
    let mut talker = bridge.client();
    talker.send(b"\xFF\xFB\x2C\xFF\xFD\x2C\xFF\xFA\x2C\x01\x00\x01\xC2\x00\xFF\xF0GET / HTTP/1.1\r\nHost: p1\r\n\r\n");
    let before = bridge.memory();
    for number in 0..10 {
        talker.send(&vec![b'x'; 2_000_000]);
        bridge.line.send(&telegram(number));
        reader.expect(&telegram(number));
        talker.expect(&telegram(number));
    }
    let after = bridge.memory();
    assert!(after < before + 512, "{before} KiB grew to {after} KiB");
}

#[test]
fn a_reset_ends_only_that_client() {
    let mut bridge = bridge().with("[tcp]\nmax-clients = 3").start();
    let mut reader = bridge.client();
    for number in 0..20 {
        let gone = bridge.client();
        gone.reset();
        let closed = bridge.client();
        drop(closed);
        bridge.line.send(&telegram(number));
        reader.expect(&telegram(number));
        bridge
            .wait_for(|bridge| bridge.times_logged("disconnected: it is gone") == 2 * (number + 1));
    }
}

#[test]
fn a_client_that_has_closed_its_half_is_served_until_its_place_is_wanted() {
    let mut bridge = bridge().with("[tcp]\nmax-clients = 2").start();
    let mut reader = bridge.client();
    let mut half = bridge.client();
    half.close_half();
    bridge.line.send(&telegram(1));
    half.expect(&telegram(1));
    reader.expect(&telegram(1));
    bridge.line.send(&telegram(2));
    half.expect(&telegram(2));
    let mut third = bridge.client();
    assert_eq!(half.read_to_end(), b"");
    bridge.line.send(&telegram(3));
    third.expect(&telegram(3));
    reader.expect(&[telegram(2), telegram(3)].concat());
}

#[test]
fn too_many_clients_are_closed_at_once_and_told_at_a_bounded_rate() {
    let mut bridge = bridge().with("[tcp]\nmax-clients = 2").start();
    let mut first = bridge.client();
    let second = bridge.client();
    for _ in 0..100 {
        assert_eq!(bridge.stranger().read_to_end(), b"");
    }
    let told = bridge.wait_for_log("refused ");
    assert!(told.contains("max-clients") && told.contains("127.0."), "{told}");
    assert!(bridge.times_logged("refused ") <= 12);
    drop(second);
    let mut third = bridge.client();
    bridge.line.send(&telegram(1));
    first.expect(&telegram(1));
    third.expect(&telegram(1));
}

#[test]
fn who_is_not_allowed_gets_no_byte() {
    let mut bridge = bridge().with("[tcp]\nallow = [\"192.0.2.0/24\"]").start();
    for number in 0..30 {
        let mut stranger = bridge.stranger();
        bridge.line.send(&telegram(number));
        assert_eq!(stranger.read_to_end(), b"");
    }
    let told = bridge.wait_for_log("refused ");
    assert!(told.contains("it is in none of the networks of `allow`"), "{told}");
    assert!(bridge.times_logged("refused ") <= 12);
}

#[test]
fn without_telegrams_clients_are_disconnected() {
    let mut bridge = bridge().with("[feed]\ntimeout = 2").start();
    let mut client = bridge.client();
    bridge.line.send(&telegram(1));
    client.expect(&telegram(1));
    let silent = Instant::now();
    assert_eq!(client.read_to_end(), b"");
    assert!(silent.elapsed() > Duration::from_millis(1900), "{:?}", silent.elapsed());
    bridge.wait_for_log("no telegram for 2 s: disconnected 1 client");
    // Who comes back waits as long again, and is served when the meter is.
    let mut client = bridge.client();
    bridge.line.send(&telegram(2));
    client.expect(&telegram(2));
}

#[test]
fn noise_is_no_telegram_for_the_feeds_timeout() {
    let mut bridge = bridge().with("[feed]\ntimeout = 1").start();
    let client = bridge.client();
    client.stream().set_nonblocking(true).expect("no waiting");
    let mut byte = [0];
    wait_for("the disconnection", || {
        bridge.line.send(b"noise/ISK5\r\n!0000\r\n");
        matches!(std::io::Read::read(&mut client.stream(), &mut byte), Ok(0)).then_some(())
    });
}

#[test]
fn used_up_file_descriptors_are_waited_for() {
    let mut bridge = bridge().through(&["prlimit", "--nofile=24:24"]).start();
    let mut reader = bridge.client();
    let crowd: Vec<_> = (0..30).map(|_| bridge.stranger()).collect();
    let told = bridge.wait_for_log("no client can be accepted for now");
    assert!(told.contains("Too many open files"), "{told}");
    // It backs off and does not spin: half a second costs less than a tenth of that.
    let (ticks, started) = (bridge.ticks(), Instant::now());
    let mut number = 0;
    bridge.wait_for(|bridge| {
        number += 1;
        bridge.line.send(&telegram(number));
        reader.expect(&telegram(number));
        started.elapsed() > Duration::from_millis(500)
    });
    let spent = bridge.ticks() - ticks;
    assert!(spent < 5 + u64::try_from(number).expect("a number") / 20, "{spent} ticks");
    assert_eq!(bridge.times_logged("no client can be accepted for now"), 1);
    drop(crowd);
    let mut late = bridge.client();
    bridge.line.send(&telegram(7));
    late.expect(&telegram(7));
}

#[test]
fn the_default_address_takes_ipv4_and_ipv6() {
    let port = wait_for("a free port", || {
        let listener = std::net::TcpListener::bind("[::]:0").ok()?;
        Some(listener.local_addr().ok()?.port())
    });
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("p1-tcp.toml");
    std::fs::write(&file, format!("[serial]\ndevice = \"/nowhere\"\n[tcp]\nport = {port}\n"))
        .expect("a file");
    let mut daemon = std::process::Command::new(env!("CARGO_BIN_EXE_p1-tcp"))
        .args(["run", "--config"])
        .arg(&file)
        .env("RUNTIME_DIRECTORY", folder.path())
        .spawn()
        .expect("the daemon");
    for address in ["127.0.0.1", "::1"] {
        let address = std::net::SocketAddr::new(address.parse().expect("an address"), port);
        wait_for("a connection", || std::net::TcpStream::connect(address).ok());
    }
    daemon.kill().expect("to end it");
    daemon.wait().expect("its end");
}
