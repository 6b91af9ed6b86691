//! A card's boot partition, and what a laptop would find on it after a power cut.

use emulator::failure::Failure;
use emulator::writes::Writes;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What files hold, by their names.
pub type Files = BTreeMap<String, String>;

/// The size of the partition, in KiB; the one of the image is larger, and its clusters are as these.
const SIZE: u64 = 12 * 1024;

/// A boot partition in a file.
pub struct Card {
    folder: TempDir,
    /// All of it at first.
    first: Vec<u8>,
    /// The same by file.
    pub files: Files,
}

impl Card {
    /// Makes one, with the files of a new card that are texts.
    pub fn new() -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::of("make a folder"))?;
        let mut card = Self { folder, first: Vec::new(), files: Files::new() };
        let image = card.image();
        let made = std::fs::File::create(&image).and_then(|file| file.set_len(SIZE * 1024));
        made.map_err(Failure::of("make a card"))?;
        run(Command::new(sbin("mkfs.vfat")).args(["-F", "16", "-s", "4"]).arg(&image))?;
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for file in [
            "image/boot/README.txt",
            "image/boot/appliance.toml",
            "image/boot/cmdline.txt",
            "image/boot/config.txt",
            "config/p1-tcp.toml",
            "image/boot/LEESMIJ.txt",
        ] {
            let text = std::fs::read_to_string(project.join(file)).map_err(Failure::of(file))?;
            // As Windows wants them.
            let text = text.replace('\n', "\r\n");
            let name = file.rsplit('/').next().unwrap_or_default();
            let here = card.folder.path().join("file");
            std::fs::write(&here, &text).map_err(Failure::of("write a file"))?;
            run(mtool("mcopy", &image).arg(&here).arg(format!("::{name}")))?;
            card.files.insert(name.to_owned(), text);
        }
        card.first = std::fs::read(&image).map_err(Failure::of("read the card"))?;
        Ok(card)
    }

    /// The file that is the partition.
    pub fn image(&self) -> PathBuf {
        self.folder.path().join("card")
    }

    /// The file in which its writes are recorded.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// When the machine is off, cuts the power behind each sector that was written: what is on the card is what was there at
    /// one of these times, it is never an earlier one than before, and the last one in the end.
    pub fn look_behind_each_cut(&self, writes: &Writes, times: &[Files]) -> Result<(), Failure> {
        let (mut disk, mut now) = (self.first.clone(), 0);
        writes.cut_off(&mut disk, |written, disk| {
            let told = |what: &str| Failure::new(format!("behind sector {written}, {what}"));
            std::fs::write(self.image(), disk).map_err(Failure::of("write the card"))?;
            let found = self.found()?;
            let later = times[now..].iter().position(|files| *files == found);
            now += later.ok_or_else(|| {
                told("the card has what it never had").with("all of it", &format!("{found:?}"))
            })?;
            let checked = Command::new(sbin("fsck.vfat")).arg("-n").arg(self.image()).output();
            let checked = checked.map_err(Failure::of("start fsck.vfat"))?.stdout;
            let checked = String::from_utf8_lossy(&checked).into_owned();
            // A name that shares clusters with another takes them along when it is removed; and
            // nobody is to be asked to have the card repaired.
            if checked.contains("share clusters") || checked.contains("not properly unmounted") {
                return Err(told("the card is not sound").with("fsck.vfat", &checked));
            }
            Ok(())
        })?;
        if now + 1 < times.len() {
            return Err(Failure::new(format!("in the end the card is as it was at time {now}")));
        }
        Ok(())
    }

    /// All that is on it, as mtools read it.
    fn found(&self) -> Result<Files, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::of("make a folder"))?;
        run(mtool("mcopy", &self.image()).args(["-s", "-m", "::*"]).arg(folder.path()))?;
        let entries = std::fs::read_dir(folder.path()).map_err(Failure::of("read a folder"))?;
        entries
            .map(|entry| {
                let entry = entry.map_err(Failure::of("read a folder"))?;
                let bytes = std::fs::read(entry.path()).map_err(Failure::of("read a file"))?;
                let name = entry.file_name().to_string_lossy().into_owned();
                Ok((name, String::from_utf8_lossy(&bytes).into_owned()))
            })
            .collect()
    }
}

fn mtool(name: &str, image: &Path) -> Command {
    let mut command = Command::new(name);
    command.arg("-n").arg("-i").arg(image);
    command
}

/// Where Debian has it, also for those who are not root.
fn sbin(name: &str) -> PathBuf {
    Path::new("/usr/sbin").join(name)
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(Failure::of(format!("start {name}")))?;
    if output.status.success() {
        return Ok(());
    }
    let failure = Failure::new(format!("{name} fails"));
    Err(failure.with("what it says", &String::from_utf8_lossy(&output.stderr)))
}
