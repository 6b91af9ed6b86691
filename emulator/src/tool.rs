//! Programs that do a part of the work.

use crate::failure::Failure;
use crate::process::command;
use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The exit code of setpriv, which starts them, for a program that is not there.
const NO_PROGRAM: i32 = 127;

/// Runs a program to its end; `what` completes "cannot …", and `package` is the one of Debian that
/// has the program.
pub(crate) fn run<A: AsRef<OsStr>>(
    program: &str,
    package: &str,
    arguments: &[A],
    what: &str,
) -> Result<(), Failure> {
    let mut command = command(program);
    command.args(arguments).stdin(Stdio::null());
    ended(&mut command, program, package, what)
}

/// The same for a program that reads `from` and writes `into`.
pub(crate) fn filter(
    program: &str,
    package: &str,
    arguments: &[&str],
    (from, into): (&Path, &Path),
    what: &str,
) -> Result<(), Failure> {
    let input = File::open(from).map_err(Failure::of(format!("read {}", from.display())))?;
    let output = File::create(into).map_err(Failure::of(format!("write {}", into.display())))?;
    let mut command = command(program);
    command.args(arguments).stdin(input).stdout(output);
    ended(&mut command, program, package, what)
}

fn ended(command: &mut Command, program: &str, package: &str, what: &str) -> Result<(), Failure> {
    // With `output` a stream that was set already stays as it is.
    let Output { status, stderr, .. } =
        command.output().map_err(Failure::of(format!("start {program}")))?;
    if status.success() {
        return Ok(());
    }
    if status.code() == Some(NO_PROGRAM) {
        return Err(Failure::new(format!(
            "cannot {what}: there is no {program}; install Debian's package {package}"
        )));
    }
    let failure = Failure::new(format!("cannot {what}: {program} ended with {status}"));
    Err(failure.with(&format!("what {program} says"), &String::from_utf8_lossy(&stderr)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_fails_and_one_that_is_missing() {
        assert!(run("true", "coreutils", &[""; 0], "do it").is_ok());
        let told =
            run("sh", "dash", &["-c", "echo no >&2; exit 3"], "do it").expect_err("an error");
        let told = told.to_string();
        assert!(told.starts_with("cannot do it: sh ended with exit status: 3"), "{told}");
        assert!(told.contains("\nno\n"), "{told}");
        let told = run("no-such-program", "none", &[""; 0], "do it").expect_err("an error");
        let told = told.to_string();
        assert_eq!(
            told,
            "cannot do it: there is no no-such-program; install Debian's package none"
        );
    }
}
