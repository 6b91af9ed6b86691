//! Who may connect.

use crate::config::Allow;
use crate::networks::Networks;
use ipnet::IpNet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the networks of this host are remembered: a flood of strangers must not make the
/// kernel print its routing table for each of them.
const REMEMBERED: Duration = Duration::from_secs(1);

/// Decides by a client's address, with the networks of this host as they are at the time.
pub struct Access {
    allow: Allow,
    networks: Arc<Networks>,
    own: Vec<IpNet>,
    read: Option<Instant>,
}

impl Access {
    /// Access as the settings allow it.
    #[must_use]
    pub fn new(allow: Allow, networks: Arc<Networks>) -> Self {
        Self { allow, networks, own: Vec::new(), read: None }
    }

    /// Whether a client at `address` may connect.
    pub fn admits(&mut self, address: IpAddr) -> bool {
        // An IPv4 client of a socket that serves both arrives as ::ffff:a.b.c.d.
        let address = address.to_canonical();
        let local = match &self.allow {
            Allow::Any => return true,
            Allow::Networks { local, named } => {
                if named.iter().any(|network| network.contains(&address)) {
                    return true;
                }
                *local
            }
        };
        local && (is_private(address) || self.own().iter().any(|own| own.contains(&address)))
    }

    fn own(&mut self) -> &[IpNet] {
        if self.read.is_none_or(|read| read.elapsed() > REMEMBERED) {
            self.own = self.networks.current();
            self.read = Some(Instant::now());
        }
        &self.own
    }
}

/// Loopback, RFC 1918, link-local, and unique local IPv6 (RFC 4193).
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unicast_link_local() || address.is_unique_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access_by(allow: Allow) -> Access {
        Access::new(allow, Arc::new(Networks::open()))
    }

    fn admitted(access: &mut Access, address: &str) -> bool {
        access.admits(address.parse().expect("an address"))
    }

    #[test]
    fn local_is_what_is_near() {
        let mut access = access_by(Allow::Networks { local: true, named: Vec::new() });
        for near in [
            "127.0.0.1",
            "::1",
            "10.1.2.3",
            "192.168.1.9",
            "172.31.0.1",
            "169.254.3.4",
            "fe80::1",
            "fd00::5",
            "::ffff:192.168.1.9",
        ] {
            assert!(admitted(&mut access, near), "{near}");
        }
        for far in
            ["203.0.113.77", "100.64.0.7", "172.32.0.1", "2001:db8::1", "::ffff:203.0.113.77"]
        {
            assert!(!admitted(&mut access, far), "{far}");
        }
    }

    #[test]
    fn named_networks_and_no_others() {
        let named = vec!["203.0.113.0/24".parse().expect("a network")];
        let mut access = access_by(Allow::Networks { local: false, named });
        assert!(admitted(&mut access, "203.0.113.77"));
        assert!(admitted(&mut access, "::ffff:203.0.113.77"));
        for other in ["127.0.0.1", "192.168.1.9", "203.0.114.1", "::1"] {
            assert!(!admitted(&mut access, other), "{other}");
        }
        assert!(admitted(&mut access_by(Allow::Any), "203.0.113.77"));
    }
}
