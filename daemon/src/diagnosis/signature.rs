//! How often which byte is received, from a line that is sent and read in a certain way.

use super::sample;
use super::uart::{AfterError, receive};

/// Log-likelihoods are in sixteenths of a natural unit.
pub(super) const UNIT: i32 = 16;
/// That of a byte when any is as likely as another: -ln 256.
pub(super) const ANY: i32 = -89;

/// What a line may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Text, at the speed that is set.
    Text,
    /// Text upside down, at the speed that is set.
    Inverted,
    /// Text at this speed, in bits per second, upside down or not.
    Sent(u32),
    /// No text.
    Binary,
}

/// The speeds of P1 ports, in bits per second.
const USUAL: [u32; 2] = [115_200, 9_600];

/// The bytes that such a line yields.
pub(super) struct Signature {
    pub(super) way: Way,
    /// For each byte.
    likelihoods: Box<[i8; 256]>,
    /// Of the line's own bytes, on the average.
    pub(super) own: i32,
}

/// So many bytes show how a line looks.
const ENOUGH: u32 = 6000;
/// And so many telegrams at most.
const TURNS: usize = 200;

impl Signature {
    /// The signatures of all lines that a receiver set to `baud` bits per second may be at.
    pub(super) fn all(baud: u32) -> Vec<Self> {
        let mut all = vec![Self::of(Way::Binary, &binary())];
        for sent in USUAL.into_iter().chain([baud]) {
            // One that is ten times as slow gives nothing but breaks.
            let known = sent == baud && all.iter().any(|one| one.way == Way::Text);
            if known || sent.saturating_mul(9) < baud {
                continue;
            }
            for inverted in [false, true] {
                let way = match (sent == baud, inverted) {
                    (true, false) => Way::Text,
                    (true, true) => Way::Inverted,
                    (false, _) => Way::Sent(sent),
                };
                for seven in [false, true] {
                    for after in [AfterError::AwaitEdge, AfterError::TakeAsStart] {
                        let counts = count(sent, baud, seven, inverted, after);
                        all.push(Self::of(way, &counts));
                        if way == Way::Text {
                            break;
                        }
                    }
                }
            }
        }
        all
    }

    fn of(way: Way, counts: &[u32; 256]) -> Self {
        let total: u32 = counts.iter().sum();
        let mut likelihoods = Box::new([0; 256]);
        let mut own = 0.0;
        for (likelihood, &count) in likelihoods.iter_mut().zip(counts) {
            // Some bytes of any line are damaged, and a short text does not show all.
            let share = share(count, total);
            let log = (0.92 * share + 0.08 / 256.0).ln() * 16.0;
            own += share * log;
            *likelihood = whole(log);
        }
        Self { way, likelihoods, own: whole(own).into() }
    }

    /// How likely `bytes` are on such a line: the sum of what each adds.
    pub(super) fn likelihood(&self, counts: &[u16; 256]) -> i32 {
        let each = self.likelihoods.iter().zip(counts);
        each.map(|(&likelihood, &count)| i32::from(likelihood) * i32::from(count)).sum()
    }
}

fn count(sent: u32, set: u32, seven: bool, inverted: bool, after: AfterError) -> [u32; 256] {
    let mut counts = [0; 256];
    let mut total = 0;
    for turn in 0..TURNS {
        let bits = sample::bits(turn, seven, inverted);
        receive(&bits, sent, set, after, |byte| {
            counts[usize::from(byte)] += 1;
            total += 1;
        });
        if total >= ENOUGH {
            break;
        }
    }
    counts
}

/// What frames of other meters consist of: numbers, many of them small.
fn binary() -> [u32; 256] {
    let mut counts = [8; 256];
    counts[0] = 400;
    counts[0xFF] = 100;
    for small in &mut counts[1..16] {
        *small = 60;
    }
    counts
}

fn share(count: u32, total: u32) -> f32 {
    let number = |count: u32| f32::from(u16::try_from(count).unwrap_or(u16::MAX));
    number(count) / number(total.max(1))
}

/// The nearest whole number; from -128 to 0 here, as no byte is less likely than 0.08 / 256.
#[expect(clippy::cast_possible_truncation, reason = "`as` is what rounds, and keeps within bounds")]
fn whole(log: f32) -> i8 {
    log.round() as i8
}
