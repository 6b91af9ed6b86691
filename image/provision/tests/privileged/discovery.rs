//! The host name, and Avahi, which tells it and the service to the network.

use super::namespaces::{Namespaces, run_script};
use crate::common::{Machine, program, run};
use std::path::Path;

#[test]
#[ignore = "needs root"]
fn the_kernel_is_told_the_host_name() {
    let machine = Machine::new().appliance("[system]\nhostname = \"meter\"\n");
    let script = "hostname somewhere-else
        mount -t tmpfs tmpfs /boot
        cp -r \"$2\" /boot/firmware
        \"$0\" apply
        hostname
        cat /run/p1-provision/hostname
        test -r /run/p1-provision/localtime";
    let told = run_script(script, &[&machine.path("boot/firmware")]);
    assert!(told.starts_with("meter\nmeter\n"), "{told}");
    assert!(!told.contains("<3>"), "{told}");
}

/// Avahi goes into a root of its own, so that a link out of its folder would lead to nowhere.
#[test]
#[ignore = "needs root"]
fn avahi_announces_the_port_in_force() {
    let machine = Machine::new()
        .appliance("[system]\nhostname = \"meter\"\n")
        .card("p1-tcp.toml", b"[tcp]\nport = 9100\n");
    machine.apply();
    let services = machine.path("run/p1-provision/services");
    let service = services.join("p1-tcp.service");
    let definition = Path::new("/usr/share/avahi/avahi-service.dtd");
    program("avahi-daemon");
    run("xmllint", &[&"--nonet", &"--noout", &"--dtdvalid", &definition, &service]);
    let script = "hostname \"$(cat \"$2/../hostname\")\"
        ip link set v0 up
        ip address add 192.168.9.1/24 dev v0
        mount --bind \"$2\" /etc/avahi/services
        printf '[server]\\nenable-dbus=no\\nallow-interfaces=v0\\n' >\"$1/configuration\"
        chmod 755 \"$1\" \"$2\" \"$2/..\"
        exec avahi-daemon --no-rlimits --debug --file \"$1/configuration\"";
    let mut avahi = Namespaces::start(script, &[&services]);
    avahi.wait_for_log("Host name is meter.local");
    let log = avahi.wait_for_log("successfully established");
    let line =
        "Service \"Smart meter on meter\" (/services/p1-tcp.service) successfully established";
    assert!(log.contains(line), "{log}");
}
