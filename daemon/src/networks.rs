//! The networks this host has an address in, from what the kernel shows of its routing tables.
//!
//! `/proc/self/net` needs no netlink socket, which a hardened service may not have.

use crate::events;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::collections::HashSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use tracing::debug;

/// IPv4 routes and addresses (the kernel's `net/ipv4/fib_trie.c`, `fib_trie_seq_show`).
const IPV4: &str = "/proc/self/net/fib_trie";
/// The prefix of the largest IPv4 networks that are given out.
const LARGEST: u8 = 8;
/// IPv6 addresses with their prefixes (`net/ipv6/addrconf.c`, `if6_seq_show`).
const IPV6: &str = "/proc/self/net/if_inet6";

/// The kernel's tables, open: read again they show what is so at the time, even where the daemon may
/// not open a file any more.
pub struct Networks {
    ipv4: Option<File>,
    ipv6: Option<File>,
}

impl Networks {
    /// Opens the tables. One that is not there, because the host has no IPv6 for example, holds no
    /// network.
    #[must_use]
    pub fn open() -> Self {
        Self { ipv4: File::open(IPV4).ok(), ipv6: File::open(IPV6).ok() }
    }

    /// The networks this host has an address in.
    #[must_use]
    pub fn current(&self) -> Vec<IpNet> {
        let ipv4 = ipv4_networks(&read(self.ipv4.as_ref())).into_iter().map(IpNet::V4);
        ipv4.chain(ipv6_networks(&read(self.ipv6.as_ref())).into_iter().map(IpNet::V6)).collect()
    }

    /// Whether `address` is one of this host's own.
    #[must_use]
    pub fn has_own(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => {
                own_ipv4(&read(self.ipv4.as_ref())).any(|own| own.contains(&address))
            }
            IpAddr::V6(address) => {
                ipv6_addresses(&read(self.ipv6.as_ref())).any(|(own, _)| own == address)
            }
        }
    }
}

fn read(table: Option<&File>) -> String {
    let mut text = String::new();
    if let Some(mut table) = table {
        let again = table.seek(SeekFrom::Start(0)).and_then(|_| table.read_to_string(&mut text));
        if let Err(error) = again {
            debug!(
                message_id = events::NETWORKS_UNREADABLE,
                "the networks of this host cannot be read: {error}"
            );
        }
    }
    text
}

/// An address in the trie and one line on what it is, such as `/24 link UNICAST`.
struct Leaf<'t> {
    address: Ipv4Addr,
    role: &'t str,
}

impl Leaf<'_> {
    /// The network that begins at the address, if it has the role, such as ` link UNICAST`.
    fn network(&self, role: &str) -> Option<Ipv4Net> {
        let prefix = self.role.strip_prefix('/')?.strip_suffix(role)?.parse().ok()?;
        Ipv4Net::new(self.address, prefix).ok()
    }
}

fn leaves(trie: &str) -> impl Iterator<Item = Leaf<'_>> {
    let mut address = Ipv4Addr::UNSPECIFIED;
    trie.lines().filter_map(move |line| {
        let line = line.trim();
        if let Some(leaf) = line.strip_prefix("|-- ") {
            address = leaf.parse().ok()?;
            return None;
        }
        line.starts_with('/').then_some(Leaf { address, role: line })
    })
}

/// The IPv4 networks in the text of `fib_trie`.
///
/// A network on a link is one that this host has an address in if the kernel keeps that network's
/// broadcast address, which it makes from an address and its prefix. A route that somebody added
/// (half the Internet through a tunnel, say) has none, but that of half the Internet is loopback's,
/// so it has to hold an address, too, and to be a network of a size that is given out. Each address
/// is a network of its own.
fn ipv4_networks(trie: &str) -> Vec<Ipv4Net> {
    let broadcasts = leaves(trie).filter(|leaf| leaf.role == "/32 link BROADCAST");
    let broadcasts: HashSet<Ipv4Addr> = broadcasts.map(|leaf| leaf.address).collect();
    let on_links = leaves(trie).filter_map(|leaf| {
        let network = leaf.network(" link UNICAST")?;
        // A /31 has no broadcast address (RFC 3021).
        let broadcasting = network.prefix_len() == 31 || broadcasts.contains(&network.broadcast());
        let held = broadcasting
            && network.prefix_len() >= LARGEST
            && own_ipv4(trie).any(|own| network.contains(&own));
        held.then_some(network)
    });
    // The tables are shown one after the other, and may show a network twice.
    let networks: HashSet<_> = on_links.chain(own_ipv4(trie)).collect();
    networks.into_iter().collect()
}

