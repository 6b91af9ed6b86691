//! `p1-provision replace`: a power cut at any write leaves the file wholly old or wholly new.

mod common;

use common::volume::Volume;
use common::{Machine, p1_provision, text};
use p1_provision::fat::{self, exchange::Exchange, exchange::Write};
use p1_provision::replace::{from_device, on_device};
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::Path;

const FILE: &str = "p1-tcp.toml";
/// Kinds of FAT, with the size in KiB that makes one, of clusters of one sector.
const KINDS: [(u64, &str); 3] = [(1440, "12"), (16_384, "16"), (36_864, "32")];
/// 23 November 2026.
const NOW: u64 = 1_795_392_000;

/// A text of so many bytes that is like no other.
fn contents(length: usize, seed: usize) -> Vec<u8> {
    (0..length)
        .map(|at| b'a' + u8::try_from((at * 7 + at / 512 + seed) % 26).expect("a letter"))
        .collect()
}

/// A volume with the file between others, in which there are gaps.
fn volume(kib: u64, kind: &str, old: &[u8]) -> (Volume, Vec<(String, Vec<u8>)>) {
    let volume = Volume::new(kib, &["-F", kind, "-s", "1"]);
    let mut others = Vec::new();
    for number in 0..9 {
        let (name, bytes) = (format!("other {number}.txt"), contents(700, number));
        volume.put(&name, &bytes);
        others.push((name, bytes));
        if number == 5 {
            volume.put(FILE, old);
        }
    }
    for number in (0..9).step_by(3) {
        volume.remove(&format!("other {number}.txt"));
    }
    others.retain(|(name, _)| (0..9).step_by(3).all(|gone| *name != format!("other {gone}.txt")));
    (volume, others)
}

