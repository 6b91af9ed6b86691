//! A FAT volume in a file, made by the programs that make the image's.

use super::{program, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

pub struct Volume {
    folder: TempDir,
}

impl Volume {
    /// An empty volume of so many KiB, with further options of mkfs.vfat.
    pub fn new(kib: u64, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let volume = Self { folder };
        let file = fs::File::create(volume.path()).expect("a file");
        file.set_len(kib * 1024).expect("its size");
        let made = Command::new(program("mkfs.vfat")).args(options).arg(volume.path()).output();
        let made = made.expect("mkfs.vfat");
        assert!(made.status.success(), "{}", super::text(&made.stderr));
        volume
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("volume")
    }

    pub fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).expect("the volume")
    }

    pub fn overwrite(&self, bytes: &[u8]) {
        fs::write(self.path(), bytes).expect("the volume");
    }

    /// Copies contents to a file in the root folder.
    pub fn put(&self, name: &str, contents: &[u8]) {
        let file = self.folder.path().join("file");
        fs::write(&file, contents).expect("a file");
        run("mcopy", &[&"-D", &"o", &"-i", &self.path(), &file, &format!("::{name}")]);
    }

    pub fn remove(&self, name: &str) {
        run("mdel", &[&"-i", &self.path(), &format!("::{name}")]);
    }

    /// Reads a file as the owner's laptop would.
    pub fn get(&self, name: &str) -> Vec<u8> {
        let file = self.folder.path().join("file");
        run("mcopy", &[&"-n", &"-i", &self.path(), &format!("::{name}"), &file]);
        fs::read(file).expect("the file")
    }

    /// The clusters of a file as mtools prints them, as `<2-3> <5>`.
    pub fn clusters(&self, name: &str) -> String {
        run("mshowfat", &[&"-i", &self.path(), &format!("::{name}")])
    }

    /// Whether fsck.vfat is content; what it says.
    pub fn check(&self) -> (bool, String) {
        let checked =
            Command::new(program("fsck.vfat")).args(["-n", "-v"]).arg(self.path()).output();
        let checked = checked.expect("fsck.vfat");
        (checked.status.success(), super::text(&checked.stdout))
    }

    pub fn file(&self) -> &Path {
        self.folder.path()
    }
}
