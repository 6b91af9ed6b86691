//! rpi-preseed.toml, as Raspberry Pi Imager writes it from version 2.0.11 on for an image whose
//! `init_format` is `rpi-preseed`.
//!
//! The format is that of <https://github.com/raspberrypi/rpi-preseed>, version 1. Imager writes
//! `[system] hostname`, `[user]`, `[ssh] enabled, password_authentication, authorized_keys`,
//! `[wlan] ssid or ssid_hex, password, password_encrypted, hidden, country`, `[locale] keymap,
//! timezone`, `[connect]` and `[interfaces]`, each only if there is something to say. What the
//! appliance has no use for is passed over, and so is what a later version may add.

use super::wifi::{self, Network, Protection};
use super::{Wishes, country, hostname, keys, timezone};
use crate::card::PRESEED;
use crate::findings::{Finding, Weight, in_file};
use crate::system::System;
use p1_tcp::config::Source;
use p1_tcp::config::table::{self, Root};

/// What rpi-preseed.toml asks for, and what is wrong with it.
pub fn read(bytes: &[u8], system: &System) -> (Wishes, Vec<Finding>) {
    let source = Source::secret(bytes);
    let mut root = Root::parse(&source);
    let enabled = root.read("ssh", "enabled", true, wifi::switch);
    let passwords = root.read("ssh", "password_authentication", false, wifi::switch);
    let keys = root.read_each("ssh", "authorized_keys", keys::key);
    let wishes = Wishes {
        hostname: root
            .read("system", "hostname", None, |value| hostname::hostname(value).map(Some)),
        timezone: root.read("locale", "timezone", None, |value| {
            timezone::timezone(value, &system.zones).map(Some)
        }),
        network: network(&mut root),
        country: root.read("wlan", "country", None, |value| {
            country::country(value, &system.countries).map(Some)
        }),
        keys: if enabled { keys } else { Vec::new() },
        ..Wishes::default()
    };
    let mut findings: Vec<Finding> = in_file(PRESEED, root.into_mistakes()).collect();
    if enabled && passwords && wishes.keys.is_empty() {
        let what = "it asks for ssh with a password, and the appliance has none; choose a public key \
                    in Imager, or write one into appliance.toml";
        findings.push(Finding::of_file(Weight::Remark, PRESEED, what.into()));
    }
    (wishes, findings)
}

/// The network, if everything is right that it takes. Without a password it is an open one, as the
/// format has it.
fn network(root: &mut Root<'_>) -> Option<Network> {
    let name = root.read("wlan", "ssid", None, |value| wifi::ssid(value).map(Some));
    let hex = root.read("wlan", "ssid_hex", None, |value| wifi::ssid_hex(value).map(Some));
    let encrypted = root.read("wlan", "password_encrypted", false, wifi::switch);
    let hidden = root.read("wlan", "hidden", false, wifi::switch);
    let key_management = root
        .read("wlan", "key_mgmt", None, |value| table::text(value).map(str::to_owned).map(Some));
    let asks = root.has("wlan", "password");
    let password = root.read("wlan", "password", None, |value| {
        if encrypted { wifi::key(value) } else { wifi::password(value) }.map(Some)
    });
    let open = !asks && key_management.is_none_or(|kind| kind == "none");
    let protection = password.or(open.then_some(Protection::Open))?;
    Some(Network { ssid: hex.or(name)?, hidden, protection })
}
