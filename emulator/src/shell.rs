//! Commands in a machine, over ssh.

use crate::failure::Failure;
use crate::machine::Machine;
use crate::plan::Forward;
use crate::process::{Process, command};
use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// An emulated processor takes its time over the exchange of keys.
const CONNECTING: &str = "ConnectTimeout=30";
/// The same for the server's first line.
const ANSWERING: Duration = Duration::from_secs(30);
/// How long a command may take, in seconds; after as many more, ssh is killed.
const COMMAND: (&str, &str) = ("120", "--kill-after=10");
/// How timeout(1) says that it was too long.
const TOO_LONG: i32 = 124;
/// How ssh says that not the command failed but the connection.
const NO_CONNECTION: i32 = 255;

/// A user's shell in a machine. One connection serves all commands, so that keys are exchanged once.
pub struct Shell {
    connection: Process,
    options: Vec<OsString>,
}

/// What a command has left behind.
#[derive(Debug)]
pub struct Output {
    /// Its exit code.
    pub code: i32,
    /// Its standard output.
    pub text: String,
    /// Its standard error.
    pub complaints: String,
}

impl Shell {
    /// Logs in to a machine that forwards port 22, as `user` with the private key in the file `key`,
    /// as soon as it can be done.
    ///
    /// # Errors
    ///
    /// If it cannot be done within `limit`.
    pub fn connect(
        machine: &mut Machine,
        user: &str,
        key: &Path,
        limit: Duration,
    ) -> Result<Self, Failure> {
        let address = machine.address(Forward::Tcp(22))?;
        let socket = machine.folder().join("ssh");
        let mut options: Vec<OsString> = vec!["-F".into(), "none".into(), "-i".into(), key.into()];
        for option in [
            // It is this machine's and no other's, and new each time.
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "IdentitiesOnly=yes",
            "BatchMode=yes",
            "LogLevel=ERROR",
            CONNECTING,
        ] {
            options.extend(["-o".into(), option.into()]);
        }
        options.extend(["-S".into(), socket.clone().into(), "-p".into()]);
        options.extend([address.port().to_string().into(), "-l".into(), user.into()]);
        options.push(address.ip().to_string().into());
        let start = || {
            let mut command = command("ssh");
            command.args(["-M", "-N"]).args(&options);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            Process::start("ssh", &mut command)
        };
        let mut connecting: Option<Process> = None;
        let connection = machine.wait_for("a shell in the machine", limit, || {
            let ended = connecting.as_mut().map(Process::ended).transpose()?;
            if ended.flatten().is_some() {
                connecting = None;
            }
            if connecting.is_none() && answers(address) {
                connecting = Some(start()?);
            }
            Ok(if socket.exists() { connecting.take() } else { None })
        })?;
        Ok(Self { connection, options })
    }

    /// Runs a command line of the user's shell.
    ///
    /// # Errors
    ///
    /// If the machine cannot be reached any more or the command takes more than two minutes; not if
    /// the command itself fails.
    pub fn try_run(&mut self, line: &str) -> Result<Output, Failure> {
        self.run_with(line, b"")
    }

    /// The same for a command that is to succeed; returns its standard output.
    ///
    /// # Errors
    ///
    /// If its exit code is not 0, too.
    pub fn run(&mut self, line: &str) -> Result<String, Failure> {
        self.try_run(line)?.success(line)
    }

    /// Writes a file, whose name needs no quoting.
    ///
    /// # Errors
    ///
    /// If that cannot be done.
    pub fn write(&mut self, file: &str, contents: &[u8]) -> Result<(), Failure> {
        // As an editor does: a new file gets the old one's name.
        let line = format!("cat >{file}.new && mv {file}.new {file}");
        self.run_with(&line, contents)?.success(&line).map(|_| ())
    }

    fn run_with(&mut self, line: &str, input: &[u8]) -> Result<Output, Failure> {
        let mut command = command("timeout");
        command.args(["--foreground", COMMAND.1, COMMAND.0, "ssh"]).args(&self.options);
        command.arg("--").arg(line);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut ssh = command.spawn().map_err(Failure::of("start ssh"))?;
        if let Some(mut stdin) = ssh.stdin.take() {
            // A command that does not read is none the worse for it.
            let _ = stdin.write_all(input);
        }
        let output = ssh.wait_with_output().map_err(Failure::of("wait for ssh"))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (said, complaints) = (text(&output.stdout), text(&output.stderr));
        let failed = |what: &str| {
            let failure = Failure::new(format!("`{line}` {what}"));
            Err(failure.with("its output", &said).with("its complaints", &complaints))
        };
        match output.status.code() {
            Some(TOO_LONG) => failed(&format!("takes more than {} s", COMMAND.0)),
            Some(NO_CONNECTION) if self.connection.ended()?.is_some() => {
                failed("cannot be run, as the connection to the machine is gone")
            }
            Some(code) => Ok(Output { code, text: said, complaints }),
            None => failed("was killed"),
        }
    }
}

/// Whether an ssh server answers there. To start ssh itself until it does takes the host's time from the machine.
fn answers(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let mut first = [0; 4];
    stream.set_read_timeout(Some(ANSWERING)).is_ok()
        && stream.read_exact(&mut first).is_ok()
        && first == *b"SSH-"
}

impl Output {
    /// The standard output of a command that has succeeded.
    fn success(self, line: &str) -> Result<String, Failure> {
        if self.code == 0 {
            return Ok(self.text);
        }
        let failure = Failure::new(format!("`{line}` ended with exit code {}", self.code));
        Err(failure.with("its output", &self.text).with("its complaints", &self.complaints))
    }
}
