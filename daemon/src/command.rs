//! Running programs.
//!
//! `std::process` would do as well, but makes the daemon 38 kB larger (measured on amd64), and, linked
//! with a newer C library than that of Debian 12, asks for that one.

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, posix_spawnp};
use nix::sys::stat::Mode;
use nix::sys::wait::{WaitStatus, waitpid};
use std::ffi::CString;
use std::fs::File;
use std::io::Read;
use std::os::fd::AsRawFd;

/// Runs `command`, a program that is looked for in `PATH` and its arguments, with that alone in its
/// environment. Returns whether it succeeded; what it has to say is for the terminal.
///
/// # Errors
///
/// One sentence, if it cannot be run.
pub fn run(command: &[&str]) -> Result<bool, String> {
    spawn(command, false).map(|(succeeded, _)| succeeded)
}

/// Runs `command` as [`run`] does, and returns what it answers on standard output. None if it
/// cannot be run.
#[must_use]
pub fn ask(command: &[&str]) -> Option<String> {
    spawn(command, true).ok().map(|(_, answer)| answer)
}

fn spawn(command: &[&str], silent: bool) -> Result<(bool, String), String> {
    let spawned = || -> nix::Result<(bool, String)> {
        let words: Result<Vec<_>, _> = command.iter().map(|word| CString::new(*word)).collect();
        let words = words.map_err(|_| Errno::EINVAL)?;
        let path = std::env::var("PATH").unwrap_or_default();
        let environment = [CString::new(format!("PATH={path}")).map_err(|_| Errno::EINVAL)?];
        let mut actions = PosixSpawnFileActions::init()?;
        let (out, into) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
        if silent {
            actions.add_dup2(into.as_raw_fd(), 1)?;
            actions.add_open(2, "/dev/null", OFlag::O_WRONLY, Mode::empty())?;
        }
        let attributes = PosixSpawnAttr::init()?;
        let child = posix_spawnp(&words[0], &actions, &attributes, &words, &environment)?;
        drop(into);
        let mut answer = String::new();
        // What is no text is no answer that is known.
        let _ = File::from(out).read_to_string(&mut answer);
        Ok((waitpid(child, None)? == WaitStatus::Exited(child, 0), answer))
    };
    spawned().map_err(|error| format!("{} cannot be run: {}", command[0], error.desc()))
}
