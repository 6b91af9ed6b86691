//! The configuration of network interfaces (systemd.network(5)).

use crate::settings::Addresses;
use std::fmt::Write;

/// What interfaces a file is about, and which of two networks is taken: the lesser metric.
struct Interface {
    matching: &'static str,
    metric: u32,
    /// Whether it takes an IPv4 link-local address where no DHCP server answers, so that a laptop on
    /// the other end of the cable finds it.
    link_local: bool,
}

/// The wired network: every card or adapter, and nothing that is made up of software.
pub fn ethernet(addresses: &Addresses) -> String {
    let matching = "Type=ether\nKind=!*\n";
    network(&Interface { matching, metric: 100, link_local: true }, addresses)
}

/// The wireless network.
pub fn wifi(addresses: &Addresses) -> String {
    let matching = "Type=wlan\nWLANInterfaceType=station\n";
    network(&Interface { matching, metric: 600, link_local: false }, addresses)
}

fn network(interface: &Interface, addresses: &Addresses) -> String {
    let Interface { matching, metric, link_local } = interface;
    let (ipv4, ipv6) = (addresses.fixes_ipv4(), addresses.fixes_ipv6());
    let dhcp = match (ipv4, ipv6) {
        (false, false) => "yes",
        (false, true) => "ipv4",
        (true, false) => "ipv6",
        (true, true) => "no",
    };
    let link_local = if *link_local && !ipv4 { "yes" } else { "ipv6" };
    // With an IPv6 router of its own it need not hear of others.
    let advertised = !(ipv6 && addresses.gateways.iter().any(std::net::IpAddr::is_ipv6));
    let mut text = format!(
        "# p1-provision makes this at each start; what is changed here is lost.\n\
         [Match]\n{matching}\n\
         [Network]\nDHCP={dhcp}\nLinkLocalAddressing={link_local}\nIPv6AcceptRA={}\n\
         # Avahi does it.\nMulticastDNS=no\nLLMNR=no\n",
        yes_or_no(advertised)
    );
    for own in &addresses.own {
        line(&mut text, "Address", own);
    }
    for dns in &addresses.dns {
        line(&mut text, "DNS", dns);
    }
    for gateway in &addresses.gateways {
        text.push_str("\n[Route]\n");
        line(&mut text, "Gateway", gateway);
        line(&mut text, "Metric", metric);
    }
    let ask_dns = yes_or_no(addresses.dns.is_empty());
    let asking = format!("RouteMetric={metric}\nUseDNS={ask_dns}\n");
    let _ = write!(
        text,
        "\n# The router knows this machine by its MAC address, whatever card is in it, and does not\n\
         # tell it what it is called.\n\
         [DHCPv4]\nClientIdentifier=mac\nUseHostname=no\n{asking}\n\
         [DHCPv6]\nDUIDType=link-layer\nUseHostname=no\nUseDNS={ask_dns}\n\n\
         [IPv6AcceptRA]\n{asking}"
    );
    text
}

fn line(text: &mut String, key: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "{key}={value}");
}

fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}