fn planned(bytes: &[u8], name: &str, new: &[u8]) -> Result<Exchange, String> {
    let read_at = |buffer: &mut [u8], at: u64| {
        let begin = usize::try_from(at).unwrap_or(usize::MAX);
        let end = begin.saturating_add(buffer.len());
        buffer.copy_from_slice(bytes.get(begin..end).ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    };
    fat::Volume::open(&read_at).and_then(|volume| volume.exchange(name, new, NOW))
}

fn put(volume: &Volume, writes: &[Write]) {
    let file = OpenOptions::new().write(true).open(volume.path()).expect("the volume");
    for write in writes {
        file.write_all_at(&write.bytes, write.at).expect("a sector");
    }
}

/// What was in the place of a write.
fn was(bytes: &[u8], write: &Write) -> Write {
    let begin = usize::try_from(write.at).expect("a place");
    Write { at: write.at, bytes: bytes[begin..begin + write.bytes.len()].to_vec() }
}

/// A write of many sectors as writes of one.
fn sectors(writes: &[Write]) -> Vec<Write> {
    let split = |write: &Write| {
        let pieces = write.bytes.chunks(512).enumerate();
        let piece = |(number, bytes): (usize, &[u8])| Write {
            at: write.at + number as u64 * 512,
            bytes: bytes.to_vec(),
        };
        pieces.map(piece).collect::<Vec<_>>()
    };
    writes.iter().flat_map(split).collect()
}

/// Looks at a volume as a laptop would after a power cut; whether the file is the new one.
fn is_new(volume: &Volume, others: &[(String, Vec<u8>)], old: &[u8], new: &[u8]) -> bool {
    for (name, bytes) in others {
        assert_eq!(volume.get(name), *bytes, "{name}");
    }
    let there = volume.get(FILE);
    assert!(there == old || there == new, "half a file: {}", text(&there));
    there == new
}

/// Every prefix, and within a stage every sector missing and every sector alone.
#[test]
fn cut_off_anywhere_it_is_old_or_new() {
    for (kib, kind) in KINDS {
        for (old, new) in [(5000, 6000), (700, 0), (0, 1500), (3000, 40)] {
            let (old, new) = (contents(old, 1), contents(new, 2));
            let (volume, others) = volume(kib, kind, &old);
            let exchange = planned(&volume.bytes(), FILE, &new).expect("a plan");
            assert_eq!(exchange.switch.bytes.len(), 512);
            for (number, stage) in exchange.stages().into_iter().enumerate() {
                let stage = sectors(stage);
                let bytes = volume.bytes();
                let cuts = |is_written: &dyn Fn(usize, usize) -> bool| {
                    for cut in 0..stage.len() {
                        let sectors = stage.iter().enumerate();
                        let written = sectors.filter(|(at, _)| is_written(*at, cut));
                        let written: Vec<_> = written.map(|(_, write)| write.clone()).collect();
                        put(&volume, &written);
                        let switched = number > 1 || (number == 1 && !written.is_empty());
                        assert_eq!(is_new(&volume, &others, &old, &new), switched);
                        // A file of another name can be removed, and takes nothing of this one along.
                        let told = volume.check().1;
                        assert!(!told.contains("share clusters"), "FAT{kind}: {told}");
                        let back = written.iter().map(|write| was(&bytes, write));
                        put(&volume, &back.collect::<Vec<_>>());
                    }
                };
                cuts(&|at, cut| at < cut);
                cuts(&|at, cut| at != cut);
                cuts(&|at, cut| at == cut);
                put(&volume, &stage);
            }
            assert!(is_new(&volume, &others, &old, &new));
            let (content, told) = volume.check();
            assert!(content, "FAT{kind}: {told}");
            assert!(!told.contains("summary wrong"), "FAT{kind}: {told}");
        }
    }
}

#[test]
fn again_and_again_no_room_is_lost() {
    for (kib, kind) in KINDS {
        let (volume, others) = volume(kib, kind, b"old");
        let mut old = b"old".to_vec();
        for round in 0..12 {
            let new = contents(round * 900, round);
            on_device(&volume.path(), FILE, &new).expect("the new contents");
            assert!(is_new(&volume, &others, &old, &new));
            assert_eq!(from_device(&volume.path(), FILE).as_ref(), Ok(&new));
            let (content, told) = volume.check();
            assert!(content, "FAT{kind}, round {round}: {told}");
            old = new;
        }
    }
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    let (volume, _) = volume(1440, "12", b"old");
    let whole = volume.bytes();
    let told = |name: &str, contents: &[u8]| {
        let told = on_device(&volume.path(), name, contents).expect_err("no change");
        (volume.bytes() == whole).then_some(told).expect("an unchanged volume")
    };
    assert!(told("appliance.toml", b"new").ends_with("there is no appliance.toml on it"));
    assert!(told(FILE, &contents(2_000_000, 0)).ends_with("there is no room left on it"));
    let nowhere = on_device(Path::new("/nowhere/sda1"), FILE, b"new");
    assert!(nowhere.expect_err("no device").starts_with("/nowhere/sda1: No such file"));
    // A chain that goes in a circle.
    let mut bytes = whole.clone();
    let clusters = volume.clusters(FILE);
    let first =
        clusters.trim_end().rsplit('<').next().and_then(|rest| rest.split(['-', '>']).next());
    let first: u32 = first.and_then(|number| number.parse().ok()).expect("a cluster");
    let at = 512 + usize::try_from(first + first / 2).expect("a place");
    let entry = if first % 2 == 1 { first << 4 } else { first };
    let kept = if first % 2 == 1 { bytes[at] & 0x0F } else { bytes[at + 1] & 0xF0 };
    let pair = u16::try_from(entry).expect("12 bits").to_le_bytes();
    (bytes[at], bytes[at + 1]) =
        if first % 2 == 1 { (pair[0] | kept, pair[1]) } else { (pair[0], pair[1] | kept) };
    volume.overwrite(&bytes);
    let damaged = on_device(&volume.path(), FILE, b"new").expect_err("no change");
    assert!(damaged.ends_with("its tables are damaged"), "{damaged}");
    assert_eq!(volume.bytes(), bytes);
}

#[test]
fn the_program_replaces_the_file_on_the_mounted_device() {
    let machine = Machine::new();
    let (volume, _) = volume(1440, "12", b"old");
    machine.write("new", b"port = 9000\r\n");
    let root = machine.root.path().display().to_string();
    let new = machine.path("new").display().to_string();
    let replace = |name: &str| {
        let output = p1_provision(&["replace", name, &new, "--root", &root]);
        (output.status.code(), text(&output.stderr))
    };
    let (code, told) = replace(FILE);
    assert_eq!(code, Some(1));
    assert_eq!(told, "p1-provision: p1-tcp.toml stays as it was: no boot partition is mounted\n");
    let folder = machine.path("boot/firmware");
    let mounted = |options: &str| {
        let (folder, device) = (folder.display(), volume.path());
        let line = format!("30 22 179:1 / {folder} ro - vfat {} {options}\n", device.display());
        machine.write("proc/self/mountinfo", line.as_bytes());
    };
    // The kernel would write, too.
    mounted("rw,fmask=0177");
    let (code, told) = replace(FILE);
    assert_eq!(code, Some(1));
    assert!(told.contains("is mounted read-write; mount -o remount,ro"), "{told}");
    mounted("ro,fmask=0177");
    let output = p1_provision(&["show", FILE, "--root", &root]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), "old"));
    let output = p1_provision(&["show", "appliance.toml", "--root", &root]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""));
    assert!(text(&output.stderr).ends_with("there is no appliance.toml on it\n"));
    // Nothing is mounted in truth, so that it is not seen there.
    let (code, told) = replace(FILE);
    assert_eq!(code, Some(0));
    assert!(told.contains("p1-tcp.toml is on the card, and this system sees it after"), "{told}");
    assert_eq!(text(&volume.get(FILE)), "port = 9000\r\n");
    machine.write("boot/firmware/p1-tcp.toml", b"port = 9000\r\n");
    assert_eq!(replace(FILE), (Some(0), String::new()));
    let (code, told) = replace("config.txt");
    assert_eq!(code, Some(1));
    assert!(told.contains("it is neither appliance.toml nor p1-tcp.toml"), "{told}");
}
