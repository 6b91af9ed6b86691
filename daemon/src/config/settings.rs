//! The settings, their defaults and their ranges.

use super::table::{self, Root};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr};
use std::path::PathBuf;
use std::time::Duration;
use toml::de::DeValue;

/// All settings, checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The meter's port.
    pub serial: Serial,
    /// Where clients connect.
    pub tcp: Tcp,
    /// What is taken for a telegram.
    pub telegram: Telegram,
    /// What clients are spared.
    pub feed: Feed,
    /// The light that shows how the line is.
    pub led: Led,
}

/// The meter's port.
#[derive(Clone, Debug, PartialEq)]
pub struct Serial {
    /// An absolute path, mostly `/dev/ttyAMA0` or one below `/dev/serial/by-id`.
    pub device: PathBuf,
    /// The speeds that the line may have.
    pub baud: Speeds,
    /// Data bits, parity and stop bits.
    pub framing: Framing,
}

/// The speeds that the line may have, in bits per second; one at least.
///
/// In the file a number, a list of numbers, or `"auto"` for those that meters have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speeds(Vec<u32>);

impl Speeds {
    /// DSMR 4 and later, and DSMR 2.2 and 3.0; the later ones first, as there are more of them.
    pub(super) const OF_METERS: [u32; 2] = [115_200, 9600];

    /// All of them, the one to begin with first.
    #[must_use]
    pub fn all(&self) -> &[u32] {
        &self.0
    }
}

/// Data bits, parity and stop bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Whichever it is found to be.
    Auto,
    /// DSMR 4 and later.
    EightNone,
    /// DSMR 2.2 and 3.0.
    SevenEven,
}

/// Where clients connect.
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
pub struct Telegram {
    /// What becomes of a telegram with a wrong checksum.
    pub crc: Checksums,
    /// Whether a telegram of a meter that sends no checksum gets one, for clients that insist.
    pub add_crc: bool,
    /// Telegrams or bytes.
    pub mode: Mode,
}

/// What becomes of a telegram with a wrong checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksums {
    /// It is dropped and counted.
    Check,
    /// It is forwarded all the same.
    Ignore,
}

/// What clients get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Whole telegrams and encrypted frames.
    Telegram,
    /// The bytes as they come, for an unknown device.
    Raw,
}

/// What clients are spared.
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    /// After this time without a telegram clients are disconnected, as some never notice a silent
    /// link themselves. In the file in seconds, where 0 stands for never.
    pub timeout: Option<Duration>,
}

/// The light that shows how the line is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Led {
    /// Its name below /sys/class/leds; empty for none, in the file `"off"`. Where the file says
    /// nothing it is up to whoever started the daemon.
    pub name: Option<String>,
}

impl Default for Serial {
    fn default() -> Self {
        Self {
            device: "/dev/ttyAMA0".into(),
            baud: Speeds(Speeds::OF_METERS.into()),
            framing: Framing::Auto,
        }
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
        Self { crc: Checksums::Check, add_crc: false, mode: Mode::Telegram }
    }
}

impl Default for Feed {
    fn default() -> Self {
        Self { timeout: Some(Duration::from_secs(60)) }
    }
}

impl Framing {
    /// As it stands in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::EightNone => "8N1",
            Self::SevenEven => "7E1",
        }
    }
}

impl Checksums {
    /// As it stands in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Ignore => "ignore",
        }
    }
}

impl Mode {
    /// As it stands in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
            Self::Raw => "raw",
        }
    }
}

/// Reads all settings from `root`, in which the mistakes stay.
pub(super) fn read(root: &mut Root<'_>) -> Settings {
    root.refuse_unknown(&[
        ("serial", &["device", "baud", "framing"]),
        ("tcp", &["bind", "port", "max-clients", "allow"]),
        ("telegram", &["crc", "add-crc", "mode"]),
        ("feed", &["timeout"]),
        ("led", &["name"]),
    ]);
    let Settings { serial, tcp, telegram, feed, led } = Settings::default();
    Settings {
        serial: Serial {
            device: root.read("serial", "device", serial.device, device),
            baud: root.read("serial", "baud", serial.baud, speeds),
            framing: root.read("serial", "framing", serial.framing, |value| {
                let framings = [Framing::Auto, Framing::EightNone, Framing::SevenEven];
                table::one_of(value, &framings.map(|framing| (framing.name(), framing)))
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
                let choice = [Checksums::Check, Checksums::Ignore];
                table::one_of(value, &choice.map(|crc| (crc.name(), crc)))
            }),
            add_crc: root.read("telegram", "add-crc", telegram.add_crc, table::switch),
            mode: root.read("telegram", "mode", telegram.mode, |value| {
                table::one_of(value, &[Mode::Telegram, Mode::Raw].map(|mode| (mode.name(), mode)))
            }),
        },
        feed: Feed {
            timeout: root.read("feed", "timeout", feed.timeout, |value| {
                let seconds = table::number(value, 0..=86_400_u32)?;
                Ok((seconds > 0).then(|| Duration::from_secs(seconds.into())))
            }),
        },
        led: Led { name: root.read("led", "name", led.name, light_name) },
    }
}

fn speeds(value: &DeValue<'_>) -> Result<Speeds, String> {
    const RANGE: std::ops::RangeInclusive<u32> = 300..=4_000_000;
    const AUTO: &str = ", or \"auto\"";
    if value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("auto")) {
        return Ok(Speeds(Speeds::OF_METERS.into()));
    }
    let Some(list) = value.as_array() else {
        let remedy = |mistake: String| mistake.replacen(" and not", &format!("{AUTO}, and not"), 1);
        return table::number(value, RANGE).map(|one| Speeds(vec![one])).map_err(remedy);
    };
    let mut speeds = Vec::new();
    for value in list {
        let speed = table::number(value.get_ref(), RANGE)
            .map_err(|mistake| format!("is a list in which each number {mistake}"))?;
        if !speeds.contains(&speed) {
            speeds.push(speed);
        }
    }
    if speeds.is_empty() {
        return Err(format!("is an empty list; give a speed such as 115200{AUTO}"));
    }
    Ok(Speeds(speeds))
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

fn light_name(value: &DeValue<'_>) -> Result<Option<String>, String> {
    let name = table::text(value)?;
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\0']) {
        return Err(format!(
            "cannot be \"{name}\"; it is a name such as \"ACT\", as `ls /sys/class/leds` shows them, \
             or \"off\""
        ));
    }
    Ok(Some(if name.eq_ignore_ascii_case("off") { String::new() } else { name.into() }))
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
