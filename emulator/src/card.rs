//! An SD card as a file: its partitions, and what lies on the boot partition.

use crate::failure::Failure;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The unit in which a partition table counts, in bytes.
const SECTOR: u64 = 512;
/// The length of the sector with the table, in bytes.
const FIRST: usize = 512;
/// Where the first entry of an MBR's table is, and how long each is, in bytes.
const TABLE: (usize, usize) = (446, 16);

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
        let mut sector = [0; FIRST];
        let read = File::open(&self.file).and_then(|mut file| file.read_exact(&mut sector));
        read.map_err(Failure::of(format!("read the table of {}", self.file.display())))?;
        let entry = TABLE.0 + TABLE.1 * number.wrapping_sub(1);
        let count = |at: usize| {
            let bytes = sector.get(at..at + 4)?.try_into().ok()?;
            Some(u64::from(u32::from_le_bytes(bytes)) * SECTOR)
        };
        match (count(entry + 8), count(entry + 12)) {
            (Some(begin), Some(length)) if number > 0 && number < 5 && length > 0 => {
                Ok(begin..begin + length)
            }
            _ => Err(Failure::new(format!("{} has no partition {number}", self.file.display()))),
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

    /// Copies the whole boot partition into a folder.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or the folder not be written.
    pub fn unpack_boot(&self, folder: &Path) -> Result<(), Failure> {
        run(self.mtools("mcopy")?.args(["-s", "-n", "::*"]).arg(folder), b"").map(|_| ())
    }

    fn mtools(&self, program: &str) -> Result<Command, Failure> {
        let mut command = Command::new(program);
        let begin = self.partition(1)?.start;
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

    #[test]
    fn partitions_are_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("card");
        let mut sector = [0; 1024];
        sector[446 + 16 + 8] = 1;
        sector[446 + 16 + 12] = 1;
        std::fs::write(&file, sector).expect("a card");
        let card = Card::at(&file);
        assert_eq!(card.partition(2).expect("a partition"), 512..1024);
        for number in [0, 1, 3, 4, 5] {
            assert!(card.partition(number).is_err(), "{number}");
        }
        card.overwrite(2, b"here").expect("to write");
        assert_eq!(&std::fs::read(&file).expect("the card")[512..516], b"here");
    }
}
