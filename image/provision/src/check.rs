//! `p1-provision check`.

use crate::card::{Card, Contents};
use crate::findings::Weight;
use crate::plan::plan;
use crate::system::System;
use p1_tcp::config::Mistakes;
use std::path::Path;
use std::process::ExitCode;

/// `EX_CONFIG` of sysexits.h: there are mistakes in the file.
const BAD_CONFIG: u8 = 78;

/// Prints what would be in force by the appliance.toml in `file`, or every mistake in it on standard
/// error; the exit code is 0 or 78.
#[must_use]
pub fn run(root: Option<&Path>, file: &Path) -> ExitCode {
    let system = System::read(root.unwrap_or(Path::new("/")));
    let appliance = match Contents::read(file) {
        Contents::None => Contents::Unreadable("it cannot be read: there is no such file".into()),
        contents => contents,
    };
    let plan = plan(&Card { appliance, ..Card::default() }, &system);
    let wrong = plan.findings.iter().any(|finding| finding.weight == Weight::Mistake);
    let mistakes: Vec<_> = plan.findings.into_iter().map(|finding| finding.mistake).collect();
    if !mistakes.is_empty() {
        eprintln!("{}", Mistakes { file: file.to_owned(), mistakes });
    }
    if wrong {
        return ExitCode::from(BAD_CONFIG);
    }
    println!("{} is in order. In force by it:\n", file.display());
    for line in plan.in_force {
        println!("{:<12}{}", line.english, line.value);
    }
    ExitCode::SUCCESS
}
