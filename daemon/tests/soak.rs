//! Years in short: telegrams as fast as they go, faults on the line, clients that come and go, and
//! nothing that piles up. `scripts/soak` runs it with a month's telegrams.
#![cfg(feature = "meter")]
#![allow(clippy::panic, reason = "a test fails by a panic")]

mod common;

use common::bridge::{Bridge, bridge};
use common::client::Client;
use common::wait_for;
use nix::sys::signal::Signal;
use p1_tcp::framing::{Framer, Step};
use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How many telegrams the meter sends where `P1_SOAK_TELEGRAMS` does not say.
const SHORT: usize = 30_000;
/// How many clients come and go at a time.
const GUESTS: usize = 6;
/// By then, or after a third of the telegrams, everything has found its size.
const WARM_UP: Duration = Duration::from_secs(60);
/// What the allocator may take more at one time than at another, in KiB.
const TOLERANCE: u64 = 128;

#[test]
fn nothing_piles_up_and_nobody_gets_half_a_telegram() {
    let telegrams = wanted();
    let mut bridge = bridge().quiet().unplugged().start();
    let resident = Client::connect(bridge.address);
    bridge.wait_for_log("connected");
    // There is no port yet, and after the meter's end there is none again.
    let files = open_files(&bridge);
    let mut meter = Meter::start(&bridge, telegrams);
    let (received, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut warm = None;
    let (received_in_all, visits, end) = std::thread::scope(|scope| {
        let resident = scope.spawn(|| stay(&resident, &received));
        let guests: Vec<_> = (0..GUESTS)
            .map(|number| {
                let (bridge, received, over) = (&bridge, &received, &over);
                scope.spawn(move || come_and_go(number, bridge, received, over))
            })
            .collect();
        let started = Instant::now();
        meter.wait_for_its_end(telegrams, || {
            let settled = received.load(Ordering::Relaxed) > telegrams / 3;
            if warm.is_none() && (settled || started.elapsed() > WARM_UP) {
                warm = Some(bridge.memory());
            }
        });
        let end = bridge.memory();
        over.store(true, Ordering::Relaxed);
        let visits: usize = guests.into_iter().map(|guest| guest.join().expect("a guest")).sum();
        wait_for("files to be closed", || (open_files(&bridge) == files).then_some(()));
        bridge.signal(Signal::SIGTERM);
        (resident.join().expect("the resident"), visits, end)
    });
    assert!(bridge.ended().success());

    let forwarded = number_before(&bridge.wait_for_log("since the start"), " telegrams,");
    let missed =
        bridge.log().into_iter().find(|line| line.contains("the bridge ends; it had missed"));
    let missed = missed.map_or(0, |line| number_before(&line, " telegrams"));
    let warm = warm.expect("a third of the telegrams");
    println!(
        "{telegrams} telegrams sent, {forwarded} forwarded, {missed} missed by a client that stayed; \
         {visits} visits; {warm} KiB when warm, {end} KiB at the end"
    );
    assert_eq!(received_in_all + missed, forwarded);
    // Less than a tenth of them meet with a fault.
    assert!(forwarded > telegrams * 9 / 10, "{forwarded} of {telegrams}");
    assert!(visits > 2 * GUESTS, "{visits} visits");
    assert!(end <= warm + TOLERANCE, "{warm} KiB became {end} KiB");
}

fn wanted() -> usize {
    std::env::var("P1_SOAK_TELEGRAMS").map_or(SHORT, |text| text.parse().expect("a number"))
}

/// The number in front of `what`.
fn number_before(line: &str, what: &str) -> usize {
    let before = line.split(what).next().expect("a beginning");
    let number = before.rsplit(' ').next().expect("a word");
    number.parse().unwrap_or_else(|_| panic!("no number before {what:?} in {line:?}"))
}

fn open_files(bridge: &Bridge) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", bridge.pid())).expect("its files").count()
}

/// A meter with faults of every kind, on the bridge's line.
struct Meter(Child);

impl Meter {
    fn start(bridge: &Bridge, telegrams: usize) -> Self {
        let faults = ["--torn=0.01", "--wrong-checksum=0.01", "--noise=0.00001", "--hang-up=1:0.1"];
        let meter = Command::new(env!("CARGO_BIN_EXE_p1-meter"))
            .arg("--pty")
            .arg(bridge.folder.path().join("meter"))
            .args(["--fast", "--kind=dsmr50", "--count", &telegrams.to_string()])
            .args(faults)
            .stderr(Stdio::null())
            .spawn();
        Self(meter.expect("the meter"))
    }

    fn wait_for_its_end(&mut self, telegrams: usize, mut meanwhile: impl FnMut()) {
        // A hundred times what it takes where the machine has nothing else to do.
        let deadline = Duration::from_secs(60)
            + Duration::from_millis(5) * u32::try_from(telegrams).expect("a number");
        let started = Instant::now();
        while self.0.try_wait().expect("a child").is_none() {
            assert!(started.elapsed() < deadline, "the meter gets rid of too little");
            meanwhile();
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Takes in everything to the end. Returns how many telegrams it was.
fn stay(client: &Client, received: &AtomicUsize) -> usize {
    let mut stream = client.stream();
    let (mut framer, mut bytes) = (Framer::new(), [0; 16384]);
    loop {
        let count = stream.read(&mut bytes).expect("to be served to the end");
        if count == 0 {
            return received.load(Ordering::Relaxed);
        }
        received.fetch_add(telegrams_in(&mut framer, &bytes[..count]), Ordering::Relaxed);
    }
}

/// How many telegrams end in these bytes; there may be nothing between them.
fn telegrams_in(framer: &mut Framer, mut bytes: &[u8]) -> usize {
    let mut telegrams = 0;
    loop {
        match framer.next(&mut bytes) {
            Step::Frame(_) => telegrams += 1,
            Step::Noise(noise) => panic!("a client got {noise:?}"),
            Step::Incomplete => return telegrams,
        }
    }
}

/// One visit after the other. Returns how many there were.
fn come_and_go(number: usize, bridge: &Bridge, received: &AtomicUsize, over: &AtomicBool) -> usize {
    let mut visits = 0;
    while !over.load(Ordering::Relaxed) {
        let mut client = Client::connect(bridge.address);
        match (visits + number) % 4 {
            0 => {}
            1 => client.send(&b"GET / HTTP/1.1\r\n\r\n\xFF\xFB\x2C".repeat(5000)),
            2 => client.close_half(),
            // Takes nothing for as long as the resident takes a hundred telegrams.
            _ => {
                let now = received.load(Ordering::Relaxed);
                while received.load(Ordering::Relaxed) < now + 100 && !over.load(Ordering::Relaxed)
                {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
        }
        read_some(client.stream(), 100 * (1 + visits % 7), over);
        // Leaves no address behind in TIME_WAIT, of which there are not enough for a month.
        client.reset();
        visits += 1;
    }
    visits
}

/// Reads so many telegrams, or until it is over.
fn read_some(mut stream: &TcpStream, telegrams: usize, over: &AtomicBool) {
    stream.set_read_timeout(Some(Duration::from_millis(50))).expect("a time limit");
    let (mut framer, mut bytes, mut read) = (Framer::new(), [0; 16384], 0);
    while read < telegrams && !over.load(Ordering::Relaxed) {
        match stream.read(&mut bytes) {
            Ok(0) => panic!("a guest was sent away"),
            Ok(count) => read += telegrams_in(&mut framer, &bytes[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => panic!("a guest was sent away: {error}"),
        }
    }
}
