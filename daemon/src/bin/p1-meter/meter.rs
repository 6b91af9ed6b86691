//! The meter at work: reading after reading becomes a telegram on the line.

use crate::arguments::Arguments;
use crate::cipher::Cipher;
use crate::clock;
use crate::error::Error;
use crate::faults::Faults;
use crate::household::Household;
use crate::line::Line;
use crate::outage::{Change, Changes};
use crate::pace::{PIECE, Pace};
use crate::signals::Signals;
use crate::uart::Uart;
use fastrand::Rng;
use jiff::Timestamp;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

/// How often the line is looked after while nothing is sent.
const ATTENTION: Duration = Duration::from_millis(50);
/// How often a reader that is waited for is looked for.
const LOOK: Duration = Duration::from_millis(2);
/// How long the reader may take for the last bytes before the line goes away.
const LAST_BYTES: Duration = Duration::from_secs(2);
/// A meter that was held up for longer goes on from there, rather than hurry after its plan.
const HELD_UP: Duration = Duration::from_millis(250);

/// A meter, with its line open.
pub(crate) struct Meter<'a> {
    arguments: &'a Arguments,
    signals: Signals,
    line: Box<dyn Line>,
    /// Whether somebody is there to read.
    heard: bool,
    record: Option<File>,
    household: Household,
    cipher: Option<Cipher>,
    faults: Faults,
    uart: Option<Uart>,
    hang_ups: Option<Changes>,
    pace: Pace,
    /// When the plan's times began to count.
    start: Instant,
}

