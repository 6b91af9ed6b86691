//! Writes the planned files.

use crate::outputs::{Kind, Output};
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

/// Writes an output below `root`, in one step: who reads it sees the old one or the new one.
///
/// # Errors
///
/// What could not be written, and why.
pub fn write(root: &Path, output: &Output) -> Result<(), String> {
    let path = root.join(output.path);
    let done = match &output.kind {
        Kind::Public(contents) => file(&path, contents, 0o644),
        Kind::Secret(contents) => file(&path, contents, 0o600),
        Kind::Link(target) => replace(&path, |path| symlink(target, path)),
        Kind::Nothing => match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        },
    };
    done.map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

fn file(path: &Path, contents: &[u8], mode: u32) -> io::Result<()> {
    replace(path, |path| {
        // Nobody else reads it before it has its mode.
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(contents)?;
        file.set_permissions(Permissions::from_mode(mode))
    })
}

/// Makes something beside `path` and renames it.
fn replace(path: &Path, make: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    make(&beside)?;
    fs::rename(&beside, path)
}
