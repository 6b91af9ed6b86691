//! The settings, their defaults and their ranges.

use super::table::{self, Root};
use ipnet::IpNet;
use serde::{Serialize, Serializer};
use std::net::{IpAddr, Ipv6Addr};
use std::path::PathBuf;
use std::time::Duration;
use toml::de::DeValue;

/// All settings, checked.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Settings {
    /// The meter's port.
    pub serial: Serial,
    /// Where clients connect.
    pub tcp: Tcp,
    /// What is taken for a telegram.
    pub telegram: Telegram,
    /// What clients are spared.
    pub feed: Feed,
}

/// The meter's port.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Serial {
    /// An absolute path, mostly `/dev/ttyAMA0` or one below `/dev/serial/by-id`.
    pub device: PathBuf,
    /// In bits per second.
    pub baud: u32,
    /// Data bits, parity and stop bits.
    pub framing: Framing,
}

/// Data bits, parity and stop bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Framing {
    /// DSMR 4 and later.
    #[serde(rename = "8N1")]
    EightNone,
    /// DSMR 2.2 and 3.0.
    #[serde(rename = "7E1")]
    SevenEven,
}

/// Where clients connect.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tcp {
    /// The address to listen on; `::` is all addresses, IPv4 and IPv6.
    pub bind: IpAddr,
    /// From 1024 on, as the daemon has no privilege.
    pub port: u16,
    /// How many clients are served at a time.
    pub max_clients: usize,
    /// Who may connect.
    pub allow: Allow,
}

/// Who may connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allow {
    /// Everyone.
    Any,
    /// Those in one of the networks.
    Networks {
        /// Loopback, private and link-local networks, and those this host has an address in.
        local: bool,
        /// Networks that are named.
        named: Vec<IpNet>,
    },
}

/// What is taken for a telegram.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Telegram {
    /// What becomes of a telegram with a wrong checksum.
    pub crc: Checksums,
    /// Telegrams or bytes.
    pub mode: Mode,
}

/// What becomes of a telegram with a wrong checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Checksums {
    /// It is dropped and counted.
    Check,
    /// It is forwarded all the same.
    Ignore,
}

/// What clients get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Whole telegrams and encrypted frames.
    Telegram,
    /// The bytes as they come, for an unknown device.
    Raw,
}

/// What clients are spared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Feed {
    /// After this time without a telegram clients are disconnected, as some never notice a silent
    /// link themselves. In the file in seconds, where 0 stands for never.
    #[serde(serialize_with = "seconds")]
    pub timeout: Option<Duration>,
}

impl Default for Serial {
    fn default() -> Self {
        Self { device: "/dev/ttyAMA0".into(), baud: 115_200, framing: Framing::EightNone }
    }
}

impl Default for Tcp {
    fn default() -> Self {
        let allow = Allow::Networks { local: true, named: Vec::new() };
        Self { bind: Ipv6Addr::UNSPECIFIED.into(), port: 9000, max_clients: 32, allow }
    }
}

impl Default for Telegram {
    fn default() -> Self {
        Self { crc: Checksums::Check, mode: Mode::Telegram }
    }
}

impl Default for Feed {
    fn default() -> Self {
        Self { timeout: Some(Duration::from_secs(60)) }
    }
}

impl std::fmt::Display for Framing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::EightNone => "8N1",
            Self::SevenEven => "7E1",
        })
    }
}

impl Serialize for Allow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Any => serializer.collect_seq(["any"]),
            Self::Networks { local, named } => {
                let named = named.iter().map(IpNet::to_string);
                serializer.collect_seq(local.then(|| "local".into()).into_iter().chain(named))
            }
        }
    }
}

#[allow(clippy::ref_option, reason = "serde hands the field over so")]
fn seconds<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(time.map_or(0, |time| time.as_secs()))
}

