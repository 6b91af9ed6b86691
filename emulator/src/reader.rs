//! A program that reads telegrams where they are served.

use crate::failure::Failure;
use std::io::{ErrorKind, Read};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A connection to whoever serves telegrams.
pub struct Reader {
    stream: TcpStream,
    /// What has been read of the next telegrams.
    begun: Vec<u8>,
}

impl Reader {
    /// Connects.
    ///
    /// # Errors
    ///
    /// If nobody listens there.
    pub fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address);
        let stream = stream.map_err(Failure::of(format!("connect to {address}")))?;
        Ok(Self { stream, begun: Vec::new() })
    }

    /// The next telegram, all of it, when it comes within `limit`.
    ///
    /// # Errors
    ///
    /// If none comes, the connection is closed, or what comes is no telegram.
    pub fn telegram(&mut self, limit: Duration) -> Result<Vec<u8>, Failure> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(length) = first(&self.begun)? {
                return Ok(self.begun.drain(..length).collect());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let begun = self.begun.escape_ascii();
                return Err(Failure::new(format!(
                    "no telegram came within {limit:?}, but {begun:?}"
                )));
            }
            self.read(left)?;
        }
    }

    /// So many telegrams, see [`Reader::telegram`].
    ///
    /// # Errors
    ///
    /// As [`Reader::telegram`].
    pub fn telegrams(&mut self, count: usize, limit: Duration) -> Result<Vec<Vec<u8>>, Failure> {
        let deadline = Instant::now() + limit;
        let next = |_| self.telegram(deadline.saturating_duration_since(Instant::now()));
        (0..count).map(next).collect()
    }

    /// Waits until the other side has closed the connection, and returns all that came before.
    ///
    /// # Errors
    ///
    /// If it is still open after `limit`.
    pub fn rest(mut self, limit: Duration) -> Result<Vec<u8>, Failure> {
        let deadline = Instant::now() + limit;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Failure::new(format!("the connection is still open after {limit:?}")));
            }
            if self.read(left).is_err() {
                return Ok(self.begun);
            }
        }
    }

    /// Reads what there is, if anything comes within `limit`; fails at the end.
    fn read(&mut self, limit: Duration) -> Result<(), Failure> {
        let limited = self.stream.set_read_timeout(Some(limit));
        limited.map_err(Failure::of("set a time limit"))?;
        let mut bytes = [0; 4096];
        match self.stream.read(&mut bytes) {
            Ok(0) => {
                let begun = self.begun.escape_ascii();
                Err(Failure::new(format!("the connection was closed after {begun:?}")))
            }
            Ok(count) => {
                self.begun.extend_from_slice(&bytes[..count]);
                Ok(())
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Ok(())
            }
            Err(error) => Err(Failure::of("read from the connection")(error)),
        }
    }
}

/// `bytes`, which are whole telegrams, one by one.
///
/// # Errors
///
/// If they are anything else.
pub fn telegrams(mut bytes: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    let mut telegrams = Vec::new();
    while let Some(length) = first(bytes)? {
        telegrams.push(bytes[..length].to_vec());
        bytes = &bytes[length..];
    }
    if bytes.is_empty() {
        return Ok(telegrams);
    }
    Err(Failure::new(format!("this is part of a telegram: {:?}", bytes.escape_ascii())))
}

/// The length of the telegram that `bytes` begin with, if all of it is there: `/` to `!`, the
/// checksum and the end of that line.
fn first(bytes: &[u8]) -> Result<Option<usize>, Failure> {
    if !matches!(bytes.first(), None | Some(b'/')) {
        return Err(Failure::new(format!("this is no telegram: {:?}", bytes.escape_ascii())));
    }
    let behind = |at: usize, pattern: &[u8]| {
        let found = bytes[at..].windows(pattern.len()).position(|window| window == pattern);
        found.map(|found| at + found + pattern.len())
    };
    Ok(behind(0, b"\r\n!").and_then(|at| behind(at, b"\r\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telegrams_are_told_apart() {
        let (one, two) = (b"/A5\r\n\r\n1(!)\r\n!01AB\r\n".to_vec(), b"/B5\r\n\r\n!\r\n".to_vec());
        let both = [one.clone(), two.clone()].concat();
        assert_eq!(telegrams(&both).expect("telegrams"), [one.clone(), two]);
        assert_eq!(first(&one[..one.len() - 1]).expect("a part"), None);
        assert!(telegrams(&both[..both.len() - 1]).is_err());
        assert!(telegrams(&both[1..]).is_err());
        assert!(telegrams(b"").expect("nothing").is_empty());
    }
}
