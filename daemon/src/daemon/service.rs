//! The running parts, and what becomes of them when the settings change.

use crate::access::Access;
use crate::config::{Settings, Tcp};
use crate::door::{self, Door, Places};
use crate::events;
use crate::hub::Hub;
use crate::knowledge::Knowledge;
use crate::led;
use crate::line::{Intake, Line, Reading};
use crate::networks::Networks;
use crate::notify;
use crate::pulse::Pulses;
use crate::statistics::Statistics;
use crate::status_socket::StatusSocket;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tracing::info;

/// The line, the hub and the door.
pub(super) struct Service {
    pub(super) statistics: Arc<Statistics>,
    pub(super) hub: Arc<Hub>,
    pub(super) pulses: Arc<Pulses>,
    settings: Settings,
    networks: Arc<Networks>,
    places: Places,
    listener: Option<Arc<TcpListener>>,
    /// Opened, until its loop takes it.
    line: Option<Line>,
    status: Option<StatusSocket>,
    /// The light to use where the configuration names none.
    led: Option<String>,
    loops: Loops,
}

/// The loops that turn, in the order of the data's way.
#[derive(Default)]
struct Loops {
    line: Option<Reading>,
    door: Option<JoinHandle<Infallible>>,
    status: Option<JoinHandle<Infallible>>,
    light: Option<JoinHandle<Infallible>>,
}

impl Service {
    /// Opens the line and listens; nothing turns yet.
    pub(super) fn start(settings: Settings, led: Option<String>) -> Result<Self, String> {
        let statistics = Arc::new(Statistics::default());
        let networks = Arc::new(Networks::open());
        let status = StatusSocket::bind();
        if let Err(why) = &status {
            info!(message_id = events::STATUS_UNTOLD, "{why}");
        }
        let line = open_line(&settings, &statistics);
        let listener = door::listen(&settings.tcp, &networks)?;
        Ok(Self {
            hub: Hub::new(settings.feed.timeout, Arc::clone(&statistics)),
            statistics,
            pulses: Arc::default(),
            settings,
            networks,
            places: Places::default(),
            listener: Some(Arc::new(listener)),
            line: Some(line),
            status: status.ok(),
            led,
            loops: Loops::default(),
        })
    }

    /// Sets the loops turning.
    pub(super) fn turn(&mut self) -> Result<(), String> {
        self.turn_line()?;
        self.turn_door();
        if let Some(socket) = self.status.take() {
            let known = Knowledge::new(Arc::clone(&self.statistics), Arc::clone(&self.hub));
            let turning = socket.tell_for_ever(move || known.report());
            self.loops.status = Some(tokio::spawn(turning));
        }
        self.turn_light();
        Ok(())
    }

    fn turn_light(&mut self) {
        if let Some(folder) = self.light() {
            let turning = led::show_for_ever(folder, Arc::clone(&self.statistics));
            self.loops.light = Some(tokio::spawn(turning));
        }
    }

    /// The folder of the light that shows how the line is.
    pub(super) fn light(&self) -> Option<PathBuf> {
        let name = self.settings.led.name.as_ref().or(self.led.as_ref());
        name.filter(|name| !name.is_empty()).map(|name| Path::new(led::FOLDER).join(name))
    }

    fn turn_line(&mut self) -> Result<(), String> {
        if let Some(line) = self.line.take() {
            let intake =
                Intake::new(&self.settings, Arc::clone(&self.hub), Arc::clone(&self.statistics));
            self.loops.line = Some(line.read(intake, Arc::clone(&self.pulses))?);
        }
        Ok(())
    }

    fn turn_door(&mut self) {
        let Some(listener) = self.listener.clone() else { return };
        let door = Door::new(
            &self.settings.tcp,
            self.access(),
            Arc::clone(&self.hub),
            Arc::clone(&self.statistics),
            self.places.clone(),
        );
        let turning = door.admit_for_ever(listener, Arc::clone(&self.pulses));
        self.loops.door = Some(tokio::spawn(turning));
    }

    fn access(&self) -> Access {
        Access::new(self.settings.tcp.allow.clone(), Arc::clone(&self.networks))
    }

    /// Puts other settings in force, and disturbs no more than they change: clients stay connected
    /// where they still find the daemon and may still connect. Returns what changed, for people.
    pub(super) async fn apply(&mut self, new: Settings) -> Result<String, String> {
        let mut changed = Vec::new();
        let old = self.settings.clone();
        if (new.tcp.bind, new.tcp.port) != (old.tcp.bind, old.tcp.port) {
            self.listen_elsewhere(&new.tcp).await?;
            changed.push("where it listens");
        }
        self.settings = new;
        let new = &self.settings;
        if new.tcp.allow != old.tcp.allow {
            self.hub.expel(&mut self.access());
            changed.push("who may connect");
        }
        if new.tcp.max_clients != old.tcp.max_clients {
            super::limits::allow_files_for(new.tcp.max_clients);
            changed.push("how many clients");
        }
        if new.feed != old.feed {
            self.hub.set_timeout(new.feed.timeout);
            changed.push("the feed's timeout");
        }
        if new.serial != old.serial || new.telegram != old.telegram {
            changed.push("the line");
            if let Some(reading) = self.loops.line.take() {
                reading.end().await;
            }
            self.line = Some(open_line(&self.settings, &self.statistics));
            self.turn_line()?;
        }
        if self.settings.led != old.led {
            stop(&mut self.loops.light).await;
            self.turn_light();
            changed.push("the light");
        }
        if self.settings.tcp != old.tcp {
            stop(&mut self.loops.door).await;
            self.turn_door();
        }
        Ok(if changed.is_empty() {
            "nothing changed".into()
        } else {
            changed.join(", ") + " changed"
        })
    }

    /// Listens as `tcp` says; where that is not possible, as before, and says why.
    async fn listen_elsewhere(&mut self, tcp: &Tcp) -> Result<(), String> {
        let mut listened = door::listen(tcp, &self.networks);
        if listened.is_err() && tcp.port == self.settings.tcp.port {
            // The old socket may be what is in the way, when it has all addresses at this port.
            stop(&mut self.loops.door).await;
            self.listener = None;
            listened = door::listen(tcp, &self.networks);
            if listened.is_err() {
                self.listener = Some(Arc::new(door::listen(&self.settings.tcp, &self.networks)?));
                self.turn_door();
            }
        }
        let listener = listened?;
        stop(&mut self.loops.door).await;
        self.listener = Some(Arc::new(listener));
        self.hub.send_away();
        Ok(())
    }

    /// Stops reading and accepting, and lets clients have the rest of the telegram they are at;
    /// returns how many had not taken it by then.
    pub(super) async fn drain(mut self, deadline: Duration) -> usize {
        if let Some(reading) = &self.loops.line {
            reading.stop();
        }
        stop(&mut self.loops.door).await;
        stop(&mut self.loops.status).await;
        stop(&mut self.loops.light).await;
        self.hub.drain(deadline).await
    }
}

/// Opens the line; it answers in time for the watchdog, which asks it twice within its interval.
fn open_line(settings: &Settings, statistics: &Arc<Statistics>) -> Line {
    let patience = notify::watchdog_interval().map_or(Duration::MAX, |interval| interval / 4);
    Line::open(settings, Arc::clone(statistics), patience)
}

/// Ends a loop, and waits until it has let go of what it held.
async fn stop<T>(turning: &mut Option<JoinHandle<T>>) {
    if let Some(turning) = turning.take() {
        turning.abort();
        // Its end is what was asked for.
        let _ = turning.await;
    }
}