/// Reads all settings from `root`, in which the mistakes stay.
pub(super) fn read(root: &mut Root<'_>) -> Settings {
    root.refuse_unknown(&[
        ("serial", &["device", "baud", "framing"]),
        ("tcp", &["bind", "port", "max-clients", "allow"]),
        ("telegram", &["crc", "mode"]),
        ("feed", &["timeout"]),
    ]);
    let Settings { serial, tcp, telegram, feed } = Settings::default();
    Settings {
        serial: Serial {
            device: root.read("serial", "device", serial.device, device),
            baud: root
                .read("serial", "baud", serial.baud, |value| table::number(value, 300..=4_000_000)),
            framing: root.read("serial", "framing", serial.framing, |value| {
                table::one_of(value, &[("8N1", Framing::EightNone), ("7E1", Framing::SevenEven)])
            }),
        },
        tcp: Tcp {
            bind: root.read("tcp", "bind", tcp.bind, bind),
            port: root.read("tcp", "port", tcp.port, port),
            max_clients: root.read("tcp", "max-clients", tcp.max_clients, |value| {
                table::number(value, 1..=10_000_usize)
            }),
            allow: root.read("tcp", "allow", tcp.allow, allow),
        },
        telegram: Telegram {
            crc: root.read("telegram", "crc", telegram.crc, |value| {
                table::one_of(value, &[("check", Checksums::Check), ("ignore", Checksums::Ignore)])
            }),
            mode: root.read("telegram", "mode", telegram.mode, |value| {
                table::one_of(value, &[("telegram", Mode::Telegram), ("raw", Mode::Raw)])
            }),
        },
        feed: Feed {
            timeout: root.read("feed", "timeout", feed.timeout, |value| {
                let seconds = table::number(value, 0..=86_400_u32)?;
                Ok((seconds > 0).then(|| Duration::from_secs(seconds.into())))
            }),
        },
    }
}

fn device(value: &DeValue<'_>) -> Result<PathBuf, String> {
    let path = table::text(value)?;
    if !path.starts_with('/') || path.contains('\0') {
        return Err(format!(
            "is \"{path}\", and has to be a path from the root, such as \"/dev/ttyAMA0\""
        ));
    }
    Ok(path.into())
}

fn bind(value: &DeValue<'_>) -> Result<IpAddr, String> {
    let address = table::text(value)?;
    address.parse().map_err(|_| {
        format!(
            "cannot be \"{address}\"; it is an IP address of this machine without a port, or \"::\" \
             for all of them"
        )
    })
}

fn port(value: &DeValue<'_>) -> Result<u16, String> {
    match table::number(value, 1..=u16::MAX) {
        Ok(port @ ..1024) => Err(format!(
            "cannot be {port}, as ports below 1024 are for privileged programs and p1-tcp is none; \
             take one from 1024 to 65535"
        )),
        other => other.map_err(|message| message.replace("from 1 to", "from 1024 to")),
    }
}

fn allow(value: &DeValue<'_>) -> Result<Allow, String> {
    const REMEDY: &str = "write \"local\", \"any\" or networks such as \"192.168.1.0/24\"";
    let one = std::slice::from_ref(value);
    let entries: Vec<&DeValue<'_>> = match value.as_array() {
        Some(array) => array.iter().map(toml::Spanned::get_ref).collect(),
        None => one.iter().collect(),
    };
    if entries.is_empty() {
        return Err(format!("is empty, so that nobody could connect; {REMEDY}"));
    }
    let (mut any, mut local, mut named) = (false, false, Vec::new());
    for entry in entries {
        match entry.as_str().ok_or_else(|| format!("is a list of texts; {REMEDY}"))? {
            "any" => any = true,
            "local" => local = true,
            network => match network.parse::<IpNet>().or_else(|_| network.parse().map(host)) {
                Ok(network) => named.push(network.trunc()),
                Err(_) => return Err(format!("cannot hold \"{network}\"; {REMEDY}")),
            },
        }
    }
    Ok(if any { Allow::Any } else { Allow::Networks { local, named } })
}

fn host(address: IpAddr) -> IpNet {
    address.into()
}
