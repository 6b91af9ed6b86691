//! The plug is pulled.

use crate::Workshop;
use crate::pi::{Kit, METER, PORT, power_on};
use emulator::failure::Failure;
use emulator::plan::GIVEN;
use std::time::Duration;

/// When the plug is pulled, in seconds after the power was switched on: in the firmware's place, in the
/// kernel, in the initramfs, while services start, while it serves.
const MOMENTS: [u64; 5] = [2, 8, 16, 24, 40];

/// So many of them, spread over the start.
fn moments(cuts: usize) -> impl Iterator<Item = u64> {
    (1..=cuts).map(move |number| MOMENTS[MOMENTS.len() * number / (cuts + 1)])
}

/// Whenever the plug is pulled, the next start serves.
pub fn is_cut(workshop: &Workshop, kit: &mut Kit) -> Result<(), Failure> {
    for seconds in moments(workshop.cuts) {
        let machine = power_on(workshop, kit, GIVEN)?.connect(workshop, &METER)?.machine;
        // No condition is waited for: the moment is the point.
        std::thread::sleep(Duration::from_secs(seconds));
        machine.kill();
        let mut next = power_on(workshop, kit, GIVEN)?.connect(workshop, &METER)?;
        next.served().map_err(|failure| {
            failure.with("the plug was pulled after", &format!("{seconds} s"))
        })?;
        next.machine.kill();
    }
    Ok(())
}

/// A data partition of which nothing is left is made anew, and the machine serves all the same.
pub fn data_is_lost(workshop: &Workshop, kit: &mut Kit) -> Result<(), Failure> {
    let data = kit.card.partition(3)?;
    let length = usize::try_from(data.end - data.start).unwrap_or_default();
    kit.card.overwrite(3, &vec![0xA5; length])?;
    let powered = power_on(workshop, kit, GIVEN)?.connect(workshop, &METER)?;
    let mut pi = powered.log_in(workshop)?;
    pi.served(PORT)?;
    let told = pi.shell.run("journalctl --quiet --no-pager --output cat --unit p1-data")?;
    assert!(told.contains("is made anew") && !told.contains("for this start alone"), "{told}");
    let state = pi.shell.try_run("systemctl is-system-running --wait")?;
    assert_eq!(state.text.trim(), "running");
    pi.service.machine.kill();
    Ok(())
}
