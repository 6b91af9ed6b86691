//! The firmware itself, and what loads it.

use super::files::BootFiles;
use super::settings::Settings;
use crate::boards::{Board, Firmware};
use crate::failure::Failure;
use std::path::PathBuf;

/// With so many megabytes or less for the graphics, the firmware is the one that is cut down.
const CUT_DOWN: u32 = 16;
/// Settings that count on boards with so much memory, which a model does not tell.
const BY_MEMORY: [&str; 3] = ["gpu_mem_256", "gpu_mem_512", "gpu_mem_1024"];

/// The files that run before Linux.
pub(super) struct Start {
    pub(super) boot_code: Option<PathBuf>,
    pub(super) firmware: PathBuf,
    pub(super) fixup: PathBuf,
}

impl Start {
    /// Finds them. What loads the firmware reads config.txt alone.
    pub(super) fn find(
        settings: &Settings,
        files: &BootFiles,
        board: &Board,
    ) -> Result<Self, Failure> {
        let settings = settings.of_first_stage();
        let boot_code = match board.firmware {
            Firmware::Start4 => None,
            Firmware::Start => Some(files.required(
                "bootcode.bin",
                "but this model needs it, as it has no boot code of its own",
            )?),
        };
        let (start, fixup, asked) = named(&settings, board)?;
        let asked = format!("{asked}, and {start} and {fixup} are a pair");
        let [start, fixup] = [start, fixup].map(|name| files.required(&name, &asked));
        Ok(Self { boot_code, firmware: start?, fixup: fixup? })
    }
}

/// The pair's names, and who asks for them.
fn named(settings: &Settings, board: &Board) -> Result<(String, String, String), Failure> {
    match (settings.text("start_file"), settings.text("fixup_file")) {
        (Some(start), Some(fixup)) => {
            return Ok((start.to_owned(), fixup.to_owned(), settings.asked_by("start_file")));
        }
        (None, None) => {}
        _ => {
            return Err(Failure::new(
                "config.txt sets one of start_file and fixup_file without the other, but they are a \
                 pair; set both or none",
            ));
        }
    }
    if let Some(entry) = BY_MEMORY.iter().find_map(|key| settings.last(key)) {
        return Err(Failure::new(format!(
            "{} sets {}, which counts on boards with so much memory, so that the firmware cannot be \
             told from the model; set gpu_mem",
            settings.place(entry),
            entry.key
        )));
    }
    let is_cut_down = settings.number("gpu_mem")?.is_some_and(|megabytes| megabytes <= CUT_DOWN);
    let (variant, key) = if settings.switch("start_debug")? == Some(true) {
        ("db", "start_debug")
    } else if settings.switch("start_x")? == Some(true) {
        ("x", "start_x")
    } else if is_cut_down {
        ("cd", "gpu_mem")
    } else {
        ("", "")
    };
    let family = match (board.firmware, variant) {
        (Firmware::Start4, _) => "4",
        (Firmware::Start, "") => "",
        (Firmware::Start, _) => "_",
    };
    let name = |name, kind| format!("{name}{family}{variant}.{kind}");
    Ok((name("start", "elf"), name("fixup", "dat"), settings.asked_by(key)))
}
