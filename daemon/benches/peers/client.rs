//! Many clients in one thread, so that taking in what they get disturbs the measured ones least.

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

pub struct Clients {
    streams: Vec<TcpStream>,
    received: Vec<usize>,
    epoll: Epoll,
}

impl Clients {
    pub fn connect(port: u16, count: usize) -> Self {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).expect("epoll");
        let streams: Vec<_> = (0..count).map(|number| connect(port, number, &epoll)).collect();
        Self { received: vec![0; streams.len()], streams, epoll }
    }

    /// Waits until every client has got `bytes` in all from now on. Returns when each of them had
    /// them, in no order; fewer, if it takes longer than `patience`.
    pub fn receive(&mut self, bytes: usize, patience: Duration) -> Vec<Instant> {
        self.received.fill(0);
        self.receive_more(bytes, patience)
    }

    /// The same, with what came since the last [`Clients::receive`] counted in.
    pub fn receive_more(&mut self, bytes: usize, patience: Duration) -> Vec<Instant> {
        let started = Instant::now();
        let mut complete = Vec::with_capacity(self.streams.len());
        let mut buffer = [0; 16384];
        let mut events = [EpollEvent::empty(); 256];
        while complete.len() < self.streams.len() && started.elapsed() < patience {
            let left = patience.saturating_sub(started.elapsed()).as_millis().clamp(1, 20);
            let timeout = EpollTimeout::try_from(left).unwrap_or(EpollTimeout::ZERO);
            let ready = self.epoll.wait(&mut events, timeout).unwrap_or(0);
            for event in &events[..ready] {
                let number = usize::try_from(event.data()).expect("a client");
                let before = self.received[number];
                loop {
                    match (&self.streams[number]).read(&mut buffer) {
                        Ok(count @ 1..) => self.received[number] += count,
                        Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                        // Closed: it will get no more, and is not asked again.
                        Ok(_) | Err(_) => {
                            let _ = self.epoll.delete(&self.streams[number]);
                            break;
                        }
                    }
                }
                if before < bytes && self.received[number] >= bytes {
                    complete.push(Instant::now());
                }
            }
        }
        complete
    }

    /// Takes in whatever comes for a while.
    pub fn take_in(&mut self, time: Duration) {
        self.receive(usize::MAX, time);
    }
}

fn connect(port: u16, number: usize, epoll: &Epoll) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("to connect");
    stream.set_nonblocking(true).expect("no waiting");
    let event = EpollEvent::new(EpollFlags::EPOLLIN, number as u64);
    epoll.add(&stream, event).expect("to watch a client");
    stream
}
