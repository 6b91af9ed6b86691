//! The daemon under test: the real binary, with a line, a configuration and an address of its own.

use super::line::Line;
use super::{DEADLINE, client::Client, wait_for};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

pub struct Bridge {
    pub line: Line,
    pub folder: TempDir,
    pub address: SocketAddr,
    daemon: Child,
    log: Arc<Mutex<Vec<String>>>,
}

/// How a bridge under test is started.
pub struct Setup {
    configuration: String,
    arguments: Vec<String>,
    wrapper: Vec<String>,
    plugged_in: bool,
}

/// A bridge with the defaults, but for the device and the address.
pub fn bridge() -> Setup {
    Setup {
        configuration: String::new(),
        arguments: vec!["--verbose".into()],
        wrapper: Vec::new(),
        plugged_in: true,
    }
}

impl Setup {
    /// With these lines in the configuration; `[serial]` and `[tcp]` have to be left to `serial` and
    /// `tcp`.
    pub fn with(mut self, lines: &str) -> Self {
        self.configuration.push_str(lines);
        self.configuration.push('\n');
        self
    }

    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Started by this command, in front of the daemon's own.
    pub fn through(mut self, command: &[&str]) -> Self {
        self.wrapper = command.iter().map(ToString::to_string).collect();
        self
    }

    /// With no device there yet.
    pub fn unplugged(mut self) -> Self {
        self.plugged_in = false;
        self
    }

    /// Starts it, and waits until it listens and, if the line is plugged in, reads.
    pub fn start(self) -> Bridge {
        let plugged_in = self.plugged_in;
        let bridge = self.start_and_no_more();
        bridge.wait_for_log("listening on");
        if plugged_in {
            bridge.wait_for_log("reading ");
        }
        bridge
    }

    pub fn start_and_no_more(self) -> Bridge {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("meter");
        let line = if self.plugged_in { Line::new(&link) } else { Line::absent(&link) };
        let address = SocketAddr::new(own_address(), 9000);
        let configuration = self.configuration;
        let (serial, tcp) = (section(&configuration, "serial"), section(&configuration, "tcp"));
        let others = rest(&configuration);
        let file = folder.path().join("p1-tcp.toml");
        let text = format!(
            "[serial]\ndevice = \"{}\"\n{serial}\n[tcp]\nbind = \"{}\"\nport = 9000\n{tcp}\n{others}",
            link.display(),
            address.ip(),
        );
        std::fs::write(&file, text).expect("a configuration");
        let daemon = env!("CARGO_BIN_EXE_p1-tcp").to_owned();
        let words: Vec<String> = self.wrapper.into_iter().chain([daemon, "run".into()]).collect();
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg("--config").arg(&file).args(self.arguments);
        let mut daemon = command.stderr(Stdio::piped()).spawn().expect("the daemon");
        let log = Arc::new(Mutex::new(Vec::new()));
        let stderr = BufReader::new(daemon.stderr.take().expect("its standard error"));
        let lines = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                lines.lock().expect("the log").push(line);
            }
        });
        Bridge { line, folder, address, daemon, log }
    }
}

impl Bridge {
    /// A client that has joined: it gets the next telegram.
    pub fn client(&self) -> Client {
        let client = self.stranger();
        let joined = format!("{} connected", client.address());
        self.wait_for_log(&joined);
        client
    }

    /// A client that has connected and may be refused.
    pub fn stranger(&self) -> Client {
        Client::connect(self.address)
    }

    pub fn log(&self) -> Vec<String> {
        self.log.lock().expect("the log").clone()
    }

    /// Waits for a log line with `text` in it.
    pub fn wait_for_log(&self, text: &str) -> String {
        let found = || self.log().into_iter().find(|line| line.contains(text));
        let started = std::time::Instant::now();
        loop {
            if let Some(line) = found() {
                return line;
            }
            assert!(started.elapsed() < DEADLINE, "no {text:?} in the log: {:#?}", self.log());
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// Waits until `condition` holds.
    pub fn wait_for(&mut self, mut condition: impl FnMut(&mut Self) -> bool) {
        wait_for("the bridge", || condition(self).then_some(()));
    }

    pub fn times_logged(&self, text: &str) -> usize {
        self.log().iter().filter(|line| line.contains(text)).count()
    }

    pub fn configuration(&self) -> PathBuf {
        self.folder.path().join("p1-tcp.toml")
    }

    pub fn pid(&self) -> u32 {
        self.daemon.id()
    }

    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.daemon.id()).expect("a process id");
        kill(Pid::from_raw(pid), signal).expect("to send a signal");
    }

    pub fn is_running(&mut self) -> bool {
        self.daemon.try_wait().expect("the daemon's state").is_none()
    }

    /// Waits for the daemon's end.
    pub fn ended(&mut self) -> ExitStatus {
        wait_for("the daemon's end", || self.daemon.try_wait().expect("the daemon's state"))
    }

    /// Processor time used so far, in clock ticks of 10 ms.
    pub fn ticks(&self) -> u64 {
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).expect("its state");
        let fields: Vec<_> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
        fields[11].parse::<u64>().expect("ticks") + fields[12].parse::<u64>().expect("ticks")
    }

    /// Memory that is the daemon's own, in KiB.
    pub fn memory(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("its state");
        let line = status.lines().find(|line| line.starts_with("RssAnon:")).expect("RssAnon");
        line.split_whitespace().nth(1).expect("a number").parse().expect("a number")
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
        if std::thread::panicking() {
            eprintln!("the daemon's log: {:#?}", self.log());
        }
    }
}

/// A loopback address that no other bridge on this machine has: tests run side by side.
fn own_address() -> IpAddr {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let [.., high, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, high.max(1), low, NEXT.fetch_add(1, Ordering::Relaxed)).into()
}

/// The lines below `[name]` in `text`.
fn section(text: &str, name: &str) -> String {
    let mut inside = false;
    let mut lines = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            inside = line.trim() == format!("[{name}]");
        } else if inside {
            lines = lines + line + "\n";
        }
    }
    lines
}

/// The sections other than `[serial]` and `[tcp]`.
fn rest(text: &str) -> String {
    ["telegram", "feed"].map(|name| format!("[{name}]\n{}", section(text, name))).concat()
}
