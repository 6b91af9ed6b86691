//! The addresses of a network interface.

use ipnet::{IpNet, Ipv4Net};
use p1_tcp::config::table::{self, Root};
use std::net::IpAddr;
use toml::de::DeValue;

/// The addresses of a network interface; without any, DHCP and router advertisements tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Its own, each with its network. For the kind of which there is one, nobody is asked.
    pub own: Vec<IpNet>,
    /// The routers, at most one for each kind of address.
    pub gateways: Vec<IpAddr>,
    /// Those who are asked for names, instead of those that DHCP tells.
    pub dns: Vec<IpAddr>,
}

impl Addresses {
    /// The keys of a section that say them.
    pub const KEYS: [&'static str; 3] = ["address", "gateway", "dns"];

    /// Reads them from a section.
    pub(super) fn read(root: &mut Root<'_>, section: &str) -> Self {
        let own = root.read_each(section, "address", own);
        let mut gateways: Vec<IpAddr> = Vec::new();
        for gateway in root.read_each(section, "gateway", host) {
            match wrong_gateway(gateway, &gateways, &own) {
                None => gateways.push(gateway),
                Some(message) => root.add(section, "gateway", message),
            }
        }
        let dns = root.read_each(section, "dns", host);
        let mut addresses = Self { own, gateways, dns };
        if addresses.dns.is_empty() && !root.has(section, "dns") {
            // Nobody else tells, and the router at home knows.
            addresses.dns.clone_from(&addresses.gateways);
        }
        addresses
    }

    /// Whether an IPv4 address is given, so that none is asked for.
    #[must_use]
    pub fn fixes_ipv4(&self) -> bool {
        self.own.iter().any(|own| matches!(own, IpNet::V4(_)))
    }

    /// Whether an IPv6 address is given, so that none is asked for.
    #[must_use]
    pub fn fixes_ipv6(&self) -> bool {
        self.own.iter().any(|own| matches!(own, IpNet::V6(_)))
    }

    /// Whether there is no way out by IPv4.
    #[must_use]
    pub fn lacks_router(&self) -> bool {
        self.fixes_ipv4() && !self.gateways.iter().any(IpAddr::is_ipv4)
    }
}

/// An address of this machine with the length of its network.
fn own(value: &DeValue<'_>) -> Result<IpNet, String> {
    let text = table::text(value)?.trim();
    let Ok(own) = text.parse::<IpNet>() else { return Err(no_network(text)) };
    let usable = match own {
        IpNet::V4(net) if net.prefix_len() < 31 => {
            net.addr() != net.network() && net.addr() != net.broadcast()
        }
        _ => true,
    };
    if own.prefix_len() == 0 || !usable || !is_host(own.addr()) {
        return Err(format!("cannot be \"{text}\", as no machine can have that address"));
    }
    Ok(own)
}

/// What is wrong with something that is not an address with the length of its network.
fn no_network(text: &str) -> String {
    let (address, mask) = text.split_once('/').unwrap_or((text, ""));
    let with_mask = address.parse().ok().zip(mask.parse().ok());
    if let Some(net) =
        with_mask.and_then(|(address, mask)| Ipv4Net::with_netmask(address, mask).ok())
    {
        return format!("is \"{text}\"; write \"{net}\", which is the same");
    }
    match address.parse::<IpAddr>() {
        Ok(address) => {
            let length = if address.is_ipv4() { 24 } else { 64 };
            format!(
                "is \"{text}\", and needs the length of its network behind it, at home mostly \
                 \"{address}/{length}\""
            )
        }
        Err(_) => format!(
            "cannot be \"{text}\"; it is an IP address with the length of its network, such as \
             \"192.168.1.9/24\""
        ),
    }
}

/// An address of another machine.
fn host(value: &DeValue<'_>) -> Result<IpAddr, String> {
    let text = table::text(value)?.trim();
    let address = text.parse().ok().filter(|address| is_host(*address));
    address.ok_or_else(|| {
        format!(
            "cannot be \"{text}\"; it is the IP address of one machine, such as \"192.168.1.1\""
        )
    })
}

/// Whether a machine on a network can have the address.
fn is_host(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    !(address.is_unspecified() || address.is_loopback() || address.is_multicast() || broadcast)
}

fn wrong_gateway(gateway: IpAddr, before: &[IpAddr], own: &[IpNet]) -> Option<String> {
    let same = |other: &IpAddr| other.is_ipv4() == gateway.is_ipv4();
    let kind = if gateway.is_ipv4() { "IPv4" } else { "IPv6" };
    if before.iter().any(same) {
        return Some(format!("`gateway` holds two {kind} addresses, and only the first counts"));
    }
    if !own.iter().any(|own| same(&own.addr())) {
        return Some(format!(
            "`gateway` has no effect without an {kind} `address`, as the network then tells it by \
             itself"
        ));
    }
    if own.iter().any(|own| own.addr() == gateway) {
        return Some(format!(
            "`gateway` cannot be {gateway}, as that is this machine's own address"
        ));
    }
    let link_local = matches!(gateway, IpAddr::V6(gateway) if gateway.is_unicast_link_local());
    if !link_local && !own.iter().any(|own| own.contains(&gateway)) {
        return Some(format!(
            "`gateway` cannot be {gateway}, as it is not in the network of `address`"
        ));
    }
    None
}
