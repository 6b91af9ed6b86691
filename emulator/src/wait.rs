//! Waiting for a condition, with a deadline.

use crate::failure::Failure;
use std::time::{Duration, Instant};

/// Between two looks: short beside what an emulated machine takes for anything.
pub(crate) const LOOK: Duration = Duration::from_millis(50);

/// Waits up to `limit` until `condition` gives something. `what` completes "waited … for".
///
/// # Errors
///
/// When the time is over, or as soon as `condition` fails.
pub fn wait_for<T>(
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
        std::thread::sleep(LOOK);
    }
}
