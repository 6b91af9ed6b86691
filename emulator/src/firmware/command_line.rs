//! The kernel's command line, before the firmware adds words of its own.

use super::files::BootFiles;
use super::findings::Finding;
use super::prefix::Prefix;
use super::settings::Settings;
use crate::failure::Failure;

/// The file in which it is, where `cmdline` names no other.
const BY_DEFAULT: &str = "cmdline.txt";

/// Reads it: the first line of its file.
pub(super) fn read(
    settings: &Settings,
    files: &BootFiles,
    prefix: &Prefix,
    findings: &mut Vec<Finding>,
) -> Result<String, Failure> {
    let name = prefix.system(settings.text("cmdline").unwrap_or(BY_DEFAULT));
    files.required(&name, &settings.asked_by("cmdline"))?;
    let bytes = files.contents(&name)?.unwrap_or_default();
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(format!("{name} is no text; write it in plain letters")))?;
    let (line, rest) = text.split_once('\n').unwrap_or((&text, ""));
    if !rest.trim().is_empty() {
        let place = format!("line 2 of {name}");
        let what = "what stands behind the first line is not read".to_owned();
        findings.push(Finding::new(place, what));
    }
    let line = line.trim();
    if line.is_empty() {
        return Err(Failure::new(format!(
            "{name} says nothing in its first line, so that the kernel knows of no root; write all \
             there"
        )));
    }
    Ok(line.to_owned())
}
