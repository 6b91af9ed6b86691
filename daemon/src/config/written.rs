//! Settings as they stand in a file.

use super::settings::{Allow, Settings, Speeds};
use std::fmt::{self, Display, Formatter};
use toml_writer::{ToTomlValue, TomlStringBuilder};

/// A file, in TOML, by which these settings are in force.
impl Display for Settings {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let Self { serial, tcp, telegram, feed, led } = self;
        writeln!(out, "[serial]")?;
        writeln!(out, "device = {}", text(&serial.device.to_string_lossy()))?;
        writeln!(out, "baud = {}", serial.baud)?;
        writeln!(out, "framing = {}", text(serial.framing.name()))?;
        writeln!(out, "\n[tcp]")?;
        writeln!(out, "bind = {}", text(&tcp.bind.to_string()))?;
        writeln!(out, "port = {}", tcp.port)?;
        writeln!(out, "max-clients = {}", tcp.max_clients)?;
        writeln!(out, "allow = {}", tcp.allow)?;
        writeln!(out, "\n[telegram]")?;
        writeln!(out, "crc = {}", text(telegram.crc.name()))?;
        writeln!(out, "add-crc = {}", telegram.add_crc)?;
        writeln!(out, "mode = {}", text(telegram.mode.name()))?;
        writeln!(out, "\n[feed]")?;
        writeln!(out, "timeout = {}", feed.timeout.map_or(0, |time| time.as_secs()))?;
        writeln!(out, "\n[led]")?;
        match led.name.as_deref() {
            None => Ok(()),
            Some("") => writeln!(out, "name = {}", text("off")),
            Some(name) => writeln!(out, "name = {}", text(name)),
        }
    }
}

impl Display for Speeds {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.all() {
            [only] => write!(out, "{only}"),
            all if all == Self::OF_METERS => write!(out, "{}", text("auto")),
            all => write!(out, "{all:?}"),
        }
    }
}

impl Display for Allow {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = match self {
            Self::Any => vec!["any".into()],
            Self::Networks { local, named } => {
                let local = local.then(|| "local".into()).into_iter();
                local.chain(named.iter().map(ToString::to_string)).collect()
            }
        };
        let names: Vec<String> = names.iter().map(|name| text(name)).collect();
        write!(out, "[{}]", names.join(", "))
    }
}

/// A text between quotation marks.
fn text(text: &str) -> String {
    TomlStringBuilder::new(text).as_default().to_toml_value()
}
