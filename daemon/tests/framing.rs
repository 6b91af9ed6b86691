//! The framing from outside: bytes in, frames out, whatever stands between the telegrams.

#[path = "common/telegrams.rs"]
mod telegrams;

use p1_tcp::framing::{Broken, Checksum, Framer, LONGEST, Noise, Proof, SevenBits, Step, header};
use proptest::prelude::*;
use telegrams::{encrypted, real, telegram, telegram_without_checksum, unchecked, with_checksum};

/// What came out, with the bytes copied.
#[derive(Debug, Default, PartialEq)]
struct Out {
    frames: Vec<(Vec<u8>, Proof)>,
    broken: Vec<(Vec<u8>, Broken)>,
    hdlc: usize,
    too_long: usize,
}

impl Out {
    fn take_in(&mut self, framer: &mut Framer, mut input: &[u8]) {
        loop {
            match framer.next(&mut input) {
                Step::Frame(frame) => self.frames.push((frame.bytes.to_vec(), frame.proof)),
                Step::Noise(Noise::Broken { bytes, why }) => {
                    self.broken.push((bytes.to_vec(), why));
                }
                Step::Noise(Noise::Hdlc) => self.hdlc += 1,
                Step::Noise(Noise::TooLong) => self.too_long += 1,
                Step::Incomplete => return,
            }
        }
    }

    fn bytes(&self) -> Vec<&[u8]> {
        self.frames.iter().map(|(bytes, _)| &bytes[..]).collect()
    }
}

fn frame(pieces: &[&[u8]]) -> Out {
    let mut framer = Framer::new();
    let mut out = Out::default();
    for piece in pieces {
        out.take_in(&mut framer, piece);
    }
    out
}

const ARC: Proof = Proof::Checksum(Checksum::Arc);

#[test]
fn every_real_telegram_is_framed_as_often_as_it_is_valid() {
    for real in real() {
        let out = frame(&[&real.bytes]);
        let verified = out.frames.iter().filter(|(_, proof)| *proof == ARC).count();
        assert_eq!(verified, real.valid_frames, "{}", real.name);
        let whole = !real.has_checksum && !real.name.starts_with("edge");
        let unchecked = out.frames.iter().filter(|(_, proof)| *proof == Proof::Form).count();
        assert_eq!(unchecked, usize::from(whole), "{}", real.name);
        if !real.name.starts_with("edge") && real.valid_frames + unchecked > 0 {
            assert_eq!(out.bytes(), [&real.bytes[..]], "{}", real.name);
        }
        if real.name.contains("encrypted") {
            assert_eq!(out.frames, [(real.bytes.clone(), Proof::Length)], "{}", real.name);
        }
        if real.name.contains("badcrc") {
            assert!(
                matches!(out.broken[..], [(_, Broken::WrongChecksum { .. })]),
                "{}: {:?}",
                real.name,
                out.broken
            );
        }
    }
}

#[test]
fn where_the_bytes_are_cut_makes_no_difference() {
    let mut streams: Vec<_> = real().into_iter().map(|real| real.bytes).collect();
    let torn = &telegram(1)[..200];
    streams
        .push([torn, &telegram(2), &encrypted(7, &[0xDB; 300]), b"!\r\n", &telegram(3)].concat());
    streams.push([&telegram_without_checksum(1)[..], &telegram_without_checksum(2)].concat());
    for stream in streams {
        let whole = frame(&[&stream]);
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(frame(&bytes), whole, "byte by byte");
        for cut in 0..stream.len() {
            assert_eq!(frame(&[&stream[..cut], &stream[cut..]]), whole, "cut at {cut}");
        }
    }
}

