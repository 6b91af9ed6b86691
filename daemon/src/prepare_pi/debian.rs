//! Boot files that Debian's hook writes: what it writes them from is changed instead.

use super::cmdline_txt;
use super::config_txt::Config;
use super::files::{self, Change};
use super::own;
use super::raspi_firmware::{self, CUSTOM, EXTRA, FOLDER, HOOK, PORTS, SETTINGS};
use super::system::System;
use super::uart::{self, Wish};
use crate::arguments::Overlay;
use crate::command;
use std::path::{Path, PathBuf};

/// What has to change so that the UART is the meter's, and what becomes of Bluetooth.
///
/// # Errors
///
/// One sentence, if a file is missing or not understood.
pub fn free(
    system: &System,
    overlay: Option<Overlay>,
) -> Result<(Vec<Change>, Option<Overlay>), String> {
    let folder = &system.root.join(FOLDER);
    // config.txt as it would be if the hook wrote it now.
    let written = files::read_text(&system.boot.join("config.txt"))?.unwrap_or_default();
    let mut written = raspi_firmware::generated(&written);
    written.extend_from_slice(format!("\ninclude {CUSTOM}\n").as_bytes());
    let config = Config::read(&|name| match name {
        CUSTOM => files::read_text(&folder.join(CUSTOM)),
        _ => Ok(Some(written.clone()).filter(|_| name == "config.txt")),
    })?;
    let (mut changed, overlay) = own::freed(&config, &wish(system, overlay), None)?;

    let mut changes = overlays(system, overlay)?;
    if let Some(custom) = config.position(CUSTOM) {
        let before = config.parts[custom].text.clone();
        changes.push(own::edited(folder, CUSTOM, before, changed.parts[custom].text.take())?);
    }
    let before = files::read_text(&folder.join(SETTINGS))?;
    let after = raspi_firmware::freed(before.as_deref().unwrap_or_default())
        .map_err(|what| format!("/{FOLDER}/{SETTINGS} {what}"))?;
    changes.push(own::edited(folder, SETTINGS, before, Some(after))?);
    if let Some(before) = files::read_text(&folder.join(EXTRA))? {
        let after = cmdline_txt::part_freed(&before, &PORTS);
        changes.push(own::edited(folder, EXTRA, Some(before), Some(after))?);
    }
    Ok((changes, overlay))
}

/// What has to change so that nothing of it is ours.
///
/// # Errors
///
/// One sentence, if a file is not understood.
pub fn undo(system: &System) -> Result<Vec<Change>, String> {
    let folder = &system.root.join(FOLDER);
    let mut changes = overlays(system, None)?;
    for name in [CUSTOM, SETTINGS] {
        changes.push(own::marks_undone(folder, name, files::read_text(&folder.join(name))?)?);
    }
    changes.extend(own::line_undone(folder, EXTRA, |line| cmdline_txt::part_freed(line, &PORTS))?);
    Ok(changes)
}

/// Whether the boot files are as they have to be, as far as the hook writes them.
///
/// # Errors
///
/// One sentence, if they cannot be read.
pub fn boot_files_are_right(system: &System, overlay: Option<Overlay>) -> Result<bool, String> {
    let config = Config::read(&|name| files::read_text(&system.boot.join(name)))?;
    let command_line = files::read_text(&system.boot.join("cmdline.txt"))?.unwrap_or_default();
    Ok(uart::lack(&config, &wish(system, overlay)).is_nothing()
        && cmdline_txt::freed(&command_line, &PORTS) == command_line)
}

/// Has the hook write the boot files.
///
/// # Errors
///
/// One sentence.
pub fn run_hook(root: &Path) -> Result<(), String> {
    let (root, hook) = (root.display().to_string(), format!("/{HOOK}"));
    if command::run(&["chroot", &root, "env", "DEB_MAINT_PARAMS=configure", &hook])? {
        return Ok(());
    }
    Err(format!(
        "{hook} could not write the boot files; see to that, and run `update-initramfs -u`"
    ))
}

fn wish(system: &System, overlay: Option<Overlay>) -> Wish {
    Wish { boards: system.boards.clone(), overlay, mainline: true }
}

/// Our overlays in the boot partition: the one that is chosen has to be there, and no other.
fn overlays(system: &System, chosen: Option<Overlay>) -> Result<Vec<Change>, String> {
    let mut changes = Vec::new();
    for overlay in [Overlay::DisableBt, Overlay::MiniuartBt] {
        let [name, source] = [true, false].map(|mainline| {
            uart::loading(overlay, mainline)[0].strip_prefix("dtoverlay=").unwrap_or_default()
        });
        let file = system.boot.join(format!("overlays/{name}.dtbo"));
        let source = PathBuf::from(format!("usr/lib/p1-tcp/overlays/{source}.dtbo"));
        let mut after = None;
        if chosen == Some(overlay) {
            after = files::read(&system.root.join(&source))?;
            if after.is_none() {
                return Err(format!(
                    "there is no /{}, without which Debian cannot free the UART; install the package \
                     p1-tcp, which brings it",
                    source.display()
                ));
            }
        }
        changes.push(Change { before: files::read(&file)?, after, file, ..Change::default() });
    }
    Ok(changes)
}
