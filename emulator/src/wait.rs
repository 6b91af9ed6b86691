//! Waiting for a condition, with a deadline.

use crate::failure::Failure;
use std::time::{Duration, Instant};

/// Between two looks: short beside what an emulated machine takes for anything.
pub(crate) const LOOK: Duration = Duration::from_millis(50);
/// Between two looks that the machine itself has to work for: without a pause an emulated one would do nothing else,
/// and what is waited for would wait, too.
const ASK: Duration = Duration::from_secs(1);

/// Waits up to `limit` until `condition` gives something. `what` completes "waited … for".
///
/// # Errors
///
/// When the time is over, or as soon as `condition` fails.
pub fn wait_for<T>(
    what: &str,
    limit: Duration,
    condition: impl FnMut() -> Result<Option<T>, Failure>,
) -> Result<T, Failure> {
    look_each(LOOK, what, limit, condition)
}

/// The same for a condition that an emulated machine is asked about by a command.
///
/// # Errors
///
/// As [`wait_for`].
pub fn ask_for<T>(
    what: &str,
    limit: Duration,
    condition: impl FnMut() -> Result<Option<T>, Failure>,
) -> Result<T, Failure> {
    look_each(ASK, what, limit, condition)
}

fn look_each<T>(
    pause: Duration,
    what: &str,
    limit: Duration,
    mut condition: impl FnMut() -> Result<Option<T>, Failure>,
) -> Result<T, Failure> {
    let started = Instant::now();
    loop {
        if let Some(value) = condition()? {
            return Ok(value);
        }
        if started.elapsed() >= limit {
            return Err(Failure::new(format!("waited {limit:?} in vain for {what}")));
        }
        std::thread::sleep(pause);
    }
}
