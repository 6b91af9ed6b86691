//! Programs that end when they are not wanted any more.

use crate::failure::Failure;
use std::ffi::OsStr;
use std::process::{Child, Command, ExitStatus};

/// A program that is killed when this is dropped.
pub(crate) struct Process {
    name: String,
    child: Child,
}

impl Process {
    /// Starts what [`command`] has prepared; `name` is for people.
    ///
    /// # Errors
    ///
    /// If there is no such program.
    pub(crate) fn start(name: &str, command: &mut Command) -> Result<Self, Failure> {
        let child = command.spawn().map_err(Failure::of(format!("start {name}")))?;
        Ok(Self { name: name.to_owned(), child })
    }

    /// How it ended, once it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>, Failure> {
        self.child.try_wait().map_err(Failure::of(format!("see whether {} runs", self.name)))
    }

    /// Ends it at once, like a power cut, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        // Either it has ended already, or these end it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A command for `program` that is killed when the thread that starts it ends, in whatever way: a
/// test that is killed itself can clean nothing up.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command
}
