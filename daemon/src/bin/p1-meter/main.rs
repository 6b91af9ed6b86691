//! p1-meter: a simulated smart meter, for trying and testing what reads a P1 port.

mod appliances;
mod arguments;
mod belgian;
mod cipher;
mod clock;
mod demand;
mod dutch;
mod error;
mod faults;
mod household;
mod kind;
mod line;
mod luxembourg;
mod meter;
mod outage;
mod pace;
mod pty;
mod reading;
mod serial;
mod signals;
mod socket;
mod solar;
mod text;
mod uart;

use arguments::{Arguments, sentence};
use error::Error;
use meter::{Meter, say};
use std::process::ExitCode;

/// The exit code for a mistake in the command line.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            say(&sentence(&error));
            return USAGE.into();
        }
        Err(help) => {
            // If nobody can read it, nobody misses it.
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    match Meter::new(&arguments).and_then(|mut meter| meter.run()) {
        Ok(()) | Err(Error::Stopped) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error.to_string());
            ExitCode::FAILURE
        }
    }
}
