//! A machine that runs.

use crate::console::Console;
use crate::control::Control;
use crate::failure::Failure;
use crate::plan::{Forward, Plan, socket};
use crate::process::{Process, command};
use crate::wait::wait_for;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;

/// Within this time QEMU ends when it is asked to.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running machine. Dropped, it ends like one whose plug is pulled.
pub struct Machine {
    process: Process,
    control: Control,
    console: Console,
    /// What QEMU itself complains of.
    complaints: PathBuf,
    addresses: BTreeMap<Forward, SocketAddr>,
    folder: TempDir,
}

impl Machine {
    pub(crate) fn start(plan: Plan) -> Result<Self, Failure> {
        let Plan { program, options, folder, console, forwards, .. } = plan;
        let complaints = folder.path().join("complaints");
        let log = File::create(&complaints).map_err(Failure::of("write a file for QEMU"))?;
        let pair = UnixStream::pair().map_err(Failure::of("make a socket for QEMU"))?;
        let [theirs, too] = both(pair.1)?;
        let mut command = command(&program);
        command.args(options).args(["-qmp", "stdio"]);
        command.stdin(Stdio::from(theirs)).stdout(Stdio::from(too)).stderr(Stdio::from(log));
        let process = Process::start(&program.display().to_string(), &mut command)?;
        // With it go our copies of QEMU's end, so that its end is noticed.
        drop(command);
        let control = Control::new(pair.0).map_err(|failure| {
            let said = std::fs::read_to_string(&complaints).unwrap_or_default();
            failure.with("what QEMU says", &said)
        })?;
        let console = Console::new(console.unwrap_or_else(|| folder.path().join("console")));
        let addresses = BTreeMap::new();
        let mut machine = Self { process, control, console, complaints, addresses, folder };
        if !forwards.is_empty() {
            machine.addresses = machine.look_up_addresses()?;
        }
        Ok(machine)
    }

    fn look_up_addresses(&mut self) -> Result<BTreeMap<Forward, SocketAddr>, Failure> {
        // There is no command for programs that tells it.
        let line = json!({ "command-line": "info usernet" });
        let table = self.control.execute("human-monitor-command", &line)?;
        Ok(addresses(table.as_str().unwrap_or_default()))
    }

    /// Where a forwarded port of the guest can be reached. Connections are accepted there from the
    /// beginning, and closed again as long as nobody listens inside.
    ///
    /// # Errors
    ///
    /// If the plan has not forwarded it.
    pub fn address(&self, port: Forward) -> Result<SocketAddr, Failure> {
        let address = self.addresses.get(&port).copied();
        address.ok_or_else(|| {
            Failure::new(format!("{port:?} is not forwarded; add it to the machine's plan"))
        })
    }

    /// The socket at the other end of a line of the plan.
    #[must_use]
    pub fn line(&self, name: &str) -> PathBuf {
        socket(self.folder.path(), name)
    }

    /// A folder that goes away with the machine.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the machine writes to its console.
    #[must_use]
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// The connection to QEMU.
    pub fn control(&mut self) -> &mut Control {
        &mut self.control
    }

    /// Waits up to `limit` until `condition` gives something; see [`wait_for`].
    ///
    /// # Errors
    ///
    /// If it does not, or the machine ends; the end of its console is in the failure.
    pub fn wait_for<T>(
        &mut self,
        what: &str,
        limit: Duration,
        mut condition: impl FnMut() -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        let process = &mut self.process;
        let waited = wait_for(what, limit, || {
            if let Some(status) = process.ended()? {
                let ended = format!("the machine has ended ({status}) while we waited for {what}");
                return Err(Failure::new(ended));
            }
            condition()
        });
        waited.map_err(|failure| self.explain(failure))
    }

    /// `failure` with what the machine and QEMU have last said, and how QEMU has ended, if it has.
    #[must_use]
    pub fn explain(&mut self, failure: Failure) -> Failure {
        let said = std::fs::read_to_string(&self.complaints).unwrap_or_default();
        let mut failure = failure.with("the end of the machine's console", &self.console.end());
        if !said.is_empty() {
            failure = failure.with("what QEMU says", &said);
        }
        // Its connections are closed a little before it has ended.
        let ended = wait_for("QEMU's end", Duration::from_secs(1), || self.process.ended());
        match ended {
            Ok(status) => failure.with("QEMU has ended", &status.to_string()),
            Err(_) => failure,
        }
    }

