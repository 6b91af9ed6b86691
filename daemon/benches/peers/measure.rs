//! What is measured: figures while serving, and behaviour when something happens.

use super::client::Clients;
use super::line::{LENGTH, Line, telegram};
use super::peer::{Peer, Running};
use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Figures of one program with one number of clients.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// From the last byte on the line to the last byte at a client, in microseconds.
    pub latency_p50: f64,
    pub latency_p99: f64,
    /// In milliseconds for 1000 telegrams.
    pub processor: f64,
    /// Pss in MiB.
    pub memory: f64,
}

impl Figures {
    /// Of each figure the median.
    pub fn median(rounds: &[Self]) -> Self {
        let middle = |figure: fn(&Self) -> f64| percentile(rounds.iter().map(figure).collect(), 50);
        Self {
            latency_p50: middle(|round| round.latency_p50),
            latency_p99: middle(|round| round.latency_p99),
            processor: middle(|round| round.processor),
            memory: middle(|round| round.memory),
        }
    }
}

/// The latency of one program to that of another, round by round: what disturbs a round disturbs
/// both.
pub fn ratios(one: &[Figures], other: &[Figures]) -> Vec<f64> {
    one.iter().zip(other).map(|(one, other)| one.latency_p50 / other.latency_p50).collect()
}

/// The value that so many percent of the values do not exceed.
pub fn percentile(mut values: Vec<f64>, percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() - 1) * percent / 100]
}

/// A program that is so slow tells enough in this time.
const ENOUGH: Duration = Duration::from_secs(20);
/// How many telegrams go through one program before it is another one's turn.
const TURN: usize = 50;
/// How long a telegram is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// The pause between telegrams, so that each finds all at rest.
const PAUSE: Duration = Duration::from_millis(10);

/// How the bytes of a telegram arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arrival {
    /// In one piece, which is as much as a program can get to do at a time.
    AtOnce,
    /// In pieces of [`PIECE`] bytes, one a millisecond: at 115200 baud a UART hands over what its
    /// FIFO holds in about these steps.
    AsFromUart,
}

/// 11.5 bytes take a millisecond at 115200 baud.
const PIECE: usize = 12;
const STEP: Duration = Duration::from_millis(1);

/// One program at work: its line, itself, and clients that all read.
struct Lane {
    peer: Peer,
    line: Line,
    running: Running,
    clients: Clients,
    latencies: Vec<f64>,
    _folder: TempDir,
}

impl Lane {
    fn new(peer: Peer, count: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("meter");
        let mut line = Line::new(&link);
        let running = peer.start(&link, count);
        let mut clients = Clients::connect(running.port, count);
        warm_up(&mut line, &mut clients, count);
        Self { peer, line, running, clients, latencies: Vec::new(), _folder: folder }
    }

    fn pass(&mut self, telegram: &[u8], count: usize, arrival: Arrival) {
        self.clients.take_in(Duration::ZERO);
        let mut rest = telegram;
        while arrival == Arrival::AsFromUart && rest.len() > PIECE {
            self.line.send(&rest[..PIECE]);
            rest = &rest[PIECE..];
            // Some forward pieces, and clients read them as they come.
            self.clients.receive_more(usize::MAX, STEP);
        }
        self.line.send(rest);
        let sent = Instant::now();
        let received = self.clients.receive_more(LENGTH, PATIENCE);
        assert_eq!(received.len(), count, "{} lost something", self.peer.name());
        self.latencies.extend(
            received.iter().map(|at| at.saturating_duration_since(sent).as_secs_f64() * 1e6),
        );
    }
}

/// So many telegrams through every program. They take short turns, so that what the machine does
/// besides falls on all of them alike.
pub fn serving(count: usize, telegrams: usize, arrival: Arrival) -> Vec<(Peer, Figures)> {
    // Who is started first is some percent slower for it.
    let mut peers = Peer::ALL;
    fastrand::shuffle(&mut peers);
    let peers = peers.into_iter().filter(|peer| count <= peer.most_clients());
    let mut lanes: Vec<_> = peers.map(|peer| Lane::new(peer, count)).collect();
    let before: Vec<_> = lanes.iter().map(|lane| lane.running.processor_time()).collect();
    let mut order: Vec<usize> = (0..lanes.len()).collect();
    for _ in 0..telegrams / TURN {
        // Nobody is always behind the same one.
        fastrand::shuffle(&mut order);
        for &lane in &order {
            for number in 0..TURN {
                lanes[lane].pass(&telegram(number), count, arrival);
                std::thread::sleep(PAUSE);
            }
        }
    }
    let figures = |lane: Lane, before| {
        let spent = lane.running.processor_time() - before;
        #[allow(clippy::cast_precision_loss, reason = "figures with three digits")]
        let figures = Figures {
            latency_p50: percentile(lane.latencies.clone(), 50),
            latency_p99: percentile(lane.latencies, 99),
            processor: spent as f64 / 1e6 / telegrams as f64 * 1000.0,
            memory: lane.running.memory() as f64 / 1024.0,
        };
        (lane.peer, figures)
    };
    lanes.into_iter().zip(before).map(|(lane, before)| figures(lane, before)).collect()
}

