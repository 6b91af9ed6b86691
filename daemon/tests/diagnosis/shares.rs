//! How often a verdict is told, over many starts.

use crate::bench::{Bench, Setting};
use crate::telegrams;
use fastrand::Rng;
use line_model::Framing::{EightNone, SevenEven};
use p1_tcp::diagnosis::{Diagnosis, Verdict};
use p1_tcp::framing::Checksum;
use std::collections::BTreeMap;
use std::mem::discriminant;
use std::time::{Duration, Instant};

/// So many starts for each kind of line.
pub(crate) const STARTS: usize = 50;
/// By when the verdict has to be right.
const SOON: Duration = Duration::from_secs(30);

/// Telegrams to try: those of real meters where they are there, or our own.
pub(crate) fn texts() -> Vec<Vec<u8>> {
    let real = telegrams::real().into_iter();
    let whole = real.filter(|real| !real.name.starts_with("edge") && !real.name.contains("badcrc"));
    let texts: Vec<_> = whole.map(|real| real.bytes).collect();
    if texts.is_empty() { (0..20).map(long).collect() } else { texts }
}

/// One of our own, as long as real ones are.
fn long(number: usize) -> Vec<u8> {
    let mut text = telegrams::unchecked(number);
    text.pop();
    for phase in [32, 52, 72] {
        let lines = format!(
            "1-0:{phase}.32.0(00002)\r\n1-0:{phase}.7.0(22{number}.1*V)\r\n\
             1-0:{}.7.0(00{number}*A)\r\n0-0:96.7.21(00007)\r\n",
            phase - 1
        );
        text.extend_from_slice(lines.as_bytes());
    }
    text.push(b'!');
    telegrams::with_checksum(&text, Checksum::Arc)
}

/// One of `some`.
pub(crate) fn of_each<T: Copy>(some: &[T], rng: &mut Rng) -> T {
    some[rng.usize(..some.len())]
}

/// A line in order, with a meter of any kind.
pub(crate) fn healthy(rng: &mut Rng) -> Setting {
    let kinds = [
        (115_200, EightNone, 1),
        (115_200, EightNone, 10),
        (9600, SevenEven, 10),
        (9600, EightNone, 10),
        (115_200, SevenEven, 10),
    ];
    let (baud, framing, interval) = of_each(&kinds, rng);
    Setting::healthy(baud, framing, interval)
}

/// Whether it is of that kind.
pub(crate) fn is(kind: Verdict) -> impl Fn(&Verdict) -> bool {
    move |verdict| discriminant(verdict) == discriminant(&kind)
}

/// How often the verdict changed from one kind to another.
pub(crate) fn changes(bench: &Bench) -> usize {
    bench.told.iter().filter(|(_, verdict)| *verdict != Verdict::Waiting).count()
}

/// Diagnoses that have done their work. What they know of a speed need not be worked out again.
#[derive(Default)]
pub(crate) struct Used(BTreeMap<u32, (Diagnosis, Instant)>);

impl Used {
    /// A bench as [`Bench::open`] makes it.
    pub(crate) fn open(
        &mut self,
        setting: &Setting,
        telegram: &[u8],
        within: usize,
        rng: &mut Rng,
    ) -> Bench {
        Bench::open(setting, telegram, within, self.0.remove(&setting.set), rng)
    }

    pub(crate) fn take_back(&mut self, bench: Bench) {
        let (baud, diagnosis, now) = bench.retire();
        self.0.insert(baud, (diagnosis, now));
    }
}

/// How often each verdict was told.
#[derive(Default)]
pub(crate) struct Shares {
    told: BTreeMap<&'static str, usize>,
    /// How often it was the right one.
    pub right: usize,
    /// How often it changed, at most.
    pub changes: usize,
    /// How often the speed was said to be wrong.
    pub wrong_speeds: usize,
}

impl Shares {
    fn add(&mut self, bench: &Bench, right: bool) {
        *self.told.entry(bench.verdict().name()).or_default() += 1;
        self.right += usize::from(right);
        self.wrong_speeds += usize::from(bench.wrong_speed);
        self.changes = self.changes.max(changes(bench));
    }

    pub(crate) fn total(&self) -> usize {
        self.told.values().sum()
    }

    /// Ninety-nine of a hundred have to be right.
    pub(crate) fn hold(&self) {
        assert!(self.right * 100 >= self.total() * 99, "{:?}", self.told);
    }
}

/// Plays a line from many starts, and prints how often the verdict is `right`.
pub(crate) fn shares(
    what: &str,
    starts: usize,
    setting: impl Fn(&mut Rng) -> Setting,
    right: impl Fn(&Verdict) -> bool,
) -> Shares {
    let mut shares = Shares::default();
    let texts = texts();
    let mut rng = Rng::with_seed(0x9e37_79b9);
    let mut used = Used::default();
    for _ in 0..starts {
        let setting = setting(&mut rng).somewhere(&mut rng);
        let text = &texts[rng.usize(..texts.len())];
        let within = rng.usize(..text.len());
        let mut bench = used.open(&setting, text, within, &mut rng);
        bench.play([&text[..]], SOON, &mut rng);
        let right = right(&bench.verdict());
        if !right {
            println!("{what}: {:?} {setting:?}", bench.told);
        }
        shares.add(&bench, right);
        used.take_back(bench);
    }
    let total = shares.total();
    println!(
        "{what}: {} of {total} right, {} said to be of another speed: {:?}",
        shares.right, shares.wrong_speeds, shares.told
    );
    shares
}
