//! A monitor that runs, and a stand-in for the daemon.

use crate::common::{DEADLINE, wait_for};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use p1_tcp::report::Report;
use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tempfile::TempDir;

/// `p1-tcp` with these arguments, for an English reader.
pub fn p1_tcp(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_p1-tcp"));
    command.args(arguments).env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C.UTF-8");
    command.env("TERM", "xterm").env_remove("NO_COLOR");
    command
}

/// The status socket of a daemon that is none: it tells what it has been given.
pub struct Stand {
    pub folder: TempDir,
    document: Arc<Mutex<Vec<u8>>>,
}

impl Stand {
    pub fn new(report: &Report) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let listener = UnixListener::bind(folder.path().join("status")).expect("a socket");
        let stand = Self { folder, document: Arc::default() };
        stand.tell(report);
        let document = Arc::clone(&stand.document);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let told = document.lock().expect("the document").clone();
                // The reader may have gone.
                let _ = client.expect("a client").write_all(&told);
            }
        });
        stand
    }

    pub fn tell(&self, report: &Report) {
        self.tell_bytes(&serde_json::to_vec(report).expect("JSON"));
    }

    pub fn tell_bytes(&self, document: &[u8]) {
        document.clone_into(&mut self.document.lock().expect("the document"));
    }

    pub fn socket(&self) -> String {
        path(&self.folder.path().join("status"))
    }
}

pub fn path(path: &Path) -> String {
    path.to_str().expect("a path of characters").to_owned()
}

/// A path where no daemon listens.
pub fn nowhere() -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = path(&folder.path().join("status"));
    (folder, socket)
}

/// A program that runs, and what it has written so far.
pub struct Running {
    child: Child,
    written: Arc<Mutex<Vec<u8>>>,
}

impl Running {
    /// Starts it with a pipe for its output.
    pub fn piped(mut command: Command) -> Self {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("p1-tcp");
        let out = child.stdout.take().expect("its output");
        Self::reading(child, out)
    }

    /// What it writes comes from `out`.
    pub fn reading(child: Child, mut out: impl Read + Send + 'static) -> Self {
        let written = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&written);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = out.read(&mut bytes) {
                all.lock().expect("what it wrote").extend_from_slice(&bytes[..count]);
            }
        });
        Self { child, written }
    }

    pub fn written(&self) -> String {
        let written = self.written.lock().expect("what it wrote");
        String::from_utf8_lossy(&written).into_owned()
    }

    /// Waits until it has written `text`, and returns all it wrote until then.
    pub fn wait_for(&self, text: &str) -> String {
        let started = Instant::now();
        loop {
            let written = self.written();
            if written.contains(text) {
                return written;
            }
            assert!(started.elapsed() < DEADLINE, "no {text:?} in {written:?}");
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        kill(Pid::from_raw(pid), signal).expect("to send a signal");
    }

    pub fn ended(&mut self) -> ExitStatus {
        wait_for("its end", || self.child.try_wait().expect("its state"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A place for a line in `folder`.
pub fn link(folder: &TempDir) -> PathBuf {
    folder.path().join("meter")
}
