//! The addresses of a bridge.

use crate::command;
use std::io;
use std::net::{IpAddr, SocketAddr};

/// The addresses that `HOST:PORT` stands for.
///
/// Names are asked of getent(1), which is there with the C library: a statically linked program has
/// no plug-ins for names, among them those for `p1.local` (nsswitch.conf(5)).
///
/// # Errors
///
/// If there is no such host, or what is written is no address.
pub(super) fn addresses(address: &str) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = address.parse() {
        return Ok(vec![address]);
    }
    let port = address.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
    let Some((host, port)) = port else {
        return Err(io::Error::other("it is no address with a port"));
    };
    let told = command::ask(&["getent", "ahosts", "--", host]);
    let told = told.ok_or_else(|| io::Error::other("getent, which knows names, cannot be run"))?;
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for line in told.lines() {
        let word = line.split_whitespace().next().unwrap_or_default();
        let found = word.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, port));
        addresses.extend(found.filter(|found| !addresses.contains(found)));
    }
    if addresses.is_empty() {
        return Err(io::Error::other(format!("there is no host {host}")));
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        let one = addresses("[::1]:9000").expect("an address");
        assert_eq!(one, ["[::1]:9000".parse().expect("an address")]);
        let local = addresses("localhost:9001").expect("a name");
        assert!(local.iter().all(|address| address.ip().is_loopback() && address.port() == 9001));
        for wrong in ["localhost", "localhost:x", "no-such-host.invalid:9000", "--help:9000"] {
            assert!(addresses(wrong).is_err(), "{wrong}");
        }
    }
}
