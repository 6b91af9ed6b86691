//! The initramfs that goes with the kernel.

use super::files::BootFiles;
use super::findings::Finding;
use super::kernel::Kernel;
use super::prefix::Prefix;
use super::settings::Settings;
use crate::failure::Failure;
use std::path::PathBuf;

/// The longest name of a file that the firmware reads behind `initramfs`, in bytes.
const NAME: usize = 64;

/// Finds it; none if config.txt asks for none.
pub(super) fn find(
    settings: &Settings,
    files: &BootFiles,
    kernel: &Kernel,
    prefix: &Prefix,
    findings: &mut Vec<Finding>,
) -> Result<Option<PathBuf>, Failure> {
    let ramfsfile = settings.last("ramfsfile");
    let mut asked = ramfsfile.map(|entry| (entry.value, settings.place(entry)));
    for entry in settings.entries.iter().filter(|entry| entry.key == "initramfs") {
        let place = settings.place(entry);
        match entry.value.split_ascii_whitespace().collect::<Vec<_>>()[..] {
            [name, address] if name.len() <= NAME && is_address(address) => {
                asked = Some((name, place));
            }
            _ => findings.push(Finding::new(
                place,
                "this sets no initramfs, which takes a file and followkernel behind it".to_owned(),
            )),
        }
    }
    let Some((name, place)) = asked else {
        return by_name(settings, files, kernel, prefix, findings);
    };
    if name.contains(',') {
        return Err(Failure::new(format!(
            "{place} asks for more than one initramfs, which is not modelled here; join them to one"
        )));
    }
    let asked = format!("but {place} asks for it");
    files.required(&prefix.system(name), &asked).map(Some)
}

/// Behind the kernel, or at a place in memory.
fn is_address(word: &str) -> bool {
    let digits = word.strip_prefix("0x");
    word == "followkernel"
        || digits.map_or(word.parse::<u32>().is_ok(), |hex| u32::from_str_radix(hex, 16).is_ok())
}

/// What `auto_initramfs` finds; the firmware says nothing if that is nothing.
fn by_name(
    settings: &Settings,
    files: &BootFiles,
    kernel: &Kernel,
    prefix: &Prefix,
    findings: &mut Vec<Finding>,
) -> Result<Option<PathBuf>, Failure> {
    if settings.switch("auto_initramfs")? != Some(true) {
        return Ok(None);
    }
    let name = kernel.initramfs().map(|name| prefix.system(&name));
    let found = name.as_ref().and_then(|name| files.path(name));
    if let (None, Some(entry)) = (found, settings.last("auto_initramfs")) {
        let what = match name {
            Some(name) => format!("auto_initramfs finds no {name}"),
            None => format!("auto_initramfs knows none for a kernel called {}", kernel.name),
        };
        findings.push(Finding::new(settings.place(entry), what));
    }
    Ok(found.map(ToOwned::to_owned))
}
