//! `p1-tcp prepare-pi`: the UART of a Raspberry Pi becomes the meter's.
//!
//! Pure are `model`, `scope`, `config_txt`, `uart`, `marks`, `cmdline_txt`, `raspi_firmware` and
//! `diff`: text in, text out. `own` and `debian` find out what has to change in the files of a
//! system, `plan` puts it together with the services, and nothing is written before that is told.

// What the firmware reads, and who it does that on: also for tests of boot files.
pub mod config_txt;
pub mod model;
pub mod scope;

mod cmdline_txt;
mod debian;
mod diff;
mod files;
mod marks;
mod own;
mod plan;
#[cfg(test)]
mod properties;
mod raspi_firmware;
mod services;
mod system;
mod uart;

use crate::arguments::PreparePi;
use plan::Plan;
use std::io::Write;
use std::process::ExitCode;
use system::{Kind, System};

/// Frees the UART, or takes that back; the exit code is 0, or 1 with one sentence on standard error.
#[must_use]
pub fn run(options: &PreparePi) -> ExitCode {
    match prepare(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("p1-tcp prepare-pi: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn prepare(options: &PreparePi) -> Result<(), String> {
    if !options.dry_run && options.boot.is_none() && options.root.is_none() {
        be_root()?;
    }
    let system = System::find(options)?;
    let plan =
        if options.undo { Plan::undo(&system)? } else { Plan::free(&system, options.overlay)? };
    tell(&format!("{}\n\n{}", system.told(), plan.told()))?;
    if plan.is_empty() {
        let nothing = "Nothing is left to do: the UART is free for the meter.\n";
        return tell(if options.undo { "Nothing is left to undo.\n" } else { nothing });
    }
    if options.dry_run {
        return tell("That is what would change; nothing was changed.\n");
    }
    plan.carry_out(&system)?;
    tell(&next(&plan, &system, options.undo))
}

fn be_root() -> Result<(), String> {
    if nix::unistd::geteuid().is_root() {
        return Ok(());
    }
    Err("boot files may only be changed by root; run `sudo p1-tcp prepare-pi`, or look at what would \
         change with --dry-run"
        .to_owned())
}

/// What to do now.
fn next(plan: &Plan, system: &System, undone: bool) -> String {
    let mut told = vec!["Done.".to_owned()];
    let kept = plan.kept();
    if !undone && !kept.is_empty() {
        told.push(format!("Kept as it was: {}.", kept.join(", ")));
    }
    told.push(match system.kind {
        Kind::Card => {
            "Only the boot files of the card were changed: a login that someone enabled on the \
             serial port stays until prepare-pi is run on the Raspberry Pi itself."
                .to_owned()
        }
        Kind::Own | Kind::Debian => "Restart for it to take effect: sudo reboot".to_owned(),
    });
    if !undone {
        told.push("The meter's port is /dev/ttyAMA0 then. To take it back: --undo".to_owned());
    }
    if let Some(loader) = &plan.loader {
        told.push(format!(
            "Mind that this system starts through {loader}, which may stop where the meter sends \
             just then."
        ));
    }
    told.join("\n") + "\n"
}

fn tell(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout();
    let told = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    told.map_err(|error| format!("standard output cannot be written: {error}"))
}
