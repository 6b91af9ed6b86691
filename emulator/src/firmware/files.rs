//! The files of a boot partition, in a folder of this machine.

use crate::failure::Failure;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The files in a folder, found as on a FAT volume: by their names in letters of either case.
#[derive(Clone, Debug)]
pub struct BootFiles {
    folder: PathBuf,
    /// By the path within the folder, in small letters.
    paths: BTreeMap<String, PathBuf>,
}

impl BootFiles {
    /// Lists a folder and the folders in it.
    ///
    /// # Errors
    ///
    /// If one of them cannot be read.
    pub fn list(folder: &Path) -> Result<Self, Failure> {
        let mut files = Self { folder: folder.to_owned(), paths: BTreeMap::new() };
        files.walk(folder, "")?;
        Ok(files)
    }

    fn walk(&mut self, folder: &Path, prefix: &str) -> Result<(), Failure> {
        let failed = || format!("list the files in {}", folder.display());
        for entry in std::fs::read_dir(folder).map_err(Failure::of(failed()))? {
            let entry = entry.map_err(Failure::of(failed()))?;
            let path = entry.path();
            // A link could lead in circles; a FAT volume has none.
            let is_folder = entry.file_type().map_err(Failure::of(failed()))?.is_dir();
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            if is_folder {
                self.walk(&path, &format!("{prefix}{name}/"))?;
            } else {
                self.paths.insert(format!("{prefix}{name}"), path);
            }
        }
        Ok(())
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the file is that the firmware finds by `name`, its path from the root of the partition.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<&Path> {
        let name = name.trim_start_matches('/').to_lowercase();
        self.paths.get(&name).map(PathBuf::as_path)
    }

    /// Whether there is such a file.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.path(name).is_some()
    }

    /// The same as [`path`](Self::path) for a file without which nothing boots: `asked` says who
    /// asks for it.
    pub(super) fn required(&self, name: &str, asked: &str) -> Result<PathBuf, Failure> {
        self.path(name).map(Path::to_owned).ok_or_else(|| {
            Failure::new(format!(
                "{name} is not on the boot partition, {asked}; put it there, or correct the settings \
                 that lead to it"
            ))
        })
    }

    /// What is in a file, none if it is not there.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn contents(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.path(name).map(read).transpose()
    }
}

/// What is in a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(Failure::of(format!("read {}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whatever_their_case() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("OVERLAYS")).expect("a folder in it");
        std::fs::write(folder.path().join("OVERLAYS/disable-BT.dtbo"), "d").expect("a file");
        let files = BootFiles::list(folder.path()).expect("its files");
        let path = folder.path().join("OVERLAYS/disable-BT.dtbo");
        assert_eq!(files.path("/overlays/Disable-bt.dtbo"), Some(path.as_path()));
        let contents = files.contents("overlays/disable-bt.dtbo").expect("a file that can be read");
        assert_eq!(contents.as_deref(), Some(&b"d"[..]));
        assert!(!files.has("disable-bt.dtbo"));
        let told = files.required("x.dtb", "but I ask for it").expect_err("missing").to_string();
        assert!(
            told.starts_with("x.dtb is not on the boot partition, but I ask for it; "),
            "{told}"
        );
    }
}
