//! Telegrams of a bridge, over TCP.

use super::names::addresses;
use crate::language::Language;
use crate::line::Intake;
use crate::statistics::Statistics;
use socket2::{SockRef, TcpKeepalive};
use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// A connection is made within this time, or not.
const PATIENCE: Duration = Duration::from_secs(10);
/// From the loss of a connection to the next one.
const PAUSE: Duration = Duration::from_secs(2);
/// After this time without a byte, and again as often as this, it is asked for whether the other
/// end is still there.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// Characters come without a speed over TCP; it is that of most meters for whoever judges them.
const BAUD: u32 = 115_200;

/// A connection to a bridge, made or not.
pub(super) struct Connection {
    /// As `HOST:PORT`.
    pub address: String,
    pub intake: Intake,
    pub statistics: Arc<Statistics>,
    pub language: Language,
}

impl Connection {
    /// Hands all that comes to the intake, and connects again for ever. Why there is no connection is
    /// the trouble of the statistics.
    pub(super) async fn read_for_ever(mut self) -> Infallible {
        let address = self.address.clone();
        self.learn(Some(match self.language {
            Language::English => format!("Connecting to {address}."),
            Language::Dutch => format!("Bezig met verbinden met {address}."),
        }));
        loop {
            let trouble = match connect(&address).await {
                Ok(stream) => {
                    self.opened();
                    let why = match self.read(&stream).await {
                        Ok(()) => self.language.say("it was closed there", "ginds gesloten").into(),
                        Err(error) => error.to_string(),
                    };
                    self.intake.interrupt();
                    match self.language {
                        Language::English => format!(
                            "The connection to {address} is lost ({why}); it is made again when \
                             the bridge is back."
                        ),
                        Language::Dutch => format!(
                            "De verbinding met {address} is verbroken ({why}); ze komt terug \
                             wanneer de brug er weer is."
                        ),
                    }
                }
                Err(error) => match self.language {
                    Language::English => format!(
                        "There is no connection to {address} ({error}); it is tried again. See \
                         whether name and port are right and the bridge is on."
                    ),
                    Language::Dutch => format!(
                        "Er is geen verbinding met {address} ({error}); het wordt opnieuw \
                         geprobeerd. Kijk of naam en poort kloppen en de brug aan staat."
                    ),
                },
            };
            self.learn(Some(trouble));
            sleep(PAUSE).await;
        }
    }

    fn learn(&self, trouble: Option<String>) {
        self.statistics.learn(|known| &known.trouble, trouble);
    }

    fn opened(&self) {
        let mut line = self.statistics.line();
        line.opened(Instant::now(), BAUD);
        // None to tell people.
        line.baud = 0;
        drop(line);
        self.learn(None);
    }

    /// Reads to the end of the connection.
    async fn read(&mut self, stream: &TcpStream) -> io::Result<()> {
        let mut buffer = vec![0; 4096];
        loop {
            stream.readable().await?;
            match stream.try_read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => {
                    self.intake.take_in(&mut buffer[..count]);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Connects to the first address of the name that answers.
async fn connect(address: &str) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(ErrorKind::NotFound);
    for address in addresses(address)? {
        let connected = timeout(PATIENCE, TcpStream::connect(address)).await;
        match connected.unwrap_or_else(|late| Err(late.into())) {
            Ok(stream) => {
                let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE);
                SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
                return Ok(stream);
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}
