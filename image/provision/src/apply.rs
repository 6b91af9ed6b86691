//! The whole story, in order.

use crate::card::{Card, FOLDER, mounted_at};
use crate::findings::Weight;
use crate::plan::{Plan, plan};
use crate::system::System;
use crate::{in_place, report, writing};
use nix::sys::stat::{Mode, umask};
use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

/// Reads the card, writes what the system reads, and tells what came of it.
///
/// Mistakes on the card are no failure. The exit code is 1 if a file could not be written; the rest
/// has been written all the same.
#[must_use]
pub fn run(root: Option<&Path>, device: Option<&Path>) -> ExitCode {
    // Everyone may look into the folders that it makes, and nobody may write there.
    umask(Mode::from_bits_truncate(0o022));
    let prefix = root.unwrap_or(Path::new("/"));
    let folder = prefix.join(FOLDER);
    let plan = plan(&Card::read(&folder), &System::read(prefix));
    tell(&plan);
    let mut failures: Vec<String> =
        plan.outputs.iter().filter_map(|output| writing::write(prefix, output).err()).collect();
    if root.is_none() {
        let set = nix::unistd::sethostname(&plan.hostname);
        failures.extend(set.err().map(|error| format!("the host name cannot be set: {error}")));
    }
    let mounted = || mounted_at(prefix, &folder).map(|mounted| mounted.device);
    match device.map(Path::to_owned).or_else(mounted) {
        Some(device) => update_report(&device, &folder, &plan),
        None => {
            journal(Level::Warning, "there is no report, as no boot partition is mounted");
        }
    }
    for failure in &failures {
        journal(Level::Error, failure);
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How much an entry in the journal matters (sd-daemon(3)).
#[derive(Clone, Copy)]
enum Level {
    Error = 3,
    Warning = 4,
    Information = 6,
}

/// Standard error goes to the journal, which takes the level off.
fn journal(level: Level, message: &str) {
    eprintln!("<{}>{message}", level as u8);
}

fn tell(plan: &Plan) {
    for finding in &plan.findings {
        let level = match finding.weight {
            Weight::Mistake => Level::Error,
            Weight::Remark => Level::Warning,
        };
        let finding = finding.to_string().replace(char::is_control, "?");
        journal(level, &format!("/{FOLDER}/{finding}"));
    }
    for line in &plan.in_force {
        journal(Level::Information, &format!("{}: {}", line.english, line.value));
    }
}

fn update_report(device: &Path, folder: &Path, plan: &Plan) {
    match in_place::update(device, &plan.report) {
        Ok(false) => {}
        Ok(true) => {
            // Whoever reads it where it is mounted is to see the new one.
            let _ = File::open(folder.join(report::FILE)).map(|file| in_place::forget(&file));
            journal(Level::Information, &format!("{} was written", report::FILE));
        }
        Err(why) => {
            journal(Level::Warning, &format!("{} stays as it was: {why}", report::FILE));
        }
    }
}
