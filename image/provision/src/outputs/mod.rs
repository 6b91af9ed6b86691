//! The files that the system reads, from the settings.
//!
//! The root and `/etc` are read-only, so everything is below `/run`, and where something looks for
//! it in `/etc`, the image has a link there, or the unit a mount. All of it belongs to root.
//!
//! | file below `/run` | mode | who reads it, and how it comes to it |
//! |---|---|---|
//! | `p1-provision/hostname` | 0644 | systemd-hostnamed, by the link `/etc/hostname`; the kernel is told by sethostname(2) |
//! | `p1-provision/localtime`, a link | – | everyone, by the link `/etc/localtime` |
//! | `systemd/network/10-p1-ethernet.network` | 0644 | systemd-networkd |
//! | `systemd/network/11-p1-wifi.network` | 0644 | systemd-networkd; only with a wireless network |
//! | `p1-provision/wpa_supplicant.conf` | 0600 | `wpa_supplicant`, started by `p1-wifi@.service`; only with a wireless network |
//! | `p1-provision/authorized_keys` | 0644 | sshd (`AuthorizedKeysFile`), which `ssh.service` starts only if it is there; only with a key |
//! | `p1-provision/services/p1-tcp.service` | 0644 | Avahi, which sees the folder at `/etc/avahi/services`; not where p1-tcp listens on loopback alone |
//! | `p1-provision/card/p1-tcp.toml` | 0644 | p1-tcp, which sees the folder at `/boot/firmware`, where it must not see the rest |
//!
//! A file that is not wanted is removed, should there be one.

mod avahi;
mod networkd;
mod supplicant;

use crate::card::{Card, Contents, DAEMON};
use crate::settings::{Key, Settings};
use crate::system::ZONEINFO;
use p1_tcp::config;

/// A file below `/run`.
pub struct Output {
    /// Its path from the root.
    pub path: &'static str,
    /// What is to be there.
    pub kind: Kind,
}

/// What is to be at a path.
pub enum Kind {
    /// A file that everyone may read.
    Public(Vec<u8>),
    /// A file for root's eyes only.
    Secret(Vec<u8>),
    /// A symbolic link to there.
    Link(String),
    /// Nothing.
    Nothing,
}

/// All files, in the order in which they are written.
#[must_use]
pub fn outputs(settings: &Settings, card: &Card, daemon: &config::Settings) -> Vec<Output> {
    let wifi = settings.wifi.as_ref();
    let zone = format!("/{ZONEINFO}/{}", settings.timezone);
    let public =
        |text: Option<String>| text.map_or(Kind::Nothing, |text| Kind::Public(text.into_bytes()));
    [
        ("run/p1-provision/hostname", public(Some(format!("{}\n", settings.hostname)))),
        ("run/p1-provision/localtime", Kind::Link(zone)),
        (
            "run/systemd/network/10-p1-ethernet.network",
            public(Some(networkd::ethernet(&settings.ethernet))),
        ),
        (
            "run/systemd/network/11-p1-wifi.network",
            public(wifi.map(|wifi| networkd::wifi(&wifi.addresses))),
        ),
        (
            "run/p1-provision/wpa_supplicant.conf",
            wifi.map_or(Kind::Nothing, |wifi| {
                Kind::Secret(supplicant::configuration(wifi).into_bytes())
            }),
        ),
        ("run/p1-provision/authorized_keys", public(authorized_keys(&settings.keys))),
        ("run/p1-provision/services/p1-tcp.service", public(avahi::service(daemon))),
        ("run/p1-provision/card/p1-tcp.toml", daemon_configuration(card)),
    ]
    .into_iter()
    .map(|(path, kind)| Output { path, kind })
    .collect()
}

/// The keys, one on a line (sshd(8)).
fn authorized_keys(keys: &[Key]) -> Option<String> {
    let line = |key: &Key| {
        let line = format!("{} {} {}", key.kind, key.base64, key.comment);
        line.trim_end().to_owned() + "\n"
    };
    (!keys.is_empty()).then(|| keys.iter().map(line).collect())
}

/// The daemon's configuration as it is, so that it tells the mistakes in it by itself, too; that it
/// cannot be read is one, that there is none is not.
fn daemon_configuration(card: &Card) -> Kind {
    match &card.daemon {
        Contents::Bytes(bytes) => Kind::Public(bytes.clone()),
        Contents::None => {
            Kind::Public(format!("# There is no {DAEMON} on the card.\n").into_bytes())
        }
        Contents::Unreadable(_) => Kind::Nothing,
    }
}