#[test]
fn a_telegram_is_out_with_its_last_byte() {
    for bytes in [telegram(1), telegram_without_checksum(1), encrypted(1, &[b'/'; 400])] {
        let (last, before) = bytes.split_last().expect("bytes");
        let mut framer = Framer::new();
        let mut out = Out::default();
        out.take_in(&mut framer, before);
        assert_eq!(out, Out::default());
        out.take_in(&mut framer, &[*last]);
        assert_eq!(out.bytes(), [&bytes[..]]);
    }
}

#[test]
fn what_meters_do_in_the_field() {
    let text = unchecked(5);
    let with_field = |field: &[u8]| {
        let end = text.len() - 1;
        [&text[..end], b"0-0:96.13.1(", field, b")\r\n!"].concat()
    };
    // With a checksum below 0x1000, and in lower case.
    let small = (0..).map(|n| with_checksum(&unchecked(n), Checksum::Arc));
    let mut small = small.filter(|bytes| bytes[bytes.len() - 6] == b'0');
    let mut short = small.next().expect("a checksum with a leading zero");
    short.remove(short.len() - 6);
    let lower = [&text[..], format!("{:04x}\r\n", Checksum::Arc.of(&text)).as_bytes()].concat();
    let cases = [
        ("no leading zero", short, ARC),
        ("lower case", lower, ARC),
        ("raw bytes", with_checksum(&with_field(&[0xFF; 1024]), Checksum::Arc), ARC),
        ("a slash", with_checksum(&with_field(b"a/b/ISk5\\2MT"), Checksum::Arc), ARC),
        (
            "an exclamation mark",
            with_checksum(&with_field(b"Hi!\r\n!12\r\n!\r\n"), Checksum::Arc),
            ARC,
        ),
        ("2.5 kB", with_checksum(&with_field(&[b'3'; 2000]), Checksum::Arc), ARC),
        ("X-25", with_checksum(&text, Checksum::X25), Proof::Checksum(Checksum::X25)),
        (
            "X-25 swapped",
            with_checksum(&text, Checksum::X25Swapped),
            Proof::Checksum(Checksum::X25Swapped),
        ),
        (
            "a second slash",
            with_checksum(b"/HLY5/D545\r\n\r\n1-0:1.8.1(1*kWh)\r\n!", Checksum::Arc),
            ARC,
        ),
        ("that unchecked", b"/HLY5/D545\r\n\r\n1-0:1.8.1(1*kWh)\r\n!\r\n".to_vec(), Proof::Form),
    ];
    for (name, bytes, proof) in cases {
        let out = frame(&[b"0-0:96.13.0()\r\n!", &bytes]);
        assert_eq!(out.frames, [(bytes, proof)], "{name}");
    }
}

#[test]
fn the_longest_telegram_and_one_byte_more() {
    let of_length = |length: usize| {
        let start = b"/TST5long\r\n\r\n0-0:96.13.0(";
        let text = [&start[..], &vec![b'3'; length - start.len() - 10], b")\r\n!"].concat();
        with_checksum(&text, Checksum::Arc)
    };
    let longest = of_length(LONGEST);
    assert_eq!(longest.len(), LONGEST);
    assert_eq!(frame(&[&longest]).bytes(), [&longest[..]]);
    let stream = [of_length(LONGEST + 1), vec![b'x'; LONGEST], telegram(1)].concat();
    let out = frame(&[&stream]);
    assert_eq!(out.bytes(), [&telegram(1)[..]]);
    assert_eq!(out.too_long + out.broken.len(), 1, "{out:?}");
}

