//! The machine ID that the initramfs makes, in the shells that it may have.

mod common;

use common::{here, program, run, text};
use std::fs;
use std::path::Path;
use std::process::Command;

const SERIAL: &str = "sys/firmware/devicetree/base/serial-number";
const CARD: &str = "sys/block/mmcblk0/device/cid";
const RANDOM: &str = "proc/sys/kernel/random/uuid";

/// What the script prints where these files are, in each of the shells.
fn id(files: &[(&str, &str)]) -> String {
    let root = tempfile::tempdir().expect("a folder");
    let random = (RANDOM, "0c1d2e3f-0011-4223-8445-5667788990aa\n");
    for (file, contents) in files.iter().chain([&random]) {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        fs::write(path, contents).expect("a file");
    }
    let ids =
        [&["sh"][..], &["bash"], &["busybox", "sh"]].map(|shell| in_shell(shell, root.path()));
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    ids[0].clone()
}

fn in_shell(shell: &[&str], root: &Path) -> String {
    let mut command = Command::new(program(shell[0]));
    command.args(&shell[1..]).arg(here().join("machine-id")).arg(root);
    if shell[0] == "busybox" {
        // Nothing but what busybox has.
        let applets = root.join("bin");
        fs::create_dir_all(&applets).expect("a folder");
        for applet in ["tr", "cut", "sha256sum"] {
            let _ = std::os::unix::fs::symlink(program("busybox"), applets.join(applet));
        }
        command.env("PATH", applets);
    }
    let output = command.output().expect("a shell");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    let id = text(&output.stdout);
    let digits = id.strip_suffix('\n').expect("one line");
    let right = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    assert!(digits.len() == 32 && digits.bytes().all(right), "{id}");
    // A random UUID by its form.
    assert!(
        digits[12..].starts_with('4') && digits[16..].starts_with(['8', '9', 'a', 'b']),
        "{id}"
    );
    digits.to_owned()
}

/// Should one of these ever change, then every machine would have another ID.
#[test]
fn it_comes_from_the_board() {
    let card = (CARD, "aa585951454d552101deadbeef006200\n");
    assert_eq!(id(&[(SERIAL, "10000000abcdef01\0")]), "63de0212ab344f639928a1e0cb595768");
    assert_eq!(id(&[(SERIAL, "10000000abcdef02\0"), card]), "dc6b93d0503b4001a87533dd4942f4ad");
}

#[test]
fn boards_differ() {
    let serials = (0..24).map(|number| format!("10000000abcdef{number:02x}\0"));
    let ids: std::collections::HashSet<String> =
        serials.map(|serial| id(&[(SERIAL, &serial)])).collect();
    assert_eq!(ids.len(), 24);
}

#[test]
fn without_a_number_it_comes_from_the_card() {
    let card = (CARD, "aa585951454d552101deadbeef006200\n");
    let other = (CARD, "aa585951454d552101deadbef0006200\n");
    let first = id(&[card]);
    assert_ne!(first, id(&[other]));
    for serial in ["0000000000000000\0", "\0", ""] {
        assert_eq!(id(&[(SERIAL, serial), card]), first);
    }
}

#[test]
fn without_anything_it_is_random() {
    assert_eq!(id(&[]), "0c1d2e3f0011422384455667788990aa");
}

#[test]
fn the_script_is_clean() {
    run("shellcheck", &[&here().join("machine-id")]);
}
