//! Overwrites the report on the boot partition, and nothing else there.
//!
//! The partition stays mounted read-only. The file's bytes are found on the device and written
//! there, so neither the tables nor the folder nor the mark of a dirty volume are touched: a power
//! cut in the middle leaves a report that is partly the one before.

use crate::fat::Volume;
use crate::report::{FILE, SIZE, is_report};
use nix::fcntl::{OFlag, PosixFadviseAdvice, posix_fadvise};
use std::fs::{File, OpenOptions};
use std::io;
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// Puts `report` in the place of the one on the volume in `device`, unless it is that one. Returns
/// whether it was written.
///
/// # Errors
///
/// The device cannot be read or written, or it holds no report of the right size: then nothing has
/// been written.
pub fn update(device: &Path, report: &[u8; SIZE]) -> Result<bool, String> {
    let told = |error: io::Error| format!("{}: {error}", device.display());
    let file = File::open(device).map_err(told)?;
    let read_at = |bytes: &mut [u8], at: u64| file.read_exact_at(bytes, at);
    let place = Volume::open(&read_at).and_then(|volume| volume.find(FILE, SIZE as u64));
    let place = place.map_err(|why| format!("{}: {why}", device.display()))?;
    forget(&file);
    let before = read(&file, &place).map_err(told)?;
    if !is_report(&before) {
        return Err(format!("{}: what is in {FILE} is no report", device.display()));
    }
    if before == report {
        return Ok(false);
    }
    let device = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(OFlag::O_SYNC.bits())
        .open(device)
        .map_err(told)?;
    write(&device, &place, report).map_err(told)?;
    forget(&device);
    Ok(true)
}

/// Has the kernel read the device again and not remember what it held: a file is written past the
/// device's cache when the partition is mounted read-write for a while.
pub fn forget(file: &File) {
    // In vain, the bytes that are compared may be older ones, and still have to be a report.
    let _ = posix_fadvise(file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED);
}

fn read(file: &File, place: &[Range<u64>]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for extent in place {
        let begin = bytes.len();
        bytes.resize(begin + length(extent), 0);
        file.read_exact_at(&mut bytes[begin..], extent.start)?;
    }
    Ok(bytes)
}

fn write(file: &File, place: &[Range<u64>], report: &[u8; SIZE]) -> io::Result<()> {
    let mut rest = &report[..];
    for extent in place {
        let (part, behind) = rest.split_at(length(extent).min(rest.len()));
        file.write_all_at(part, extent.start)?;
        rest = behind;
    }
    file.sync_all()
}

fn length(extent: &Range<u64>) -> usize {
    usize::try_from(extent.end - extent.start).unwrap_or_default()
}
