//! The service p1-tcp in a running machine: systemd, its process and its journal, asked over a shell.

use crate::failure::Failure;
use crate::machine::Machine;
use crate::meter::Meter;
use crate::plan::Forward;
use crate::reader::Reader;
use crate::shell::Shell;
use crate::wait::ask_for;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

/// Anything that ought to happen in a machine does so within this time, even on a busy host.
pub const DEADLINE: Duration = Duration::from_secs(120);
/// A telegram comes within this time where telegrams come at all.
const MOMENT: Duration = Duration::from_secs(10);

/// A machine, and a shell in it whose user may read the journal and use `sudo`, or is root.
pub struct Service {
    /// The machine.
    pub machine: Machine,
    /// A shell in it.
    pub shell: Shell,
    /// What makes root of the shell's user: `sudo `, or nothing.
    pub sudo: &'static str,
}

/// A place in the journal.
pub struct Mark(String);

impl Service {
    /// Runs a command line as root and returns its standard output.
    ///
    /// # Errors
    ///
    /// If it fails.
    pub fn as_root(&mut self, line: &str) -> Result<String, Failure> {
        let line = format!("{}{line}", self.sudo);
        self.shell.run(&line)
    }

    /// A property of the service, as systemd knows it.
    ///
    /// # Errors
    ///
    /// If systemd cannot be asked.
    pub fn property(&mut self, name: &str) -> Result<String, Failure> {
        let value = self.shell.run(&format!("systemctl show --value --property {name} p1-tcp"))?;
        Ok(value.trim_end().to_owned())
    }

    /// The process id of the daemon.
    ///
    /// # Errors
    ///
    /// As [`Service::property`].
    pub fn main_pid(&mut self) -> Result<u32, Failure> {
        let pid = self.property("MainPID")?;
        pid.parse().map_err(Failure::of(format!("read the process id {pid:?}")))
    }

    /// Waits until a property of the service is as it should be.
    ///
    /// # Errors
    ///
    /// If it does not become so, with what it is.
    pub fn wait_for_property(
        &mut self,
        name: &str,
        is_right: impl Fn(&str) -> bool,
    ) -> Result<String, Failure> {
        let mut last = String::new();
        let waited = ask_for(&format!("a change of {name}"), DEADLINE, || {
            last = self.property(name)?;
            Ok(is_right(&last).then(|| last.clone()))
        });
        waited.map_err(|failure| failure.with(name, &last))
    }

    /// Where the journal ends now.
    ///
    /// # Errors
    ///
    /// If the journal cannot be read.
    pub fn mark(&mut self) -> Result<Mark, Failure> {
        let shown = self.shell.run("journalctl --lines 1 --quiet --output json")?;
        let entry: Value =
            serde_json::from_str(&shown).map_err(Failure::of("read the journal's last entry"))?;
        let cursor = entry["__CURSOR"].as_str();
        cursor.map(|cursor| Mark(cursor.to_owned())).ok_or_else(|| Failure::new("it has no cursor"))
    }

    /// The service's entries in the journal behind `mark`, systemd's about it among them.
    ///
    /// # Errors
    ///
    /// If the journal cannot be read.
    pub fn entries(&mut self, mark: &Mark) -> Result<Vec<Value>, Failure> {
        self.journal(&format!("--after-cursor '{}'", mark.0))
    }

    /// The service's entries in the journal; `options` are more of journalctl's.
    ///
    /// # Errors
    ///
    /// If the journal cannot be read.
    pub fn journal(&mut self, options: &str) -> Result<Vec<Value>, Failure> {
        let lines = format!("journalctl --quiet --no-pager --output json --unit p1-tcp {options}");
        let entries = self.shell.run(&lines)?;
        let entries = entries.lines().map(serde_json::from_str).collect::<Result<_, _>>();
        entries.map_err(Failure::of("read the journal"))
    }

    /// Waits for an entry with `text` in its message, and returns the message.
    ///
    /// # Errors
    ///
    /// If there is none in time.
    pub fn wait_for_message(&mut self, mark: &Mark, text: &str) -> Result<String, Failure> {
        let what = format!("{text:?} in the journal");
        ask_for(&what, DEADLINE, || {
            let entries = self.entries(mark)?;
            let mut messages = entries.iter().filter_map(|entry| entry["MESSAGE"].as_str());
            Ok(messages.find(|message| message.contains(text)).map(str::to_owned))
        })
    }

