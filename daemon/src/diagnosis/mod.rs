//! The diagnosis of the line: what is wrong with it, and what to do. Pure: no clock, no I/O.
//!
//! Telegrams are the best evidence, and what came before one counts for nothing. Where there are
//! none, the bytes tell: a telegram upside down or at another speed has its own [`signature`]. A
//! verdict holds until the evidence is for another one.

mod arrivals;
mod look;
mod outcomes;
mod sample;
mod signature;
mod uart;
mod verdict;
mod words;

pub use verdict::{Breaks, Verdict};

use crate::report::Errors;
use crate::status::SILENT;
use arrivals::Arrivals;
use look::{Look, Looker};
use outcomes::Outcomes;
use std::mem::discriminant;
use std::time::{Duration, Instant};

/// Fewer bytes than this within [`SILENT`] are no meter's.
const FEW: usize = 16;
/// A line that is low for as long is held there: meters send every ten seconds or more often.
const HELD: Duration = Duration::from_secs(15);
/// Where telegrams ought to have come and did not, that is told after such a time.
const PATIENCE: Duration = Duration::from_secs(25);
/// That the speed is wrong is told when a search for the right one has had its time.
const SEARCH: Duration = Duration::from_secs(12);
/// For so long a meter of another kind is one.
const OTHER: Duration = Duration::from_secs(60);
/// What was found is remembered for so many speeds.
const SPEEDS: usize = 6;

