//! What arrives is what the meter sent, byte for byte, and nothing else.

use crate::common::bridge::bridge;
use crate::common::telegrams::{encrypted, real, telegram, telegram_without_checksum};
use p1_tcp::framing::Checksum;

/// Sent behind what is tested, so that it shows that nothing came before it.
fn sentinel() -> Vec<u8> {
    telegram(999)
}

#[test]
fn every_real_telegram_arrives_as_it_was_sent() {
    for real in real() {
        let mut bridge = bridge().start();
        let mut client = bridge.client();
        bridge.line.send(&real.bytes);
        bridge.line.send(&sentinel());
        let valid = valid_frames(&real.bytes);
        assert_eq!(valid.len(), real.valid_frames, "{}", real.name);
        let expected = match valid[..] {
            [] if real.name.contains("badcrc") || real.name.contains("headless") => Vec::new(),
            [] => real.bytes,
            _ => valid.concat(),
        };
        client.expect(&[&expected[..], &sentinel()].concat());
    }
}

/// Every stretch from a `/` to a `!` with the right checksum behind it, by brute force.
fn valid_frames(stream: &[u8]) -> Vec<&[u8]> {
    let positions = |sign| (0..stream.len()).filter(move |&at| stream[at] == sign);
    let mut frames = Vec::new();
    for end in positions(b'!') {
        let digits =
            stream.get(end + 1..end + 5).and_then(|digits| std::str::from_utf8(digits).ok());
        let sent = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        frames.extend(
            positions(b'/')
                .filter(|&start| {
                    start < end && sent == Some(Checksum::Arc.of(&stream[start..=end]))
                })
                .map(|start| &stream[start..end + 7]),
        );
    }
    frames
}

/// Telegrams of old meters get a checksum where it is asked for, and no others.
#[test]
fn a_checksum_is_added_where_there_is_none() {
    let mut bridge = bridge().with("[telegram]\nadd-crc = true").start();
    let mut client = bridge.client();
    let real = real().into_iter().filter(|real| !real.has_checksum && real.bytes[0] == b'/');
    for bytes in real.map(|real| real.bytes).chain([telegram_without_checksum(1)]) {
        let text = bytes.strip_suffix(b"\r\n").expect("a line end");
        let checksum = format!("{:04X}\r\n", Checksum::Arc.of(text));
        bridge.line.send(&bytes);
        let sealed = [text, checksum.as_bytes()].concat();
        assert_eq!(valid_frames(&sealed), [&sealed[..]]);
        client.expect(&sealed);
    }
    // One that has a checksum stays as it is.
    bridge.line.send(&telegram(2));
    client.expect(&telegram(2));
}

#[test]
fn at_7e1_the_parity_bit_is_taken_off() {
    let with_parity = |bytes: &[u8]| -> Vec<u8> {
        bytes.iter().map(|&byte| byte | (u8::from(byte.count_ones() % 2 == 1) << 7)).collect()
    };
    let mut bridge = bridge().with("[serial]\nbaud = 9600\nframing = \"7E1\"").start();
    let mut client = bridge.client();
    for real in real().into_iter().filter(|real| !real.has_checksum && real.bytes[0] == b'/') {
        bridge.line.send(&with_parity(&real.bytes));
        client.expect(&real.bytes);
    }
    let mut damaged = with_parity(&telegram_without_checksum(1));
    damaged[90] ^= 2;
    bridge.line.send(&damaged);
    bridge.line.send(&with_parity(&telegram_without_checksum(2)));
    client.expect(&telegram_without_checksum(2));
}

#[test]
fn a_wrong_checksum_is_dropped_and_told() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    let mut wrong = telegram(1);
    wrong[100] ^= 1;
    bridge.line.send(&[&wrong[..], &telegram(2)].concat());
    client.expect(&telegram(2));
    let told = bridge.wait_for_log("dropped a telegram of");
    let digits = String::from_utf8_lossy(&wrong[wrong.len() - 6..wrong.len() - 2]).into_owned();
    assert!(told.contains("WARN") && told.contains(&digits), "{told}");
}

#[test]
fn wrong_checksums_are_told_at_a_bounded_rate() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    let mut wrong = telegram(1);
    wrong[100] ^= 1;
    bridge.line.send(&wrong.repeat(200));
    bridge.line.send(&telegram(2));
    client.expect(&telegram(2));
    assert!((1..10).contains(&bridge.times_logged("dropped a telegram of")));
}

#[test]
fn checksums_can_be_ignored() {
    let mut bridge = bridge().with("[telegram]\ncrc = \"ignore\"").start();
    let mut client = bridge.client();
    let mut wrong = telegram(1);
    wrong[100] ^= 1;
    let stream = [&telegram(0), &wrong, &telegram_without_checksum(3)[..], &telegram(2)].concat();
    bridge.line.send(&stream);
    client.expect(&stream);
}

#[test]
fn in_raw_mode_bytes_arrive_as_they_come() {
    let mut bridge = bridge().with("[telegram]\nmode = \"raw\"").start();
    let mut client = bridge.client();
    let bytes: Vec<u8> = (0..=255).cycle().take(5000).collect();
    bridge.line.send(&bytes[..3]);
    client.expect(&bytes[..3]);
    bridge.line.send(&bytes[3..]);
    client.expect(&bytes[3..]);
}

#[test]
fn encrypted_frames_arrive_whole() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    for counter in 1..20 {
        let frame = encrypted(counter, &vec![b'/'; 700]);
        bridge.line.send(&frame[..300]);
        bridge.line.send(&frame[300..]);
        assert_eq!(client.read_once(), frame);
    }
    bridge.wait_for_log("the meter encrypts its telegrams");
}

#[test]
fn the_meter_is_introduced_once() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    for number in 0..5 {
        bridge.line.send(&telegram(number));
        client.expect(&telegram(number));
    }
    bridge.wait_for_log("the meter is /TST5\\253710000_A, its telegrams carry CRC-16/ARC");
    assert_eq!(bridge.times_logged("the meter is"), 1);
}
