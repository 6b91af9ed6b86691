//! A TCP client that takes down what it gets.

use super::DEADLINE;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

pub struct Client {
    stream: TcpStream,
}

impl Client {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("to connect");
        stream.set_read_timeout(Some(DEADLINE)).expect("a deadline");
        Self { stream }
    }

    /// Its address, as the bridge sees it.
    pub fn address(&self) -> SocketAddr {
        self.stream.local_addr().expect("an address")
    }

    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Reads as many bytes as `expected` has, and compares.
    pub fn expect(&mut self, expected: &[u8]) {
        let mut bytes = vec![0; expected.len()];
        let mut read = 0;
        while read < bytes.len() {
            match self.stream.read(&mut bytes[read..]) {
                Ok(0) => break,
                Ok(count) => read += count,
                Err(error) => panic!("{error} after {:?}", show(&bytes[..read])),
            }
        }
        assert!(
            bytes[..read] == *expected,
            "got {:?} for {:?}",
            show(&bytes[..read]),
            show(expected)
        );
    }

    /// What one read returns; empty at the end.
    pub fn read_once(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; 65536];
        let count = self.stream.read(&mut bytes).expect("to read");
        bytes.truncate(count);
        bytes
    }

    /// All that comes until the bridge closes the connection.
    pub fn read_to_end(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self.stream.read_to_end(&mut bytes) {
            Err(error) if error.kind() != ErrorKind::ConnectionReset => {
                panic!("not closed: {error}")
            }
            _ => bytes,
        }
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("to send");
    }

    /// Says that it will send no more.
    pub fn close_half(&self) {
        self.stream.shutdown(Shutdown::Write).expect("to close a half");
    }

    /// Ends the connection by a reset.
    pub fn reset(self) {
        socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)).expect("no linger");
    }
}

fn show(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}
