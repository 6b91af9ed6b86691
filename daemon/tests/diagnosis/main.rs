//! The diagnosis on lines of every kind, played bit by bit: how often it is right.

mod bench;
#[path = "../common/telegrams.rs"]
mod telegrams;

use bench::{Bench, Setting};
use fastrand::Rng;
use line_model::Framing::{self, EightNone, SevenEven};
use p1_tcp::diagnosis::Verdict;
use std::collections::BTreeMap;
use std::mem::discriminant;
use std::time::Duration;

/// By when the verdict has to be right.
const SOON: Duration = Duration::from_secs(30);

/// Telegrams to try: those of real meters where they are there, or our own.
fn texts() -> Vec<Vec<u8>> {
    let real: Vec<_> = telegrams::real()
        .into_iter()
        .filter(|real| !real.name.starts_with("edge") && !real.name.contains("badcrc"))
        .map(|real| real.bytes)
        .collect();
    if real.is_empty() { (0..20).map(telegrams::telegram).collect() } else { real }
}

/// How often each verdict was told.
#[derive(Default)]
struct Shares {
    told: BTreeMap<&'static str, usize>,
    right: usize,
    changes: usize,
    wrong_speed: usize,
}

impl Shares {
    fn add(&mut self, bench: &Bench, right: impl Fn(&Verdict) -> bool) {
        let verdict = bench.verdict();
        *self.told.entry(verdict.name()).or_default() += 1;
        self.right += usize::from(right(&verdict));
        self.wrong_speed += usize::from(bench.wrong_speed);
        // From waiting to what it is.
        self.changes = self.changes.max(bench.told.len().saturating_sub(1));
    }

    fn total(&self) -> usize {
        self.told.values().sum()
    }

    fn tell(&self, what: &str) {
        println!(
            "{what}: {} of {} right, at most {} changes, wrong speed {} times: {:?}",
            self.right,
            self.total(),
            self.changes,
            self.wrong_speed,
            self.told
        );
    }
}

fn is(kind: Verdict) -> impl Fn(&Verdict) -> bool {
    move |verdict| discriminant(verdict) == discriminant(&kind)
}

/// Plays a line from many starts.
fn shares(
    what: &str,
    starts: usize,
    setting: impl Fn(&mut Rng) -> Setting,
    right: impl Fn(&Verdict) -> bool,
) -> Shares {
    let mut shares = Shares::default();
    let texts = texts();
    let mut rng = Rng::with_seed(0x9e37_79b9);
    for _ in 0..starts {
        let setting = setting(&mut rng).somewhere(&mut rng);
        let text = &texts[rng.usize(..texts.len())];
        let within = rng.usize(..text.len());
        let mut bench = Bench::open(&setting, text, within, &mut rng);
        bench.play([&text[..]], SOON - Duration::from_secs(1), &mut rng);
        if !right(&bench.verdict()) && shares.total() - shares.right < 3 {
            println!("{what}: {:?} {setting:?}", bench.told);
        }
        shares.add(&bench, &right);
    }
    shares.tell(what);
    shares
}

fn kinds(rng: &mut Rng) -> (u32, Framing, u64) {
    [
        (115_200, EightNone, 1),
        (115_200, EightNone, 10),
        (9600, SevenEven, 10),
        (9600, EightNone, 10),
    ][rng.usize(..4)]
}

fn healthy(rng: &mut Rng) -> Setting {
    let (baud, framing, interval) = kinds(rng);
    Setting::healthy(baud, framing, interval)
}

const STARTS: usize = 40;

#[test]
fn healthy_lines_are_found_healthy() {
    let shares = shares("healthy", STARTS, healthy, is(Verdict::Receiving));
    assert_eq!((shares.right, shares.wrong_speed), (shares.total(), 0));
    assert_eq!(shares.changes, 1);
}

#[test]
fn inverted() {
    shares("inverted", STARTS, |rng| healthy(rng).inverted(), is(Verdict::Inverted));
}

#[test]
fn wrong_speed() {
    for inverted in [false, true] {
        for (what, baud, set) in
            [("9600 at 115200", 9600, 115_200), ("115200 at 9600", 115_200, 9600)]
        {
            let setting = |rng: &mut Rng| {
                let framing = if rng.bool() { EightNone } else { SevenEven };
                let interval = if rng.bool() && baud > 9600 { 1 } else { 10 };
                let setting = Setting::healthy(baud, framing, interval).set_to(set);
                if inverted { setting.inverted() } else { setting }
            };
            let right = |verdict: &Verdict| *verdict == Verdict::WrongSpeed { sent: Some(baud) };
            shares(&format!("{what}, inverted: {inverted}"), STARTS, setting, right);
        }
    }
}
