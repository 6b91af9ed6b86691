//! Boot files that the owner writes: those of Raspberry Pi OS, Ubuntu and others, and those of a
//! card from another machine.

use super::cmdline_txt::{self, PORTS};
use super::config_txt::{Config, Entry, Part};
use super::files::{self, Change};
use super::marks;
use super::model::Board;
use super::scope::Holds;
use super::system::System;
use super::uart::{self, Lack, Wish};
use crate::arguments::Overlay;
use std::path::Path;

/// What has to change in the boot files.
#[derive(Debug)]
pub struct Freed {
    /// File by file.
    pub changes: Vec<Change>,
    /// What becomes of Bluetooth, where it had the UART.
    pub overlay: Option<Overlay>,
    /// The boot loader between the firmware and the kernel, if there is one.
    pub loader: Option<String>,
}

/// What has to change so that the UART is the meter's.
///
/// # Errors
///
/// One sentence, if a boot file is missing or not understood.
pub fn free(system: &System, overlay: Option<Overlay>) -> Result<Freed, String> {
    let boot = &system.boot;
    let config = read(boot)?;
    let wish = Wish { boards: system.boards.clone(), overlay, mainline: false };
    let (changed, overlay) = freed(&config, &wish, Some(boot))?;
    let mut changes = Vec::new();
    for (before, after) in config.parts.iter().zip(changed.parts) {
        changes.push(edited(boot, &before.name, before.text.clone(), after.text)?);
    }
    let mut found = false;
    for name in command_lines(boot, &config) {
        let file = boot.join(&name);
        if let Some(before) = files::read_text(&file)? {
            one_line(&file, &before)?;
            let after = cmdline_txt::freed(&before, &PORTS);
            changes.push(edited(boot, &name, Some(before), Some(after))?);
            found = true;
        }
    }
    if !found {
        return Err(format!(
            "there is no cmdline.txt in {}, from which the firmware takes the kernel's command line; \
             free the UART by hand on a system that starts in another way",
            boot.display()
        ));
    }
    Ok(Freed { changes, overlay, loader: loader(&config, &system.boards) })
}

/// What has to change so that the boot files are as they were, but for what has been changed in
/// them since.
///
/// # Errors
///
/// One sentence, if a boot file is missing or not understood.
pub fn undo(system: &System) -> Result<Vec<Change>, String> {
    let boot = &system.boot;
    let config = read(boot)?;
    let mut changes = Vec::new();
    for name in command_lines(boot, &config) {
        changes.extend(line_undone(boot, &name, |line| cmdline_txt::freed(line, &PORTS))?);
    }
    for Part { name, text } in config.parts {
        changes.push(marks_undone(boot, &name, text)?);
    }
    Ok(changes)
}

/// The change of a file below `above` to what it is `after`wards, and to nothing of ours if that is
/// taken back.
///
/// # Errors
///
/// One sentence, if the marks in it are not as they were written.
pub fn edited(
    above: &Path,
    name: &str,
    before: Option<Vec<u8>>,
    after: Option<Vec<u8>>,
) -> Result<Change, String> {
    let file = above.join(name);
    let mut keep = None;
    if let Some(text) = &before {
        let theirs = unmarked(&file, text)?;
        // Of a file that is ours alone there is nothing to keep.
        if !theirs.is_empty() || text.is_empty() {
            keep = Some((files::kept(above, name), theirs));
        }
    }
    Ok(Change { file: files::real(&file), before, after, keep, drop: None })
}

/// What has to change in a file so that nothing in it is marked as ours.
///
/// # Errors
///
/// One sentence.
pub fn marks_undone(above: &Path, name: &str, before: Option<Vec<u8>>) -> Result<Change, String> {
    let (file, kept) = (above.join(name), files::kept(above, name));
    let original = files::read_text(&kept)?;
    let drop = original.is_some().then_some(kept);
    let mut after = None;
    if let Some(text) = &before {
        let theirs = unmarked(&file, text)?;
        // Its last line may have had no end before something was added behind it.
        let same = |original: &Vec<u8>| {
            let more = theirs.strip_prefix(&**original);
            more.is_some_and(|more| more.is_empty() || more == b"\n" || more == b"\r\n")
        };
        after = match original.filter(same) {
            None if drop.is_none() && theirs.is_empty() && !text.is_empty() => None,
            None => Some(theirs),
            original => original,
        };
    }
    Ok(Change { file: files::real(&file), before, after, keep: None, drop })
}

/// What has to change in a command line, if it was kept as it was before it was `edited`.
///
/// # Errors
///
/// One sentence.
pub fn line_undone(
    above: &Path,
    name: &str,
    edited: fn(&[u8]) -> Vec<u8>,
) -> Result<Option<Change>, String> {
    let (file, kept) = (above.join(name), files::kept(above, name));
    let Some(original) = files::read_text(&kept)? else { return Ok(None) };
    let before = files::read_text(&file)?;
    let edited = edited(&original);
    let after = before.as_ref().map(|now| cmdline_txt::restored(now, &original, &edited));
    Ok(Some(Change { file: files::real(&file), before, after, keep: None, drop: Some(kept) }))
}

