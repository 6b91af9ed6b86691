//! The addresses of a bridge.

use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, posix_spawnp};
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use nix::sys::wait::waitpid;
use nix::unistd::pipe2;
use std::env;
use std::ffi::CString;
use std::fs::File;
use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStringExt;

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
    let told = getent(host)?;
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

/// What getent(1) writes about the addresses of a host.
///
/// Not by `std::process`: linked with a newer C library than that of Debian 12, it asks for that.
fn getent(host: &str) -> io::Result<String> {
    let host = CString::new(host)?;
    let environment = env::vars_os().filter_map(|(name, value)| {
        CString::new([name.into_vec(), value.into_vec()].join(&b'=')).ok()
    });
    let (read, write) = pipe2(OFlag::O_CLOEXEC)?;
    let mut files = PosixSpawnFileActions::init()?;
    files.add_dup2(write.as_raw_fd(), nix::libc::STDOUT_FILENO)?;
    files.add_open(nix::libc::STDERR_FILENO, "/dev/null", OFlag::O_WRONLY, Mode::empty())?;
    let child = posix_spawnp(
        c"getent",
        &files,
        &PosixSpawnAttr::init()?,
        &[c"getent", c"ahosts", c"--", &host],
        &environment.collect::<Vec<_>>(),
    )?;
    // Whose other end is the child's alone from now on.
    drop(write);
    let mut told = Vec::new();
    let read = File::from(read).read_to_end(&mut told);
    waitpid(child, None)?;
    read?;
    Ok(String::from_utf8_lossy(&told).into_owned())
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
