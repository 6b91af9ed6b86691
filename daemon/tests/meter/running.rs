//! Meters that are running, and reading what they send.

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use p1_tcp::framing::{Broken, Framer, Noise, Proof, Step};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, ErrorKind, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// By when anything has to have happened, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// A meter that is running, and a folder for what it makes.
pub(crate) struct Meter {
    pub child: Child,
    folder: TempDir,
}

impl Meter {
    /// Starts a meter; in `arguments` an `@` stands for the folder.
    pub(crate) fn start(arguments: &str) -> Self {
        Self::start_in(tempfile::tempdir().expect("a folder"), arguments)
    }

    pub(crate) fn start_in(folder: TempDir, arguments: &str) -> Self {
        let place = folder.path().to_str().expect("a folder in UTF-8");
        let child = Command::new(env!("CARGO_BIN_EXE_p1-meter"))
            .args(arguments.split_whitespace().map(|argument| argument.replace('@', place)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Self { child: child.expect("the meter starts"), folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What it has recorded, frame by frame.
    pub(crate) fn record(&self) -> Vec<Vec<u8>> {
        Out::of(&fs::read(self.path("record")).expect("a record")).frames()
    }

    /// What it says first.
    pub(crate) fn announcement(&mut self) -> String {
        let mut line = String::new();
        let stderr = self.child.stderr.as_mut().expect("standard error");
        BufReader::new(stderr).read_line(&mut line).expect("a line");
        line
    }

    pub(crate) fn send(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process");
        kill(Pid::from_raw(pid), signal).expect("a signal");
    }

    /// Waits for it to end. Returns its exit code.
    pub(crate) fn end(&mut self) -> Option<i32> {
        wait_for("the meter's end", || self.child.try_wait().expect("a child")).code()
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks until there is an answer.
fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Opens the reader's end of a line if it is there.
pub(crate) fn try_open(link: &Path) -> Option<File> {
    let flags = (OFlag::O_NOCTTY | OFlag::O_NONBLOCK).bits();
    OpenOptions::new().read(true).custom_flags(flags).open(link).ok()
}

/// Opens the reader's end of a line when it is there.
pub(crate) fn open(link: &Path) -> File {
    wait_for("the line", || try_open(link))
}

/// Waits for `line` to have something to read. Panics when it has nothing for too long.
pub(crate) fn await_input(line: &impl AsFd) {
    let patience = PollTimeout::try_from(PATIENCE).expect("a time");
    let ready = poll(&mut [PollFd::new(line.as_fd(), PollFlags::POLLIN)], patience);
    assert_eq!(ready, Ok(1), "nothing to read for too long");
}

/// What is to be read from `line` next: nothing when it is at its end.
pub(crate) fn read_some(line: &mut (impl Read + AsFd)) -> Vec<u8> {
    let mut bytes = vec![0; 4096];
    let count = loop {
        await_input(line);
        match line.read(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            // A terminal that has hung up gives an error.
            result => break result.unwrap_or(0),
        }
    };
    bytes.truncate(count);
    bytes
}

/// All that is to be read from `line` until its end.
pub(crate) fn read_all(line: &mut (impl Read + AsFd)) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let bytes = read_some(line);
        if bytes.is_empty() {
            return all;
        }
        all.extend(bytes);
    }
}

/// All that a meter sends to a socket, and the meter after its end.
pub(crate) fn sent(arguments: &str) -> (Vec<u8>, Meter) {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = UnixListener::bind(folder.path().join("socket")).expect("a socket");
    let mut meter = Meter::start_in(folder, &format!("--socket unix:@/socket {arguments}"));
    await_input(&listener);
    let bytes = read_all(&mut listener.accept().expect("a connection").0);
    assert_eq!(meter.end(), Some(0));
    (bytes, meter)
}

/// What the framing makes of bytes.
#[derive(Default)]
pub(crate) struct Out {
    pub frames: Vec<(Vec<u8>, Proof)>,
    /// How many telegrams came whole but for their checksum.
    pub wrong_checksums: usize,
}

impl Out {
    pub(crate) fn of(mut bytes: &[u8]) -> Self {
        let mut out = Self::default();
        let mut framer = Framer::new();
        loop {
            match framer.next(&mut bytes) {
                Step::Frame(frame) => out.frames.push((frame.bytes.to_vec(), frame.proof)),
                Step::Noise(Noise::Broken { why: Broken::WrongChecksum { .. }, .. }) => {
                    out.wrong_checksums += 1;
                }
                Step::Noise(_) => {}
                Step::Incomplete => return out,
            }
        }
    }

    pub(crate) fn frames(self) -> Vec<Vec<u8>> {
        self.frames.into_iter().map(|(bytes, _)| bytes).collect()
    }
}
