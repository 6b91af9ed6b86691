//! Whether a loop still turns.
//!
//! A loop that waits for a meter or a client may wait for days. So the watchdog asks, and a loop
//! answers between whatever it waits for; a loop that is stuck elsewhere does not.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// The pulse of one loop.
#[derive(Debug, Default)]
pub struct Pulse {
    asked: Notify,
    answered: AtomicBool,
}

impl Pulse {
    /// Waits for `what` as the loop would, and answers meanwhile.
    pub async fn during<T>(&self, what: impl Future<Output = T>) -> T {
        let mut what = pin!(what);
        loop {
            tokio::select! {
                // A loop that never has to wait has to answer all the same.
                biased;
                () = self.asked.notified() => self.answered.store(true, Ordering::Relaxed),
                value = &mut what => return value,
            }
        }
    }

    /// Asks whether the loop turns.
    pub fn ask(&self) {
        self.answered.store(false, Ordering::Relaxed);
        self.asked.notify_one();
    }

    /// Whether it has answered since it was asked.
    pub fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }
}

/// The pulses of all loops that have to turn.
#[derive(Debug, Default)]
pub struct Pulses {
    /// The line's.
    pub line: Pulse,
    /// The hub's.
    pub hub: Pulse,
    /// The door's.
    pub door: Pulse,
}

impl Pulses {
    /// Asks all of them.
    pub fn ask(&self) {
        for pulse in self.all() {
            pulse.ask();
        }
    }

    /// Whether all have answered.
    #[must_use]
    pub fn have_answered(&self) -> bool {
        self.all().into_iter().all(Pulse::has_answered)
    }

    fn all(&self) -> [&Pulse; 3] {
        [&self.line, &self.hub, &self.door]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};

    fn run<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(future)
    }

    #[test]
    fn a_loop_that_waits_answers_and_one_that_is_stuck_does_not() {
        run(async {
            let pulses = Pulses::default();
            pulses.ask();
            let turning = async {
                tokio::join!(
                    pulses.line.during(pending::<()>()),
                    pulses.hub.during(pending::<()>())
                )
            };
            tokio::select! {
                _ = turning => {},
                () = async { while !(pulses.line.has_answered() && pulses.hub.has_answered()) { tokio::task::yield_now().await; } } => {},
            }
            assert!(!pulses.have_answered(), "the door has not");
            pulses.door.during(tokio::task::yield_now()).await;
            assert!(pulses.have_answered());
            pulses.ask();
            assert!(!pulses.have_answered());
        });
    }

    #[test]
    fn a_loop_that_never_has_to_wait_answers() {
        run(async {
            let pulse = Pulse::default();
            pulse.ask();
            pulse.during(ready(())).await;
            assert!(pulse.has_answered());
        });
    }
}