/// Watches a line, and tells what it is.
pub struct Diagnosis {
    port: Port,
    /// When the port was opened, or given up.
    opened: Instant,
    baud: u32,
    arrivals: Arrivals,
    outcomes: Outcomes,
    /// For each speed that the port has been set to, the present one last.
    lookers: Vec<Looker>,
    /// Characters without a stop bit since the last telegram at this speed, as the driver tells.
    flaws: u64,
    /// How many bytes there were when they were last looked at.
    looked: usize,
    look: Look,
    found: Vec<Found>,
    telegram: Option<Telegram>,
    hdlc: Option<Instant>,
    verdict: Verdict,
    since: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Port {
    Closed,
    Missing,
    InUse,
    Open,
}

/// What the bytes looked like at a speed.
struct Found {
    baud: u32,
    look: Look,
    since: Instant,
}

/// The last telegram.
struct Telegram {
    at: Instant,
    encrypted: bool,
    /// The times between the last three.
    gaps: [Option<Duration>; 2],
}

impl Telegram {
    /// From one telegram to the next, where that is known.
    fn interval(&self) -> Option<Duration> {
        self.gaps.into_iter().flatten().min()
    }
}

impl Diagnosis {
    /// A diagnosis of a port that has not been opened yet.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            port: Port::Closed,
            opened: now,
            baud: 0,
            arrivals: Arrivals::default(),
            outcomes: Outcomes::default(),
            lookers: Vec::new(),
            flaws: 0,
            looked: 0,
            look: Look::Unknown,
            found: Vec::new(),
            telegram: None,
            hdlc: None,
            verdict: Verdict::default(),
            since: now,
        }
    }

    /// The port was opened at `baud` bits per second, or the open port was set to that speed.
    pub fn opened(&mut self, now: Instant, baud: u32) {
        if self.port != Port::Open {
            self.port = Port::Open;
            self.opened = now;
            (self.verdict, self.since) = (Verdict::Waiting, now);
            self.arrivals = Arrivals::default();
            self.outcomes = Outcomes::default();
            (self.telegram, self.hdlc) = (None, None);
            self.found.clear();
        }
        self.arrivals.forget();
        (self.look, self.looked, self.flaws) = (Look::Unknown, self.arrivals.count, 0);
        self.baud = baud;
        let known = self.lookers.iter().position(|looker| looker.baud() == baud);
        let looker = known.map_or_else(|| Looker::new(baud), |at| self.lookers.remove(at));
        self.lookers.truncate(SPEEDS - 1);
        self.lookers.push(looker);
    }

    /// There is no such device.
    pub fn missing(&mut self, _now: Instant) {
        self.port = Port::Missing;
    }

    /// Another program has the device.
    pub fn in_use(&mut self, _now: Instant) {
        self.port = Port::InUse;
    }

    /// `bytes` were read from the port, as they came.
    pub fn bytes(&mut self, now: Instant, bytes: &[u8]) {
        self.arrivals.add(now, bytes);
    }

    /// The port's driver has counted so much `more` since it was last asked.
    pub fn errors(&mut self, now: Instant, more: Errors) {
        self.flaws = self.flaws.saturating_add(more.framing).saturating_add(more.breaks);
        if more.overruns > 0 {
            self.outcomes.overrun(now);
        }
    }

    /// A telegram of `length` bytes came that is proved, or a whole frame that is `encrypted`.
    pub fn telegram(&mut self, now: Instant, length: usize, encrypted: bool) {
        let mut gaps = [None; 2];
        if let Some(last) = self.telegram.take() {
            let gap = now.saturating_duration_since(last.at);
            self.count_lost(now, last.interval(), gap, length);
            gaps = [Some(gap), last.gaps[0]];
        }
        self.telegram = Some(Telegram { at: now, encrypted, gaps });
        self.outcomes.add(now, length, false);
        self.arrivals.prove();
        self.found.clear();
        (self.look, self.looked, self.flaws, self.hdlc) = (Look::Unknown, 0, 0, None);
    }

    /// A telegram of `length` bytes came whole, as far as that can be told, and is broken.
    pub fn broken(&mut self, now: Instant, length: usize) {
        self.outcomes.add(now, length, true);
    }

    /// A frame of HDLC came.
    pub fn hdlc(&mut self, now: Instant) {
        self.hdlc = Some(now);
    }

    /// Whether it is plain that no telegram can come of bytes like the last ones at this speed, so
    /// that another speed is worth a try. Looks at bytes only when there are new ones.
    pub fn speed_is_wrong(&mut self, now: Instant) -> bool {
        self.look_again(now);
        matches!(self.look, Look::Sent(_))
    }

    /// What the line is found to be.
    pub fn verdict(&mut self, now: Instant) -> Verdict {
        if self.port == Port::Open {
            self.look_again(now);
        }
        if let Some(verdict) = self.evidence(now) {
            if discriminant(&verdict) != discriminant(&self.verdict) {
                self.since = now;
            }
            self.verdict = verdict;
        }
        self.verdict
    }

    /// Since when the line has been what it was last found to be.
    #[must_use]
    pub fn since(&self) -> Instant {
        self.since
    }

    /// What there is evidence for; nothing where what was found before holds.
    fn evidence(&mut self, now: Instant) -> Option<Verdict> {
        match self.port {
            Port::Closed => return None,
            Port::Missing => return Some(Verdict::Missing),
            Port::InUse => return Some(Verdict::InUse),
            Port::Open => {}
        }
        if let Some(verdict) = self.stillness(now) {
            return Some(verdict);
        }
        if self.is_inverted() {
            return Some(Verdict::Inverted);
        }
        if self.hdlc.is_some_and(|at| now.saturating_duration_since(at) < OTHER) {
            return Some(Verdict::OtherMeter);
        }
        if let Some(verdict) = self.wrong_speed(now) {
            return Some(verdict);
        }
        if let Some(percent) = self.outcomes.noise(now) {
            return Some(self.noise(percent));
        }
        let failed = self.arrivals.fail(now, PATIENCE);
        match &self.telegram {
            _ if failed && self.look == Look::Text => Some(self.noise(100)),
            _ if failed && self.found.is_empty() => Some(self.rubbish()),
            Some(last) if last.encrypted => Some(Verdict::Encrypted),
            Some(_) => Some(Verdict::Receiving),
            None => None,
        }
    }

    /// Whether the line was found inverted at any speed.
    fn is_inverted(&self) -> bool {
        self.found.iter().any(|found| found.look == Look::Inverted)
    }

    /// Whether the line is still, and where.
    fn stillness(&self, now: Instant) -> Option<Verdict> {
        let interval = self.telegram.as_ref().and_then(Telegram::interval).unwrap_or_default();
        let age = |at: Instant| now.saturating_duration_since(at);
        let without_telegram = self.telegram.as_ref().map_or(age(self.opened), |last| age(last.at));
        let few = |time| self.arrivals.within(now, time) < FEW;
        // Upside down an idle line is low.
        let held = if self.is_inverted() { SILENT } else { HELD.max(interval * 3 / 2) };
        if self.arrivals.zeros(now).is_some_and(|zeros| zeros >= held) && few(held) {
            return Some(Verdict::Break);
        }
        let silent = SILENT.max(interval * 3);
        let still = without_telegram >= silent && age(self.opened) >= SILENT && few(SILENT);
        still.then_some(Verdict::Silent { ever: self.arrivals.last.is_some() })
    }

    /// Whether the speed is another one, and has been so for long enough.
    fn wrong_speed(&self, now: Instant) -> Option<Verdict> {
        let first = self.found.iter().map(|found| found.since).min()?;
        let searched = now.saturating_duration_since(first) >= SEARCH;
        if !searched && !self.arrivals.fail(now, PATIENCE) {
            return None;
        }
        let here = self.found.iter().find(|found| found.baud == self.baud);
        let Look::Sent(sent) = here.or(self.found.last())?.look else { return None };
        // If it were that one, it would have been found there.
        let tried = |sent: &u32| self.found.iter().any(|found| found.baud == *sent);
        Some(Verdict::WrongSpeed { sent: sent.filter(|sent| !tried(sent)) })
    }

    fn noise(&self, percent: u8) -> Verdict {
        if self.outcomes.overran() {
            return Verdict::Overruns;
        }
        Verdict::Noise { percent, at: self.outcomes.breaks() }
    }

    fn rubbish(&self) -> Verdict {
        if self.flawed() { Verdict::WrongSpeed { sent: None } } else { Verdict::Rubbish }
    }

    /// Telegrams that were so damaged that they were not even broken ones.
    fn count_lost(
        &mut self,
        now: Instant,
        interval: Option<Duration>,
        gap: Duration,
        length: usize,
    ) {
        let Some(interval) = interval.filter(|interval| !interval.is_zero()) else { return };
        let missed = (gap + interval / 4).as_millis() / interval.as_millis().max(1);
        let missed = usize::try_from(missed).unwrap_or(usize::MAX).saturating_sub(1);
        // A meter that rested has lost nothing.
        let lost = self.arrivals.count.saturating_sub(length) / (length / 2).max(1);
        let known = self.outcomes.broken_last();
        for _ in known..missed.min(lost).min(FEW) {
            self.outcomes.add(now, 0, true);
        }
    }

    /// Whether the driver counted so many errors at this speed that it cannot be the meter's.
    fn flawed(&self) -> bool {
        let bytes = self.arrivals.recent.len();
        let flaws = usize::try_from(self.flaws).unwrap_or(usize::MAX);
        bytes >= look::FEW && flaws.saturating_mul(8) >= bytes
    }

    /// Looks at the last bytes when there are some more of them.
    fn look_again(&mut self, now: Instant) {
        let bytes = &self.arrivals.recent;
        let fresh = self.arrivals.count.saturating_sub(self.looked);
        if fresh < (bytes.len() / 8).max(8) {
            return;
        }
        self.looked = self.arrivals.count;
        let flawed = self.flawed();
        let Some(looker) = self.lookers.last_mut() else { return };
        self.look = looker.look(bytes, self.arrivals.densest(), flawed);
        match self.look {
            Look::Unknown => {}
            // Text at one speed is rubbish at any other.
            Look::Text => self.found.clear(),
            look => {
                let baud = self.baud;
                if let Some(found) = self.found.iter_mut().find(|found| found.baud == baud) {
                    found.look = look;
                } else if self.found.len() < SPEEDS {
                    self.found.push(Found { baud, look, since: now });
                }
            }
        }
    }
}
