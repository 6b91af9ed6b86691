//! What the line is found to be, wherever one looks.

use crate::Workshop;
use crate::pi::{METER, PORT, Pi};
use emulator::boards::{Board, Chip};
use emulator::failure::Failure;
use std::time::{Duration, Instant};

/// A meter whose signal wants an inverter that is not there.
const INVERTED: [&str; 5] = ["--kind", "dsmr50", "--seed", "7", "--inverted"];
/// A verdict takes half a minute of the line's time, and the host may be busy.
const ENOUGH: Duration = Duration::from_secs(180);
const LIGHT: &str = "/sys/class/leds/ACT";

/// A silent line, an inverted one and a healthy one, in the journal and in systemd's status.
pub fn tells_apart(pi: &mut Pi, workshop: &Workshop) -> Result<(), Failure> {
    pi.disconnect();
    tells(pi, "silent", "no telegram for ")?;
    pi.connect(workshop, &INVERTED)?;
    tells(pi, "inverted", "The signal is upside down, ")?;
    pi.disconnect();
    pi.connect(workshop, &METER)?;
    tells(pi, "receiving", " telegram/s from ")?;
    pi.served(PORT)
}

/// Waits until the last entry on the line's state and the status say so.
fn tells(pi: &mut Pi, state: &str, status: &str) -> Result<(), Failure> {
    let began = Instant::now();
    loop {
        let entries = pi.journal("SYSLOG_IDENTIFIER=p1-tcp")?;
        let last = entries.iter().rev().find_map(|entry| entry["LINE_STATE"].as_str());
        let told = pi.property("StatusText")?;
        if last == Some(state) && told.contains(status) {
            return Ok(());
        }
        if began.elapsed() > ENOUGH {
            let what = format!("not {state}: the journal says {last:?}, the status {told:?}");
            return Err(Failure::new(what));
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// `p1-tcp status` is for admin and not for everyone, and the light is the daemon's.
pub fn status_and_light(pi: &mut Pi, board: &Board) -> Result<(), Failure> {
    let told = pi.shell.run("p1-tcp status")?;
    assert!(told.contains("/dev/ttyAMA0") && told.contains("115200"), "{told}");
    let refused = pi.shell.try_run("sudo -u nobody p1-tcp status")?;
    assert!(refused.code != 0 && refused.complaints.contains("p1serial"), "{refused:?}");
    let lines = pi.shell.run("timeout 5 p1-tcp monitor || true")?;
    assert!(lines.contains("kW"), "{lines}");
    // On a Raspberry Pi 3 it hangs on a chip that QEMU does not have.
    if board.chip == Chip::Bcm2837 {
        return Ok(());
    }
    let light =
        pi.shell.run(&format!("stat --format '%G %a' {LIGHT}/brightness; cat {LIGHT}/trigger"))?;
    assert!(light.starts_with("p1serial 664\n") && light.contains("[none]"), "{light}");
    // It blinks: it is seen lit and dark. Nothing is started for a look, as that takes long here.
    pi.shell.run(&format!(
        "timeout 60 sh -c 'while [ \"$dark$lit\" != 11 ]; do read -r now <{LIGHT}/brightness; \
         case $now in 0) dark=1 ;; [1-9]*) lit=1 ;; esac; done'"
    ))?;
    Ok(())
}
