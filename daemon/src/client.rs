//! One client: whole telegrams out, whatever it sends thrown away.

use crate::events;
use crate::hub::Hub;
use bytes::Bytes;
use socket2::SockRef;
use std::fmt;
use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tracing::{debug, info, warn};

/// A client that makes no progress for this long is disconnected.
const PATIENCE: Duration = Duration::from_secs(30);
/// As much of what a client sends is thrown away at once, in bytes, before others have their turn.
const MOUTHFUL: usize = 64 * 1024;
/// The pause after that, so that a flood costs no more than its share.
const BREATH: Duration = Duration::from_millis(10);

/// A connected client.
pub struct Client {
    stream: TcpStream,
    address: SocketAddr,
    joined: Instant,
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Default)]
struct State {
    /// What is left to write of the telegram it is at.
    rest: Bytes,
    /// Since when it has taken nothing although something was there for it.
    stalled: Option<Instant>,
    missed: u64,
    end: Option<End>,
}

/// Why a client is let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It closed the connection, or the network did.
    Gone,
    /// It took nothing for [`PATIENCE`].
    Stalled,
    /// There was no telegram for too long.
    Silence,
    /// Another client wanted its place, and it had closed its half.
    Crowded,
    /// It may not connect any more.
    Unwanted,
    /// The daemon listens elsewhere now.
    Moved,
    /// The daemon ends.
    Shutdown,
}

impl fmt::Display for End {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => out.write_str("it is gone"),
            Self::Stalled => write!(out, "it took nothing for {} s", PATIENCE.as_secs()),
            Self::Silence => out.write_str("there was no telegram for too long"),
            Self::Crowded => {
                out.write_str("it had closed its half, and another client wanted its place")
            }
            Self::Unwanted => out.write_str("it may not connect any more"),
            Self::Moved => out.write_str("the bridge listens at another address now"),
            Self::Shutdown => out.write_str("the bridge ends"),
        }
    }
}

impl End {
    /// The end that an error of the socket is.
    fn by(error: &io::Error) -> Self {
        // The kernel gives up a peer that acknowledges nothing (TCP_USER_TIMEOUT).
        if error.kind() == io::ErrorKind::TimedOut { Self::Stalled } else { Self::Gone }
    }
}

