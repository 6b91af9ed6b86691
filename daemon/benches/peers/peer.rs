//! The programs that are measured, and how each is started.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The word by which this program becomes the floor.
pub const FLOOR: &str = "floor";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    P1Tcp,
    Ser2net,
    Socat,
    Pyserial,
    Floor,
}

impl Peer {
    pub const ALL: [Self; 5] =
        [Self::P1Tcp, Self::Ser2net, Self::Socat, Self::Pyserial, Self::Floor];

    pub fn name(self) -> &'static str {
        match self {
            Self::P1Tcp => "p1-tcp",
            Self::Ser2net => "ser2net",
            Self::Socat => "socat",
            Self::Pyserial => "pyserial's example",
            Self::Floor => "bare loop",
        }
    }

    /// How many clients it serves whole telegrams to.
    pub fn most_clients(self) -> usize {
        match self {
            // With more, socat splits the bytes between them, and the example lets them wait.
            Self::Socat | Self::Pyserial => 1,
            Self::P1Tcp | Self::Ser2net | Self::Floor => usize::MAX,
        }
    }

    /// Starts it on a line, for so many clients.
    pub fn start(self, device: &Path, clients: usize) -> Running {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let device = device.display().to_string();
        let mut command = match self {
            Self::P1Tcp => {
                let file = folder.path().join("p1-tcp.toml");
                let settings = format!(
                    "[serial]\ndevice = \"{device}\"\n[tcp]\nbind = \"127.0.0.1\"\nport = {port}\n\
                     max-clients = {}\n[feed]\ntimeout = 0\n",
                    clients + 10
                );
                std::fs::write(&file, settings).expect("a configuration");
                words(&[
                    env!("CARGO_BIN_EXE_p1-tcp"),
                    "run",
                    "--config",
                    &file.display().to_string(),
                ])
            }
            Self::Ser2net => {
                let file = folder.path().join("ser2net.yaml");
                let settings = format!(
                    "%YAML 1.1\n---\nconnection: &p1\n  accepter: tcp,127.0.0.1,{port}\n  enable: on\n  \
                     connector: serialdev,{device},115200n81,local\n  options:\n    max-connections: {}\n",
                    clients + 10
                );
                std::fs::write(&file, settings).expect("a configuration");
                words(&["ser2net", "-n", "-c", &file.display().to_string()])
            }
            Self::Socat => words(&[
                "socat",
                &format!("TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork"),
                &format!("OPEN:{device},raw,echo=0,b115200"),
            ]),
            Self::Pyserial => {
                let python = std::env::var("P1_PYTHON").expect("P1_PYTHON: a Python with pyserial");
                let example = std::env::var("P1_PYSERIAL_EXAMPLE").expect("P1_PYSERIAL_EXAMPLE");
                words(&[
                    &python,
                    &example,
                    "--quiet",
                    "--localport",
                    &port.to_string(),
                    &device,
                    "115200",
                ])
            }
            Self::Floor => {
                let own = std::env::current_exe().expect("this program");
                words(&[&own.display().to_string(), FLOOR, &device, &port.to_string()])
            }
        };
        let child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let running = Running {
            child: child.expect("a program that scripts/bench-peers installs"),
            port,
            _folder: folder,
        };
        running.wait_until_it_listens();
        running
    }
}

fn words(words: &[&str]) -> Command {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its number").port()
}

/// A program that has been started.
pub struct Running {
    child: Child,
    pub port: u16,
    _folder: TempDir,
}

impl Running {
    /// Looks into the kernel's table, as a connection would take the only place some have.
    fn wait_until_it_listens(&self) {
        let wanted = format!(":{:04X} 00000000:0000 0A", self.port);
        let started = Instant::now();
        let listens =
            || std::fs::read_to_string("/proc/net/tcp").expect("sockets").contains(&wanted);
        while !listens() {
            assert!(started.elapsed() < Duration::from_secs(20), "it does not listen");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// It and the processes it has started.
    fn processes(&self) -> Vec<u32> {
        let mut found = HashSet::from([self.child.id()]);
        let children = |pid: u32| {
            let path = format!("/proc/{pid}/task/{pid}/children");
            std::fs::read_to_string(path).unwrap_or_default()
        };
        let mut new = vec![self.child.id()];
        while let Some(pid) = new.pop() {
            let numbers = children(pid);
            new.extend(
                numbers
                    .split_whitespace()
                    .filter_map(|pid| pid.parse().ok())
                    .filter(|&pid| found.insert(pid)),
            );
        }
        found.into_iter().collect()
    }

    /// Processor time it has used so far, in nanoseconds, over all threads.
    pub fn processor_time(&self) -> u64 {
        let of_task = |path: &Path| -> u64 {
            let text = std::fs::read_to_string(path.join("schedstat")).unwrap_or_default();
            text.split(' ').next().and_then(|time| time.parse().ok()).unwrap_or(0)
        };
        let of_process = |pid: u32| -> u64 {
            let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten();
            tasks.flatten().map(|task| of_task(&task.path())).sum()
        };
        self.processes().into_iter().map(of_process).sum()
    }

    /// Memory that is its own or its share of what others use, too, in KiB (Pss).
    pub fn memory(&self) -> u64 {
        let of_process = |pid: u32| -> u64 {
            let text =
                std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
            let pss = text.lines().find_map(|line| line.strip_prefix("Pss:"));
            pss.and_then(|pss| pss.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
        };
        self.processes().into_iter().map(of_process).sum()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for pid in self.processes() {
            let pid = i32::try_from(pid).expect("a process id");
            let _ =
                nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::SIGKILL);
        }
        let _ = self.child.wait();
    }
}

/// The least that there is to do: read the line, and write what was read to every client.
pub fn floor(device: &str, port: &str) -> ! {
    let port = port.parse().expect("a port");
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("to listen");
    let clients = Arc::new(Mutex::new(Vec::<TcpStream>::new()));
    let accepted = Arc::clone(&clients);
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            client.set_nodelay(true).expect("no delay");
            accepted.lock().expect("the clients").push(client);
        }
    });
    let mut line = std::fs::File::open(device).expect("the line");
    let mut buffer = [0; 4096];
    loop {
        let count = line.read(&mut buffer).expect("to read");
        let mut clients = clients.lock().expect("the clients");
        clients.retain_mut(|client| client.write_all(&buffer[..count]).is_ok());
    }
}