    /// Makes sure that the process has what the unit promises: the user p1serial with its groups and
    /// no other, no capability in any set, no new privileges, and a filter of system calls.
    ///
    /// # Errors
    ///
    /// With the first thing that is different.
    pub fn is_confined(&mut self) -> Result<(), Failure> {
        let pid = self.main_pid()?;
        let status = self.shell.run(&format!("cat /proc/{pid}/status"))?;
        let ask = "id --user p1serial; id --group p1serial; id --groups p1serial";
        let account = self.shell.run(ask)?;
        let [user, group, groups] = account.lines().collect::<Vec<_>>()[..] else {
            return Err(Failure::new(format!("the user p1serial is {account:?}")));
        };
        let none = "0000000000000000".to_owned();
        let sets = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"];
        let expected = [("Uid", [user; 4].join("\t")), ("Gid", [group; 4].join("\t"))].into_iter();
        let expected = expected.chain(sets.map(|set| (set, none.clone())));
        // The last one is SECCOMP_MODE_FILTER.
        let expected = expected.chain([("NoNewPrivs", "1".to_owned()), ("Seccomp", "2".into())]);
        for (name, wanted) in expected {
            let found = state(&status, name);
            if found != wanted {
                let is = format!("{name} of the daemon is {found:?} instead of {wanted:?}");
                return Err(Failure::new(is));
            }
        }
        let set = |groups: &str| groups.split_whitespace().map(str::to_owned).collect();
        let (found, wanted): (BTreeSet<_>, BTreeSet<_>) =
            (set(state(&status, "Groups")), set(groups));
        if found != wanted {
            let are = format!("the groups of the daemon are {found:?} instead of {wanted:?}");
            return Err(Failure::new(are));
        }
        Ok(())
    }

    /// The exposure of the unit in force, drop-ins included, as systemd-analyze judges it: the line
    /// it says that by, and the level, 0 to 10.
    ///
    /// # Errors
    ///
    /// If it says something else.
    pub fn exposure(&mut self) -> Result<(String, f64), Failure> {
        let table = self.shell.run("systemd-analyze security --no-pager p1-tcp")?;
        let line =
            table.lines().last().unwrap_or_default().trim_start_matches(['→', '-', '>', ' ']);
        let (_, level) = line.rsplit_once("p1-tcp.service: ").unwrap_or_default();
        let level = level.split_whitespace().next().and_then(|level| level.parse().ok());
        let level = level
            .ok_or_else(|| Failure::new("no exposure level is told").with("its output", &table))?;
        Ok((line.to_owned(), level))
    }

    /// Sends `signal` to the daemon, waits until systemd has started it again, for a reason that it
    /// calls `result`, and until it serves the telegrams of `meter` on `port`.
    ///
    /// # Errors
    ///
    /// If any of that does not happen.
    pub fn comes_back(
        &mut self,
        signal: &str,
        result: &str,
        meter: &Meter,
        port: u16,
    ) -> Result<(), Failure> {
        let restarts: u32 =
            self.property("NRestarts")?.parse().map_err(Failure::of("count restarts"))?;
        let mark = self.mark()?;
        let pid = self.main_pid()?;
        self.as_root(&format!("kill -s {signal} {pid}"))?;
        self.wait_for_property("NRestarts", |now| now == (restarts + 1).to_string())?;
        served(&mut self.machine, meter, port)?;
        let entries = self.entries(&mark)?;
        // For which reasons the service has failed since.
        let results: Vec<&str> =
            entries.iter().filter_map(|entry| entry["UNIT_RESULT"].as_str()).collect();
        if results != [result] || self.main_pid()? == pid {
            return Err(Failure::new(format!("it failed for {results:?} instead of {result:?}")));
        }
        Ok(())
    }

    /// The end of the service's journal, for people.
    pub fn end_of_journal(&mut self) -> String {
        let lines = "journalctl --no-pager --lines 30 --output short-monotonic --unit p1-tcp";
        let shown = self.shell.run(lines);
        shown.unwrap_or_else(|failure| self.machine.explain(failure).to_string())
    }
}

/// The value of a line of `/proc/PID/status`.
fn state<'t>(status: &'t str, name: &str) -> &'t str {
    let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.unwrap_or_default().trim()
}

/// Waits until somebody who connects to the service at `port` of the machine gets telegrams of this
/// meter.
///
/// # Errors
///
/// If that does not happen within [`DEADLINE`].
pub fn served(machine: &mut Machine, meter: &Meter, port: u16) -> Result<(), Failure> {
    served_within(machine, meter, port, DEADLINE)
}

/// The same with another limit.
///
/// # Errors
///
/// If that does not happen within `limit`.
pub fn served_within(
    machine: &mut Machine,
    meter: &Meter,
    port: u16,
    limit: Duration,
) -> Result<(), Failure> {
    let address = machine.address(Forward::Tcp(port))?;
    let mut last = String::new();
    let waited = machine.wait_for("telegrams", limit, || {
        let read = Reader::connect(address).and_then(|mut reader| reader.telegrams(2, MOMENT));
        match read.and_then(|telegrams| meter.confirm(&telegrams)) {
            Ok(()) => return Ok(Some(())),
            Err(failure) => last = failure.to_string(),
        }
        Ok(None)
    });
    waited.map_err(|failure| failure.with("the last attempt", &last))
}