impl<'a> Meter<'a> {
    /// Opens the line and the record, and says on standard error what is where.
    pub(crate) fn new(arguments: &'a Arguments) -> Result<Self, Error> {
        let signals = Signals::new()?;
        let record = arguments.record.as_ref().map(|path| {
            let file = File::options().append(true).create(true).open(path);
            let what = format!("open {}", path.display());
            file.map_err(Error::system(what, "name a file that you may write to"))
        });
        let record = record.transpose()?;
        let line = arguments.place.open(arguments.speed())?;
        let model = arguments.kind.model();
        let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..));
        say(&format!("{} {line}, {}, seed {seed}", arguments.kind, arguments.rhythm()));
        let mut rng = Rng::with_seed(seed);
        let faults = Faults::new(arguments.odds(), rng.fork());
        let counter = rng.u32(..1 << 24);
        // Not drawn from the others, so that values are the same with and without.
        let noise = seed ^ u64::MAX;
        let now = arguments.start.clone().unwrap_or_else(|| clock::local(Timestamp::now()));
        Ok(Self {
            arguments,
            signals,
            line,
            heard: false,
            record,
            household: Household::new(model, &now, arguments.solar, rng),
            cipher: model.encrypted.then(|| Cipher::new(arguments.key, counter)),
            faults,
            uart: Uart::new(&arguments.uart, arguments.speed(), noise),
            hang_ups: arguments.hang_up.map(Changes::of),
            pace: Pace::new(arguments.interval(), arguments.pace()),
            start: Instant::now(),
        })
    }

    /// Sends as many telegrams as it was asked for.
    pub(crate) fn run(&mut self) -> Result<(), Error> {
        if self.arguments.awaits_reader() {
            self.await_reader()?;
            self.start = Instant::now();
        }
        let mut left = self.arguments.count.map(u64::from);
        while left != Some(0) {
            let begin = self.begin()?;
            if !self.arguments.silence.is_some_and(|silence| silence.touches(begin, begin)) {
                self.send_telegram(begin)?;
                left = left.map(|left| left - 1);
            } else if self.arguments.fast {
                self.signals.wait(Instant::now() + LOOK, None)?;
                continue;
            }
            self.household.advance(self.arguments.tick());
        }
        self.finish()
    }

    /// Waits until the next telegram begins. Returns the plan's time of that.
    fn begin(&mut self) -> Result<Duration, Error> {
        if self.arguments.fast {
            self.wait_until(self.start.elapsed())?;
            self.await_reader()?;
            return Ok(self.start.elapsed());
        }
        let begin = self.pace.begin();
        self.wait_until(begin)?;
        Ok(begin)
    }

    /// Sends the telegram that begins at `begin`.
    fn send_telegram(&mut self, begin: Duration) -> Result<(), Error> {
        let text = (self.arguments.kind.model().text)(self.household.reading());
        let telegram = match &mut self.cipher {
            Some(cipher) => cipher.seal(text.as_bytes()),
            None => text.clone().into_bytes(),
        };
        let whole = if self.arguments.parity() { even(&telegram) } else { telegram.clone() };
        let bytes = self.faults.damage(&whole);
        let end = self.pace.send(begin, bytes.len());
        let arrives = self.uart.as_mut().is_none_or(|uart| {
            uart.set(self.line.reading_speed());
            uart.is_in_order()
        });
        let cut = self.arguments.hang_up.is_some_and(|hang_up| hang_up.touches(begin, end));
        if let Some(record) = &mut self.record {
            if self.heard && arrives && bytes.ends_with(&whole) && (self.arguments.fast || !cut) {
                let remedy = "make room for the record";
                record.write_all(&telegram).map_err(Error::system("write the record", remedy))?;
            }
        }
        if self.arguments.print {
            let mut out = io::stdout().lock();
            // A pipe that is full is waited for, but not if a signal comes.
            self.signals.wait(None, Some(out.as_fd()))?;
            let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            written.map_err(Error::system("write to standard output", "leave out --print"))?;
        }
        if self.arguments.fast { self.press(&bytes) } else { self.release(&bytes, begin) }
    }

    /// Lets the bytes out at the line's speed, beginning at `begin`. What it cannot take is lost.
    fn release(&mut self, bytes: &[u8], begin: Duration) -> Result<(), Error> {
        let piece = if self.pace.is_unpaced() { bytes.len() } else { PIECE };
        // Who was not there when it began cannot get its beginning.
        let mut missed = !self.heard;
        let mut sent = 0;
        let rested = self.uart.as_mut().map(|uart| uart.rest(begin));
        if let Some(rested) = rested.filter(|_| self.heard) {
            self.line.offer(&rested)?;
        }
        for piece in bytes.chunks(piece) {
            sent += piece.len();
            let end = begin + self.pace.time_of(sent);
            self.wait_until(end)?;
            let arrived = self.arrived(piece, end);
            if self.heard && !missed {
                self.line.offer(&arrived)?;
            }
            missed = false;
        }
        // What is not over with its last bit.
        let end = begin + self.pace.time_of(bytes.len() + 2);
        let rested = self.uart.as_mut().map(|uart| uart.rest(end));
        if let Some(rested) = rested.filter(|_| self.heard) {
            self.line.offer(&rested)?;
        }
        Ok(())
    }

    /// What arrives of `bytes`, the last of which has left at the plan's time `end`.
    fn arrived<'b>(&mut self, bytes: &'b [u8], end: Duration) -> Cow<'b, [u8]> {
        let Some(uart) = &mut self.uart else { return bytes.into() };
        uart.set(self.line.reading_speed());
        uart.pass(bytes, end).into()
    }

    /// Puts all bytes on the line, however long that takes.
    fn press(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let end = self.start.elapsed();
        let arrived = self.arrived(bytes, end);
        let mut bytes = &*arrived;
        while !bytes.is_empty() {
            let taken = self.line.offer(bytes)?;
            bytes = &bytes[taken..];
            if taken == 0 {
                self.signals.wait(Instant::now() + LOOK, self.line.wire())?;
                self.await_reader()?;
            }
        }
        Ok(())
    }

    /// Waits for somebody to read.
    fn await_reader(&mut self) -> Result<(), Error> {
        loop {
            self.heard = self.line.attend()?;
            if self.heard {
                return Ok(());
            }
            if self.arguments.fast {
                self.wait_until(self.start.elapsed())?;
            }
            self.signals.wait(Instant::now() + LOOK, None)?;
        }
    }

    /// Waits until the plan's `time`, taking the line away and putting it back as planned.
    fn wait_until(&mut self, time: Duration) -> Result<(), Error> {
        while let Some((at, change)) = self.hang_ups.as_mut().and_then(|plan| plan.due(time)) {
            self.rest_until(at)?;
            match change {
                Change::Down => {
                    self.finish()?;
                    self.line.hang_up()?;
                }
                Change::Up => self.line.come_back()?,
            }
        }
        self.rest_until(time)
    }

    /// Waits until the plan's `time`, looking after the line.
    fn rest_until(&mut self, time: Duration) -> Result<(), Error> {
        loop {
            let now = Instant::now();
            let due = self.start + time;
            let late = now.saturating_duration_since(due);
            if late > HELD_UP && !self.arguments.fast {
                self.start += late;
            }
            self.heard = self.line.attend()?;
            self.signals.wait(due.min(now + ATTENTION), None)?;
            if Instant::now() >= due {
                return Ok(());
            }
        }
    }

    /// Gives the reader a chance to take what is still on the line.
    fn finish(&mut self) -> Result<(), Error> {
        let end = Instant::now() + LAST_BYTES;
        while !self.line.is_taken()? && Instant::now() < end {
            self.signals.wait(Instant::now() + LOOK, None)?;
        }
        Ok(())
    }
}

/// One line on standard error. If nobody can read it, nobody misses it.
pub(crate) fn say(what: &str) {
    let _ = writeln!(io::stderr(), "p1-meter: {what}");
}

/// Seven-bit characters with even parity in bit 7.
fn even(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|&byte| byte | (u8::from(byte.count_ones() % 2 == 1) << 7)).collect()
}
