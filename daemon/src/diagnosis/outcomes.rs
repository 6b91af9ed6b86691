//! What became of the last telegrams.

use super::Breaks;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// So many of the last telegrams are remembered, and for so long.
const REMEMBERED: usize = 64;
const LONG_AGO: Duration = Duration::from_secs(900);
/// Broken ones are told of when there are so many of them, and more than one in ten.
const SOME: usize = 3;
/// From here on it is told that they are fewer, in percent.
const COARSE: u8 = 15;

/// A telegram that came whole.
struct Outcome {
    at: Instant,
    length: usize,
    broken: bool,
}

/// The last telegrams, and whether too many are broken.
#[derive(Default)]
pub(super) struct Outcomes {
    last: VecDeque<Outcome>,
    /// When characters were lost, as the driver tells.
    overruns: VecDeque<Instant>,
    /// How many of a hundred were broken when that was last told.
    told: Option<u8>,
}

impl Outcomes {
    pub(super) fn add(&mut self, now: Instant, length: usize, broken: bool) {
        if self.last.len() == REMEMBERED {
            self.last.pop_front();
        }
        self.last.push_back(Outcome { at: now, length, broken });
    }

    pub(super) fn overrun(&mut self, now: Instant) {
        if self.overruns.len() == REMEMBERED {
            self.overruns.pop_front();
        }
        self.overruns.push_back(now);
    }

    /// How many of a hundred are broken, where that is too many. Once told it stays so until those
    /// that came whole in a row show that it is over.
    pub(super) fn noise(&mut self, now: Instant) -> Option<u8> {
        let old = |at: Instant| now.saturating_duration_since(at) > LONG_AGO;
        while self.last.front().is_some_and(|one| old(one.at)) {
            self.last.pop_front();
        }
        let broken = self.last.iter().filter(|one| one.broken).count();
        let percent = u8::try_from(broken * 100 / self.last.len().max(1)).unwrap_or(100);
        let good = self.last.iter().rev().take_while(|one| !one.broken).count();
        self.told = match self.told {
            // By chance so many would come whole in a row once in five hundred times.
            Some(told) if good * usize::from(told) > 620 => {
                self.last.clear();
                None
            }
            Some(told) if percent.abs_diff(told) >= COARSE => Some(percent.max(10)),
            Some(told) => Some(told),
            None if broken >= SOME && percent >= 10 => Some(percent),
            None if broken >= 2 && percent == 100 => Some(percent),
            None => None,
        };
        self.told
    }

    /// How many were broken since the last one that was not.
    pub(super) fn broken_last(&self) -> usize {
        self.last.iter().rev().take_while(|one| one.broken).count()
    }

    /// Where the broken ones break.
    pub(super) fn breaks(&self) -> Breaks {
        let usual = self.last.iter().rev().find(|one| !one.broken).map(|one| one.length);
        let broken: Vec<_> =
            self.last.iter().filter(|one| one.broken).map(|one| one.length).collect();
        let usual = usual.or_else(|| {
            let same = |length| broken.iter().filter(|&&other| other == length).count();
            broken.iter().copied().find(|&length| same(length) * 2 > broken.len())
        });
        let Some(usual) = usual.filter(|_| !broken.is_empty()) else { return Breaks::Unknown };
        let same = broken.iter().filter(|&&length| length == usual).count();
        if same * 3 > broken.len() * 2 {
            Breaks::Content
        } else if same * 3 < broken.len() {
            Breaks::Length
        } else {
            Breaks::Unknown
        }
    }

    /// Whether characters were lost about as often as telegrams were broken.
    pub(super) fn overran(&self) -> bool {
        let Some(first) = self.last.iter().find(|one| one.broken) else { return false };
        let broken = self.last.iter().filter(|one| one.broken).count();
        let before = first.at.checked_sub(Duration::from_secs(2)).unwrap_or(first.at);
        self.overruns.iter().filter(|&&at| at >= before).count() * 2 >= broken
    }
}
