//! The settings of the machine: what appliance.toml says, where that says nothing what Raspberry Pi
//! Imager says, and else the defaults.

mod addresses;
mod appliance;
mod country;
mod hostname;
mod keys;
mod preseed;
mod timezone;
mod wifi;

pub use addresses::Addresses;
pub use keys::Key;
pub use wifi::{Network, Protection};

use crate::card::{APPLIANCE, Card, Contents, PRESEED};
use crate::findings::{Finding, Weight, in_file};
use crate::system::System;

/// What the machine is called if nothing else is said.
pub const DEFAULT_HOSTNAME: &str = "p1";
/// Most of the countries whose meters have a P1 port share its time.
pub const DEFAULT_TIMEZONE: &str = "Europe/Amsterdam";

/// All settings of the machine, checked.
#[derive(Debug)]
pub struct Settings {
    /// One label of a host name (RFC 1123).
    pub hostname: String,
    /// A time zone's name.
    pub timezone: String,
    /// The wireless network, if one is to be joined.
    pub wifi: Option<Wifi>,
    /// The addresses of the wired network.
    pub ethernet: Addresses,
    /// Who may log in as `admin`; without one nobody can.
    pub keys: Vec<Key>,
}

/// The wireless network.
#[derive(Debug)]
pub struct Wifi {
    /// The network to join.
    pub network: Network,
    /// A country's code (ISO 3166); without it only the channels that are free everywhere are used.
    pub country: Option<String>,
    /// The addresses.
    pub addresses: Addresses,
}

/// What one file asks for.
#[derive(Debug, Default)]
struct Wishes {
    hostname: Option<String>,
    timezone: Option<String>,
    network: Option<Network>,
    country: Option<String>,
    wifi: Addresses,
    ethernet: Addresses,
    keys: Vec<Key>,
}

/// The settings that are in force by the files on the card, and what is wrong with these.
#[must_use]
pub fn read(card: &Card, system: &System) -> (Settings, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut bytes = |file, contents: &Contents| match contents {
        Contents::Bytes(bytes) => bytes.clone(),
        Contents::None => Vec::new(),
        Contents::Unreadable(why) => {
            findings.push(Finding::of_file(Weight::Mistake, file, why.clone()));
            Vec::new()
        }
    };
    let (appliance, preseed) = (bytes(APPLIANCE, &card.appliance), bytes(PRESEED, &card.preseed));
    let (appliance, mistakes) = appliance::read(&appliance, system);
    findings.extend(in_file(APPLIANCE, mistakes));
    let (preseed, told) = preseed::read(&preseed, system);
    findings.extend(told);
    let (settings, missing) = settle(appliance, preseed);
    findings.extend(missing);
    findings.extend(remarks(&settings));
    (settings, findings)
}

/// What is right, and yet may not be meant so.
fn remarks(settings: &Settings) -> impl Iterator<Item = Finding> {
    let wifi = settings.wifi.as_ref().map(|wifi| ("wifi", &wifi.addresses));
    let networks = [("ethernet", &settings.ethernet)].into_iter().chain(wifi);
    networks.filter(|(_, addresses)| addresses.lacks_router()).map(|(section, _)| {
        let what = format!(
            "below [{section}] there is an `address` and no `gateway`, so that through it only the \
             network at home is reached, and without another way out nobody tells the time"
        );
        Finding::of_file(Weight::Remark, APPLIANCE, what)
    })
}

fn settle(wishes: Wishes, other: Wishes) -> (Settings, Option<Finding>) {
    let file = if wishes.network.is_some() { APPLIANCE } else { PRESEED };
    let country = wishes.country.or(other.country);
    let mut missing = None;
    let wifi = wishes.network.or(other.network).map(|network| {
        if country.is_none() {
            let what = "the Wi-Fi network has no `country`, so that only the channels that are free in \
                        every country are used; write your own one below [wifi], such as \"NL\"";
            missing = Some(Finding::of_file(Weight::Mistake, file, what.into()));
        }
        Wifi { network, country, addresses: wishes.wifi }
    });
    let settings = Settings {
        hostname: wishes.hostname.or(other.hostname).unwrap_or(DEFAULT_HOSTNAME.into()),
        timezone: wishes.timezone.or(other.timezone).unwrap_or(DEFAULT_TIMEZONE.into()),
        wifi,
        ethernet: wishes.ethernet,
        keys: if wishes.keys.is_empty() { other.keys } else { wishes.keys },
    };
    (settings, missing)
}
