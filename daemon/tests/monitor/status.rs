//! `p1-tcp status`.

use crate::running::{Stand, nowhere, p1_tcp};
use p1_tcp::diagnosis::Verdict;
use p1_tcp::report::{Line, Report};
use p1_tcp::statistics::Counts;
use std::process::Stdio;

fn receiving() -> Report {
    Report {
        version: "0.1.0".into(),
        uptime: 7300,
        mistake: Some("p1-tcp.toml:3:8: no \u{1B}[31m".into()),
        line: Line {
            device: "/dev/ttyAMA0".into(),
            baud: 115_200,
            framing: "8N1".into(),
            verdict: Verdict::Receiving,
            since: 150,
            sentence: "Telegrams arrive.".into(),
            advice: "Nothing has to be done.".into(),
            ..Line::default()
        },
        meter: Some("/ISK5\\2M550T-1012".into()),
        telegrams_per_minute: 59.96,
        last_telegram_ago: Some(1),
        counts: Counts { telegrams: 7200, checksum_errors: 3, clients: 9, ..Counts::default() },
        clients: 2,
        ..Report::default()
    }
}

#[test]
fn it_is_told_in_words() {
    let stand = Stand::new(&receiving());
    let mut command = p1_tcp(&["status", "--socket", &stand.socket()]);
    let told = command.output().expect("p1-tcp");
    assert!(told.status.success());
    let text = String::from_utf8(told.stdout).expect("text");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "Port       /dev/ttyAMA0, 115200 bit/s 8N1",
            "State      Telegrams arrive (for 2 min)",
            "Advice     Nothing has to be done.",
            "Meter      /ISK5\\2M550T-1012",
            "Telegrams  60.0 a minute, 7200 in all, the last one 1 s ago",
            "Errors     3 checksum errors",
            "Clients    2 now, 9 since the start",
            "Service    p1-tcp 0.1.0, running for 2 h",
            "Mistake    p1-tcp.toml:3:8: no ·[31m",
        ]
    );
    let told = command.env("LANG", "nl_NL.UTF-8").output().expect("p1-tcp");
    let text = String::from_utf8(told.stdout).expect("text");
    for part in
        ["60,0 per minuut, 7200 in totaal", "3 verkeerde controlegetallen", "draait al 2 uur"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn the_json_is_passed_on_as_it_is() {
    let stand = Stand::new(&Report::default());
    let document = b"{ \"version\" : \"9.9\",\n\"unknown\": [1, 2.50] }";
    stand.tell_bytes(document);
    let told = p1_tcp(&["status", "--json", "--socket", &stand.socket()]).output();
    let told = told.expect("p1-tcp");
    assert!(told.status.success());
    assert_eq!(told.stdout, document);
    let told = p1_tcp(&["status", "--socket", &stand.socket()]).output().expect("p1-tcp");
    assert!(told.status.success(), "what is not known of is left");
}

#[test]
fn what_is_in_the_way_is_told_with_a_remedy() {
    let (_folder, socket) = nowhere();
    for (words, language, remedy) in [
        ("status", "en_GB", "start it with `sudo systemctl start p1-tcp`"),
        ("status", "nl_BE", "start hem met `sudo systemctl start p1-tcp`"),
        ("monitor", "en_GB", "start it with `sudo systemctl start p1-tcp`"),
    ] {
        let mut command = p1_tcp(&[words, "--socket", &socket]);
        let told = command.env("LANG", language).output().expect("p1-tcp");
        assert_eq!(told.status.code(), Some(1));
        let why = String::from_utf8(told.stderr).expect("text");
        assert!(why.contains(remedy) && why.lines().count() == 1, "{why}");
    }
    let stand = Stand::new(&Report::default());
    stand.tell_bytes(b"none");
    let told = p1_tcp(&["status", "--socket", &stand.socket()]).output().expect("p1-tcp");
    assert_eq!(told.status.code(), Some(1));
    let why = String::from_utf8(told.stderr).expect("text");
    assert!(why.contains("gives no report") && why.contains("journalctl -u p1-tcp"), "{why}");
}

#[test]
fn whoever_may_not_ask_is_told_who_may() {
    use std::os::unix::fs::PermissionsExt;
    if nix::unistd::geteuid().is_root() {
        eprintln!("root may open everything: not tried");
        return;
    }
    let stand = Stand::new(&Report::default());
    let nobody = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(stand.socket(), nobody).expect("its permissions");
    for words in ["status", "monitor"] {
        let told = p1_tcp(&[words, "--socket", &stand.socket()]).output().expect("p1-tcp");
        assert_eq!(told.status.code(), Some(1));
        let why = String::from_utf8(told.stderr).expect("text");
        assert!(why.contains("with sudo, or as a member of the group p1serial"), "{why}");
    }
}

#[test]
fn a_reader_that_has_gone_is_no_mistake() {
    let stand = Stand::new(&receiving());
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = p1_tcp(&["status", "--socket", &stand.socket()]);
    let ended = command.stdout(writer).stderr(Stdio::piped()).spawn().expect("p1-tcp");
    let ended = ended.wait_with_output().expect("its end");
    assert!(ended.status.success() && ended.stderr.is_empty());
}
