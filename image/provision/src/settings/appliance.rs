//! appliance.toml.

use super::wifi::{self, Network, Protection};
use super::{Addresses, Wishes, country, hostname, keys, timezone};
use crate::system::System;
use p1_tcp::config::table::Root;
use p1_tcp::config::{Mistake, Source};

/// What appliance.toml asks for, and every mistake in it.
pub fn read(bytes: &[u8], system: &System) -> (Wishes, Vec<Mistake>) {
    let source = Source::secret(bytes);
    let mut root = Root::parse(&source);
    let [address, gateway, dns] = Addresses::KEYS;
    root.refuse_unknown(&[
        ("system", &["hostname", "timezone"]),
        ("ethernet", &Addresses::KEYS),
        (
            "wifi",
            &["ssid", "ssid-hex", "password", "open", "hidden", "country", address, gateway, dns],
        ),
        ("ssh", &["keys"]),
    ]);
    let wishes = Wishes {
        hostname: root
            .read("system", "hostname", None, |value| hostname::hostname(value).map(Some)),
        timezone: root.read("system", "timezone", None, |value| {
            timezone::timezone(value, &system.zones).map(Some)
        }),
        network: network(&mut root),
        country: root.read("wifi", "country", None, |value| {
            country::country(value, &system.countries).map(Some)
        }),
        wifi: Addresses::read(&mut root, "wifi"),
        ethernet: Addresses::read(&mut root, "ethernet"),
        keys: root.read_each("ssh", "keys", keys::key),
    };
    (wishes, root.into_mistakes())
}

/// The network, if everything is right that it takes.
fn network(root: &mut Root<'_>) -> Option<Network> {
    let name = root.read("wifi", "ssid", None, |value| wifi::ssid(value).map(Some));
    let hex = root.read("wifi", "ssid-hex", None, |value| wifi::ssid_hex(value).map(Some));
    if name.is_some() && hex.is_some() && name != hex {
        let message = "`ssid-hex` is another name than `ssid`; leave one of them out";
        root.add("wifi", "ssid-hex", message.into());
        return None;
    }
    let password = root.read("wifi", "password", None, |value| wifi::password(value).map(Some));
    let open = root.read("wifi", "open", false, wifi::switch);
    let hidden = root.read("wifi", "hidden", false, wifi::switch);
    let named = root.has("wifi", "ssid") || root.has("wifi", "ssid-hex");
    let asks = root.has("wifi", "password");
    if !named && (asks || open) {
        let key = if asks { "password" } else { "open" };
        root.add("wifi", key, format!("`{key}` has no effect without the network's name, `ssid`"));
    }
    if open && asks {
        let message = "`open` has no effect, as there is a `password`; leave one of them out";
        root.add("wifi", "open", message.into());
    }
    if named && !open && !asks {
        let message = "the network has no `password`; write it, or `open = true` if it has none";
        root.add(
            "wifi",
            if root.has("wifi", "ssid") { "ssid" } else { "ssid-hex" },
            message.into(),
        );
    }
    let protection = password.or((open && !asks).then_some(Protection::Open))?;
    Some(Network { ssid: name.or(hex)?, hidden, protection })
}
