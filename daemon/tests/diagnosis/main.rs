//! The diagnosis on lines of every kind, played bit by bit: how often it is right.

mod bench;
mod binary;
mod shares;
#[path = "../common/telegrams.rs"]
#[expect(dead_code, reason = "it is for other tests, too")]
mod telegrams;

use bench::{Bench, Setting};
use fastrand::Rng;
use line_model::Framing::{EightNone, SevenEven};
use p1_tcp::diagnosis::{Breaks, Diagnosis, Verdict};
use p1_tcp::report::Errors;
use shares::{STARTS, Used, changes, healthy, is, of_each, shares, texts};
use std::time::{Duration, Instant};

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

#[test]
fn healthy_lines_are_found_healthy() {
    let shares = shares("healthy", 2 * STARTS, healthy, is(Verdict::Receiving));
    assert_eq!((shares.right, shares.wrong_speeds), (shares.total(), 0));
    assert_eq!(shares.changes, 1, "from waiting to receiving");
}

#[test]
fn inverted_lines_are_found_inverted() {
    let shares =
        shares("inverted", 2 * STARTS, |rng| healthy(rng).inverted(), is(Verdict::Inverted));
    shares.hold();
    assert_eq!((shares.changes, shares.wrong_speeds), (1, 0));
}

#[test]
fn a_meter_ten_times_slower_is_found_out() {
    let setting = |rng: &mut Rng| {
        let setting = Setting::healthy(9600, of_each(&[EightNone, SevenEven], rng), 10);
        let setting = setting.set_to(115_200);
        if rng.bool() { setting.inverted() } else { setting }
    };
    let right = |verdict: &Verdict| *verdict == Verdict::WrongSpeed { sent: Some(9600) };
    let shares = shares("9600 at 115200", STARTS, setting, right);
    shares.hold();
    assert_eq!(shares.wrong_speeds, shares.total());
}

#[test]
fn a_meter_ten_times_faster_is_found_out() {
    let setting = |rng: &mut Rng| {
        let framing = of_each(&[EightNone, SevenEven], rng);
        let setting = Setting::healthy(115_200, framing, of_each(&[1, 10], rng)).set_to(9600);
        if rng.bool() { setting.inverted() } else { setting }
    };
    let right = |verdict: &Verdict| *verdict == Verdict::WrongSpeed { sent: Some(115_200) };
    let shares = shares("115200 at 9600", 2 * STARTS, setting, right);
    shares.hold();
    assert!(shares.wrong_speeds * 100 >= shares.total() * 99);
}

#[test]
fn a_wrong_speed_is_plain_after_one_telegram_mostly_and_after_two_nearly_always() {
    let mut rng = Rng::with_seed(13);
    let texts = texts();
    for (baud, set, least) in [(9600, 115_200, [100, 100]), (115_200, 9600, [60, 90])] {
        let mut used = Used::default();
        let mut plain = [0; 2];
        for _ in 0..STARTS {
            let framing = of_each(&[EightNone, SevenEven], &mut rng);
            let setting = Setting::healthy(baud, framing, 10).set_to(set).somewhere(&mut rng);
            let mut bench = used.open(&setting, b"", 0, &mut rng);
            let text = &texts[rng.usize(..texts.len())];
            for plain in &mut plain {
                bench.rest(secs(5));
                bench.send(text);
                bench.rest(secs(5));
                *plain += usize::from(bench.wrong_speed);
            }
            used.take_back(bench);
        }
        println!("{baud} at {set}: plain after one and two of {STARTS}: {plain:?}");
        for (plain, least) in plain.into_iter().zip(least) {
            assert!(plain * 100 >= STARTS * least, "{baud} at {set}: {plain}");
        }
    }
}

#[test]
fn noise_is_found_whatever_its_strength() {
    for noise in [1e-3, 3e-3, 1e-2] {
        let setting = |_: &mut Rng| Setting::healthy(115_200, EightNone, 1).noisy(noise);
        let what = format!("noise of {noise} a bit");
        let shares = shares(
            &what,
            STARTS / 2,
            setting,
            is(Verdict::Noise { percent: 0, at: Breaks::Unknown }),
        );
        shares.hold();
        assert_eq!(shares.wrong_speeds, 0);
    }
}

