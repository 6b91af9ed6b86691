//! What the sections print, and what fails in them.

use emulator::failure::Failure;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Instant;

/// How much of a failure's message the conclusion repeats: lines, and characters of each.
const REPEATED: (usize, usize) = (4, 300);

/// The failures of all sections on an architecture.
pub struct Report {
    architecture: &'static str,
    failed: Mutex<Vec<Failed>>,
}

struct Failed {
    section: &'static str,
    chapter: String,
    message: String,
}

impl Report {
    pub fn new(architecture: &'static str) -> Self {
        Self { architecture, failed: Mutex::default() }
    }

    /// Runs a section, and prints how long it takes. Returns whether it reaches its end, with failed chapters
    /// or without.
    pub fn section(
        &self,
        name: &'static str,
        happens: impl FnOnce(&mut Reporter<'_>) -> Result<(), Failure>,
    ) -> bool {
        let began = Instant::now();
        let mut reporter = Reporter { section: name, report: self };
        let failure = failure_of(|| happens(&mut reporter));
        let took = began.elapsed().as_secs_f64();
        let reaches_its_end = failure.is_none();
        if let Some(message) = failure {
            reporter.failed("outside its chapters", took, message);
        }
        println!("timing: test-image {} {name} {took:.1}", self.architecture);
        reaches_its_end
    }

    /// Returns whether nothing failed; prints what did, and `again` with the sections it belongs to.
    pub fn conclude(&self, again: &str) -> bool {
        let failed = self.failed.lock().expect("the failures");
        let Some(last) = failed.last() else { return true };
        let mut sections: Vec<&str> = failed.iter().map(|failed| failed.section).collect();
        sections.sort_unstable();
        sections.dedup();
        println!("\nFailed on {}, {} in all:", self.architecture, failed.len());
        for Failed { section, chapter, .. } in failed.iter() {
            println!("  {section}: {chapter}");
        }
        println!("The last failure: {}", beginning(&last.message));
        println!("Run these sections again with: {again} {}", sections.join(" "));
        false
    }
}

/// Prints the chapters of a section.
pub struct Reporter<'a> {
    pub section: &'static str,
    report: &'a Report,
}

impl Reporter<'_> {
    /// Runs a chapter. What comes behind it in its section runs also if it fails.
    pub fn chapter(&mut self, what: &str, happens: impl FnOnce() -> Result<(), Failure>) {
        let began = Instant::now();
        let failure = failure_of(happens);
        let took = began.elapsed().as_secs_f64();
        match failure {
            None => println!("{}: {what} ({took:.1} s)", self.section),
            Some(message) => self.failed(what, took, message),
        }
    }

    fn failed(&mut self, chapter: &str, took: f64, message: String) {
        let section = self.section;
        println!("{section}: FAILED after {took:.1} s: {chapter}: {message}");
        let failed = Failed { section, chapter: chapter.to_owned(), message };
        self.report.failed.lock().expect("the failures").push(failed);
    }
}

/// How something fails, by a panic or otherwise, if it does.
fn failure_of(happens: impl FnOnce() -> Result<(), Failure>) -> Option<String> {
    match catch_unwind(AssertUnwindSafe(happens)) {
        Ok(Ok(())) => None,
        Ok(Err(failure)) => Some(failure.to_string()),
        Err(panic) => Some(panic_message(panic.as_ref())),
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let message = panic.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
    message.unwrap_or("a panic without a message").to_owned()
}

/// The beginning of a message, without the evidence below it.
fn beginning(message: &str) -> String {
    let (lines, characters) = REPEATED;
    let lines = message.lines().take_while(|line| !line.starts_with("--- ")).take(lines);
    let lines = lines.map(|line| line.chars().take(characters).collect::<String>());
    lines.collect::<Vec<_>>().join("\n")
}