#[test]
fn a_meter_keeps_its_kind_of_checksum() {
    let mut framer = Framer::new();
    let mut out = Out::default();
    out.take_in(&mut framer, &telegram_without_checksum(0));
    out.take_in(&mut framer, &telegram(1));
    out.take_in(&mut framer, &telegram_without_checksum(2));
    out.take_in(&mut framer, &with_checksum(&unchecked(3), Checksum::X25));
    out.take_in(&mut framer, &telegram(4));
    let proofs: Vec<_> = out.frames.iter().map(|(_, proof)| *proof).collect();
    assert_eq!(proofs, [Proof::Form, ARC, ARC]);
    let broken: Vec<_> = out.broken.iter().map(|(_, why)| *why).collect();
    assert_eq!(broken, [Broken::NoChecksum, Broken::AnotherChecksum(Checksum::X25)]);
    // Another meter is another matter.
    let other = [b"/OTH5", &unchecked(5)[5..]].concat();
    out.take_in(&mut framer, &with_checksum(&other, Checksum::X25));
    out.take_in(&mut framer, &telegram(6));
    assert_eq!(out.frames.len(), 5);
    assert_eq!(out.broken.len(), 2);
}

#[test]
fn a_telegram_torn_anywhere_costs_only_itself() {
    for (first, second) in [
        (telegram(1), telegram(2)),
        (telegram_without_checksum(1), telegram_without_checksum(2)),
        (encrypted(1, &[7; 300]), telegram(2)),
        (encrypted(1, &[7; 900]), telegram(2)),
        (telegram(1), encrypted(2, &[7; 300])),
        (encrypted(1, &[7; 300]), encrypted(2, &[8; 300])),
        (encrypted(1, &[7; 900]), encrypted(2, &[8; 300])),
    ] {
        for cut in 1..first.len() {
            for torn in [&first[..cut], &first[cut..]] {
                let out = frame(&[torn, &second]);
                let last = out.frames.last().expect("the second telegram");
                assert!(last.0 == second, "cut at {cut}: {:?}", out.bytes());
                // A frame whose last two bytes are of the next one cannot be told by its form.
                let lenient =
                    first[0] == 0xDB && (torn.len() + 2 >= first.len() || second[0] == b'/');
                assert!(out.frames.len() == 1 || lenient, "cut at {cut}: {:?}", out.bytes());
            }
        }
    }
}

#[test]
fn noise_in_a_telegram_without_checksum_breaks_it() {
    let clean = telegram_without_checksum(1);
    let digit = clean.iter().position(|&byte| byte == b'*').expect("a unit") - 5;
    let mut noisy = clean.clone();
    noisy[digit] = b'!';
    let out = frame(&[&noisy, &clean]);
    assert_eq!(out.bytes(), [&clean[..]]);
    assert_eq!(out.broken, [(noisy, Broken::Malformed)]);
    // At 7E1 the parity bit shows any single flipped bit.
    for at in 0..clean.len() {
        let mut noisy: Vec<u8> =
            clean.iter().map(|&byte| byte | (u8::from(byte.count_ones() % 2 == 1) << 7)).collect();
        noisy[at] ^= 1 << (at % 8);
        SevenBits::default().strip(&mut noisy[..]);
        assert_eq!(frame(&[&noisy]).frames, [], "byte {at}");
    }
}

#[test]
fn a_broken_telegram_says_what_was_sent_and_what_would_be_right() {
    let mut bytes = telegram(1);
    let sent = Checksum::Arc.of(&unchecked(1));
    bytes[200] ^= 4;
    let computed = Checksum::Arc.of(&bytes[..bytes.len() - 6]);
    let out = frame(&[b"0-0:96.13.0()\r\n!1234\r\n", &bytes, &telegram(2)]);
    assert_eq!(out.broken, [(bytes, Broken::WrongChecksum { sent, computed })]);
    assert_eq!(out.bytes(), [&telegram(2)[..]]);
}

/// Of broken telegrams behind each other the checksum of the last is right, by accident, for all of them.
#[test]
fn what_was_told_to_be_broken_is_not_handed_on_with_what_follows() {
    let (mut first, mut second) = (telegram(1), telegram(2));
    first[100] ^= 1;
    second[100] ^= 1;
    let end = second.iter().rposition(|&byte| byte == b'!').expect("an end") + 1;
    let checksum = Checksum::Arc.of(&[&first[..], &second[..end]].concat());
    second.splice(end..end + 4, format!("{checksum:04X}").into_bytes());
    let out = frame(&[&telegram(3), &first, &second, &telegram(4)]);
    assert_eq!(out.bytes(), [telegram(3), telegram(4)]);
    assert_eq!(out.broken.len(), 2);
}

