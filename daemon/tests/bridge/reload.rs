//! SIGHUP: another configuration, and no more disturbance than it makes.

use crate::common::bridge::{Bridge, bridge};
use crate::common::line::Line;
use crate::common::telegrams::telegram;
use nix::sys::signal::Signal;
use std::net::SocketAddr;

fn reload(bridge: &mut Bridge, change: impl FnOnce(String) -> String) {
    let before = bridge.times_logged("the configuration was read again");
    bridge.edit(change);
    bridge.signal(Signal::SIGHUP);
    bridge.wait_for(|bridge| bridge.times_logged("the configuration was read again") > before);
}

#[test]
fn clients_stay_where_neither_listening_nor_access_changes() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    let second = bridge.folder.path().join("second");
    let mut other = Line::new(&second);
    let from = format!("{}", bridge.folder.path().join("meter").display());
    reload(&mut bridge, |text| text.replace(&from, &second.display().to_string()));
    bridge.wait_for_log("the configuration was read again: the line changed");
    other.send(&telegram(1));
    client.expect(&telegram(1));
    reload(&mut bridge, |text| text + "\n[telegram]\ncrc = \"ignore\"\n");
    let mut wrong = telegram(2);
    wrong[100] ^= 1;
    other.send(&wrong);
    client.expect(&wrong);
}

#[test]
fn nothing_changes_by_a_second_signal() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    for _ in 0..3 {
        bridge.signal(Signal::SIGHUP);
    }
    bridge.wait_for_log("the configuration was read again: nothing changed");
    for _ in 0..3 {
        reload(&mut bridge, |text| text);
    }
    bridge.line.send(&telegram(1));
    client.expect(&telegram(1));
    assert_eq!(bridge.times_logged("reading "), 1);
}

#[test]
fn a_bad_file_leaves_everything_as_it_is_and_is_told() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    bridge.edit(|text| text.replace("9000", "80"));
    bridge.signal(Signal::SIGHUP);
    bridge.wait_for_log("`port` cannot be 80");
    bridge.wait_for_log("everything stays as it was");
    bridge.line.send(&telegram(1));
    client.expect(&telegram(1));
    std::fs::remove_file(bridge.configuration()).expect("the configuration");
    bridge.signal(Signal::SIGHUP);
    bridge.wait_for_log("it cannot be read");
    bridge.client();
}

#[test]
fn at_another_port_clients_find_it_there() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    reload(&mut bridge, |text| text.replace("9000", "9001"));
    assert_eq!(client.read_to_end(), b"");
    assert!(std::net::TcpStream::connect(bridge.address).is_err());
    bridge.address.set_port(9001);
    let mut client = bridge.client();
    bridge.line.send(&telegram(1));
    client.expect(&telegram(1));
}

#[test]
fn an_address_that_is_taken_leaves_it_where_it_is() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    let taken = SocketAddr::new(bridge.address.ip(), 9001);
    let _other = std::net::TcpListener::bind(taken).expect("the other port");
    bridge.edit(|text| text.replace("9000", "9001") + "\n[feed]\ntimeout = 1\n");
    bridge.signal(Signal::SIGHUP);
    bridge.wait_for_log("cannot be listened on");
    bridge.line.send(&telegram(1));
    client.expect(&telegram(1));
    bridge.client();
    // Nothing else of the file is in force either: clients stay for longer than a second.
    let silent = std::time::Instant::now();
    bridge.wait_for(|_| silent.elapsed().as_millis() > 2500);
    bridge.line.send(&telegram(2));
    client.expect(&telegram(2));
}

#[test]
fn the_same_port_at_another_address_is_taken_over() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    let ip = bridge.address.ip().to_string();
    // All addresses hold this port; so they have to be let go for the one.
    reload(&mut bridge, |text| text.replace(&ip, "::").replace("9000", "9002"));
    assert_eq!(client.read_to_end(), b"");
    reload(&mut bridge, |text| text.replace("\"::\"", &format!("\"{ip}\"")));
    bridge.address.set_port(9002);
    let mut client = bridge.client();
    bridge.line.send(&telegram(1));
    client.expect(&telegram(1));
}

#[test]
fn who_may_not_connect_any_more_has_to_go() {
    let mut bridge = bridge().with("[tcp]\nallow = [\"127.0.0.0/8\"]\nmax-clients = 2").start();
    let mut client = bridge.client();
    reload(&mut bridge, |text| text.replace("127.0.0.0/8", "local"));
    bridge.line.send(&telegram(1));
    client.expect(&telegram(1));
    reload(&mut bridge, |text| text.replace("local", "192.0.2.0/24"));
    assert_eq!(client.read_to_end(), b"");
    assert_eq!(bridge.stranger().read_to_end(), b"");
    reload(&mut bridge, |text| text.replace("192.0.2.0/24", "127.0.0.0/8"));
    let _clients = [bridge.client(), bridge.client()];
    assert_eq!(bridge.stranger().read_to_end(), b"");
    reload(&mut bridge, |text| text.replace("max-clients = 2", "max-clients = 3"));
    bridge.client();
}
