//! An SD card as a file: its partitions, and what lies on the boot partition.

use crate::failure::Failure;
use crate::firmware::files::BootFiles;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The unit in which a partition table counts, in bytes.
const SECTOR: u64 = 512;
/// The length of the sector with the table, in bytes.
const FIRST: usize = 512;
/// Where the first entry of an MBR's table is, and how long each is, in bytes; in it, where the type
/// is, the first sector and the number of sectors.
const TABLE: (usize, usize) = (446, 16);
const ENTRY: (usize, usize, usize) = (4, 8, 12);
/// What an MBR ends with.
const SIGNATURE: [u8; 2] = [0x55, 0xAA];
/// The types of partitions with a FAT file system.
const FAT: [u8; 6] = [0x01, 0x04, 0x06, 0x0B, 0x0C, 0x0E];

/// A card image on this host.
#[derive(Clone, Debug)]
pub struct Card {
    file: PathBuf,
}

impl Card {
    /// The card whose bytes are in `file`.
    #[must_use]
    pub fn at(file: &Path) -> Self {
        Self { file: file.to_owned() }
    }

    /// A copy of an image in the file `to`, filled up with zeros to the next power of two: QEMU's
    /// card has such sizes only.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn copy(image: &Path, to: &Path) -> Result<Self, Failure> {
        let mut copies = Command::new("cp");
        copies.args(["--sparse=always", "--reflink=auto", "--"]).arg(image).arg(to);
        run(&mut copies, b"")?;
        let failed = || Failure::of(format!("enlarge {}", to.display()));
        let file = File::options().write(true).open(to).map_err(failed())?;
        let length = file.metadata().map_err(failed())?.len();
        file.set_len(length.next_power_of_two()).map_err(failed())?;
        Ok(Self::at(to))
    }

    /// Where its bytes are.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Where a partition (1 to 4) begins and ends, in bytes.
    ///
    /// # Errors
    ///
    /// If there is no such partition in the card's MBR.
    pub fn partition(&self, number: usize) -> Result<Range<u64>, Failure> {
        let found = self.entry(number)?.map(|(_, range)| range);
        found.ok_or_else(|| {
            Failure::new(format!("the card {} has no partition {number}", self.file.display()))
        })
    }

    /// The type of a partition, and where it begins and ends, if there is one.
    fn entry(&self, number: usize) -> Result<Option<(u8, Range<u64>)>, Failure> {
        let name = self.file.display();
        let mut sector = [0; FIRST];
        let read = File::open(&self.file).and_then(|mut file| file.read_exact(&mut sector));
        read.map_err(Failure::of(format!("read the card {name}")))?;
        let entry = match number {
            1..=4 if sector.ends_with(&SIGNATURE) => &sector[TABLE.0 + TABLE.1 * (number - 1)..],
            _ => &[],
        };
        let count = |at: usize| {
            let bytes = entry.get(at..at + 4)?.try_into().ok()?;
            Some(u64::from(u32::from_le_bytes(bytes)) * SECTOR)
        };
        Ok(match (entry.get(ENTRY.0), count(ENTRY.1), count(ENTRY.2)) {
            (Some(&kind), Some(begin @ 1..), Some(length @ 1..)) => {
                Some((kind, begin..begin + length))
            }
            _ => None,
        })
    }

    /// Where the boot partition begins, in bytes.
    fn boot_partition(&self) -> Result<u64, Failure> {
        match self.entry(1)? {
            Some((kind, range)) if FAT.contains(&kind) => Ok(range.start),
            _ => Err(Failure::new(format!(
                "{} is no image of a card: its first sector is no table (MBR) whose first partition \
                 has FAT; unpack it if it is compressed",
                self.file.display()
            ))),
        }
    }

    /// Overwrites the bytes of a partition from its beginning.
    ///
    /// # Errors
    ///
    /// If there is no such partition, or it cannot be written.
    pub fn overwrite(&self, number: usize, bytes: &[u8]) -> Result<(), Failure> {
        let begin = self.partition(number)?.start;
        let failed = Failure::of(format!("write to {}", self.file.display()));
        let write = || {
            let mut file = File::options().write(true).open(&self.file)?;
            file.seek(SeekFrom::Start(begin))?;
            file.write_all(bytes)
        };
        write().map_err(failed)
    }

    /// What is in a file of the boot partition, partition 1.
    ///
    /// # Errors
    ///
    /// If there is no such file.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Failure> {
        run(self.mtools("mcopy")?.arg(format!("::{name}")).arg("-"), b"")
    }

    /// The same as text.
    ///
    /// # Errors
    ///
    /// If there is no such file.
    pub fn read_text(&self, name: &str) -> Result<String, Failure> {
        Ok(String::from_utf8_lossy(&self.read(name)?).into_owned())
    }

    /// Writes a file of the boot partition, as its owner does on a laptop.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(&self, name: &str, contents: &[u8]) -> Result<(), Failure> {
        run(self.mtools("mcopy")?.args(["-o", "-"]).arg(format!("::{name}")), contents).map(|_| ())
    }

    /// Copies all files of the boot partition into a folder that exists.
    ///
    /// # Errors
    ///
    /// If the boot partition cannot be read, or the folder not be written.
    pub fn unpack_boot(&self, folder: &Path) -> Result<BootFiles, Failure> {
        // -s: with folders; -n: without asking; -Q: not on after a failure.
        run(self.mtools("mcopy")?.args(["-s", "-n", "-Q", "::*"]).arg(folder), b"")?;
        BootFiles::list(folder)
    }

    fn mtools(&self, program: &str) -> Result<Command, Failure> {
        let mut command = Command::new(program);
        let begin = self.boot_partition()?;
        command.arg("-i").arg(format!("{}@@{begin}", self.file.display()));
        // Whatever is on the card is what is tried.
        command.env("MTOOLS_SKIP_CHECK", "1");
        Ok(command)
    }
}