#[test]
fn hdlc_is_recognised_and_not_framed() {
    let content = [&b"\xA0\x1E\x21\x02\x13\x10\x9A\xE6\xE7\x00/TST5!\r\n"[..], &[0; 10]].concat();
    let check = Checksum::X25.of(&content).to_le_bytes();
    let hdlc = [b"\x7E", &content[..], &check, b"\x7E"].concat();
    let out = frame(&[&hdlc, &telegram(1)]);
    assert_eq!((out.hdlc, out.bytes()), (1, vec![&telegram(1)[..]]));
}

/// A piece of what may be on a line.
#[derive(Clone, Debug)]
enum Piece {
    Telegram(usize),
    Noise(Vec<u8>),
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let signs = prop::sample::select(b"//!!\r\n\r\n(0aF*\xDB\x08\x82\x30\x7E\xA0 ".to_vec());
    let any_part = |bytes: Vec<u8>| {
        (0..bytes.len(), 0..bytes.len()).prop_map(move |(a, b)| bytes[a.min(b)..a.max(b)].to_vec())
    };
    let flipped = (0..500usize, 0..8u8, 0..1000usize).prop_map(|(at, bit, number)| {
        let mut bytes = telegram(number);
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        bytes
    });
    let noise = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..3000),
        prop::collection::vec(signs, 0..3000),
        any_part(telegram(77)),
        any_part(telegram_without_checksum(78)),
        any_part(encrypted(79, &[b'/'; 500])),
        flipped,
    ];
    let piece =
        prop_oneof![(0..1000usize).prop_map(Piece::Telegram), noise.prop_map(Piece::Noise),];
    prop::collection::vec(piece, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// No valid telegram is lost to the noise around it, and nothing invalid passes.
    #[test]
    fn telegrams_come_through_noise(pieces in pieces(), cuts in prop::collection::vec(1..700usize, 1..9)) {
        let mut stream = Vec::new();
        let mut sent = Vec::new();
        for piece in &pieces {
            match piece {
                Piece::Telegram(number) => {
                    sent.push(telegram(*number));
                    stream.extend_from_slice(&telegram(*number));
                }
                Piece::Noise(bytes) => stream.extend_from_slice(bytes),
            }
        }
        let mut framer = Framer::new();
        let mut out = Out::default();
        let mut rest = &stream[..];
        for cut in cuts.iter().cycle() {
            let (now, later) = rest.split_at(rest.len().min(*cut));
            out.take_in(&mut framer, now);
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        let mut expected = sent.iter();
        let mut awaited = expected.next();
        for (bytes, proof) in &out.frames {
            prop_assert!(bytes.len() <= LONGEST);
            if awaited == Some(bytes) {
                awaited = expected.next();
            }
            match proof {
                Proof::Checksum(kind) => {
                    let mark = bytes.iter().rposition(|&byte| byte == b'!').expect("a telegram's end");
                    let digits = std::str::from_utf8(&bytes[mark + 1..bytes.len() - 2]);
                    let digits = u16::from_str_radix(digits.expect("digits"), 16);
                    prop_assert_eq!(digits, Ok(kind.of(&bytes[..=mark])));
                }
                Proof::Form => prop_assert!(bytes.ends_with(b"\r\n!\r\n") && bytes.is_ascii()),
                Proof::Length => prop_assert!(bytes.starts_with(b"\xDB\x08")),
            }
            let known = header(bytes) == header(&telegram(0)) || *proof == Proof::Length;
            // By chance, once in 65536 candidates, noise carries a right checksum.
            prop_assume!(known);
        }
        prop_assert_eq!(awaited, None, "a telegram was lost");
    }
}
