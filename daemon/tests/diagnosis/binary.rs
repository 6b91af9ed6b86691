//! Meters that send no text.

use crate::bench::Setting;
use crate::shares::{STARTS, Used, changes, of_each};
use crate::telegrams;
use fastrand::Rng;
use line_model::Framing::EightNone;
use p1_tcp::diagnosis::Verdict;
use p1_tcp::framing::Checksum;
use std::time::Duration;

/// How long a line is watched for.
const WATCHED: Duration = Duration::from_secs(29);

/// A frame as other meters send it, with the frame check that belongs to it.
fn hdlc(rng: &mut Rng) -> Vec<u8> {
    let mut content = b"\xA0\x00\x21\x02\x13\xE6\xE7\x00\x0F\x00\x00\x00\x00\x0C".to_vec();
    for code in 1..20 {
        content.extend([
            2,
            4,
            9,
            6,
            1,
            0,
            code,
            8,
            0,
            0xFF,
            6,
            0,
            0,
            rng.u8(..),
            rng.u8(..),
            2,
            2,
            15,
            0,
        ]);
    }
    let length = u16::try_from(content.len() + 2).expect("a short frame") | 0xA000;
    content[..2].copy_from_slice(&length.to_be_bytes());
    let check = Checksum::X25.of(&content).to_le_bytes();
    [&[0x7E], &content[..], &check, &[0x7E]].concat()
}

#[test]
fn meters_of_another_kind() {
    let mut used = Used::default();
    let mut rng = Rng::with_seed(11);
    let (mut right, mut changed) = (0, 0);
    for start in 0..STARTS {
        let baud = of_each(&[115_200, 9600], &mut rng);
        let setting = Setting::healthy(baud, EightNone, of_each(&[1, 10], &mut rng));
        let setting = setting.somewhere(&mut rng);
        let frames: Vec<_> = (0..5).map(|_| hdlc(&mut rng)).collect();
        let within = rng.usize(..frames[0].len());
        let mut bench = used.open(&setting, &frames[0], within, &mut rng);
        bench.play(frames.iter().map(|frame| &frame[..]), WATCHED, &mut rng);
        right += usize::from(bench.verdict() == Verdict::OtherMeter);
        assert!(!bench.wrong_speed, "{start}: {setting:?}");
        changed = changed.max(changes(&bench));
        used.take_back(bench);
    }
    println!("HDLC: {right} of {STARTS} right");
    assert!(right * 100 >= STARTS * 99, "{right}");
    assert_eq!(changed, 1);
}

#[test]
fn meters_that_encrypt() {
    let mut used = Used::default();
    let mut rng = Rng::with_seed(12);
    for start in 0..STARTS {
        let baud = of_each(&[115_200, 115_200, 9600], &mut rng);
        let setting = Setting::healthy(baud, EightNone, of_each(&[1, 10], &mut rng));
        let setting = setting.somewhere(&mut rng);
        let frames: Vec<_> = (0..30)
            .map(|number| {
                let ciphertext: Vec<_> = (0..700).map(|_| rng.u8(..)).collect();
                telegrams::encrypted(number, &ciphertext)
            })
            .collect();
        let within = rng.usize(..frames[0].len());
        let mut bench = used.open(&setting, &frames[0], within, &mut rng);
        bench.play(frames.iter().map(|frame| &frame[..]), WATCHED, &mut rng);
        assert_eq!(bench.verdict(), Verdict::Encrypted, "{start}: {:?} {setting:?}", bench.told);
        assert!(!bench.wrong_speed, "{start}: {setting:?}");
        assert_eq!(changes(&bench), 1);
        used.take_back(bench);
    }
}