/// Runs a program with something to read, and returns what it says.
pub(crate) fn run(command: &mut Command, input: &[u8]) -> Result<Vec<u8>, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(Failure::of(format!("start {name}")))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read all of it says so itself.
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output();
    let output = output.map_err(Failure::of(format!("wait for {name}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let failure = Failure::new(format!("{name} failed ({})", output.status));
    Err(failure.with("what it says", &String::from_utf8_lossy(&output.stderr)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table with one partition of eight sectors.
    fn table(kind: u8, first: u32) -> [u8; FIRST] {
        let mut sector = [0; FIRST];
        let entry = TABLE.0;
        sector[entry + ENTRY.0] = kind;
        sector[entry + ENTRY.1..entry + ENTRY.1 + 4].copy_from_slice(&first.to_le_bytes());
        sector[entry + ENTRY.2] = 8;
        sector[FIRST - 2..].copy_from_slice(&SIGNATURE);
        sector
    }

    fn card(folder: &tempfile::TempDir, bytes: &[u8]) -> Card {
        let file = folder.path().join("card");
        std::fs::write(&file, bytes).expect("a card");
        Card::at(&file)
    }

    #[test]
    fn partitions_are_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let card = card(&folder, &[&table(0x83, 2)[..], &[0; 1024]].concat());
        assert_eq!(card.partition(1).expect("a partition"), 1024..5120);
        for number in [0, 2, 3, 4, 5] {
            assert!(card.partition(number).is_err(), "{number}");
        }
        card.overwrite(1, b"here").expect("to write");
        assert_eq!(&std::fs::read(card.file()).expect("the card")[1024..1028], b"here");
    }

    #[test]
    fn the_table_tells_where_the_boot_partition_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let begins = |sector: [u8; FIRST]| card(&folder, &sector).boot_partition().ok();
        assert_eq!(begins(table(0x0C, 2048)), Some(1 << 20));
        assert_eq!(begins(table(0x0E, u32::MAX)), Some(512 * u64::from(u32::MAX)));
        assert_eq!(begins(table(0x83, 2048)), None);
        assert_eq!(begins(table(0x0C, 0)), None);
        assert_eq!(begins([0; FIRST]), None);
    }

    #[test]
    fn boot_files_are_read_and_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut bytes = table(0x0C, 8).to_vec();
        bytes.resize(8 * FIRST + 1_474_560, 0);
        let card = card(&folder, &bytes);
        let mtools = |program: &str, arguments: &[&str]| {
            run(card.mtools(program).expect("a partition").args(arguments), b"").expect(program)
        };
        mtools("mformat", &["-f", "1440", "::"]);
        mtools("mmd", &["::overlays"]);
        card.write("overlays/a.dtbo", b"overlay").expect("to write");
        card.write("CONFIG.TXT", b"first").expect("to write");
        card.write("config.txt", b"second").expect("to write it again");
        assert_eq!(card.read_text("config.txt").expect("a file"), "second");
        assert!(card.read("none.txt").is_err());
        let boot = folder.path().join("boot");
        std::fs::create_dir(&boot).expect("a folder");
        let files = card.unpack_boot(&boot).expect("its files");
        assert!(files.has("config.txt"));
        let overlay = files.contents("overlays/a.dtbo").expect("a file that can be read");
        assert_eq!(overlay.as_deref(), Some(&b"overlay"[..]));

        std::fs::write(card.file(), [0; 4096]).expect("no card");
        let told = card.unpack_boot(&boot).expect_err("no card").to_string();
        assert!(told.contains("is no image of a card"), "{told}");
    }
}