fn unmarked(file: &Path, text: &[u8]) -> Result<Vec<u8>, String> {
    marks::take_away(text).map_err(|what| format!("{} {what}", file.display()))
}

/// `config` as it has to be for `wish`, and the overlay that is chosen, which has to be there below
/// `boot` if that is given.
///
/// # Errors
///
/// One sentence.
pub fn freed(
    config: &Config,
    wish: &Wish,
    boot: Option<&Path>,
) -> Result<(Config, Option<Overlay>), String> {
    let lack = uart::lack(config, wish);
    if lack.is_nothing() {
        return Ok((config.clone(), lack.overlay));
    }
    // All that is ours stands in one place.
    let mut theirs = config.clone();
    for Part { name, text } in &mut theirs.parts {
        if let Some(text) = text {
            *text = unmarked(Path::new(name), text)?;
        }
    }
    let wish = Wish { overlay: lack.overlay, ..wish.clone() };
    let mut lack = uart::lack(&theirs, &wish);
    if let Some(boot) = boot {
        name_overlay(&mut lack, config, boot)?;
    }
    let filled = lack.filled(&theirs);
    if uart::lack(&filled, &wish).is_nothing() {
        return Ok((filled, wish.overlay));
    }
    Err("config.txt sets something behind what it includes that keeps the UART from the meter, so \
         nothing was changed; see its lines on enable_uart, dtparam and dtoverlay"
        .to_owned())
}

/// config.txt and what it includes.
fn read(boot: &Path) -> Result<Config, String> {
    Config::read(&|name| files::read_text(&boot.join(name)))
}

/// Gives the overlay the name that it has in the boot partition: an older one has an older.
fn name_overlay(lack: &mut Lack, config: &Config, boot: &Path) -> Result<(), String> {
    let Some(overlay) = lack.overlay else { return Ok(()) };
    let lines = uart::loading(overlay, false);
    let entries = config.entries();
    let mut folders = values(&entries, "os_prefix", "");
    folders.push("");
    let is_there = |line: &&&str| {
        let name = line.strip_prefix("dtoverlay=").unwrap_or_default();
        let file = |prefix: &&str| boot.join(format!("{prefix}overlays/{name}.dtbo"));
        folders.iter().any(|prefix| file(prefix).exists())
    };
    let found = lines.iter().find(is_there);
    for (_, line) in lack.lines.iter_mut().filter(|(_, line)| *line == lines[0]) {
        *line = found.copied().ok_or_else(|| {
            format!(
                "there is no overlay for `{line}` in {}/overlays, so the firmware could not free the \
                 UART; update the system on this card, and try again",
                boot.display()
            )
        })?;
    }
    Ok(())
}

/// Every value that a setting may have, and `default` if it may have that.
fn values<'a>(entries: &[Entry<'a>], key: &str, default: &'a str) -> Vec<&'a str> {
    let mut values = vec![default];
    for entry in entries.iter().filter(|entry| entry.key == key) {
        if entry.scope.is_all() && values.first() == Some(&default) {
            values.clear();
        }
        values.push(entry.value);
    }
    values
}

/// The names of all command lines that the firmware may take.
fn command_lines(boot: &Path, config: &Config) -> Vec<String> {
    let entries = config.entries();
    let mut found = Vec::new();
    // The firmware ignores a prefix under which there is no kernel.
    for prefixes in [values(&entries, "os_prefix", ""), vec![""]] {
        for prefix in prefixes {
            for name in values(&entries, "cmdline", "cmdline.txt") {
                let path = match name.strip_prefix('/') {
                    Some(path) => path.to_owned(),
                    None => format!("{prefix}{name}"),
                };
                if !found.contains(&path) && !path.contains("..") {
                    found.push(path);
                }
            }
        }
        if found.iter().any(|name| boot.join(name).exists()) {
            break;
        }
    }
    found
}

/// The boot loader that the firmware starts instead of a kernel.
fn loader(config: &Config, boards: &[&Board]) -> Option<String> {
    let starts = |entry: &&Entry| {
        entry.key == "kernel"
            && ["u-boot", "uboot"].iter().any(|name| entry.value.contains(name))
            && boards.iter().any(|board| entry.scope.holds_on(board) != Holds::Never)
    };
    config.entries().iter().find(starts).map(|entry| entry.value.to_string())
}

/// Makes sure that a command line is one.
fn one_line(file: &Path, text: &[u8]) -> Result<(), String> {
    let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    match lines.count() {
        1 => Ok(()),
        lines => Err(format!(
            "{} has {lines} lines, so nothing was changed; make it one line, the kernel's command line",
            file.display()
        )),
    }
}