#[test]
fn some_noise_is_told_once() {
    let mut rng = Rng::with_seed(3);
    let text = &texts()[0];
    // About one bit in ten thousand: half of the telegrams.
    let setting = Setting::healthy(115_200, EightNone, 1).noisy(1e-4);
    let mut bench = Bench::open(&setting, text, 100, None, &mut rng);
    bench.play([&text[..]], secs(900), &mut rng);
    println!("some noise: {:?}", bench.told);
    assert!(matches!(bench.verdict(), Verdict::Noise { percent: 15..85, .. }), "{:?}", bench.told);
    assert!(changes(&bench) <= 2, "{:?}", bench.told);
}

#[test]
fn noise_that_ends_is_over_soon() {
    let mut rng = Rng::with_seed(4);
    let text = &texts()[0];
    let setting = Setting::healthy(115_200, EightNone, 1).noisy(1e-3);
    let mut bench = Bench::open(&setting, text, 100, None, &mut rng);
    bench.play([&text[..]], secs(60), &mut rng);
    assert!(matches!(bench.verdict(), Verdict::Noise { percent: 60.., .. }), "{:?}", bench.told);
    bench.quieten();
    bench.play([&text[..]], secs(120), &mut rng);
    assert_eq!(bench.verdict(), Verdict::Receiving, "{:?}", bench.told);
    assert!(changes(&bench) <= 3, "{:?}", bench.told);
}

#[test]
fn verdicts_hold_for_as_long_as_the_line_is_so() {
    let mut rng = Rng::with_seed(5);
    let text = &texts()[0];
    for (setting, verdict) in [
        (Setting::healthy(115_200, EightNone, 1), Verdict::Receiving),
        (Setting::healthy(115_200, EightNone, 10).inverted(), Verdict::Inverted),
        (Setting::healthy(9600, SevenEven, 10), Verdict::Receiving),
        (
            Setting::healthy(9600, SevenEven, 10).set_to(115_200),
            Verdict::WrongSpeed { sent: Some(9600) },
        ),
    ] {
        let mut bench = Bench::open(&setting, text, 50, None, &mut rng);
        bench.play([&text[..]], secs(900), &mut rng);
        assert_eq!((bench.verdict(), changes(&bench)), (verdict, 1), "{:?}", bench.told);
    }
}

#[test]
fn an_inverted_line_is_inverted_at_whatever_speed_it_is_searched() {
    let mut rng = Rng::with_seed(6);
    for (baud, framing) in [(115_200, EightNone), (9600, SevenEven), (115_200, SevenEven)] {
        for text in texts().iter().take(3) {
            let setting = Setting::healthy(baud, framing, 10).inverted();
            let mut bench = Bench::open(&setting, text, 50, None, &mut rng);
            for second in (15..=180).step_by(15) {
                bench.play([&text[..]], secs(second), &mut rng);
                let speed = if second % 30 == 0 { 115_200 } else { 9600 };
                bench.set(speed);
            }
            assert_eq!(bench.verdict(), Verdict::Inverted, "{baud} {:?}", bench.told);
            assert!(changes(&bench) <= 2, "{baud} {:?}", bench.told);
        }
    }
}

#[test]
fn a_line_that_falls_silent() {
    let mut rng = Rng::with_seed(7);
    let text = &texts()[0];
    for interval in [1, 10] {
        let setting = Setting::healthy(115_200, EightNone, interval);
        let mut bench = Bench::open(&setting, text, 50, None, &mut rng);
        bench.play([&text[..]], secs(60), &mut rng);
        assert_eq!(bench.verdict(), Verdict::Receiving);
        bench.rest(secs(31));
        assert_eq!(bench.verdict(), Verdict::Silent { ever: true });
        bench.rest(secs(600));
        assert_eq!(changes(&bench), 2, "{:?}", bench.told);
        bench.send(text);
        assert_eq!(bench.verdict(), Verdict::Receiving);
    }
}

#[test]
fn a_line_that_never_spoke() {
    let mut rng = Rng::with_seed(8);
    let setting = Setting::healthy(115_200, EightNone, 1);
    let mut bench = Bench::open(&setting, b"", 0, None, &mut rng);
    bench.rest(secs(29));
    assert_eq!(bench.verdict(), Verdict::Waiting);
    bench.rest(secs(3));
    assert_eq!(bench.verdict(), Verdict::Silent { ever: false });
    // A search for the speed makes no difference to that.
    for speed in [9600, 115_200, 9600] {
        bench.set(speed);
        bench.rest(secs(15));
    }
    assert_eq!(changes(&bench), 1, "{:?}", bench.told);
}

