//! What a board boots from a card.

use super::device_tree::{self, Tree};
use super::files::BootFiles;
use super::findings::{self, Finding};
use super::kernel::{self, Kernel};
use super::prefix::Prefix;
use super::settings::Settings;
use super::start::Start;
use super::{command_line, initramfs};
use crate::boards::Board;
use crate::failure::Failure;
use p1_tcp::prepare_pi::config_txt::Config;
use p1_tcp::prepare_pi::model::Uart;
use std::path::{Path, PathBuf};

/// What the firmware takes from a boot partition on a board, and what it makes of it. Each file is
/// there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boot {
    /// What loads the firmware; none on a board that has it in an EEPROM.
    pub boot_code: Option<PathBuf>,
    /// The firmware.
    pub start: PathBuf,
    /// Its other half.
    pub fixup: PathBuf,
    /// The kernel, as it is on the card: packed, perhaps.
    pub kernel: PathBuf,
    /// Whether the kernel is started in 64-bit mode.
    pub is_64_bit: bool,
    /// The initramfs that is put behind it.
    pub initramfs: Option<PathBuf>,
    /// The device tree.
    pub device_tree: PathBuf,
    /// The overlays that go over it, in this order.
    pub overlays: Vec<PathBuf>,
    /// The kernel's command line, before the firmware adds words of its own.
    pub command_line: String,
    /// Whether the UART of the header is on, and the core's clock is steady where it has to be.
    pub enable_uart: bool,
    /// What the firmware passes over without a word.
    pub findings: Vec<Finding>,
}

impl Boot {
    /// Finds out what `board` boots from these files. What depends on more than the files and the
    /// model, such as a filter that asks for a pin, is refused and not guessed.
    ///
    /// # Errors
    ///
    /// One sentence with what is missing or not understood, where that is, and what helps.
    pub fn resolve(files: &BootFiles, board: &Board) -> Result<Self, Failure> {
        let what = format!("boot the {}", board.model);
        resolve(files, board).map_err(Failure::of(what))
    }

    /// Writes the device tree with all overlays over it `into` a file, as the kernel gets it: for
    /// QEMU's `-dtb`. Needs fdtoverlay (Debian's package device-tree-compiler).
    ///
    /// # Errors
    ///
    /// If an overlay does not apply. The firmware would drop it and go on.
    pub fn merge_device_tree(&self, into: &Path) -> Result<(), Failure> {
        device_tree::merge(&self.device_tree, &self.overlays, into)
    }

    /// Writes the kernel `into` a file, unpacked: for QEMU's `-kernel`. Needs gzip for one that is
    /// packed.
    ///
    /// # Errors
    ///
    /// If it cannot be unpacked, or is none for the mode in which it is started.
    pub fn unpack_kernel(&self, into: &Path) -> Result<(), Failure> {
        kernel::unpack(&self.kernel, self.is_64_bit, into)
    }
}

fn resolve(files: &BootFiles, board: &Board) -> Result<Boot, Failure> {
    let contents = |name: &str| files.contents(name).map_err(|failure| failure.to_string());
    let config = Config::read(&contents).map_err(Failure::new)?;
    let settings = Settings::of(&config, board.kind)?;
    let mut findings = findings::of_lines(&config);
    let start = Start::find(&settings, files, board)?;
    let kernel = Kernel::named(&settings, board)?;
    let trees = device_tree::named(&settings, board)?;
    let prefix = Prefix::find(&settings, files, &kernel.name, &trees, &mut findings)?;
    let tree = Tree::find(&settings, files, &trees, &prefix, &mut findings)?;
    Ok(Boot {
        boot_code: start.boot_code,
        start: start.firmware,
        fixup: start.fixup,
        kernel: files.required(&prefix.system(&kernel.name), &settings.asked_by("kernel"))?,
        is_64_bit: kernel.is_64_bit,
        initramfs: initramfs::find(&settings, files, &kernel, &prefix, &mut findings)?,
        device_tree: tree.base,
        overlays: tree.overlays,
        command_line: command_line::read(&settings, files, &prefix, &mut findings)?,
        // "If the primary UART is ttyAMA0 then enable_uart defaults to 1."
        enable_uart: settings.switch("enable_uart")?.unwrap_or(board.kind.uart == Uart::Header),
        findings,
    })
}
