//! A socket that somebody else listens on, as QEMU does for an emulated serial port.

use crate::error::Error;
use crate::line::{Line, discard_input, write_some};
use socket2::{Domain, SockAddr, Socket, Type};
use std::fmt;
use std::fs::File;
use std::io;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// How long a connection over TCP may take. The meter stands still meanwhile.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long after one attempt the next is made.
const RETRY: Duration = Duration::from_millis(100);

/// Where a socket is listened on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// A Unix socket's path.
    Unix(PathBuf),
    /// `HOST:PORT`.
    Tcp(String),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, place) = text.split_once(':').unwrap_or_default();
        let port = place.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
        match (kind, port) {
            ("unix", _) if !place.is_empty() => Ok(Self::Unix(place.into())),
            ("tcp", Some(Ok(_))) => Ok(Self::Tcp(place.to_owned())),
            _ => Err("give unix:PATH or tcp:HOST:PORT".to_owned()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp(place) => write!(f, "tcp:{place}"),
        }
    }
}

impl Address {
    /// Connects, so that reading and writing never wait.
    fn connect(&self) -> io::Result<File> {
        let socket = match self {
            Self::Unix(path) => connect_unix(path)?,
            Self::Tcp(place) => connect_tcp(place)?,
        };
        Ok(File::from(socket))
    }
}

/// Not by [`std::os::unix::net::UnixStream`], which waits while the listener's queue is full.
fn connect_unix(path: &Path) -> io::Result<OwnedFd> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.connect(&SockAddr::unix(path)?)?;
    Ok(socket.into())
}

fn connect_tcp(place: &str) -> io::Result<OwnedFd> {
    let mut failed = io::ErrorKind::NotFound.into();
    for address in place.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => {
                // Each piece leaves at once, as on a line.
                stream.set_nodelay(true)?;
                stream.set_nonblocking(true)?;
                return Ok(stream.into());
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// A connection to an [`Address`], made again whenever it goes away.
pub(crate) struct Connection {
    address: Address,
    stream: Option<File>,
    /// When to try next; never while hung up.
    retry: Option<Instant>,
}

impl Connection {
    /// Connects at the first [`Line::attend`] when somebody listens.
    pub(crate) fn new(address: Address) -> Self {
        Self { address, stream: None, retry: Some(Instant::now()) }
    }
}

impl Line for Connection {
    fn attend(&mut self) -> Result<bool, Error> {
        self.stream.take_if(|stream| !discard_input(stream));
        let now = Instant::now();
        if self.stream.is_none() && self.retry.is_some_and(|retry| retry <= now) {
            // Whatever the reason, somebody may be listening later.
            self.stream = self.address.connect().ok();
            self.retry = Some(now + RETRY);
        }
        Ok(self.stream.is_some())
    }

    fn offer(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        let written = self.stream.as_ref().map_or(Ok(0), |stream| write_some(stream, bytes));
        Ok(written.unwrap_or_else(|_| {
            self.stream = None;
            0
        }))
    }

    fn wire(&self) -> Option<BorrowedFd<'_>> {
        self.stream.as_ref().map(|stream| stream.as_fd())
    }

    fn is_taken(&mut self) -> Result<bool, Error> {
        // What has been written stays readable after the connection is closed.
        Ok(true)
    }

    fn hang_up(&mut self) -> Result<(), Error> {
        self.stream = None;
        self.retry = None;
        Ok(())
    }

    fn come_back(&mut self) -> Result<(), Error> {
        self.retry = Some(Instant::now());
        Ok(())
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "to {}", self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_as_they_are_written() {
        for text in ["unix:meter.sock", "unix:/run/a:b", "tcp:localhost:5555", "tcp:[::1]:5555"] {
            assert_eq!(text.parse::<Address>().expect(text).to_string(), text);
        }
        for text in ["", "meter.sock", "unix:", "tcp:localhost", "tcp:localhost:p1", "udp:a:1"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
