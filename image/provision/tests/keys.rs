//! ssh keys: ssh-keygen makes them and reads the file that is made of them, and what it does not
//! read is refused.

mod common;

use common::{Machine, program, run};
use data_encoding::BASE64;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A new key's line.
fn made(folder: &Path, kind: &str, bits: &str) -> String {
    let file = folder.join(format!("{kind}{bits}"));
    let with: [&dyn AsRef<std::ffi::OsStr>; 10] =
        [&"-q", &"-t", &kind, &"-b", &bits, &"-N", &"", &"-C", &"Bart's laptop 💻", &"-f"];
    run("ssh-keygen", &[&with[..], &[&file]].concat());
    fs::read_to_string(file.with_extension("pub")).expect("a key").trim().to_owned()
}

/// The parts of a key, each with its length before it.
fn blob(parts: &[&[u8]]) -> String {
    let length = |part: &&[u8]| u32::try_from(part.len()).expect("a length").to_be_bytes();
    BASE64.encode(
        &parts.iter().map(|part| [&length(part)[..], part].concat()).collect::<Vec<_>>().concat(),
    )
}

/// What is made of these lines.
fn authorized(lines: &[String]) -> Option<String> {
    let list: Vec<String> = lines.iter().map(|line| format!("'''{line}'''")).collect();
    let machine = Machine::new().appliance(&format!("[ssh]\nkeys = [{}]\n", list.join(",\n")));
    machine.apply();
    let made = machine.keys()?;
    let file = machine.path("run/p1-provision/authorized_keys");
    let fingerprints = run("ssh-keygen", &[&"-l", &"-f", &file]);
    assert_eq!(fingerprints.lines().count(), made.lines().count(), "{made}: {fingerprints}");
    Some(made)
}

/// Whether ssh-keygen reads a line as a key.
fn is_read(folder: &Path, line: &str) -> bool {
    let file = folder.join("line");
    fs::write(&file, format!("{line}\n")).expect("a file");
    let output = Command::new(program("ssh-keygen")).arg("-l").arg("-f").arg(file).output();
    output.expect("ssh-keygen").status.success()
}

/// One key of each kind that OpenSSH takes. Those of a token are made up, as there is none.
fn of_each_kind(folder: &Path) -> Vec<String> {
    let kinds = [
        ("ed25519", "256"),
        ("rsa", "2048"),
        ("rsa", "1024"),
        ("ecdsa", "256"),
        ("ecdsa", "384"),
        ("ecdsa", "521"),
    ];
    let mut lines: Vec<String> =
        kinds.iter().map(|(kind, bits)| made(folder, kind, bits)).collect();
    let base64 = |line: &str| BASE64.decode(line.split(' ').nth(1).expect("a key").as_bytes());
    let (ed25519, ecdsa) = (base64(&lines[0]).expect("a key"), base64(&lines[3]).expect("a key"));
    for (kind, parts) in [
        ("sk-ssh-ed25519@openssh.com", &[&ed25519[ed25519.len() - 32..], b"ssh:"][..]),
        ("sk-ecdsa-sha2-nistp256@openssh.com", &[b"nistp256", &ecdsa[ecdsa.len() - 65..], b"ssh:"]),
    ] {
        lines.push(format!("{kind} {}", blob(&[&[kind.as_bytes()], parts].concat())));
    }
    lines
}

#[test]
fn keys_of_every_kind_arrive() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = of_each_kind(folder.path());
    assert_eq!(authorized(&lines), Some(lines.join("\n") + "\n"));
    // What a copy brings along.
    let untidy = format!("  {}\t ", lines[0].replacen(' ', " \t ", 2));
    assert_eq!(authorized(&[untidy]), Some(format!("{}\n", lines[0])));
}

#[test]
fn a_wrong_key_does_not_cost_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let right = made(folder.path(), "ed25519", "256");
    let lines = ["ssh-dss AAAA x", &right, "ssh-rsa AAAA", &right].map(str::to_owned);
    assert_eq!(authorized(&lines), Some(format!("{right}\n{right}\n")));
}

#[test]
fn what_is_taken_is_read_by_ssh_keygen() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut refused = 0;
    let lines = of_each_kind(folder.path());
    for line in &lines {
        assert!(is_read(folder.path(), line), "{line}");
        let words: Vec<&str> = line.splitn(3, ' ').collect();
        let key = BASE64.decode(words[1].as_bytes()).expect("a key");
        let cut = |end: usize| BASE64.encode(&key[..end]);
        let mut changed = key.clone();
        changed[3] ^= 1;
        for base64 in [
            cut(key.len() - 1),
            cut(key.len() / 2),
            cut(4),
            String::new(),
            BASE64.encode(&[&key[..], b"x"].concat()),
            BASE64.encode(&[&key[..], b"\0\0\0\x01x"].concat()),
            BASE64.encode(&changed),
            format!("{}*", &words[1][..words[1].len() - 1]),
            words[1][..words[1].len() - 2].to_owned(),
        ] {
            let line = format!("{} {base64}", words[0]);
            let taken = authorized(std::slice::from_ref(&line)).is_some();
            assert!(!taken || is_read(folder.path(), &line), "{line}");
            refused += usize::from(!taken);
        }
    }
    assert_eq!(refused, 8 * 9);
    let short = blob(&[b"ssh-rsa", &[1, 0, 1], &[&[0, 0x80][..], &[1; 95]].concat()]);
    assert_eq!(authorized(&[format!("ssh-rsa {short}")]), None);
    assert!(!is_read(folder.path(), &format!("ssh-rsa {short}")));
    // Options that sshd would obey are none of appliance.toml's.
    assert_eq!(authorized(&[format!("command=\"reboot\" {}", lines[0])]), None);
}
