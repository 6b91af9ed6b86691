//! The files that change: reading them, keeping what they were, and writing them.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// No file that belongs here is so large, in bytes.
const LARGEST: u64 = 1 << 20;
/// Behind the name of a file that is kept as it was.
const BACKUP: &str = ".p1-tcp-backup";
/// Behind the name of a file that is being written.
const UNFINISHED: &str = ".p1-tcp-new";

/// Reads a file; none if it is not there.
///
/// # Errors
///
/// One sentence, if it cannot be read or is larger than any that belongs here.
pub fn read(file: &Path) -> Result<Option<Vec<u8>>, String> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|opened| opened.take(LARGEST).read_to_end(&mut bytes));
    match read {
        Ok(size) if size as u64 == LARGEST => {}
        Ok(_) => return Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{} cannot be read: {error}", file.display())),
    }
    Err(format!("{} is too large, so nothing was changed", file.display()))
}

/// Reads a text; none if it is not there. Bytes beyond ASCII are no concern, as they stand in
/// comments.
///
/// # Errors
///
/// One sentence, if it cannot be read or is no text.
pub fn read_text(file: &Path) -> Result<Option<Vec<u8>>, String> {
    let text = read(file)?;
    let no_text = |byte: &u8| byte.is_ascii_control() && !b"\t\n\x0C\r\x1B".contains(byte);
    if text.as_ref().is_some_and(|text| text.iter().any(no_text)) {
        return Err(format!(
            "{} is no text, so nothing was changed; write it anew with an editor for plain text",
            file.display()
        ));
    }
    Ok(text)
}

/// Where the file `name` below `above` is kept as it was before the first change: in `above`, so
/// that it stays where it is when a system moves the folders of its kernels.
#[must_use]
pub fn kept(above: &Path, name: &str) -> PathBuf {
    with(&above.join(name.replace('/', "-")), BACKUP)
}

fn with(file: &Path, end: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(end);
    path.into()
}

/// What becomes of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Which one.
    pub file: PathBuf,
    /// What is in it, none if it is not there.
    pub before: Option<Vec<u8>>,
    /// What will be in it, none if it is to go.
    pub after: Option<Vec<u8>>,
    /// What is kept of it, and where, if nothing is kept there yet.
    pub keep: Option<(PathBuf, Vec<u8>)>,
    /// What was kept, and is not needed any longer.
    pub drop: Option<PathBuf>,
}

impl Change {
    /// Whether anything happens.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.before == self.after && self.drop.is_none()
    }
}

/// Makes the changes: all, or none if it is found in time that one of them is not possible. What
/// else has to be done comes `between` finding that out and changing the first file.
///
/// Each file is written beside the old one and takes its place in one step, as far as the file
/// system can do that; FAT cannot against a power cut.
///
/// # Errors
///
/// One sentence.
pub fn make(changes: &[Change], between: &dyn Fn() -> Result<(), String>) -> Result<(), String> {
    let keeps = changes.iter().filter_map(|change| change.keep.as_ref());
    let new: Vec<&PathBuf> = keeps.map(|(place, _)| place).filter(|kept| !kept.exists()).collect();
    let all = |step: fn(&Change) -> io::Result<()>| {
        let mut changes = changes.iter();
        changes.try_for_each(|change| step(change).map_err(|error| trouble(&change.file, &error)))
    };
    if let Err(reason) = all(stage).and_then(|()| between()) {
        for kept in new {
            let _ = fs::remove_file(kept);
        }
        for change in changes {
            let _ = fs::remove_file(with(&change.file, UNFINISHED));
        }
        return Err(reason);
    }
    all(finish)
}

/// Writes everything beside what it is to replace.
fn stage(change: &Change) -> io::Result<()> {
    let unfinished = with(&change.file, UNFINISHED);
    let permissions = fs::metadata(&change.file)
        .map_or_else(|_| Permissions::from_mode(0o644), |metadata| metadata.permissions());
    if let Some((place, text)) = change.keep.as_ref().filter(|(place, _)| !place.exists()) {
        write(&unfinished, text, permissions.clone())?;
        fs::rename(&unfinished, place)?;
    }
    if let Some(after) = &change.after {
        write(&unfinished, after, permissions)?;
    }
    Ok(())
}

fn finish(change: &Change) -> io::Result<()> {
    if change.after.is_some() {
        fs::rename(with(&change.file, UNFINISHED), &change.file)?;
    } else if change.before.is_some() {
        fs::remove_file(&change.file)?;
    }
    if let Some(kept) = &change.drop {
        fs::remove_file(kept)?;
    }
    // The names have to last, too.
    let folder = change.file.parent().filter(|folder| folder.exists());
    folder.map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn write(path: &Path, bytes: &[u8], permissions: Permissions) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        fs::create_dir(folder)?;
    }
    let mut file = File::create(path)?;
    // FAT has no permissions, and says so.
    let _ = file.set_permissions(permissions);
    file.write_all(bytes)?;
    file.sync_all()
}

/// The file that a link leads to, so that the link stays one.
#[must_use]
pub fn real(file: &Path) -> PathBuf {
    fs::canonicalize(file).unwrap_or_else(|_| file.to_owned())
}

fn trouble(file: &Path, error: &io::Error) -> String {
    let name = file.display();
    match error.kind() {
        ErrorKind::ReadOnlyFilesystem => format!(
            "{name} stays as it is, because its partition is read-only; make it writable, as with \
             `mount -o remount,rw /boot/firmware`, and try again"
        ),
        ErrorKind::PermissionDenied => {
            format!("{name} may not be written by this user; try again with sudo")
        }
        ErrorKind::StorageFull => {
            format!("there is no room to write {name}; make some on its partition and try again")
        }
        _ => format!("{name} cannot be written: {error}"),
    }
}
