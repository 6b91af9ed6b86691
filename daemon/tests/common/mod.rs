//! What the tests of the real binary share: a line, the daemon, clients, and how to wait.
#![allow(dead_code, reason = "each test crate uses its part of it")]
#![allow(clippy::panic, reason = "a test fails by a panic")]

pub mod bridge;
pub mod client;
pub mod line;
pub mod telegrams;

use std::time::{Duration, Instant};

/// Anything that ought to happen does so within this time, even on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Waits until `condition` gives something; panics with `what` when it takes too long.
pub fn wait_for<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(started.elapsed() < DEADLINE, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
