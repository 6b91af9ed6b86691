//! What the journal gets: a stand-in for journald's socket, in a mount namespace where it is found
//! at its place.

use crate::common::bridge::{bridge, open_folder};
use crate::common::telegrams::telegram;
use crate::common::wait_for;
use nix::sys::signal::Signal;
use p1_tcp::events;
use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;

/// The fields of an entry in the journal's native protocol: `NAME=value`, or `NAME`, the length
/// of the value in eight bytes, and the value (<https://systemd.io/JOURNAL_NATIVE_PROTOCOL>).
fn fields(mut datagram: &[u8]) -> HashMap<String, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut fields = HashMap::new();
    while let Some(end) = datagram.iter().position(|&byte| byte == b'\n') {
        let (line, rest) = (&datagram[..end], &datagram[end + 1..]);
        datagram = rest;
        if let Some(equals) = line.iter().position(|&byte| byte == b'=') {
            fields.insert(text(&line[..equals]), text(&line[equals + 1..]));
        } else {
            let (length, rest) = datagram.split_first_chunk().expect("a length");
            let length = usize::try_from(u64::from_le_bytes(*length)).expect("a length");
            fields.insert(text(line), text(&rest[..length]));
            datagram = &rest[length + 1..];
        }
    }
    fields
}

#[test]
#[ignore = "needs root"]
fn entries_have_fields_to_filter_by() {
    let run = open_folder();
    std::fs::create_dir_all(run.path().join("systemd/journal")).expect("a folder");
    let path = run.path().join("systemd/journal/socket");
    let journal = UnixDatagram::bind(&path).expect("a socket");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).expect("permissions");
    journal.set_nonblocking(true).expect("no waiting");
    // Standard error is what JOURNAL_STREAM says, as under systemd.
    let script = "mount --bind \"$0\" /run && exec 2>\"$0/stderr\" \
                  && export JOURNAL_STREAM=$(stat --format=%d:%i \"$0/stderr\") && exec \"$@\"";
    let folder = run.path().display().to_string();
    let mut bridge =
        bridge().through(&["unshare", "--mount", "sh", "-c", script, &folder]).start_and_no_more();
    let mut entries = Vec::new();
    let mut entry = |kind: &str| -> HashMap<String, String> {
        wait_for("an entry", || {
            let mut bytes = [0; 8192];
            while let Ok(length) = journal.recv(&mut bytes) {
                entries.push(fields(&bytes[..length]));
            }
            entries
                .iter()
                .find(|entry| entry.get("MESSAGE_ID").is_some_and(|id| id == kind))
                .cloned()
        })
    };
    let opened = entry(events::LINE_OPENED);
    assert_eq!(opened["PRIORITY"], "6");
    assert_eq!(opened["SYSLOG_IDENTIFIER"], "p1-tcp");
    assert_eq!(opened["DEVICE"], bridge.folder.path().join("meter").display().to_string());
    entry(events::PRIVILEGES_DROPPED);
    let mut client = bridge.stranger();
    let connected = entry(events::CLIENT_CONNECTED);
    assert_eq!(connected["CLIENT"], client.address().to_string());
    assert_eq!(connected["MESSAGE"], format!("{} connected", client.address()));
    let mut wrong = telegram(1);
    wrong[100] ^= 1;
    bridge.line.send(&[&wrong[..], &telegram(1)].concat());
    client.expect(&telegram(1));
    let broken = entry(events::TELEGRAM_BROKEN);
    assert_eq!((broken["PRIORITY"].as_str(), broken["CHECKSUM_ERRORS"].as_str()), ("4", "1"));
    assert_eq!(entry(events::METER_RECOGNISED)["METER"], "/TST5\\253710000_A");
    bridge.edit(|text| text + "\n[mqtt]\n");
    bridge.signal(Signal::SIGHUP);
    let mistake = entry(events::CONFIG_MISTAKE);
    assert_eq!(mistake["PRIORITY"], "3");
    assert!(mistake["MESSAGE"].contains("there is no section [mqtt]"));
    bridge.signal(Signal::SIGTERM);
    let summary = entry(events::SUMMARY);
    for (field, value) in
        [("TELEGRAMS", "1"), ("CHECKSUM_ERRORS", "1"), ("CLIENTS", "1"), ("MISSED", "0")]
    {
        assert_eq!(summary[field], value, "{field}");
    }
    assert_eq!(bridge.ended().code(), Some(0));
    let stderr = std::fs::read_to_string(run.path().join("stderr")).expect("standard error");
    assert_eq!(stderr, "");
}
