//! The whole line: a transmitter, a wire, a receiver.

use crate::receiver::{Received, Receiver, Reception};
use crate::time::{Picos, duration, period, picos};
use crate::transmitter::Transmitter;
use crate::wire::{Voltage, Wire};
use fastrand::Rng;
use std::time::Duration;

/// A line, and its time, which goes on by what is sent and by waiting.
#[derive(Debug)]
pub struct Line {
    transmitter: Transmitter,
    noise: f64,
    voltage: Voltage,
    reception: Reception,
    rng: Rng,
    now: Picos,
    received: Vec<Received>,
}

impl Line {
    /// An idle line; the same `seed` makes the same noise.
    #[must_use]
    pub fn new(transmitter: Transmitter, wire: &Wire, receiver: Receiver, seed: u64) -> Self {
        let idle = transmitter.idle();
        Self {
            transmitter,
            noise: wire.noise,
            voltage: Voltage::new(wire, idle),
            reception: Reception::new(receiver),
            rng: Rng::with_seed(seed),
            now: 0,
            received: Vec::new(),
        }
    }

    /// The time of the line since it began.
    #[must_use]
    pub fn now(&self) -> Duration {
        duration(self.now)
    }

    /// Sets the receiver up anew; what it was in the middle of is lost.
    pub fn set(&mut self, receiver: Receiver) {
        self.reception = Reception::new(receiver);
    }

    /// From now on there is so much [`Wire::noise`].
    pub fn disturb(&mut self, noise: f64) {
        self.noise = noise;
    }

    /// Sends `bytes`, one right behind the other.
    pub fn send(&mut self, bytes: &[u8]) {
        let bit = period(self.transmitter.baud);
        for &byte in bytes {
            for level in self.transmitter.levels(byte) {
                let disturbed = self.noise > 0.0 && self.rng.f64() < self.noise;
                self.drive(level != disturbed, bit);
            }
        }
    }

    /// Leaves the line idle for `time`.
    pub fn rest(&mut self, time: Duration) {
        let idle = self.transmitter.idle();
        let end = self.now + picos(time);
        if self.noise > 0.0 {
            let bit = period(self.transmitter.baud);
            loop {
                let pause = self.until_noise();
                if pause >= end.saturating_sub(self.now).saturating_sub(bit) {
                    break;
                }
                self.drive(idle, pause);
                self.drive(!idle, bit);
            }
        }
        self.drive(idle, end - self.now);
    }

    /// Holds the line at a level for `time`, whatever the transmitter wants: low is a break.
    pub fn hold(&mut self, high: bool, time: Duration) {
        self.drive(high, picos(time));
    }

    /// What has been received since this was last asked.
    pub fn take(&mut self) -> Vec<Received> {
        std::mem::take(&mut self.received)
    }

    /// How long it is until the next noise; at least one bit.
    fn until_noise(&mut self) -> Picos {
        let bit = duration(period(self.transmitter.baud)).as_secs_f64();
        let bits = (1.0 - self.rng.f64()).ln() / (1.0 - self.noise).ln();
        let time = Duration::try_from_secs_f64((bits * bit).max(bit));
        time.map_or(Picos::MAX / 2, picos)
    }