/// Sends telegrams until all clients get them.
fn warm_up(line: &mut Line, clients: &mut Clients, count: usize) {
    let started = Instant::now();
    for number in 0.. {
        assert!(started.elapsed() < Duration::from_secs(60), "not all clients are served");
        line.send(&telegram(number));
        if clients.receive(LENGTH, Duration::from_millis(500)).len() == count {
            break;
        }
    }
    clients.take_in(Duration::from_millis(200));
    for number in 0..5 {
        line.send(&telegram(number));
        clients.receive(LENGTH, PATIENCE);
        std::thread::sleep(PAUSE);
    }
}

/// What a program does when something happens, in words.
pub struct Behaviour {
    pub first_bytes: &'static str,
    pub stalled: String,
    pub hang_up: &'static str,
}

pub fn behaviour(peer: Peer) -> Behaviour {
    let stalled = if peer.most_clients() == 1 { "–".into() } else { stalled(peer) };
    Behaviour { first_bytes: first_bytes(peer), stalled, hang_up: hang_up(peer) }
}

/// What a client gets first that joins in the middle of a telegram.
fn first_bytes(peer: Peer) -> &'static str {
    let folder = tempfile::tempdir().expect("a folder");
    let link = folder.path().join("meter");
    let mut line = Line::new(&link);
    let running = peer.start(&link, 2);
    let telegram = telegram(1);
    line.send(&telegram[..300]);
    std::thread::sleep(Duration::from_millis(200));
    let mut client = TcpStream::connect(("127.0.0.1", running.port)).expect("to connect");
    std::thread::sleep(Duration::from_millis(500));
    line.send(&telegram[300..]);
    line.send(&telegram);
    client.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    let mut first = [0];
    match client.read(&mut first) {
        Ok(1) if first == *b"/" => "whole telegram",
        Ok(1) => "fragment",
        _ => "nothing",
    }
}

/// What becomes of the others when one of ten clients stops reading.
fn stalled(peer: Peer) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let link = folder.path().join("meter");
    let mut line = Line::new(&link);
    let running = peer.start(&link, 10);
    let mut readers = Clients::connect(running.port, 9);
    warm_up(&mut line, &mut readers, 9);
    let mut latency = |line: &mut Line, telegrams: usize| -> Option<f64> {
        let mut latencies = Vec::new();
        let started = Instant::now();
        for number in (0..telegrams).take_while(|_| started.elapsed() < ENOUGH) {
            if !line.send(&telegram(number)) {
                return None;
            }
            let sent = Instant::now();
            let received = readers.receive(LENGTH, Duration::from_secs(2));
            if received.len() < 9 {
                return None;
            }
            latencies
                .extend(received.iter().map(|at| at.saturating_duration_since(sent).as_secs_f64()));
        }
        Some(percentile(latencies, 50))
    };
    let before = latency(&mut line, 3000).expect("readers that are served");
    let stalled = TcpStream::connect(("127.0.0.1", running.port)).expect("to connect");
    // More than a client that does not read and the kernel can hold for it.
    if latency(&mut line, 15_000).is_none() {
        return "stop".into();
    }
    let after = latency(&mut line, 3000);
    drop(stalled);
    after
        .map_or("stop".into(), |after| format!("go on, at {:.2} times the latency", after / before))
}

/// Whether telegrams come again after the line hung up and came back.
fn hang_up(peer: Peer) -> &'static str {
    let folder = tempfile::tempdir().expect("a folder");
    let link = folder.path().join("meter");
    let mut line = Line::new(&link);
    let running = peer.start(&link, 2);
    let mut client = TcpStream::connect(("127.0.0.1", running.port)).expect("to connect");
    if !is_served(&mut client, &mut line) {
        return "not served before";
    }
    let mut line = line.hang_up();
    if is_served(&mut client, &mut line) {
        return "goes on";
    }
    // Some notice only after a while.
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(20) {
        let again = TcpStream::connect(("127.0.0.1", running.port));
        if again.is_ok_and(|mut client| is_served(&mut client, &mut line)) {
            return "resumes when the client connects again";
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    "never"
}

/// Whether a telegram that is sent again and again arrives within some seconds.
fn is_served(client: &mut TcpStream, line: &mut Line) -> bool {
    client.set_read_timeout(Some(Duration::from_millis(100))).expect("a time limit");
    let started = Instant::now();
    let mut bytes = [0; 4096];
    let mut received = 0;
    while started.elapsed() < Duration::from_secs(8) {
        line.send(&telegram(1));
        // So that the line is at rest when it hangs up.
        std::thread::sleep(Duration::from_millis(100));
        match client.read(&mut bytes) {
            Ok(0) => return false,
            Ok(count) => received += count,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return false,
        }
        if received >= 2 * LENGTH {
            return true;
        }
    }
    false
}
