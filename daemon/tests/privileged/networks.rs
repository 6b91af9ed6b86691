//! "local" is every network this host has an address in, and stays so: two hosts in network
//! namespaces of their own, joined by a cable.

use crate::common::wait_for;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// A shell in a network namespace that does what it is told, with a neighbour in another one.
struct Host {
    shell: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Host {
    fn new() -> Self {
        let obey = "while read -r line; do eval \"$line\"; done; kill $(jobs -p)";
        let mut command = Command::new("unshare");
        command.args(["--net", "bash", "-c", obey]);
        let command = command.stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut shell = command.spawn().expect("a network namespace");
        let log = Arc::new(Mutex::new(Vec::new()));
        let (lines, stderr) = (Arc::clone(&log), shell.stderr.take().expect("its standard error"));
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                lines.lock().expect("the log").push(line);
            }
        });
        Self { shell, log }
    }

    fn tell(&mut self, line: &str) {
        let stdin = self.shell.stdin.as_mut().expect("its standard input");
        writeln!(stdin, "{line}").expect("to tell the shell");
    }

    fn times_logged(&self, text: &str) -> usize {
        self.log.lock().expect("the log").iter().filter(|line| line.contains(text)).count()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // The shell ends its jobs when there is no more to read.
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
        if std::thread::panicking() {
            eprintln!("{:#?}", self.log.lock());
        }
    }
}

#[test]
#[ignore = "needs root"]
fn a_neighbour_is_local_while_this_host_has_an_address_in_its_network() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("p1-tcp.toml");
    std::fs::write(&file, "[serial]\ndevice = \"/nowhere\"\n").expect("a configuration");
    let mut host = Host::new();
    host.tell("ip link set lo up; unshare --net sleep 120 & neighbour=$!");
    host.tell("while [ /proc/$neighbour/ns/net -ef /proc/self/ns/net ]; do sleep 0.01; done");
    host.tell("there() { nsenter --target $neighbour --net \"$@\"; }");
    host.tell("ip link add cable type veth peer name cable netns $neighbour");
    host.tell("ip address add 203.0.113.1/24 dev cable; ip link set cable up");
    host.tell("there ip address add 203.0.113.2/24 dev cable");
    host.tell("there ip address add 198.51.100.2/24 dev cable");
    host.tell("there ip link set cable up");
    // A route to a network is no address in it.
    host.tell("ip route add 198.51.100.0/24 dev cable");
    host.tell("connect() { there bash -c 'exec 3<>/dev/tcp/203.0.113.1/9000'; }");
    host.tell(&format!(
        "RUNTIME_DIRECTORY={} {} run --verbose --config {} &",
        folder.path().display(),
        env!("CARGO_BIN_EXE_p1-tcp"),
        file.display()
    ));
    wait_for("the daemon", || (host.times_logged("listening on") == 1).then_some(()));

    host.tell("connect");
    wait_for("the neighbour", || (host.times_logged("203.0.113.2:") > 0).then_some(()));
    assert_eq!(host.times_logged("refused"), 0);

    host.tell("there ip route change 203.0.113.0/24 dev cable src 198.51.100.2; connect");
    wait_for("the stranger", || (host.times_logged("198.51.100.2:") > 0).then_some(()));
    assert_eq!(host.times_logged("refused 198.51.100.2:"), 1);

    host.tell("ip address add 198.51.100.1/24 dev cable");
    wait_for("the new neighbour", || {
        host.tell("connect");
        let connected = host
            .log
            .lock()
            .expect("the log")
            .iter()
            .any(|line| line.contains(" 198.51.100.2:") && line.contains(" connected"));
        connected.then_some(())
    });
}
