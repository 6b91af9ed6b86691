//! The kernel, and whether it is started in 64-bit mode.

use super::files::read;
use super::settings::Settings;
use crate::boards::{Board, Chip};
use crate::failure::Failure;
use crate::tool;
use std::path::Path;

/// The names that the firmware knows, and whether a kernel that is called so has 64 bits.
const KNOWN: [(&str, bool); 5] = [
    ("kernel8.img", true),
    ("kernel8-32.img", false),
    ("kernel7l.img", false),
    ("kernel7.img", false),
    ("kernel.img", false),
];
/// How a file begins that gzip has packed.
const GZIP: [u8; 2] = [0x1F, 0x8B];
/// What stands where in a kernel for arm64 ("Booting `AArch64` Linux" in its documentation).
const ARM64: (usize, &[u8]) = (56, b"ARM\x64");

/// The kernel that the firmware looks for.
pub(super) struct Kernel {
    /// Before the prefix.
    pub(super) name: String,
    pub(super) is_64_bit: bool,
}

impl Kernel {
    pub(super) fn named(settings: &Settings, board: &Board) -> Result<Self, Failure> {
        let name = settings.text("kernel").filter(|name| !name.is_empty());
        let chip = board.chip;
        // "If the name given in an explicit kernel option matches one of the known kernels then
        // arm_64bit will be set accordingly"; without either it is 1 on a Raspberry Pi 4 alone.
        let is_64_bit = match name.and_then(known) {
            Some(known) => known,
            None => settings.switch("arm_64bit")?.unwrap_or(chip == Chip::Bcm2711),
        };
        let by_default = match chip {
            _ if is_64_bit => "kernel8.img",
            Chip::Bcm2711 => "kernel7l.img",
            Chip::Bcm2836 | Chip::Bcm2837 => "kernel7.img",
            Chip::Bcm2835 => "kernel.img",
        };
        Ok(Self { name: name.unwrap_or(by_default).to_owned(), is_64_bit })
    }

    /// The initramfs that goes with it by its name, if it has one that the firmware knows.
    pub(super) fn initramfs(&self) -> Option<String> {
        known(&self.name)?;
        Some(self.name.replacen("kernel", "initramfs", 1).replace(".img", ""))
    }
}

/// Whether a kernel with a name that the firmware knows has 64 bits.
fn known(name: &str) -> Option<bool> {
    KNOWN.iter().find(|(known, _)| *known == name).map(|(_, is_64_bit)| *is_64_bit)
}

/// Writes the kernel `from` unpacked `into` a file, if it is one for the mode in which it is started.
pub(super) fn unpack(from: &Path, is_64_bit: bool, into: &Path) -> Result<(), Failure> {
    let name = from.display();
    if read(from)?.starts_with(&GZIP) {
        if !is_64_bit {
            return Err(Failure::new(format!(
                "the kernel {name} is packed, but the firmware unpacks none that it starts in 32-bit \
                 mode; set arm_64bit=1 for a 64-bit one, or unpack it"
            )));
        }
        let what = format!("unpack the kernel {name}");
        tool::filter("gzip", "gzip", &["--decompress", "--stdout"], (from, into), &what)?;
    } else {
        std::fs::copy(from, into).map_err(Failure::of(format!("copy the kernel {name}")))?;
    }
    let (at, magic) = ARM64;
    let is_for_64_bits = read(into)?.get(at..).is_some_and(|rest| rest.starts_with(magic));
    if is_for_64_bits == is_64_bit {
        return Ok(());
    }
    let mode = if is_64_bit { "64" } else { "32" };
    Err(Failure::new(format!(
        "the firmware would start {name} in {mode}-bit mode, for which it is no kernel; set arm_64bit \
         to what it is"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn unpacked(bytes: &[u8], is_64_bit: bool, packed: bool) -> Result<Vec<u8>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let [mut from, into] = ["vmlinuz", "Image"].map(|name| folder.path().join(name));
        std::fs::write(&from, bytes).expect("a file");
        if packed {
            assert!(Command::new("gzip").arg(&from).status().expect("gzip").success());
            from.set_extension("gz");
        }
        unpack(&from, is_64_bit, &into).map_err(|failure| failure.to_string())?;
        Ok(std::fs::read(&into).expect("a file"))
    }

    #[test]
    fn a_kernel_is_unpacked_and_looked_at() {
        let image = [&[0; 56][..], b"ARM\x64", b"more"].concat();
        assert_eq!(unpacked(&image, true, true).expect("a kernel"), image);
        assert_eq!(unpacked(&image, true, false).expect("a kernel"), image);
        assert_eq!(unpacked(b"32 bits", false, false).expect("a kernel"), b"32 bits");
        let told = unpacked(&image, false, false).expect_err("another mode");
        assert!(told.contains("in 32-bit mode, for which it is no kernel"), "{told}");
        let told = unpacked(b"32 bits", true, true).expect_err("another mode");
        assert!(told.contains("in 64-bit mode, for which it is no kernel"), "{told}");
        let told = unpacked(&image, false, true).expect_err("packed");
        assert!(told.contains("is packed"), "{told}");
        let torn = [&GZIP[..], &[8, 0, 0]].concat();
        let told = unpacked(&torn, true, false).expect_err("torn");
        assert!(told.starts_with("cannot unpack the kernel"), "{told}");
    }
}