    /// Waits up to `limit` until the machine has ended by itself: it was shut down, or, with
    /// `-no-reboot`, wanted to start anew.
    ///
    /// # Errors
    ///
    /// If it goes on.
    pub fn wait_for_end(&mut self, limit: Duration) -> Result<(), Failure> {
        let waited = wait_for("the machine's end", limit, || self.process.ended());
        waited.map(|_| ()).map_err(|failure| self.explain(failure))
    }

    /// Ends QEMU in its own way: what the machine has written is in its images, and what it only
    /// wanted to write is not.
    ///
    /// # Errors
    ///
    /// If it goes on.
    pub fn quit(mut self) -> Result<(), Failure> {
        self.control.execute("quit", &json!({}))?;
        self.wait_for_end(PATIENCE)
    }

    /// Ends QEMU by SIGKILL: what it has not written by now is lost, as in a power cut.
    pub fn kill(mut self) {
        self.process.kill();
    }
}

/// An end of a socket, twice.
fn both(end: UnixStream) -> Result<[OwnedFd; 2], Failure> {
    let copy = end.try_clone().map_err(Failure::of("copy a socket for QEMU"))?;
    Ok([end.into(), copy.into()])
}

/// Reads the table of QEMU's `info usernet`, in which a forwarded port has a row such as
///
/// ```text
///   TCP[HOST_FORWARD]  12       127.0.0.1 37695       10.0.2.15    22     0     0
/// ```
fn addresses(table: &str) -> BTreeMap<Forward, SocketAddr> {
    let row = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [kind, _, _, here, _, there, ..] = fields[..] else { return None };
        let (here, there) = (here.parse().ok()?, there.parse().ok()?);
        let forward = match kind {
            "TCP[HOST_FORWARD]" => Forward::Tcp(there),
            "UDP[HOST_FORWARD]" => Forward::Udp(there),
            _ => return None,
        };
        Some((forward, SocketAddr::from((Ipv4Addr::LOCALHOST, here))))
    };
    table.lines().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn how_qemu_has_ended_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let (text, program) = (folder.path().join("text"), folder.path().join("qemu"));
        let greeting = r#"echo '{"QMP":{}}'; read line; echo '{"return":{}}'; read line"#;
        let script = format!("#!/bin/sh\n{greeting}; kill -s SEGV $$\n");
        std::fs::write(&text, script).expect("a file");
        // Written by another process: while a child of another test has our file, it cannot be run.
        let made = Command::new("install").args(["-m", "755"]).args([&text, &program]).status();
        assert!(made.expect("the program install").success());
        let plan = Plan::new(program, "none").expect("a plan");
        let mut machine = plan.start().expect("a machine");
        let failure = machine.control().execute("device_add", &json!({})).expect_err("no answer");
        let told = machine.explain(failure).to_string();
        assert!(told.contains("(SIGSEGV)"), "{told}");
    }

    #[test]
    fn forwarded_ports_are_found_among_connections() {
        let table = "Hub -1 (network):\r\n\
            \x20 Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n\
            \x20 TCP[ESTABLISHED]   21       127.0.0.1 32939       10.0.2.15  9000     0     0\r\n\
            \x20 TCP[HOST_FORWARD]  12       127.0.0.1 37695       10.0.2.15    22     0     0\r\n\
            \x20 TCP[HOST_FORWARD]  11       127.0.0.1 32939       10.0.2.15  9000     0     0\r\n\
            \x20 UDP[HOST_FORWARD]  13       127.0.0.1 41000       10.0.2.15  5353     0     0\r\n";
        let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let expected = [
            (Forward::Tcp(22), at(37695)),
            (Forward::Tcp(9000), at(32939)),
            (Forward::Udp(5353), at(41000)),
        ];
        assert_eq!(addresses(table), expected.into());
    }
}
