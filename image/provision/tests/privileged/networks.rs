//! systemd-networkd: addresses are set, and DHCP is asked by the MAC address.

use super::namespaces::Namespaces;
use crate::common::{Machine, wait_for};

/// Starts networkd with what is made of an appliance.toml, v0 in the place of the wired interface,
/// which is none that software made up.
fn networkd(appliance: &str, meanwhile: &str) -> Namespaces {
    let machine = Machine::new().appliance(appliance);
    machine.apply();
    let made = machine.path("run/systemd/network");
    let script = format!(
        "mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases
        chown -R systemd-network:systemd-network /run/systemd/netif
        sed 's/^Kind=.*//; s/^Type=ether/Name=v0/' \"$2/10-p1-ethernet.network\" \
            >/run/systemd/network/10-p1-ethernet.network
        # Without udev: networkd does not wait for it where /sys is read-only.
        mount -t sysfs -o ro sysfs /sys
        {meanwhile}
        export SYSTEMD_LOG_LEVEL=debug
        exec /lib/systemd/systemd-networkd"
    );
    let namespaces = Namespaces::start(&script, &[&made]);
    // By now the script has read it.
    wait_for("networkd", || namespaces.log().contains("v0: ").then_some(()));
    namespaces
}

/// Waits until `ip` prints all of these.
fn wait_for_ip(namespaces: &Namespaces, arguments: &[&str], wanted: &[&str]) {
    let what = format!("{wanted:?} in ip {arguments:?}");
    wait_for(&what, || {
        let told = namespaces.run("ip", arguments);
        wanted.iter().all(|part| told.contains(part)).then_some(())
    });
}

/// networkd tells the line of what it does not know, and goes on.
fn assert_understood(namespaces: &Namespaces) {
    let log = namespaces.log();
    assert!(log.contains("10-p1-ethernet.network"), "{log}");
    let complaint = |line: &&str| {
        let (_, behind) = line.split_once("10-p1-ethernet.network:").unwrap_or_default();
        behind.starts_with(|first: char| first.is_ascii_digit())
    };
    let complaints: Vec<&str> = log.lines().filter(complaint).collect();
    assert!(complaints.is_empty(), "{complaints:?}");
}

#[test]
#[ignore = "needs root"]
fn static_addresses_and_routers_are_set() {
    let networkd = networkd(
        "[ethernet]\naddress = [\"192.168.1.9/24\", \"2001:db8::9/64\"]\n\
         gateway = [\"192.168.1.1\", \"fe80::1\"]\ndns = \"192.168.1.53\"\n",
        "",
    );
    let own = ["inet 192.168.1.9/24 ", "inet6 2001:db8::9/64 "];
    wait_for_ip(&networkd, &["address", "show", "v0"], &own);
    wait_for_ip(&networkd, &["route"], &["default via 192.168.1.1 dev v0 ", "metric 100"]);
    wait_for_ip(&networkd, &["-6", "route"], &["default via fe80::1 dev v0 "]);
    wait_for("the name server", || {
        let state = networkd.run("sh", &["-c", "cat /run/systemd/netif/state 2>/dev/null || true"]);
        state.contains("\nDNS=192.168.1.53\n").then_some(())
    });
    assert_understood(&networkd);
}

#[test]
#[ignore = "needs root"]
fn dhcp_is_asked_by_the_mac_address() {
    // What the router hears: the first datagram to the port of DHCP servers (RFC 2131, section 2).
    let server = "perl -MSocket -e '
        socket(S, PF_INET, SOCK_DGRAM, 0) && setsockopt(S, SOL_SOCKET, 25, \"v1\\0\")
            && bind(S, sockaddr_in(67, INADDR_ANY)) or die $!;
        open(my $ready, \">\", \"$ARGV[0]/ready\"); close($ready);
        recv(S, my $datagram, 2000, 0);
        open(my $heard, \">\", \"$ARGV[0]/heard\"); print $heard unpack(\"H*\", $datagram);
        ' \"$1\" &
        until [ -e \"$1/ready\" ]; do :; done";
    let networkd = networkd("[system]\nhostname = \"meter\"\n", server);
    let heard = networkd.path("heard");
    let datagram = wait_for("a DHCP request", || {
        std::fs::read_to_string(&heard).ok().filter(|heard| !heard.is_empty())
    });
    // Option 61, the client identifier: 7 bytes, Ethernet, the address (RFC 2132, section 9.14).
    assert!(datagram.contains("3d0701020000000001"), "{datagram}");
    assert_understood(&networkd);
}
