//! How fast the framing and the checksum are, in bytes of telegrams per second on one core.

#![allow(missing_docs, reason = "criterion_group! makes a function without")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use p1_tcp::framing::{Checksum, Framer, Step};
use std::fmt::Write as _;
use std::hint::black_box;

/// A telegram as a three-phase DSMR 5 meter sends it, with its checksum.
fn telegram(number: usize) -> Vec<u8> {
    let mut text =
        String::from("/XMX5LGBBFG1009325446\r\n\r\n1-3:0.2.8(50)\r\n0-0:1.0.0(250101120000W)\r\n");
    for line in 0..24 {
        let whole = number * 7 + line;
        write!(text, "1-0:{line}.7.0({whole:06}.{number:03}*kWh)\r\n").expect("room");
    }
    text.push('!');
    let checksum = Checksum::Arc.of(text.as_bytes());
    write!(text, "{checksum:04X}\r\n").expect("room");
    text.into_bytes()
}

fn framing(criterion: &mut Criterion) {
    let line: Vec<u8> = (0..1000).flat_map(telegram).collect();
    let mut group = criterion.benchmark_group("framing");
    group.throughput(Throughput::Bytes(line.len() as u64));
    // As the line task takes it in: what one read of the port returns.
    for read in [16, 256, 4096] {
        group.bench_function(format!("reads of {read} bytes"), |bencher| {
            let mut framer = Framer::new();
            bencher.iter(|| {
                let mut frames = 0;
                for mut input in line.chunks(read) {
                    while let step @ (Step::Frame(_) | Step::Noise(_)) = framer.next(&mut input) {
                        black_box(step);
                        frames += 1;
                    }
                }
                assert_eq!(frames, 1000);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, framing);
criterion_main!(benches);
