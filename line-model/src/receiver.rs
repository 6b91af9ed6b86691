//! The receiving end: a UART that samples the line sixteen times a bit.

use crate::character::{BITS, Framing};
use crate::time::{Picos, duration, period};
use std::time::Duration;

/// What receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// In bits per second.
    pub baud: u32,
    /// What it takes a character for.
    pub framing: Framing,
    /// What it does behind a character without a stop bit.
    pub after_error: AfterError,
}

/// How a receiver goes on when there is no stop bit where one ought to be. Chips differ in this. All
/// wait for a high level after a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterError {
    /// It waits for a falling edge, as the PL011 does.
    AwaitEdge,
    /// It takes the low level for the next start bit, as the 16550 does.
    TakeAsStart,
}

/// What was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// When, since the line began: in the middle of the stop bit.
    pub at: Duration,
    /// The byte; 0 for a break.
    pub byte: u8,
    /// What the receiver says of it.
    pub kind: Kind,
}

/// What a receiver says of a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing is wrong with it.
    Good,
    /// There was no stop bit.
    FramingError,
    /// The number of ones was odd.
    ParityError,
    /// The line was low from the start bit to the stop bit.
    Break,
}

/// Samples in a bit.
const OVERSAMPLING: u32 = 16;
/// Those of them that are looked at: the level of a bit is that of most.
const MIDDLE: [u8; 3] = [7, 8, 9];

/// A receiver at work.
#[derive(Debug)]
pub(crate) struct Reception {
    receiver: Receiver,
    /// From one sample to the next.
    sample: Picos,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Waits for a high level, and then for a falling edge.
    AwaitHigh,
    /// Waits for a falling edge, or for a low level at the beginning.
    AwaitLow,
    /// Within a character.
    Inside(Character),
}

#[derive(Debug)]
struct Character {
    /// The first low sample.
    start: Picos,
    /// The bit that is sampled next, 0 for the start bit, and which of its middle samples.
    bit: u8,
    look: u8,
    /// How many of its samples were high.
    high: u8,
    /// The bits before it, the start bit lowest.
    bits: u16,
}

impl Character {
    fn new(start: Picos) -> Self {
        Self { start, bit: 0, look: 0, high: 0, bits: 0 }
    }
}

impl Reception {
    /// A receiver that has just been set up.
    pub(crate) fn new(receiver: Receiver) -> Self {
        let sample = period(receiver.baud.saturating_mul(OVERSAMPLING)).max(1);
        Self { receiver, sample, state: State::AwaitLow }
    }

    /// The line is `high` in `from..until`; what is received meanwhile goes to `received`.
    pub(crate) fn see(
        &mut self,
        high: bool,
        from: Picos,
        until: Picos,
        received: &mut Vec<Received>,
    ) {
        // Its samples are on a grid of their own.
        let first = from.div_ceil(self.sample) * self.sample;
        if first >= until {
            return;
        }
        loop {
            match (&mut self.state, high) {
                (State::AwaitHigh, false) | (State::AwaitLow, true) => return,
                (State::AwaitHigh, true) => self.state = State::AwaitLow,
                (State::AwaitLow, false) => self.state = State::Inside(Character::new(first)),
                (State::Inside(character), _) => {
                    let middle = u64::from(MIDDLE[usize::from(character.look)]);
                    let number = u64::from(character.bit) * u64::from(OVERSAMPLING) + middle;
                    let at = character.start + number * self.sample;
                    if at >= until {
                        return;
                    }
                    self.look(high, at, received);
                }
            }
        }
    }

    /// Takes in the next sample of a character.
    fn look(&mut self, high: bool, at: Picos, received: &mut Vec<Received>) {
        let State::Inside(character) = &mut self.state else { return };
        character.high += u8::from(high);
        character.look += 1;
        if usize::from(character.look) < MIDDLE.len() {
            return;
        }
        let level = character.high >= 2;
        character.bits |= u16::from(level) << character.bit;
        character.bit += 1;
        (character.look, character.high) = (0, 0);
        if character.bit == 1 && level {
            // The start bit was none.
            self.state = if high { State::AwaitLow } else { State::AwaitHigh };
        } else if character.bit == BITS {
            let (bits, start) = (character.bits, character.start);
            self.end(bits, start, at, high, received);
        }
    }

    /// A character has come: `bits` from the start bit to the stop bit.
    fn end(
        &mut self,
        bits: u16,
        start: Picos,
        at: Picos,
        high: bool,
        received: &mut Vec<Received>,
    ) {
        let [low, rest] = (bits >> 1).to_le_bytes();
        let (byte, right) = self.receiver.framing.decode(low);
        let stopped = rest & 1 == 1;
        let kind = match (stopped, right) {
            (true, true) => Kind::Good,
            (true, false) => Kind::ParityError,
            (false, _) if bits == 0 => Kind::Break,
            (false, _) => Kind::FramingError,
        };
        received.push(Received { at: duration(at), byte, kind });
        self.state = match (kind, self.receiver.after_error) {
            (Kind::FramingError, AfterError::TakeAsStart) => {
                let bit = Picos::from(OVERSAMPLING) * self.sample;
                let next = start + Picos::from(BITS - 1) * bit;
                State::Inside(Character { bit: 1, ..Character::new(next) })
            }
            _ if high => State::AwaitLow,
            // The next start bit has come early.
            (Kind::Good | Kind::ParityError, _) => State::Inside(Character::new(at)),
            _ => State::AwaitHigh,
        };
    }
}
