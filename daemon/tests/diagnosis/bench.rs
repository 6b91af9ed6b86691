//! A line with a meter at one end and a diagnosis at the other.

use fastrand::Rng;
use line_model::{AfterError, Framing, Kind, Line, Received, Receiver, Transmitter, Wire};
use p1_tcp::config::Checksums;
use p1_tcp::diagnosis::{Diagnosis, Verdict};
use p1_tcp::framing::{Framer, SevenBits};
use p1_tcp::report::Errors;
use p1_tcp::telegram::{self, Outcome};
use std::mem::discriminant;
use std::time::{Duration, Instant};

/// What a line is like.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub sender: Transmitter,
    pub wire: Wire,
    /// What the port is set to, in bits per second.
    pub set: u32,
    pub after_error: AfterError,
    /// Whether the driver counts errors.
    pub counts: bool,
    /// From the beginning of one telegram to that of the next.
    pub interval: Duration,
}

impl Setting {
    /// A line that is in order.
    pub(crate) fn healthy(baud: u32, framing: Framing, interval: u64) -> Self {
        Self {
            sender: Transmitter { baud, framing, inverted: false },
            wire: Wire::default(),
            set: baud,
            after_error: AfterError::AwaitEdge,
            counts: true,
            interval: Duration::from_secs(interval),
        }
    }

    pub(crate) fn inverted(mut self) -> Self {
        self.sender.inverted = true;
        self
    }

    pub(crate) fn set_to(mut self, baud: u32) -> Self {
        self.set = baud;
        self
    }

    pub(crate) fn noisy(mut self, noise: f64) -> Self {
        self.wire.noise = noise;
        self
    }

    /// With what differs between machines drawn by chance.
    pub(crate) fn somewhere(mut self, rng: &mut Rng) -> Self {
        self.counts = rng.bool();
        if rng.bool() {
            self.after_error = AfterError::TakeAsStart;
        }
        self
    }

    fn receiver(&self) -> Receiver {
        Receiver { baud: self.set, framing: Framing::EightNone, after_error: self.after_error }
    }
}

/// The line, the diagnosis, and what lies between them in the daemon.
pub(crate) struct Bench {
    setting: Setting,
    line: Line,
    pub diagnosis: Diagnosis,
    framer: Framer,
    seven_bits: Option<SevenBits>,
    epoch: Instant,
    errors: Errors,
    /// The verdicts, and how long the line had been watched for when each was first told.
    pub told: Vec<(Duration, Verdict)>,
    opened: Duration,
    asked: Duration,
    pub wrong_speed: bool,
    pub telegrams: usize,
}

impl Bench {
    /// The port is opened after so many bytes of the first telegram, somewhere within a byte.
    ///
    /// `used` is a diagnosis that has done its work elsewhere at the same speed, and a later time.
    pub(crate) fn open(
        setting: &Setting,
        telegram: &[u8],
        within: usize,
        used: Option<(Diagnosis, Instant)>,
        rng: &mut Rng,
    ) -> Self {
        let mut line = Line::new(setting.sender, &setting.wire, setting.receiver(), rng.u64(..));
        line.rest(Duration::from_micros(rng.u64(1..1000)));
        line.send(&telegram[..within]);
        line.take();
        line.set(setting.receiver());
        let opened = line.now();
        let (mut diagnosis, epoch) = used.unwrap_or_else(|| {
            let epoch = Instant::now();
            (Diagnosis::new(epoch), epoch)
        });
        diagnosis.missing(epoch + opened);
        diagnosis.opened(epoch + opened, setting.set);
        let seven = setting.sender.framing == Framing::SevenEven;
        let mut bench = Self {
            setting: setting.clone(),
            line,
            diagnosis,
            framer: Framer::new(),
            seven_bits: seven.then(SevenBits::default),
            epoch,
            errors: Errors::default(),
            told: Vec::new(),
            opened,
            asked: opened,
            wrong_speed: false,
            telegrams: 0,
        };
        bench.send(&telegram[within..]);
        bench
    }

    /// The speed that is set, and the diagnosis and the time, for another bench.
    pub(crate) fn retire(self) -> (u32, Diagnosis, Instant) {
        (self.setting.set, self.diagnosis, self.epoch + self.line.now())
    }

    /// Sets the port to another speed.
    pub(crate) fn set(&mut self, baud: u32) {
        self.setting.set = baud;
        self.line.set(self.setting.receiver());
        self.diagnosis.opened(self.epoch + self.line.now(), baud);
    }

    /// There is no noise any more.
    pub(crate) fn quieten(&mut self) {
        self.line.disturb(0.0);
    }

