//! Whether a loop still turns.
//!
//! A loop that waits for a meter or a client may wait for days. So the watchdog asks, and a loop
//! answers between whatever it waits for; a loop that is stuck elsewhere does not.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Waker;

/// The pulse of one loop.
#[derive(Debug, Default)]
pub struct Pulse {
    asked: AtomicBool,
    answered: AtomicBool,
    waiting: Mutex<Option<Waker>>,
}

impl Pulse {
    /// Waits for `what` as the loop would, and answers meanwhile.
    pub async fn during<T>(&self, what: impl Future<Output = T>) -> T {
        let mut what = pin!(what);
        poll_fn(|context| {
            // A loop that never has to wait has to answer all the same.
            self.beat();
            let polled = what.as_mut().poll(context);
            if polled.is_pending() {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                match &mut *waiting {
                    Some(waker) => waker.clone_from(context.waker()),
                    none => *none = Some(context.waker().clone()),
                }
            }
            polled
        })
        .await
    }

    /// Answers, if it was asked: a loop that does not wait as a task does calls this at each turn.
    pub fn beat(&self) {
        if self.asked.swap(false, Ordering::Relaxed) {
            self.answered.store(true, Ordering::Relaxed);
        }
    }

    /// Asks whether the loop turns.
    pub fn ask(&self) {
        self.answered.store(false, Ordering::Relaxed);
        self.asked.store(true, Ordering::Relaxed);
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waker) = &*waiting {
            waker.wake_by_ref();
        }
    }

    /// Whether it has answered since it was asked.
    pub fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }
}

/// The pulses of all loops that have to turn, beside the one that asks.
#[derive(Debug, Default)]
pub struct Pulses {
    /// The line's.
    pub line: Pulse,
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

    fn all(&self) -> [&Pulse; 2] {
        [&self.line, &self.door]
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
            let turning = pulses.line.during(pending::<()>());
            let asking = async {
                tokio::task::yield_now().await;
                pulses.ask();
                while !pulses.line.has_answered() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                () = turning => {},
                () = asking => {},
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
