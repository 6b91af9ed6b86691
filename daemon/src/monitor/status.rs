//! `p1-tcp status`.

use super::socket;
use super::summary::{self, For};
use super::{output, report_socket};
use crate::language::Language;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Prints what the daemon that listens at `socket` knows: in words, or as the JSON that it tells.
///
/// The exit code is 0, or 1 if it could not be asked, which is told on standard error.
#[must_use]
pub fn run(socket: Option<&Path>, json: bool) -> ExitCode {
    let socket = report_socket(socket);
    let language = Language::of_the_user();
    let text = socket::told(socket).and_then(|document| {
        if json {
            return Ok(document);
        }
        let report = socket::understood(&document)?;
        let rows = summary::rows(&report, None, language, For::Looking);
        let lines = summary::lines(&rows, None);
        let lines: Vec<_> = lines.iter().map(|line| super::printable(line) + "\n").collect();
        Ok(lines.concat().into_bytes())
    });
    let text = text.map_err(|refusal| refusal.sentence(socket, language));
    output::code(text.and_then(|text| output::read(std::io::stdout().write_all(&text))))
}
