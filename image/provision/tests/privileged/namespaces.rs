//! Namespaces for a program: a network of two interfaces that are each other's end, an empty /run,
//! a host name.

use crate::common::{run, text, wait_for};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// What is so in each of them before the program starts.
const PREPARE: &str = "set -eu
mount -t tmpfs tmpfs /run
ip link set lo up
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1
ip link set v1 up
";

/// A program in namespaces of its own, which ends when this is dropped.
pub struct Namespaces {
    child: Child,
    pub folder: TempDir,
}

impl Namespaces {
    /// Runs a script, in which `$0` is the program to test, `$1` a folder for its files and `$2` and
    /// so on what is given.
    pub fn start(script: &str, arguments: &[&Path]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let log = fs::File::create(folder.path().join("log")).expect("a log");
        let child = command(script, folder.path(), arguments)
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .expect("unshare");
        Self { child, folder }
    }

    /// The log as it is now.
    pub fn log(&self) -> String {
        text(&fs::read(self.path("log")).expect("the log"))
    }

    /// Waits until the log holds a text.
    pub fn wait_for_log(&mut self, wanted: &str) -> String {
        wait_for(wanted, || {
            let log = self.log();
            let ended = self.child.try_wait().expect("the program");
            assert!(log.contains(wanted) || ended.is_none(), "it ended: {log}");
            log.contains(wanted).then_some(log)
        })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs another program in them; what it printed.
    pub fn run(&self, program: &str, arguments: &[&str]) -> String {
        let pid = self.child.id().to_string();
        let mut all: Vec<&dyn AsRef<OsStr>> =
            vec![&"-t", &pid, &"-n", &"-m", &"-u", &"-r", &program];
        all.extend(arguments.iter().map(|argument| argument as &dyn AsRef<OsStr>));
        run("nsenter", &all)
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a script to its end; what it printed.
pub fn run_script(script: &str, arguments: &[&Path]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let output = command(script, folder.path(), arguments).output().expect("unshare");
    let told = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{told}");
    told
}

fn command(script: &str, folder: &Path, arguments: &[&Path]) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["--net", "--mount", "--uts", "sh", "-c", &format!("{PREPARE}{script}")])
        .arg(env!("CARGO_BIN_EXE_p1-provision"))
        .arg(folder)
        .args(arguments)
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command
}
