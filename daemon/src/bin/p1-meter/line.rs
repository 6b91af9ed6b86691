//! The line: where the bytes go, whoever reads them.

use crate::error::Error;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::fmt::Display;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd};

/// One way of reaching a reader. Shown, it says where it is.
///
/// Nothing here waits: like a meter's port, a line takes what it can hold and loses the rest.
pub(crate) trait Line: Display {
    /// Does what has to be done now and then: throws away what the reader sends, notices that it
    /// came or went, connects again. Returns whether somebody is there to read.
    fn attend(&mut self) -> Result<bool, Error>;

    /// Puts `bytes` on the line. Returns how many of them it took; the others are not on it.
    fn offer(&mut self, bytes: &[u8]) -> Result<usize, Error>;

    /// The speed that the reader has set its end to, in bit/s, where that can be told.
    fn reading_speed(&self) -> Option<u32> {
        None
    }

    /// What to wait on for room, while the line is there.
    fn wire(&self) -> Option<BorrowedFd<'_>>;

    /// Whether the reader has taken all there was, or is gone.
    fn is_taken(&mut self) -> Result<bool, Error>;

    /// Takes the line away.
    fn hang_up(&mut self) -> Result<(), Error>;

    /// Puts it back.
    fn come_back(&mut self) -> Result<(), Error>;
}

/// Writes what `file`, which does not block, takes now.
pub(crate) fn write_some(mut file: &File, bytes: &[u8]) -> io::Result<usize> {
    match file.write(bytes) {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
            Ok(0)
        }
        result => result,
    }
}

/// Throws away what `file`, which does not block, has to be read; a meter takes no orders.
///
/// Returns false when the other end is gone.
pub(crate) fn discard_input(mut file: &File) -> bool {
    match happened(file, PollFlags::POLLIN) {
        seen if seen.contains(PollFlags::POLLIN) => match file.read(&mut [0; 4096]) {
            Ok(count) => count > 0,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        },
        seen => seen.is_empty(),
    }
}

/// Which of `wanted`, hang-up and error hold for `file` at this moment.
pub(crate) fn happened(file: &File, wanted: PollFlags) -> PollFlags {
    let mut fds = [PollFd::new(file.as_fd(), wanted)];
    match poll(&mut fds, PollTimeout::ZERO) {
        Ok(_) => fds[0].revents().unwrap_or(PollFlags::empty()),
        Err(_) => PollFlags::empty(),
    }
}
