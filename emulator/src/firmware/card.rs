//! The image of a card: a table of partitions (MBR), the first of which is the boot partition.

use super::files::BootFiles;
use super::tool;
use crate::failure::Failure;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The size of a sector, by which the table counts.
const SECTOR: usize = 512;
/// Where the first entry of the table is; in it, where the type and the first sector are.
const ENTRY: usize = 446;
const TYPE: usize = ENTRY + 4;
const FIRST_SECTOR: usize = ENTRY + 8;
/// The types of partitions with a FAT file system.
const FAT: [u8; 6] = [0x01, 0x04, 0x06, 0x0B, 0x0C, 0x0E];

/// The image of a card.
#[derive(Clone, Debug)]
pub struct Card {
    image: PathBuf,
    offset: u64,
}

impl Card {
    /// Finds the boot partition of a card's image.
    ///
    /// # Errors
    ///
    /// If the image cannot be read, or its first partition is none with FAT.
    pub fn open(image: &Path) -> Result<Self, Failure> {
        let reading = || Failure::of(format!("read the card {}", image.display()));
        let mut sector = [0; SECTOR];
        let mut file = File::open(image).map_err(reading())?;
        file.read_exact(&mut sector).map_err(reading())?;
        let offset = boot_partition(&sector).ok_or_else(|| {
            Failure::new(format!(
                "{} is no image of a card: its first sector is no table (MBR) whose first partition \
                 has FAT; unpack it if it is compressed",
                image.display()
            ))
        })?;
        Ok(Self { image: image.to_owned(), offset })
    }

    /// Where the boot partition begins, in bytes.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Copies all files of the boot partition into a folder that exists, with mtools.
    ///
    /// # Errors
    ///
    /// If that does not succeed.
    pub fn extract(&self, folder: &Path) -> Result<BootFiles, Failure> {
        let image = format!("{}@@{}", self.image.display(), self.offset);
        let into = folder.display().to_string();
        let what = format!("copy the boot files of {}", self.image.display());
        // -s: with folders; -n: without asking; -Q: not on after a failure.
        let arguments = ["-s", "-n", "-Q", "-i", &image, "::*", &into];
        tool::run("mcopy", "mtools", &arguments, &what)?;
        BootFiles::list(folder)
    }
}

/// Where the first partition of a table begins, in bytes, if it is one with FAT.
fn boot_partition(sector: &[u8; SECTOR]) -> Option<u64> {
    let has_fat = sector.ends_with(&[0x55, 0xAA]) && FAT.contains(&sector[TYPE]);
    let [a, b, c, d] = *sector[FIRST_SECTOR..].first_chunk()?;
    let first = u64::from(u32::from_le_bytes([a, b, c, d]));
    (has_fat && first > 0).then_some(first * SECTOR as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// A table with one partition.
    fn table(kind: u8, first: u32) -> [u8; SECTOR] {
        let mut sector = [0; SECTOR];
        sector[TYPE] = kind;
        sector[FIRST_SECTOR..FIRST_SECTOR + 4].copy_from_slice(&first.to_le_bytes());
        sector[SECTOR - 2..].copy_from_slice(&[0x55, 0xAA]);
        sector
    }

    #[test]
    fn the_table_tells_where_the_boot_partition_is() {
        assert_eq!(boot_partition(&table(0x0C, 2048)), Some(1 << 20));
        assert_eq!(boot_partition(&table(0x0E, u32::MAX)), Some(512 * u64::from(u32::MAX)));
        assert_eq!(boot_partition(&table(0x83, 2048)), None);
        assert_eq!(boot_partition(&table(0x0C, 0)), None);
        assert_eq!(boot_partition(&[0; SECTOR]), None);
    }

    #[test]
    fn the_boot_files_come_out_of_an_image() {
        let folder = tempfile::tempdir().expect("a folder");
        let (image, boot) = (folder.path().join("card.img"), folder.path().join("boot"));
        std::fs::create_dir(&boot).expect("a folder");
        let mut bytes = table(0x0C, 8).to_vec();
        bytes.resize(8 * SECTOR + 1_474_560, 0);
        std::fs::write(&image, bytes).expect("an image");
        std::fs::write(folder.path().join("a.dtbo"), "overlay").expect("a file");
        let volume = format!("{}@@{}", image.display(), 8 * SECTOR);
        let mtools = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            let status =
                command.args(["-i", &volume]).args(arguments).current_dir(&folder).status();
            assert!(status.expect("mtools").success(), "{program}");
        };
        mtools("mformat", &["-f", "1440", "::"]);
        mtools("mmd", &["::overlays"]);
        mtools("mcopy", &["a.dtbo", "::overlays/"]);
        mtools("mcopy", &["a.dtbo", "::CONFIG.TXT"]);
        let card = Card::open(&image).expect("a card");
        assert_eq!(card.offset(), 4096);
        let files = card.extract(&boot).expect("its files");
        assert!(files.has("config.txt"));
        let overlay = files.contents("overlays/a.dtbo").expect("a file that can be read");
        assert_eq!(overlay.as_deref(), Some(&b"overlay"[..]));

        std::fs::write(&image, [0; 4096]).expect("an image");
        let told = Card::open(&image).expect_err("no card").to_string();
        assert!(told.contains("is no image of a card"), "{told}");
    }
}