    /// How long the line has been watched for.
    pub(crate) fn watched(&self) -> Duration {
        self.line.now().saturating_sub(self.opened)
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(64) {
            self.line.send(piece);
            self.receive();
        }
    }

    /// Sends nothing for `time`.
    pub(crate) fn rest(&mut self, time: Duration) {
        let end = self.line.now() + time;
        while let Some(left) = end.checked_sub(self.line.now()).filter(|left| !left.is_zero()) {
            self.line.rest(left.min(Duration::from_millis(500)));
            self.receive();
        }
    }

    /// Holds the line for `time`.
    pub(crate) fn hold(&mut self, high: bool, time: Duration) {
        let end = self.line.now() + time;
        while let Some(left) = end.checked_sub(self.line.now()).filter(|left| !left.is_zero()) {
            self.line.hold(high, left.min(Duration::from_millis(500)));
            self.receive();
        }
    }

    /// The daemon's part: reads what has come, and asks once a second.
    fn receive(&mut self) {
        let received = self.line.take();
        // As a driver does: what has come within some milliseconds.
        for piece in received.chunk_by(|a, b| b.at.saturating_sub(a.at) < Duration::from_millis(3))
        {
            for piece in piece.chunks(32) {
                self.read(piece);
            }
        }
        while self.asked + Duration::from_secs(1) <= self.line.now() {
            self.asked += Duration::from_secs(1);
            self.ask(self.epoch + self.asked);
        }
    }

    fn read(&mut self, received: &[Received]) {
        let Some(last) = received.last() else { return };
        let now = self.epoch + last.at;
        while self.asked + Duration::from_secs(1) <= last.at {
            self.asked += Duration::from_secs(1);
            self.ask(self.epoch + self.asked);
        }
        for one in received {
            self.errors.framing += u64::from(one.kind == Kind::FramingError);
            self.errors.breaks += u64::from(one.kind == Kind::Break);
        }
        let mut bytes: Vec<u8> = received.iter().map(|one| one.byte).collect();
        self.take_in(now, &mut bytes);
    }

    /// Hands `bytes` to the diagnosis, and what the framing makes of them.
    pub(crate) fn take_in(&mut self, now: Instant, bytes: &mut [u8]) {
        self.diagnosis.bytes(now, bytes);
        if let Some(seven_bits) = &mut self.seven_bits {
            seven_bits.strip(bytes);
        }
        let mut bytes = &*bytes;
        let mut news = false;
        while let Some(outcome) = Outcome::of(self.framer.next(&mut bytes), Checksums::Check) {
            news = true;
            match outcome {
                Outcome::Telegram(found) => {
                    assert!(matches!(found.verdict, telegram::Verdict::Proved(_)));
                    self.telegrams += 1;
                    let encrypted = found.header().is_empty();
                    self.diagnosis.telegram(now, found.bytes.len(), encrypted);
                }
                Outcome::Dropped(bytes, _) => self.diagnosis.broken(now, bytes.len()),
                Outcome::TooLong => {}
                Outcome::Hdlc => self.diagnosis.hdlc(now),
            }
        }
        self.wrong_speed |= self.diagnosis.speed_is_wrong(now);
        if news {
            self.note(now);
        }
    }

    fn ask(&mut self, now: Instant) {
        if self.setting.counts {
            let more = std::mem::take(&mut self.errors);
            self.diagnosis.errors(now, more);
        }
        self.note(now);
    }

    fn note(&mut self, now: Instant) {
        let verdict = self.diagnosis.verdict(now);
        let last = self.told.last().map(|(_, verdict)| discriminant(verdict));
        if last != Some(discriminant(&verdict)) {
            let watched = now.saturating_duration_since(self.epoch + self.opened);
            self.told.push((watched, verdict));
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.told.last().map(|&(_, verdict)| verdict).unwrap_or_default()
    }

    /// Plays `telegrams`, one after the other and again from the first, each on its beat, until the
    /// line has been watched for `time`.
    pub(crate) fn play<'a>(
        &mut self,
        telegrams: impl IntoIterator<Item = &'a [u8], IntoIter: Clone>,
        time: Duration,
        rng: &mut Rng,
    ) {
        let interval = self.setting.interval;
        let mut pause = interval.mul_f64(rng.f64());
        for telegram in telegrams.into_iter().cycle() {
            let left = time.saturating_sub(self.watched());
            self.rest(pause.min(left));
            if pause >= left {
                return;
            }
            let begin = self.line.now();
            self.send(telegram);
            let taken = self.line.now().saturating_sub(begin);
            pause = interval.saturating_sub(taken).max(Duration::from_millis(50));
        }
    }
}