impl Client {
    pub(crate) fn new(stream: TcpStream, address: SocketAddr) -> Arc<Self> {
        Arc::new(Self {
            stream,
            address,
            joined: Instant::now(),
            state: Mutex::default(),
            wake: Notify::new(),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn joined(&self) -> Instant {
        self.joined
    }

    /// Whether it has said that it will send no more, and is still served.
    pub(crate) fn is_half_closed(&self) -> bool {
        if self.state().end.is_some() {
            return false;
        }
        // Asked of the kernel: the news may not have reached `attend` yet.
        let mut next = [MaybeUninit::uninit()];
        matches!(SockRef::from(&self.stream).peek(&mut next), Ok(0))
    }

    /// Writes a telegram, at once or not at all; false if the client misses it.
    ///
    /// Where the kernel takes only the beginning of it, the rest follows before anything else, from a
    /// copy that `share` gives.
    pub(crate) fn offer(&self, telegram: &[u8], share: &mut impl FnMut() -> Bytes) -> bool {
        let mut state = self.state();
        if state.end.is_some() {
            return true;
        }
        if state.rest.is_empty() {
            match self.stream.try_write(telegram) {
                Ok(count) => {
                    state.stalled = None;
                    if count < telegram.len() {
                        state.rest = share().slice(count..);
                        state.stalled = Some(Instant::now());
                        self.wake.notify_one();
                    }
                    return true;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => {
                    state.end = Some(End::by(&error));
                    self.wake.notify_one();
                    return true;
                }
            }
        }
        state.stalled.get_or_insert_with(Instant::now);
        state.missed += 1;
        if state.missed == 1 {
            warn!(message_id = events::CLIENT_SLOW, client = %self.address, "{} is too slow and misses telegrams", self.address);
        }
        false
    }

    /// Lets the client go, when it has got the rest of the telegram it is at if it can be waited
    /// for. False if it was to go already.
    pub(crate) fn end(&self, end: End) -> bool {
        let mut state = self.state();
        let new = state.end.is_none();
        state.end.get_or_insert(end);
        self.wake.notify_one();
        new
    }

    /// Lets the client go if it has made no progress for too long. Returns when that would be, if it
    /// makes none now.
    pub(crate) fn end_if_stalled(&self, now: Instant) -> Option<Instant> {
        let mut state = self.state();
        let due = state.stalled? + PATIENCE;
        if now < due {
            return Some(due);
        }
        // Also where it is to end and does not take its rest.
        state.end = Some(End::Stalled);
        self.wake.notify_one();
        None
    }

    /// Serves the client until it ends; a newcomer is told of.
    pub(crate) async fn serve(self: Arc<Self>, hub: Arc<Hub>, newcomer: bool) {
        let Self { address, .. } = &*self;
        // The first telegram is to find the socket writable, or it would count as missed.
        let end = match self.stream.writable().await {
            Ok(()) => {
                hub.join(Arc::clone(&self));
                if newcomer {
                    info!(message_id = events::CLIENT_CONNECTED, client = %address, "{address} connected");
                } else {
                    debug!(message_id = events::CLIENT_CONNECTED, client = %address, "{address} connected");
                }
                let end = self.attend().await;
                hub.leave(&self);
                end
            }
            Err(_) => End::Gone,
        };
        self.say_goodbye(end);
    }

    async fn attend(&self) -> End {
        let mut half_closed = false;
        loop {
            let interest = {
                let state = self.state();
                match state.end {
                    Some(end @ (End::Gone | End::Stalled)) => return end,
                    Some(end) if state.rest.is_empty() => return end,
                    _ => {}
                }
                let reading = if half_closed { Interest::ERROR } else { Interest::READABLE };
                if state.rest.is_empty() { reading } else { reading | Interest::WRITABLE }
            };
            let ready = tokio::select! {
                () = self.wake.notified() => continue,
                ready = self.stream.ready(interest) => ready,
            };
            let Ok(ready) = ready else { return End::Gone };
            if ready.is_writable() {
                self.write_rest();
            }
            if ready.is_error() {
                let error = self.stream.take_error().ok().flatten();
                return error.map_or(End::Gone, |error| End::by(&error));
            }
            if ready.is_readable() || ready.is_read_closed() {
                match self.discard() {
                    Ok(Discarded::All) => {}
                    Ok(Discarded::End) => half_closed = true,
                    Ok(Discarded::Mouthful) => tokio::time::sleep(BREATH).await,
                    Err(error) => return End::by(&error),
                }
            }
        }
    }

    fn write_rest(&self) {
        let mut state = self.state();
        match self.stream.try_write(&state.rest) {
            Ok(count) => {
                let _ = state.rest.split_to(count);
                state.stalled = (!state.rest.is_empty()).then(Instant::now);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => state.end = Some(End::by(&error)),
        }
    }

    /// Throws away what the client has sent: telnet and RFC 2217 negotiation, HTTP requests, any
    /// number of bytes.
    fn discard(&self) -> io::Result<Discarded> {
        let mut bin = [0; 4096];
        let mut total = 0;
        while total < MOUTHFUL {
            match self.stream.try_read(&mut bin) {
                Ok(0) => return Ok(Discarded::End),
                Ok(count) => total += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Ok(Discarded::All);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Discarded::Mouthful)
    }

    fn say_goodbye(&self, end: End) {
        let Self { address, .. } = self;
        let missed = self.state().missed;
        if end == End::Stalled {
            // What lies in the kernel for it is as good as lost; do not keep it.
            let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
            info!(message_id = events::CLIENT_STALLED, client = %address, missed, "{address} disconnected: {end}");
        } else if missed > 0 || end == End::Unwanted {
            let missed_too = if missed > 0 {
                format!("; it had missed {missed} telegrams")
            } else {
                String::new()
            };
            info!(message_id = events::CLIENT_GONE, client = %address, missed, "{address} disconnected: {end}{missed_too}");
        } else {
            debug!(message_id = events::CLIENT_GONE, client = %address, missed, "{address} disconnected: {end}");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How much of what a client sent was thrown away.
enum Discarded {
    All,
    Mouthful,
    /// All, and it will send no more.
    End,
}
