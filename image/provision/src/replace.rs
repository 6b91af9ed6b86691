//! `p1-provision show` and `replace`: one of the two files on the boot partition, and other contents
//! for it.
//!
//! The partition stays mounted read-only, and what is written goes to its device, as the report's
//! bytes do. So the kernel neither marks the volume as dirty nor writes anything of its own; but it
//! has to be made to forget what it knew of the file.

use crate::card::{APPLIANCE, Contents, DAEMON, FOLDER, mounted_at};
use crate::fat::Volume;
use crate::fat::exchange::{Exchange, Write};
use crate::in_place::forget;
use nix::fcntl::OFlag;
use p1_tcp::config::LARGEST;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

/// Has the kernel forget files that nobody has open, below `/`.
const FORGET_FILES: &str = "proc/sys/vm/drop_caches";
/// The first time a file that was used is only taken for one that may not be used again.
const ATTEMPTS: u32 = 4;

/// Prints the file `name` as it is on the card, which may be newer than what the system sees of it.
/// The exit code is 1 if it cannot be read.
#[must_use]
pub fn show(root: Option<&Path>, device: Option<&Path>, name: &str) -> ExitCode {
    let prefix = root.unwrap_or(Path::new("/"));
    let shown = is_ours(name)
        .and_then(|()| device.map_or_else(|| mounted(prefix), |device| Ok(device.into())))
        .and_then(|device| from_device(&device, name))
        .and_then(|bytes| io::stdout().write_all(&bytes).map_err(|error| error.to_string()));
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("p1-provision: {name} cannot be shown: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Gives the file `name` on the boot partition the contents of `file`, in one step. The exit code is
/// 1 if that could not be done, and then the file is as it was.
#[must_use]
pub fn run(root: Option<&Path>, device: Option<&Path>, name: &str, file: &Path) -> ExitCode {
    let prefix = root.unwrap_or(Path::new("/"));
    let folder = prefix.join(FOLDER);
    let replaced = contents(name, file).and_then(|contents| {
        let device = device.map_or_else(|| mounted(prefix), |device| Ok(device.into()))?;
        on_device(&device, name, &contents)?;
        Ok(contents)
    });
    match replaced {
        Ok(contents) => {
            if !is_seen(&folder.join(name), &contents, &prefix.join(FORGET_FILES)) {
                eprintln!(
                    "p1-provision: {name} is on the card, and this system sees it after a restart"
                );
            }
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("p1-provision: {name} stays as it was: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The device of the boot partition, if it is for us alone to write.
fn mounted(prefix: &Path) -> Result<PathBuf, String> {
    let folder = prefix.join(FOLDER);
    let mounted = mounted_at(prefix, &folder).ok_or("no boot partition is mounted")?;
    if mounted.is_writable {
        let folder = folder.display();
        return Err(format!("{folder} is mounted read-write; mount -o remount,ro {folder}"));
    }
    Ok(mounted.device)
}

fn is_ours(name: &str) -> Result<(), String> {
    let ours = [APPLIANCE, DAEMON].contains(&name);
    if ours { Ok(()) } else { Err(format!("it is neither {APPLIANCE} nor {DAEMON}")) }
}

fn contents(name: &str, file: &Path) -> Result<Vec<u8>, String> {
    is_ours(name)?;
    let told = |why: &str| format!("{}: {why}", file.display());
    match Contents::read(file) {
        Contents::Bytes(bytes) => Ok(bytes),
        Contents::None => Err(told("there is no such file")),
        Contents::Unreadable(why) => Err(told(&why)),
    }
}

/// What a file on the volume in `device` holds.
///
/// # Errors
///
/// The device cannot be read, there is no such file on it, or it is damaged.
pub fn from_device(device: &Path, name: &str) -> Result<Vec<u8>, String> {
    let told = |why: String| format!("{}: {why}", device.display());
    let file = File::open(device).map_err(|error| told(error.to_string()))?;
    let read_at = |bytes: &mut [u8], at: u64| file.read_exact_at(bytes, at);
    Volume::open(&read_at).and_then(|volume| volume.contents(name, LARGEST)).map_err(told)
}

/// Gives a file on the volume in `device` other contents: cut off at any moment, it has either the
/// old or the new ones.
///
/// # Errors
///
/// The device cannot be read or written, there is no such file on it, no room, or it is damaged.
pub fn on_device(device: &Path, name: &str, contents: &[u8]) -> Result<(), String> {
    let told = |error: io::Error| match error.kind() {
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
            format!("{} is write-protected", device.display())
        }
        _ => format!("{}: {error}", device.display()),
    };
    let file = File::open(device).map_err(told)?;
    let read_at = |bytes: &mut [u8], at: u64| file.read_exact_at(bytes, at);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map(|now| now.as_secs()).unwrap_or_default();
    forget(&file);
    let exchange = Volume::open(&read_at).and_then(|volume| volume.exchange(name, contents, now));
    let exchange = exchange.map_err(|why| format!("{}: {why}", device.display()))?;
    let target = OpenOptions::new()
        .write(true)
        .custom_flags(OFlag::O_SYNC.bits())
        .open(device)
        .map_err(told)?;
    carry_out(&exchange, &file, &target).map_err(told)
}

fn carry_out(exchange: &Exchange, source: &File, target: &File) -> io::Result<()> {
    let [before, switch, after] = exchange.stages();
    write(target, before)?;
    // A card at the end of its life takes what is written and keeps nothing of it.
    forget(source);
    for write in before {
        let mut kept = vec![0; write.bytes.len()];
        source.read_exact_at(&mut kept, write.at)?;
        if kept != write.bytes {
            return Err(io::Error::other("it does not keep what is written to it"));
        }
    }
    write(target, switch)?;
    // From here on the file is the new one, and what fails is only room that is not given back.
    let _ = write(target, after);
    Ok(())
}

/// Writes a stage, and waits until the device has it.
fn write(file: &File, stage: &[Write]) -> io::Result<()> {
    for write in stage {
        file.write_all_at(&write.bytes, write.at)?;
    }
    file.sync_all()
}

/// Whether a file where it is mounted has these contents, once the kernel has forgotten older ones.
/// It knows the file by its entry, which has changed without its doing.
fn is_seen(file: &Path, contents: &[u8], forget_files: &Path) -> bool {
    (0..ATTEMPTS).any(|_| {
        // Of a file whose contents are remembered nothing is forgotten.
        let _ = File::open(file).map(|file| forget(&file));
        let _ = fs::write(forget_files, "2\n");
        fs::read(file).is_ok_and(|seen| seen == contents)
    })
}
