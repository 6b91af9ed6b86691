//! Where the boot files are, who else writes them, and which Raspberry Pi it is.

use super::model::{self, BOARDS, Board, Uart};
use super::{files, raspi_firmware};
use crate::arguments::PreparePi;
use std::path::{Path, PathBuf};

/// Where boot partitions are mounted, the newest place first.
const PLACES: [&str; 2] = ["boot/firmware", "boot"];
/// Stands in the file that Raspberry Pi OS leaves where config.txt was before.
const NOTE: &str = "has moved to";

/// Who writes the boot files, and with them what is to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The owner; of this system.
    Own,
    /// Debian's hook; of this system.
    Debian,
    /// The owner; of a card from another machine, of which there is the boot partition alone.
    Card,
}

/// What prepare-pi works on.
#[derive(Debug)]
pub struct System {
    /// `/`, but in tests.
    pub root: PathBuf,
    /// The folder of config.txt.
    pub boot: PathBuf,
    /// Who writes what is in it.
    pub kind: Kind,
    /// What it is called; none for a card, which may be for any.
    pub model: Option<String>,
    /// The boards that it may be.
    pub boards: Vec<&'static Board>,
}

impl System {
    /// Looks for the boot files.
    ///
    /// # Errors
    ///
    /// One sentence, if there are none, or none that can be understood.
    pub fn find(options: &PreparePi) -> Result<Self, String> {
        let root = options.root.clone().unwrap_or_else(|| PathBuf::from("/"));
        let own = own_boot(&root);
        if let Some(folder) = &options.boot {
            // In one folder config.txt may be a link to that in the other.
            let config = |folder: &PathBuf| files::real(&folder.join("config.txt"));
            if !matches!(&own, Ok(Some(own)) if config(own) == config(folder)) {
                return Self::of_card(root, folder, options.undo);
            }
        }
        let boot = own?.ok_or_else(|| {
            "there is no config.txt in /boot/firmware or /boot, so this is no Raspberry Pi whose UART \
             could be freed; name the boot partition of a card with --boot"
                .to_owned()
        })?;
        let hook = files::read(&root.join(raspi_firmware::HOOK))?.unwrap_or_default();
        let debian = raspi_firmware::rewrites(&String::from_utf8_lossy(&hook));
        let kind = if debian { Kind::Debian } else { Kind::Own };
        let model = files::read(&root.join("proc/device-tree/model"))?;
        let model = model.map(|model| String::from_utf8_lossy(&model).replace('\0', ""));
        let mut boards: Vec<&'static Board> = BOARDS.iter().collect();
        // What was changed can be taken back on any model.
        if let Some(model) = model.as_ref().filter(|_| !options.undo) {
            boards = vec![model::of(model)?];
        }
        if debian {
            boards.retain(|board| board.uart != Uart::Rp1);
        }
        if boards.is_empty() {
            return Err(format!(
                "Debian's own kernel cannot use the UART on the header of a {}; take Raspberry Pi \
                 OS, or a USB cable for P1 ports",
                model.unwrap_or_default()
            ));
        }
        Ok(Self { root, boot, kind, model, boards })
    }

    /// What it is, in one line.
    #[must_use]
    pub fn told(&self) -> String {
        let who = match self.kind {
            Kind::Own => "boot files",
            Kind::Debian => "boot files that Debian writes",
            Kind::Card => "boot files of a card for any model",
        };
        let model = self.model.as_ref().map_or_else(String::new, |model| format!("{model}, "));
        format!("{model}{who} in {}", self.boot.display())
    }

    fn of_card(root: PathBuf, folder: &Path, undo: bool) -> Result<Self, String> {
        let text = files::read_text(&folder.join("config.txt"))?;
        let missing = text.is_none();
        let text = text.unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let what = if missing {
            "is not there; name the folder in which the boot partition is mounted, such as \
             /media/pi/bootfs"
        } else if text.contains(NOTE) {
            "is only a note; name the folder in which the boot partition is mounted, such as \
             /media/pi/bootfs"
        } else if !undo && text.contains("/etc/default/raspi-firmware") {
            "is written anew by Debian with every kernel; run `p1-tcp prepare-pi` on the Raspberry \
             Pi itself"
        } else {
            let boards = BOARDS.iter().collect();
            let boot = folder.to_owned();
            return Ok(Self { root, boot, kind: Kind::Card, model: None, boards });
        };
        Err(format!("{}/config.txt {what}", folder.display()))
    }
}

/// The folder of this system's config.txt.
fn own_boot(root: &Path) -> Result<Option<PathBuf>, String> {
    for place in PLACES {
        let folder = root.join(place);
        // To look for it mounts what is mounted when someone looks for it.
        let text = files::read_text(&folder.join("config.txt"))?;
        let mount_point = format!("/{place}");
        let listed = |file: &str, column: usize| {
            let lines = files::read(&root.join(file)).ok()??;
            let lines = String::from_utf8_lossy(&lines);
            let column =
                |line: &str| line.split_ascii_whitespace().nth(column) == Some(&mount_point);
            Some(lines.lines().any(column))
        };
        // fstab(5), proc(5)
        if listed("etc/fstab", 1) == Some(true) && listed("proc/self/mountinfo", 4) == Some(false) {
            return Err(format!(
                "{mount_point} is not mounted, so the boot files are not there; run `mount \
                 {mount_point}` and try again"
            ));
        }
        if text.is_some_and(|text| !String::from_utf8_lossy(&text).contains(NOTE)) {
            return Ok(Some(folder));
        }
    }
    Ok(None)
}
