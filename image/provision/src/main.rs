//! p1-provision: arguments in, exit code out.

use p1_provision::arguments::{Arguments, USAGE, VERSION};
use p1_provision::{apply, check, replace};
use std::process::ExitCode;

/// `EX_USAGE` of sysexits.h.
const BAD_USAGE: u8 = 64;

fn main() -> ExitCode {
    match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(Arguments::Apply { root, device }) => apply::run(root.as_deref(), device.as_deref()),
        Ok(Arguments::Check { root, file }) => check::run(root.as_deref(), &file),
        Ok(Arguments::Show { root, device, name }) => {
            replace::show(root.as_deref(), device.as_deref(), &name)
        }
        Ok(Arguments::Replace { root, device, name, file }) => {
            replace::run(root.as_deref(), device.as_deref(), &name, &file)
        }
        Ok(Arguments::Help) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Ok(Arguments::Version) => {
            println!("{VERSION}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("p1-provision: {message}\n\n{USAGE}");
            ExitCode::from(BAD_USAGE)
        }
    }
}
