//! Started as root, the daemon becomes a user who may do next to nothing, for good.

use crate::common::bridge::{Bridge, bridge};
use crate::common::telegrams::telegram;
use crate::common::wait_for;
use nix::sys::signal::Signal;
use nix::unistd::{Group, User, chown};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The fields of `/proc/PID/task/*/status` of all threads.
fn threads(bridge: &Bridge) -> Vec<String> {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", bridge.pid())).expect("its threads");
    tasks
        .map(|task| std::fs::read_to_string(task.expect("a thread").path().join("status")))
        .collect::<Result<_, _>>()
        .expect("their states")
}

fn field<'s>(status: &'s str, name: &str) -> Vec<&'s str> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.expect(name).split_whitespace().collect()
}

fn has_nothing(bridge: &Bridge, sets: &[&str]) {
    let user = User::from_name("p1serial").expect("users").expect("p1serial");
    // The line's is the second.
    let threads = wait_for("two threads", || Some(threads(bridge)).filter(|all| all.len() == 2));
    for status in threads {
        let uid = user.uid.to_string();
        assert_eq!(field(&status, "Uid"), [&uid[..]; 4]);
        let gid = user.gid.to_string();
        assert_eq!(field(&status, "Gid"), [&gid[..]; 4]);
        for set in sets {
            assert_eq!(field(&status, set), ["0000000000000000"], "{set}");
        }
        assert_eq!(field(&status, "NoNewPrivs"), ["1"]);
        assert!(!field(&status, "Groups").contains(&"0"), "{status}");
    }
}

/// As udev sets it up: root's, and its group's.
fn as_a_port_is(device: &Path) -> Group {
    let dialout = Group::from_name("dialout").expect("groups").expect("dialout");
    chown(device, Some(0.into()), Some(dialout.gid)).expect("its owner");
    let permissions = std::fs::Permissions::from_mode(0o660);
    std::fs::set_permissions(device, permissions).expect("its permissions");
    dialout
}

#[test]
#[ignore = "needs root"]
fn root_becomes_p1serial_with_no_capability_in_any_set() {
    let bridge = bridge().start();
    bridge.wait_for_log("running as p1serial, without privileges");
    has_nothing(&bridge, &["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]);
}

#[test]
#[ignore = "needs root"]
fn the_port_is_opened_again_by_its_group() {
    let mut bridge = bridge().unplugged().start_and_no_more();
    bridge.wait_for_log("running as p1serial");
    let mut client = bridge.client();
    for round in 1..=3 {
        bridge.line.plug_in();
        let dialout = as_a_port_is(&bridge.line.device());
        bridge.wait_for(|bridge| bridge.times_logged("reading ") == round);
        let gid = dialout.gid.to_string();
        assert!(field(&threads(&bridge)[0], "Groups").contains(&&gid[..]));
        bridge.line.send(&telegram(round));
        client.expect(&telegram(round));
        bridge.line.unplug();
        bridge.wait_for(|bridge| bridge.times_logged("lost ") == round);
    }
}

#[test]
#[ignore = "needs root"]
fn another_user_keeps_no_capability_that_it_was_given() {
    let user = User::from_name("p1serial").expect("users").expect("p1serial");
    let (uid, gid) = (format!("--reuid={}", user.uid), format!("--regid={}", user.gid));
    let given = ["--inh-caps=+net_raw", "--ambient-caps=+net_raw", "--clear-groups"];
    let bridge = bridge().through(&[&["setpriv", &uid, &gid], &given[..]].concat()).start();
    bridge.wait_for_log("running as p1serial, without privileges");
    has_nothing(&bridge, &["CapInh", "CapPrm", "CapEff", "CapAmb"]);
}

/// What the daemon cannot do, tried from within it, in its own threads and in a new one.
#[test]
#[ignore = "needs root"]
fn root_cannot_be_regained_and_files_and_outgoing_connections_are_out_of_reach() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let port = listener.local_addr().expect("its address").port().to_string();
    let mut bridge = bridge().preload("probe").environment("P1_PORT", &port).start();
    bridge.wait_for_log("running as p1serial");
    bridge.pull_trigger();
    let mut client = bridge.client();
    bridge.line.send(&telegram(1));
    client.expect(&telegram(1));
    bridge.wait_for_log("probe: over");
    for place in ["main", "line", "thread"] {
        for (attempt, outcome) in [
            ("setuid", "EPERM"),
            ("setgid", "EPERM"),
            ("connect", "EACCES"),
            ("read /etc/hostname", "EACCES"),
            ("read /proc/self/status", "EACCES"),
            ("write /tmp", "EACCES"),
            ("run /bin/true", "EACCES"),
        ] {
            let told = bridge.wait_for_log(&format!("probe: {place}: {attempt}: "));
            assert!(told.ends_with(outcome), "{told}");
        }
    }
    // And it still does what it is there for.
    bridge.line.unplug();
    bridge.wait_for_log("lost ");
    bridge.line.plug_in();
    bridge.wait_for(|bridge| bridge.times_logged("reading ") == 2);
    bridge.edit(|text| text + "\n[feed]\ntimeout = 30\n");
    bridge.signal(Signal::SIGHUP);
    bridge.wait_for_log("the feed's timeout changed");
    bridge.line.send(&telegram(2));
    client.expect(&telegram(2));
}

#[test]
#[ignore = "needs root"]
fn without_the_user_it_says_how_to_create_it() {
    let script = "grep -v ^p1serial: /etc/passwd >\"$0/passwd\" && mount --bind \"$0/passwd\" /etc/passwd \
                  && exec \"$@\"";
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().display().to_string();
    let mut bridge =
        bridge().through(&["unshare", "--mount", "sh", "-c", script, &folder]).start_and_no_more();
    let told = bridge.wait_for_log("there is no user p1serial");
    assert!(told.contains("useradd --system --user-group"), "{told}");
    assert_eq!(bridge.ended().code(), Some(1));
}
