//! `p1-tcp monitor` and `p1-tcp status`: what is known of the line, for the person beside it.
//!
//! Reports come from the daemon, or from a line of the monitor's own; what is shown of them is made
//! by pure functions.

mod changes;
mod document;
mod events;
mod frame;
mod holder;
mod names;
mod output;
mod own;
mod printable;
mod raw;
mod remote;
mod screen;
mod socket;
mod source;
pub mod status;
mod summary;
mod verdicts;

pub use printable::printable;

use crate::daemon::run_to_end;
use crate::language::Language;
use crate::report::SOCKET;
use changes::Changes;
use events::{Event, Events};
use frame::View;
use screen::{Keys, Screen};
use source::{Look, Source};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// From one look to the next on a terminal.
const FOR_PEOPLE: Duration = Duration::from_secs(1);
/// From one look to the next in a pipe: telegrams come each second at most, and none is passed over.
const FOR_PIPES: Duration = Duration::from_millis(500);

/// What a monitor is to show.
#[derive(Debug, Default)]
pub struct Options {
    /// What to look at; without it the daemon's line, or that of the configuration.
    pub target: Option<Target>,
    /// Show raw bytes.
    pub raw: bool,
    /// Where the daemon's status socket is; without it [`SOCKET`].
    pub socket: Option<PathBuf>,
}

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A serial port.
    Device(PathBuf),
    /// Where a bridge listens, as `HOST:PORT`.
    Address(String),
}

impl Target {
    /// What a word of the command line means.
    ///
    /// # Errors
    ///
    /// What would be right.
    pub fn parse(word: &str) -> Result<Self, String> {
        if word.contains('/') {
            return Ok(Self::Device(word.into()));
        }
        match word.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
                Ok(Self::Address(word.into()))
            }
            _ => Err("it is a path such as /dev/ttyUSB0, or HOST:PORT".into()),
        }
    }
}

/// Shows what is known of a line until SIGINT, SIGTERM, SIGHUP or the key q, or until nobody reads
/// it any more.
///
/// The exit code is 0, or 1 where there is nothing to look at, which is told on standard error.
#[must_use]
pub fn run(options: &Options) -> ExitCode {
    output::code(run_to_end(Box::pin(watch(options))))
}

async fn watch(options: &Options) -> Result<(), String> {
    let language = Language::of_the_user();
    let events = Events::new().map_err(|error| format!("signals cannot be received: {error}"))?;
    let (target, socket) = (options.target.as_ref(), options.socket.as_deref());
    let source = Source::choose(target, socket, language)?;
    let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    let watch = Watch { source, events, language, raw: options.raw };
    let on_terminal = io::stdout().is_terminal() && !dumb;
    output::read(if on_terminal { watch.on_terminal().await } else { watch.in_lines().await })
}

/// The socket that was named, or the daemon's.
fn report_socket(named: Option<&Path>) -> &Path {
    named.unwrap_or(Path::new(SOCKET))
}

struct Watch {
    source: Source,
    events: Events,
    language: Language,
    raw: bool,
}

impl Watch {
    async fn on_terminal(mut self) -> io::Result<()> {
        let mut screen = Screen::new();
        let keys = Keys::new();
        let mut look = Look::default();
        let mut event = Event::Look;
        let mut due = Instant::now();
        loop {
            match event {
                Event::Look => {
                    self.source.look(&mut look, self.language);
                    due = Instant::now() + FOR_PEOPLE;
                }
                Event::Resized => {}
                Event::Keys(pressed) if !pressed.contains(&b'q') => {
                    self.raw ^= pressed.contains(&b'r');
                }
                Event::Keys(_) | Event::End => return Ok(()),
            }
            let (width, height) = screen.size();
            let (language, raw, keyed) = (self.language, self.raw, keys.is_some());
            let view = View { language, width, height, raw, keys: keyed };
            screen.draw(&frame::frame(&look, &view))?;
            event = self.events.next(due, keys.as_ref()).await;
        }
    }

    async fn in_lines(mut self) -> io::Result<()> {
        let mut changes = Changes::default();
        let mut look = Look::default();
        let mut out = io::stdout();
        loop {
            self.source.look(&mut look, self.language);
            let mut text = changes.next(&look, self.language, self.raw).join("\n");
            if !text.is_empty() {
                text.push('\n');
                out.write_all(text.as_bytes())?;
                out.flush()?;
            }
            let due = Instant::now() + FOR_PIPES;
            loop {
                match self.events.next(due, None).await {
                    Event::Look => break,
                    Event::End => return Ok(()),
                    Event::Resized | Event::Keys(_) => {}
                }
            }
        }
    }
}