/// This host's IPv4 addresses, each as a network; of the loopback network all are its own.
fn own_ipv4(trie: &str) -> impl Iterator<Item = Ipv4Net> {
    leaves(trie).filter_map(|leaf| leaf.network(" host LOCAL"))
}

/// The IPv6 networks in the text of `if_inet6`.
fn ipv6_networks(addresses: &str) -> Vec<Ipv6Net> {
    let networks = ipv6_addresses(addresses).filter(|&(_, prefix)| prefix > 0);
    networks
        .filter_map(|(address, prefix)| Some(Ipv6Net::new(address, prefix).ok()?.trunc()))
        .collect()
}

/// Each line: address, interface, prefix length, scope and flags in hexadecimal, and a name.
fn ipv6_addresses(addresses: &str) -> impl Iterator<Item = (Ipv6Addr, u8)> {
    addresses.lines().filter_map(|line| {
        let mut columns = line.split_whitespace();
        let address = u128::from_str_radix(columns.next()?, 16).ok()?;
        let prefix = u8::from_str_radix(columns.nth(1)?, 16).ok()?;
        Some((Ipv6Addr::from_bits(address), prefix))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Linux 6.12 shows it for 192.0.2.10/24 on a link, 198.51.100.4/31 on another, a tunnel
    /// (10.8.0.2) that half the Internet goes through, and a default route.
    const TRIE: &str = "\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
        /1 link UNICAST
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.0
           /24 link UNICAST
     |-- 198.51.100.4
        /31 link UNICAST
     |-- 203.0.113.0
        /24 link UNICAST
Local:
  +-- 0.0.0.0/0 3 0 5
     |-- 10.8.0.2
        /32 host LOCAL
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.0
           /8 host LOCAL
        |-- 127.0.0.1
           /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.10
           /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
     |-- 198.51.100.4
        /32 host LOCAL
";

    #[test]
    fn networks_with_an_address_and_no_mere_routes() {
        let mut networks: Vec<_> = ipv4_networks(TRIE).iter().map(ToString::to_string).collect();
        networks.sort();
        let own =
            ["10.8.0.2/32", "127.0.0.0/8", "127.0.0.1/32", "192.0.2.10/32", "198.51.100.4/32"];
        let mut expected = [&own[..], &["192.0.2.0/24", "198.51.100.4/31"]].concat();
        expected.sort_unstable();
        assert_eq!(networks, expected);
    }

    #[test]
    fn ipv6_addresses_bring_their_networks() {
        let text = "00000000000000000000000000000001 01 80 10 80       lo\n\
                    20010db8000100020000000000000005 02 40 00 80     eth0\nrubbish\n";
        let networks: Vec<_> = ipv6_networks(text).iter().map(ToString::to_string).collect();
        assert_eq!(networks, ["::1/128", "2001:db8:1:2::/64"]);
    }

    #[test]
    fn this_host_has_its_loopback() {
        let networks = Networks::open();
        assert!(networks.has_own(Ipv4Addr::LOCALHOST.into()));
        assert!(networks.has_own(Ipv4Addr::new(127, 9, 8, 7).into()));
        assert!(!networks.has_own(Ipv4Addr::new(203, 0, 113, 77).into()));
        // Read again, it is still there.
        assert!(
            networks.current().iter().any(|own| own.contains(&IpAddr::from(Ipv4Addr::LOCALHOST)))
        );
    }
}