    fn drive(&mut self, high: bool, length: Picos) {
        let from = self.now;
        let edge = from + self.voltage.drive(high, length);
        self.now = from + length;
        self.reception.see(!high, from, edge, &mut self.received);
        self.reception.see(high, edge, self.now, &mut self.received);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AfterError::{self, AwaitEdge, TakeAsStart};
    use crate::Framing::{self, EightNone, SevenEven};
    use crate::Kind::{self, Break, FramingError, Good, ParityError};

    const TEXT: &[u8] = b"/ISk5\\2ME382-1004\r\n\r\n1-0:1.8.1(00608.400*kWh)\r\n!\r\n";

    fn sender(baud: u32, framing: Framing, inverted: bool) -> Transmitter {
        Transmitter { baud, framing, inverted }
    }

    fn receiver(baud: u32, framing: Framing, after_error: AfterError) -> Receiver {
        Receiver { baud, framing, after_error }
    }

    /// What is received of `bytes` with a little rest before and behind.
    fn play(sender: Transmitter, wire: &Wire, receiver: Receiver, bytes: &[u8]) -> Vec<(u8, Kind)> {
        let mut line = Line::new(sender, wire, receiver, 1);
        line.rest(Duration::from_micros(12_345));
        line.send(bytes);
        line.rest(Duration::from_millis(20));
        line.take().into_iter().map(|received| (received.byte, received.kind)).collect()
    }

    fn good(bytes: &[u8]) -> Vec<(u8, Kind)> {
        bytes.iter().map(|&byte| (byte, Good)).collect()
    }

    #[test]
    fn both_ends_alike_give_what_was_sent() {
        let all: Vec<u8> = (0..=0xFF).collect();
        for after in [AwaitEdge, TakeAsStart] {
            for baud in [300, 9600, 115_200] {
                for (framing, bytes) in [(EightNone, &all[..]), (SevenEven, &all[..0x80])] {
                    let (sender, receiver) =
                        (sender(baud, framing, false), receiver(baud, framing, after));
                    assert_eq!(play(sender, &Wire::default(), receiver, bytes), good(bytes));
                }
            }
        }
    }

    #[test]
    fn two_hundredths_off_the_speed_do_no_harm_and_eight_do() {
        let play = |baud| {
            let sender = sender(baud, EightNone, false);
            play(sender, &Wire::default(), receiver(9600, EightNone, AwaitEdge), TEXT)
        };
        for baud in [9408, 9792] {
            assert_eq!(play(baud), good(TEXT));
        }
        for baud in [8832, 10_368] {
            assert_ne!(play(baud), good(TEXT));
        }
    }

    #[test]
    fn seven_bits_read_as_eight_are_text_with_parity() {
        let sent = sender(9600, SevenEven, false);
        let with_parity: Vec<_> = TEXT.iter().map(|&byte| SevenEven.encode(byte)).collect();
        let received = play(sent, &Wire::default(), receiver(9600, EightNone, AwaitEdge), TEXT);
        assert_eq!(received, good(&with_parity));
    }

    #[test]
    fn eight_bits_read_as_seven_have_wrong_parity() {
        let sent = sender(9600, EightNone, false);
        let received = play(sent, &Wire::default(), receiver(9600, SevenEven, AwaitEdge), b"1A");
        assert_eq!(received, [(b'1', ParityError), (b'A', Good)]);
    }

    #[test]
    fn an_inverted_line_by_hand() {
        // '0' is 0 00001100 1 on the line, upside down 1 11110011 0. The receiver takes the first
        // falling edge within for the start, and gets 0 01101111 1, which is F6, until the line is
        // idle and low.
        let sent = sender(9600, EightNone, true);
        let set = receiver(9600, EightNone, AwaitEdge);
        let received = play(sent, &Wire::default(), set, b"00000");
        let [first, middle @ .., last] = &received[..] else { unreachable!("{received:X?}") };
        assert_eq!((*first, *last), ((0, Break), (0x06, FramingError)));
        assert_eq!(middle, [(0xF6, Good); 4]);
    }

    #[test]
    fn a_low_line_is_one_break_however_long_it_is() {
        for after in [AwaitEdge, TakeAsStart] {
            let sent = sender(9600, EightNone, false);
            let mut line = Line::new(sent, &Wire::default(), receiver(9600, EightNone, after), 1);
            line.rest(Duration::from_millis(5));
            line.hold(false, Duration::from_secs(3));
            line.rest(Duration::from_millis(5));
            line.send(b"A");
            line.rest(Duration::from_millis(5));
            let received: Vec<_> =
                line.take().into_iter().map(|one| (one.byte, one.kind)).collect();
            assert_eq!(received, [(0, Break), (b'A', Good)]);
        }
    }

    #[test]
    fn a_sender_ten_times_slower_is_nothing_but_breaks() {
        let sent = sender(9600, SevenEven, false);
        let received = play(sent, &Wire::default(), receiver(115_200, EightNone, AwaitEdge), TEXT);
        assert!(received.iter().all(|one| *one == (0, Break)), "{received:X?}");
        assert!(received.len() > 2 * TEXT.len());
    }

    #[test]
    fn a_faster_sender_leaves_characters_without_a_stop_bit() {
        let sent = sender(115_200, EightNone, false);
        let mut counts = Vec::new();
        for after in [AwaitEdge, TakeAsStart] {
            let received =
                play(sent, &Wire::default(), receiver(9600, EightNone, after), &TEXT.repeat(20));
            let errors = received.iter().filter(|(_, kind)| *kind == FramingError).count();
            assert!(errors * 10 > received.len(), "{errors} of {}", received.len());
            counts.push(received.len());
        }
        assert!(counts[1] > counts[0], "{counts:?}");
    }

    #[test]
    fn slow_edges_do_no_harm_until_they_do() {
        let sent = sender(115_200, EightNone, false);
        let set = receiver(115_200, EightNone, AwaitEdge);
        let play = |micros| {
            let wire = Wire { rise: Duration::from_micros(micros), ..Wire::default() };
            play(sent, &wire, set, TEXT)
        };
        assert_eq!(play(6), good(TEXT));
        assert_ne!(play(16), good(TEXT));
    }

    #[test]
    fn noise_is_as_frequent_as_it_is_said() {
        let sent = sender(115_200, EightNone, false);
        let set = receiver(115_200, EightNone, AwaitEdge);
        let mut line = Line::new(sent, &Wire { noise: 1e-3, ..Wire::default() }, set, 7);
        line.send(&vec![b'U'; 100_000]);
        line.rest(Duration::from_millis(1));
        let bytes = line.take();
        let wrong = bytes.iter().filter(|one| one.byte != b'U').count();
        // Each of a thousand disturbed bits spoils a character, a start bit some more.
        assert!((700..2500).contains(&wrong), "{wrong} of {}", bytes.len());
        let begin = line.now();
        line.rest(Duration::from_secs(1));
        let alone = line.take().len();
        assert!((80..150).contains(&alone), "{alone} in a second of rest");
        assert_eq!(line.now().checked_sub(begin), Some(Duration::from_secs(1)));
    }
}
