//! What a receiver makes of bits that are sent at another speed, or upside down.
//!
//! As small as serves to know such a line again; the tests hold it against a finer model.

/// How a receiver goes on when there is no stop bit where one ought to be. Chips differ in this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AfterError {
    /// It waits for a falling edge.
    AwaitEdge,
    /// It takes the low level for the next start bit.
    TakeAsStart,
}

/// Positions on the line are in bits that were sent, times this.
const ONE: u64 = 1 << 16;

/// Receives `bits`, true for high, sent at `sent` by a receiver set to `set` bits per second, 8N1.
pub(super) fn receive(
    bits: &[bool],
    sent: u32,
    set: u32,
    after: AfterError,
    mut take: impl FnMut(u8),
) {
    let step = ONE * u64::from(sent) / u64::from(set.max(1));
    let level = |at: u64| usize::try_from(at / ONE).ok().and_then(|at| bits.get(at)).copied();
    // Most of three samples, a sixteenth of a received bit apart.
    let sample = |at: u64| {
        let [before, at, behind] = [at - step / 16, at, at + step / 16].map(level);
        Some(u8::from(before?) + u8::from(at?) + u8::from(behind?) >= 2)
    };
    let next = |at: u64, high: bool| {
        let from = usize::try_from(at / ONE).ok()?;
        let found = bits.get(from..)?.iter().position(|&bit| bit == high)?;
        Some(at.max(u64::try_from(from + found).ok()? * ONE))
    };
    let mut start = next(0, false);
    let mut turn = 0;
    while let Some(edge) = start {
        // It looks for the edge sixteen times a bit, and so finds it a little late.
        turn = (turn + 7) % 16;
        let begin = edge + step * turn / 256;
        let mut character = 0_u16;
        for bit in 0..10 {
            let Some(high) = sample(begin + step * bit + step / 2) else { return };
            character |= u16::from(high) << bit;
            if bit == 0 && high {
                break;
            }
        }
        let middle = begin + step / 2;
        let falls = |at| next(at, true).and_then(|high| next(high, false));
        if character & 1 == 1 {
            // The start bit was none.
            start = falls(middle);
            continue;
        }
        let [byte, stop] = (character >> 1).to_le_bytes();
        take(byte);
        let end = middle + 9 * step;
        start = match (stop & 1 == 1, after) {
            (true, _) => next(end, false),
            (false, AfterError::TakeAsStart) if byte != 0 => Some(begin + 9 * step),
            (false, _) => falls(end),
        };
    }
}
