//! Any bytes at all on the line: no panic, nothing unproved comes out, and it makes no difference
//! where the bytes are cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use p1_tcp::framing::{Framer, LONGEST, Proof, Step};

fn frames<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<(Vec<u8>, Proof)> {
    let mut framer = Framer::new();
    let mut frames = Vec::new();
    for mut piece in pieces {
        loop {
            match framer.next(&mut piece) {
                Step::Frame(frame) => frames.push((frame.bytes.to_vec(), frame.proof)),
                Step::Noise(_) => {}
                Step::Incomplete => break,
            }
        }
    }
    frames
}

fuzz_target!(|bytes: &[u8]| {
    let whole = frames(std::iter::once(bytes));
    for (bytes, proof) in &whole {
        assert!(bytes.len() <= LONGEST);
        match proof {
            Proof::Checksum(kind) => {
                let mark = bytes.iter().rposition(|&byte| byte == b'!').unwrap();
                let digits = std::str::from_utf8(&bytes[mark + 1..bytes.len() - 2]).unwrap();
                assert_eq!(u16::from_str_radix(digits, 16), Ok(kind.of(&bytes[..=mark])));
            }
            Proof::Form => assert!(bytes.starts_with(b"/") && bytes.ends_with(b"\r\n!\r\n")),
            Proof::Length => assert!(bytes.starts_with(b"\xDB\x08")),
        }
    }
    let piece = 1 + bytes.first().map_or(0, |&first| usize::from(first));
    assert_eq!(frames(bytes.chunks(piece)), whole);
});
