//! The door: listens, and lets in those who may come and find a place.

use crate::access::Access;
use crate::client::Client;
use crate::config::Tcp;
use crate::events;
use crate::hub::Hub;
use crate::networks::Networks;
use crate::pulse::Pulses;
use crate::seldom::Seldom;
use crate::statistics::Statistics;
use socket2::{Domain, SockRef, Socket, TcpKeepalive, Type};
use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tracing::{debug, info, warn};

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 1024;
/// The first and the longest pause while there is no file descriptor left.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));
/// A peer that acknowledges nothing for this long is dead.
const DEAD: Duration = Duration::from_secs(30);
/// As much as the kernel keeps for a client that is behind, in bytes. It is minutes of telegrams,
/// and older ones are of no use to anyone.
const SEND_BUFFER: usize = 128 * 1024;
/// As much as the kernel takes from a client ahead of being thrown away, in bytes.
const RECEIVE_BUFFER: usize = 16 * 1024;
/// For so long an address that has been seen connecting is not told again.
const REMEMBERED: Duration = Duration::from_secs(3600);
const MOST_REMEMBERED: usize = 64;

/// Opens the listening socket.
///
/// # Errors
///
/// One sentence with the address and the remedy.
pub fn listen(settings: &Tcp, networks: &Networks) -> Result<TcpListener, String> {
    let wanted = SocketAddr::new(settings.bind, settings.port);
    let opened = match open(wanted) {
        // A kernel without IPv6 still has all of IPv4.
        Err(error)
            if error.raw_os_error() == Some(nix::libc::EAFNOSUPPORT)
                && settings.bind.is_unspecified() =>
        {
            open(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), settings.port))
        }
        other => other,
    };
    let listener = opened.and_then(TcpListener::from_std).map_err(|error| {
        let remedy = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "; end the other program, or choose another `port` in [tcp]"
            }
            _ => "; check `bind` and `port` in [tcp]",
        };
        format!("{wanted} cannot be listened on: {error}{remedy}")
    })?;
    if !settings.bind.is_unspecified() && !networks.has_own(settings.bind) {
        warn!(
            message_id = events::ADDRESS_ABSENT,
            "{} is no address of this machine yet; clients can connect when it is", settings.bind
        );
    }
    info!(message_id = events::LISTENING, port = settings.port, "listening on {wanted}");
    Ok(listener)
}

fn open(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    // At boot the network may come up after the daemon.
    match address {
        SocketAddr::V4(_) => socket.set_freebind_v4(true)?,
        SocketAddr::V6(_) => {
            socket.set_freebind_v6(true)?;
            socket.set_only_v6(false)?;
        }
    }
    // Accepted sockets inherit both; the second has to be known before the handshake.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// The door itself, between the listening socket and the hub.
pub struct Door {
    access: Access,
    max_clients: usize,
    hub: Arc<Hub>,
    statistics: Arc<Statistics>,
    places: Places,
    refusals: Seldom,
    seen: HashMap<IpAddr, Instant>,
}

impl Door {
    /// A door that lets in whom `settings` allow, with `places` counting who is in.
    #[must_use]
    pub fn new(
        settings: &Tcp,
        access: Access,
        hub: Arc<Hub>,
        statistics: Arc<Statistics>,
        places: Places,
    ) -> Self {
        Self {
            access,
            max_clients: settings.max_clients,
            hub,
            statistics,
            places,
            refusals: Seldom::new(10, Duration::from_secs(10)),
            seen: HashMap::new(),
        }
    }

    /// Accepts clients for ever.
    pub async fn admit_for_ever(
        mut self,
        listener: Arc<TcpListener>,
        pulses: Arc<Pulses>,
    ) -> Infallible {
        let pulse = &pulses.door;
        let mut pause = PAUSES.0;
        loop {
            match pulse.during(listener.accept()).await {
                Ok((stream, address)) => {
                    pause = PAUSES.0;
                    self.admit(
                        stream,
                        SocketAddr::new(address.ip().to_canonical(), address.port()),
                    );
                }
                // The client was gone before it was accepted.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    // Without file descriptors or memory, the connection stays in the backlog and
                    // would be accepted in vain again at once.
                    if pause == PAUSES.0 {
                        warn!(
                            message_id = events::ACCEPT_FAILED,
                            "no client can be accepted for now: {error}"
                        );
                    }
                    self.hub.make_room();
                    pulse.during(tokio::time::sleep(pause)).await;
                    pause = (pause * 2).min(PAUSES.1);
                }
            }
        }
    }

    fn admit(&mut self, stream: TcpStream, address: SocketAddr) {
        if !self.access.admits(address.ip()) {
            self.refuse(address, "it is in none of the networks of `allow` in [tcp]");
            return;
        }
        if self.places.taken() >= self.max_clients && !self.hub.make_room() {
            self.refuse(address, "there are as many clients as `max-clients` in [tcp] allows");
            return;
        }
        if let Err(error) = prepare(&stream) {
            debug!(message_id = events::CLIENT_GONE, client = %address, "{address} was gone at once: {error}");
            return;
        }
        self.statistics.counts.clients.add(1);
        let newcomer = self.is_newcomer(address.ip());
        let place = self.places.take();
        let client = Client::new(stream, address);
        let hub = Arc::clone(&self.hub);
        tokio::spawn(async move {
            client.serve(hub, newcomer).await;
            drop(place);
        });
    }

    fn refuse(&mut self, address: SocketAddr, why: &str) {
        self.statistics.counts.refused.add(1);
        if let Some(held_back) = self.refusals.allow(Instant::now()) {
            let more = if held_back > 0 {
                format!(" ({held_back} more were refused before)")
            } else {
                String::new()
            };
            warn!(message_id = events::CLIENT_REFUSED, client = %address, "refused {address}: {why}{more}");
        }
    }

    /// Whether this address has not been seen connecting for a while.
    ///
    /// Some clients connect anew for every telegram; their journal entries would bury all others.
    fn is_newcomer(&mut self, address: IpAddr) -> bool {
        let now = Instant::now();
        self.seen.retain(|_, seen| now.saturating_duration_since(*seen) < REMEMBERED);
        self.seen.len() < MOST_REMEMBERED && self.seen.insert(address, now).is_none()
    }
}

/// Sets what every client's socket needs.
fn prepare(stream: &TcpStream) -> io::Result<()> {
    let socket = SockRef::from(stream);
    socket.set_tcp_nodelay(true)?;
    socket.set_tcp_user_timeout(Some(DEAD))?;
    let keepalive = TcpKeepalive::new().with_time(DEAD).with_interval(DEAD / 3).with_retries(3);
    socket.set_tcp_keepalive(&keepalive)
}

/// The places for clients, and how many of them are taken.
#[derive(Clone, Debug, Default)]
pub struct Places(Arc<AtomicUsize>);

impl Places {
    fn taken(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn take(&self) -> Place {
        self.0.fetch_add(1, Ordering::Relaxed);
        Place(self.clone())
    }
}

/// A place that is taken, and given back when this is dropped.
struct Place(Places);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}
