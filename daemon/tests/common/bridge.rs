//! The daemon under test: the real binary, with a line, a configuration and an address of its own.

use super::line::Line;
use super::{DEADLINE, client::Client, wait_for};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
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
    environment: Vec<(String, String)>,
    shim: Option<String>,
    plugged_in: bool,
}

/// A bridge with the defaults, but for the device and the address.
pub fn bridge() -> Setup {
    Setup {
        configuration: String::new(),
        arguments: vec!["--verbose".into()],
        wrapper: Vec::new(),
        environment: Vec::new(),
        shim: None,
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

    /// Without a line in the log for every client.
    pub fn quiet(mut self) -> Self {
        self.arguments.clear();
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

    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// With a library of `tests/shims` preloaded, which is told by the file `trigger` in the folder.
    pub fn preload(mut self, shim: &str) -> Self {
        self.shim = Some(shim.into());
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
        let folder = open_folder();
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
        command
            .env_remove("NOTIFY_SOCKET")
            .env("RUNTIME_DIRECTORY", folder.path())
            .envs(self.environment);
        if let Some(shim) = self.shim {
            command.env("LD_PRELOAD", compile(&shim, folder.path()));
            command.env("P1_TRIGGER", folder.path().join("trigger"));
        }
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

    /// Changes the configuration as an editor does: a new file gets the old one's name.
    pub fn edit(&self, change: impl FnOnce(String) -> String) {
        let text = std::fs::read_to_string(self.configuration()).expect("the configuration");
        let new = self.folder.path().join("p1-tcp.toml.new");
        std::fs::write(&new, change(text)).expect("a new configuration");
        std::fs::rename(new, self.configuration()).expect("the old one's name");
    }

    /// Lets the preloaded library do what it is there for.
    pub fn pull_trigger(&self) {
        std::fs::write(self.folder.path().join("trigger"), "").expect("the trigger");
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

/// Makes a library of `tests/shims/NAME.c`.
fn compile(name: &str, folder: &Path) -> PathBuf {
    let source = format!("{}/tests/shims/{name}.c", env!("CARGO_MANIFEST_DIR"));
    let library = folder.join(name).with_extension("so");
    let arguments = ["-shared", "-fPIC", "-Wall", "-Werror", "-pthread"];
    let mut compiler = Command::new("cc");
    let made = compiler.args(arguments).arg("-o").arg(&library).arg(source).arg("-ldl").status();
    assert!(made.expect("a C compiler").success());
    library
}

/// A folder that the daemon can look into as the user that it becomes.
pub fn open_folder() -> TempDir {
    let everyone = std::fs::Permissions::from_mode(0o755);
    tempfile::Builder::new().permissions(everyone).tempdir().expect("a folder")
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
    ["telegram", "feed"]
        .map(|name| match section(text, name) {
            lines if lines.is_empty() => String::new(),
            lines => format!("[{name}]\n{lines}"),
        })
        .concat()
}