#[test]
fn a_line_that_is_held_low() {
    let mut rng = Rng::with_seed(9);
    let text = &texts()[0];
    for before in [0, 60] {
        for counts in [true, false] {
            let setting = Setting { counts, ..Setting::healthy(115_200, EightNone, 10) };
            let mut bench = Bench::open(&setting, b"", 0, None, &mut rng);
            bench.play([&text[..]], secs(before), &mut rng);
            bench.hold(false, secs(29));
            assert_eq!(bench.verdict(), Verdict::Break, "{:?}", bench.told);
            // For long, and now and then again.
            bench.hold(false, secs(120));
            for _ in 0..10 {
                bench.rest(secs(1));
                bench.hold(false, secs(9));
            }
            assert!(changes(&bench) <= 2, "{:?}", bench.told);
            bench.rest(secs(1));
            bench.send(text);
            assert_eq!(bench.verdict(), Verdict::Receiving);
        }
    }
}

#[test]
fn a_line_that_hums_is_no_other_speed() {
    let mut rng = Rng::with_seed(10);
    let setting = Setting::healthy(115_200, EightNone, 10);
    let mut bench = Bench::open(&setting, b"", 0, None, &mut rng);
    for _ in 0..29 * 50 {
        bench.hold(false, Duration::from_millis(10));
        bench.rest(Duration::from_millis(10));
    }
    let (verdict, wrong) = (bench.verdict(), bench.wrong_speed);
    assert!(
        !matches!(verdict, Verdict::WrongSpeed { sent: Some(_) } | Verdict::Receiving) && !wrong
    );
}

#[test]
fn a_machine_that_is_too_slow() {
    let now = Instant::now();
    let mut diagnosis = Diagnosis::new(now);
    diagnosis.opened(now, 115_200);
    let text = telegrams::telegram(1);
    for second in 0..30 {
        let now = now + secs(second);
        diagnosis.bytes(now, &text);
        if second % 3 == 0 {
            diagnosis.errors(now, Errors { overruns: 12, ..Errors::default() });
            diagnosis.broken(now, text.len() - 12);
        } else {
            diagnosis.errors(now, Errors::default());
            diagnosis.telegram(now, text.len(), false);
        }
        diagnosis.verdict(now);
    }
    assert_eq!(diagnosis.verdict(now + secs(30)), Verdict::Overruns);
    // Without lost characters it is the line.
    let mut diagnosis = Diagnosis::new(now);
    diagnosis.opened(now, 115_200);
    for second in 0..30 {
        let now = now + secs(second);
        diagnosis.bytes(now, &text);
        if second % 3 == 0 {
            diagnosis.broken(now, text.len() - 12);
        } else {
            diagnosis.telegram(now, text.len(), false);
        }
    }
    let verdict = diagnosis.verdict(now + secs(30));
    assert_eq!(verdict, Verdict::Noise { percent: 33, at: Breaks::Length });
}

#[test]
fn devices_that_come_and_go() {
    let now = Instant::now();
    let mut diagnosis = Diagnosis::new(now);
    assert_eq!(diagnosis.verdict(now), Verdict::Waiting);
    diagnosis.missing(now);
    assert_eq!(diagnosis.verdict(now + secs(1)), Verdict::Missing);
    assert_eq!(diagnosis.verdict(now + secs(90)), Verdict::Missing);
    assert_eq!(diagnosis.since(), now + secs(1));
    diagnosis.in_use(now + secs(91));
    assert_eq!(diagnosis.verdict(now + secs(91)), Verdict::InUse);
    diagnosis.opened(now + secs(92), 115_200);
    assert_eq!(diagnosis.verdict(now + secs(92)), Verdict::Waiting);
    let text = telegrams::telegram(1);
    diagnosis.bytes(now + secs(93), &text);
    diagnosis.telegram(now + secs(93), text.len(), false);
    assert_eq!(diagnosis.verdict(now + secs(93)), Verdict::Receiving);
    diagnosis.missing(now + secs(94));
    assert_eq!(diagnosis.verdict(now + secs(94)), Verdict::Missing);
    assert_eq!(diagnosis.since(), now + secs(94));
}
