//! Boot partitions that are made up for tests.

use super::boot::Boot;
use super::files::BootFiles;
use crate::boards::{self, Board};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const TABLE: &str =
    "# model\tarchitecture\tdevice tree\tkernel\tfirmware\tbluetooth\twifi\tmachine\tin its place
Zero\tarmel\tbcm2835-rpi-zero\tlinux-image-rpi\tstart\tno\tno\traspi0\t-
3 Model B\tarm64\tbcm2837-rpi-3-b\tlinux-image-arm64\tstart\tyes\tyes\traspi3b\t-
Compute Module 3\tarm64\tbcm2837-rpi-cm3-io3\tlinux-image-arm64\tstart\tno\tno\traspi3b\t-
Zero 2 W\tarm64\tbcm2837-rpi-zero-2-w\tlinux-image-arm64\tstart\tyes\tyes\traspi3b\t-
4 Model B\tarm64\tbcm2711-rpi-4-b\tlinux-image-arm64\tstart4\tyes\tyes\t-\t-
400\tarm64\tbcm2711-rpi-400\tlinux-image-arm64\tstart4\tyes\tyes\t-\t-
";
/// What most cards have, beside config.txt and cmdline.txt.
const FILES: &str = "bootcode.bin start.elf fixup.dat start_cd.elf fixup_cd.dat start4.elf fixup4.dat \
    start4cd.elf fixup4cd.dat kernel.img kernel7.img kernel7l.img kernel8.img vmlinuz initrd \
    bcm2710-rpi-3-b.dtb bcm2710-rpi-cm3.dtb bcm2837-rpi-3-b.dtb bcm2837-rpi-cm3-io3.dtb \
    bcm2710-rpi-zero-2-w.dtb bcm2837-rpi-zero-2-w.dtb bcm2708-rpi-zero.dtb bcm2711-rpi-4-b.dtb \
    bcm2711-rpi-400.dtb overlays/disable-bt.dtbo overlays/miniuart-bt.dtbo";

fn board(model: &str) -> Board {
    let boards = boards::parse(TABLE, "boards").expect("a table");
    boards.into_iter().find(|board| board.model == model).expect(model)
}

/// A boot partition.
pub(super) struct Partition(TempDir);

impl Partition {
    /// One with [`FILES`].
    pub(super) fn new(config: &str) -> Self {
        let partition = Self(tempfile::tempdir().expect("a folder"));
        let files = FILES.split_ascii_whitespace().fold(partition, |all, name| all.with(name, ""));
        files.with("config.txt", config).with("cmdline.txt", "root=/dev/x ro\n")
    }

    pub(super) fn with(self, name: &str, text: &str) -> Self {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
        self
    }

    pub(super) fn without(self, name: &str) -> Self {
        std::fs::remove_file(self.0.path().join(name)).expect(name);
        self
    }

    pub(super) fn try_on(&self, model: &str) -> Result<Boot, String> {
        let files = BootFiles::list(self.0.path()).expect("its files");
        Boot::resolve(&files, &board(model)).map_err(|failure| failure.to_string())
    }

    pub(super) fn on(&self, model: &str) -> Boot {
        self.try_on(model).expect(model)
    }

    /// The end of the sentence that says why it does not boot.
    pub(super) fn refused(&self, model: &str) -> String {
        let reason = self.try_on(model).expect_err(model);
        reason.strip_prefix(&format!("cannot boot the {model}: ")).expect(&reason).to_owned()
    }

    pub(super) fn name(&self, path: &Path) -> String {
        path.strip_prefix(self.0.path()).expect("a file of it").display().to_string()
    }

    pub(super) fn names<'a>(&self, paths: impl IntoIterator<Item = &'a PathBuf>) -> String {
        paths.into_iter().map(|path| self.name(path)).collect::<Vec<_>>().join(" ")
    }
}

/// What was passed over.
pub(super) fn findings(boot: &Boot) -> Vec<String> {
    boot.findings.iter().map(ToString::to_string).collect()
}
