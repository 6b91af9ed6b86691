//! The report on the card: on real FAT volumes, in place, and nothing else touched.

mod common;

use common::volume::Volume;
use common::{Machine, first_report, run, text};
use p1_provision::fat;
use p1_provision::in_place;
use p1_provision::report::{FILE, SIZE, TITLE};
use proptest::prelude::*;
use std::ops::Range;
use std::path::Path;

/// A report that is easily told from another one.
fn report_with(sign: u8) -> [u8; SIZE] {
    let mut bytes = [sign; SIZE];
    bytes[..TITLE.len()].copy_from_slice(TITLE.as_bytes());
    bytes
}

/// Volumes of each kind, with other files before and behind the report's.
fn volumes() -> Vec<(&'static str, Volume)> {
    let kinds: [(&str, u64, &[&str]); 6] = [
        ("FAT12", 4096, &["-F", "12"]),
        ("FAT12, sector by sector", 1440, &["-F", "12", "-s", "1"]),
        ("FAT16", 65_536, &["-F", "16"]),
        ("FAT16, large clusters", 65_536, &["-F", "16", "-s", "16"]),
        ("FAT32", 65_536, &["-F", "32", "-s", "1"]),
        ("FAT32, larger sectors", 140_000, &["-F", "32", "-S", "2048", "-s", "1"]),
    ];
    let volume = |(name, kib, options): (_, u64, &[&str])| {
        let volume = Volume::new(kib, options);
        volume.put("config.txt", b"arm_64bit=1\n");
        volume.put("a file with a long name indeed, before.txt", &[b'x'; 3000]);
        volume.put(FILE, &first_report());
        volume.put("p1-report.txt.bak", &first_report());
        (name, volume)
    };
    kinds.into_iter().map(volume).collect()
}

/// Where the volumes differ.
fn differences(before: &[u8], after: &[u8]) -> Vec<usize> {
    const BLOCK: usize = 512;
    assert_eq!(before.len(), after.len());
    let blocks = before.chunks(BLOCK).zip(after.chunks(BLOCK)).enumerate();
    let changed = blocks.filter(|(_, (before, after))| before != after);
    changed
        .flat_map(|(number, (before, after))| {
            let pairs = before.iter().zip(after).enumerate();
            let differ = pairs.filter(|(_, (before, after))| before != after);
            differ.map(move |(at, _)| number * BLOCK + at)
        })
        .collect()
}

fn place(bytes: &[u8]) -> Vec<Range<u64>> {
    let read_at = |buffer: &mut [u8], at: u64| {
        let begin = usize::try_from(at).expect("an offset");
        buffer.copy_from_slice(&bytes[begin..begin + buffer.len()]);
        Ok(())
    };
    fat::Volume::open(&read_at).and_then(|volume| volume.find(FILE, 4096)).expect("the report")
}

#[test]
fn only_the_bytes_of_the_report_change() {
    for (name, volume) in volumes() {
        let before = volume.bytes();
        assert!(volume.check().0, "{name}");
        let report = report_with(b'r');
        assert_eq!(in_place::update(&volume.path(), &report), Ok(true), "{name}");
        let after = volume.bytes();
        let extents = place(&before);
        let differences = differences(&before, &after);
        assert!(differences.len() > SIZE / 2, "{name}");
        for at in differences {
            let inside = |extent: &Range<u64>| extent.contains(&(at as u64));
            assert!(extents.iter().any(inside), "{name}: byte {at} is none of the report's");
        }
        assert_eq!(volume.get(FILE), report, "{name}");
        assert_eq!(volume.get("p1-report.txt.bak"), first_report(), "{name}");
        let (content, told) = volume.check();
        assert!(content, "{name}: {told}");
    }
}

#[test]
fn it_is_written_once_and_then_only_when_it_changes() {
    let volume = Volume::new(4096, &[]);
    volume.put(FILE, &first_report());
    let report = report_with(b'r');
    assert_eq!(in_place::update(&volume.path(), &report), Ok(true));
    // Whoever opens it for writing would fail from now on, unless he is root.
    let written = volume.path().metadata().and_then(|file| file.modified()).expect("a time");
    assert_eq!(in_place::update(&volume.path(), &report), Ok(false));
    let again = volume.path().metadata().and_then(|file| file.modified()).expect("a time");
    assert_eq!(written, again);
    assert_eq!(in_place::update(&volume.path(), &report_with(b's')), Ok(true));
}

#[test]
fn a_report_in_pieces_is_found() {
    for (kib, kind) in [(1440, "12"), (16_384, "16"), (36_864, "32")] {
        let volume = Volume::new(kib, &["-F", kind, "-s", "1"]);
        for number in 0..40 {
            volume.put(&format!("{number}"), b"x");
        }
        if kind == "32" {
            // There the next file goes behind the last, unless there is no room.
            let boot = volume.bytes();
            let long = |at| u32::from_le_bytes(boot[at..at + 4].try_into().expect("four bytes"));
            let clusters = long(32) - u32::from(boot[14]) - 2 * long(36);
            volume.put("filler", &vec![b'x'; (clusters as usize - 44) * 512]);
        }
        for number in (1..40).step_by(2) {
            volume.remove(&format!("{number}"));
        }
        volume.put(FILE, &first_report());
        let clusters = volume.clusters(FILE);
        let pieces = place(&volume.bytes());
        assert_eq!(pieces.len(), clusters.matches('<').count(), "{clusters}");
        assert!(pieces.len() > 4, "{clusters}");
        let report = report_with(b'r');
        assert_eq!(in_place::update(&volume.path(), &report), Ok(true));
        assert_eq!(volume.get(FILE), report);
        let (content, told) = volume.check();
        assert!(content, "FAT{kind}: {told}");
    }
}

#[test]
fn what_is_no_report_is_left_as_it_is() {
    let longer = [&first_report()[..], b" "].concat();
    let mut photo = first_report();
    photo[2000] = 0xFF;
    photo[3000] = 0;
    let mut other = first_report();
    other[3] ^= 1;
    for (contents, told) in [
        (&b""[..], "has 0 bytes"),
        (b"p1-tcp", "has 6 bytes"),
        (&longer, "has 4097 bytes"),
        (&photo, "is no report"),
        (&other, "is no report"),
    ] {
        let volume = Volume::new(4096, &[]);
        volume.put(FILE, contents);
        let before = volume.bytes();
        let error = in_place::update(&volume.path(), &report_with(b'r')).expect_err("no report");
        assert!(error.contains(told), "{error}");
        assert_eq!(volume.bytes(), before);
    }
    let volume = Volume::new(4096, &[]);
    run("mmd", &[&"-i", &volume.path(), &format!("::{FILE}")]);
    for volume in [volume, Volume::new(4096, &["-n", "P1-REPORT"])] {
        let error = in_place::update(&volume.path(), &report_with(b'r')).expect_err("no file");
        assert!(error.ends_with("there is no p1-report.txt on it"), "{error}");
    }
    let nowhere = in_place::update(Path::new("/nowhere/sda1"), &report_with(b'r'));
    assert!(nowhere.expect_err("no device").starts_with("/nowhere/sda1: No such file"));
}

#[test]
fn a_report_of_which_a_part_was_written_is_one() {
    let volume = Volume::new(4096, &[]);
    let mut torn = report_with("é".as_bytes()[0]);
    torn[512..].copy_from_slice(&first_report()[512..]);
    volume.put(FILE, &torn);
    assert_eq!(in_place::update(&volume.path(), &report_with(b'r')), Ok(true));
}

#[test]
fn it_is_found_by_either_name_in_either_case() {
    for name in ["P1-REPORT.TXT", "P1-Report.txt"] {
        let volume = Volume::new(4096, &[]);
        volume.put(name, &first_report());
        assert_eq!(in_place::update(&volume.path(), &report_with(b'r')), Ok(true), "{name}");
    }
    // What is behind a deleted file and a label of its name.
    let volume = Volume::new(4096, &["-n", "P1-REP~1TXT"]);
    volume.put(FILE, b"an older one");
    volume.remove(FILE);
    volume.put(FILE, &first_report());
    assert_eq!(in_place::update(&volume.path(), &report_with(b'r')), Ok(true));
}

/// Drivers that know nothing of long names leave them behind.
#[test]
fn a_long_name_that_is_nobodys_names_nothing() {
    let volume = Volume::new(4096, &["-F", "12"]);
    volume.put(FILE, &first_report());
    let whole = volume.bytes();
    let at = whole.windows(11).position(|name| name == b"P1-REP~1TXT").expect("the entry");
    let mut renamed = whole.clone();
    renamed[at..at + 11].copy_from_slice(b"OTHER   TXT");
    let mut apart = whole.clone();
    apart.copy_within(at..at + 32, at + 32);
    apart[at] = 0xE5;
    for changed in [renamed, apart] {
        volume.overwrite(&changed);
        let error = in_place::update(&volume.path(), &report_with(b'r')).expect_err("no report");
        assert!(error.ends_with("there is no p1-report.txt on it"), "{error}");
        assert_eq!(volume.bytes(), changed);
    }
}

#[test]
fn the_program_finds_the_mounted_device_and_writes_the_report() {
    let machine = Machine::new().appliance("[system]\nhostname = \"meter\"\ntimzone = \"UTC\"\n");
    let volume = Volume::new(4096, &[]);
    volume.put(FILE, &first_report());
    let mounts = format!(
        "22 1 179:2 / / ro shared:1 - squashfs /dev/mmcblk0p2 ro\n\
         30 22 179:1 / {} ro,relatime shared:9 - vfat {} ro,fmask=0177\n\
         31 22 0:20 / /run rw - tmpfs tmpfs rw\n",
        machine.path("boot/firmware").display(),
        volume.path().display(),
    );
    machine.write("proc/self/mountinfo", mounts.as_bytes());
    let told = machine.apply();
    assert!(told.contains("<6>p1-report.txt was written\n"), "{told}");
    let report = text(&volume.get(FILE));
    for part in [
        "Er is 1 fout. ",
        "There is 1 mistake. ",
        "- appliance.toml, regel / line 3, teken / column 1: there is no such key in",
        "`timezone` is meant, it seems\r\n",
        "  Naam / Name              meter (meter.local)\r\n",
        "  Versie / Version         p1-tcp 0.1.0, 2026.11\r\n",
    ] {
        assert!(report.contains(part), "{part}: {report}");
    }
    let again = machine.apply();
    assert!(!again.contains("p1-report.txt"), "{again}");
    // Elsewhere a file of the same name is none of its business.
    let machine = Machine::new();
    let told = machine.apply();
    assert!(told.contains("<4>there is no report, as no boot partition is mounted"), "{told}");
    let told = machine.apply_with(&["--device", "/nowhere"]);
    assert!(told.contains("<4>p1-report.txt stays as it was: /nowhere: No such"), "{told}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// A damaged volume is an error or a place on it, and takes no time.
    #[test]
    fn no_damage_is_too_much(
        kind in 0..3_usize,
        damage in prop::collection::vec((0..12_000_usize, any::<u8>()), 0..40),
        boot in prop::collection::vec((0..64_usize, any::<u8>()), 0..4),
    ) {
        use std::sync::OnceLock;
        static WHOLE: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
        let whole = WHOLE.get_or_init(|| {
            [(1440, "12"), (16_384, "16"), (36_864, "32")].map(|(kib, kind)| {
                let volume = Volume::new(kib, &["-F", kind, "-s", "1"]);
                volume.put(FILE, &first_report());
                volume.bytes()
            }).to_vec()
        });
        let whole = &whole[kind];
        let mut changed: std::collections::HashMap<usize, u8> = damage.into_iter().collect();
        changed.extend(boot);
        let read_at = |buffer: &mut [u8], at: u64| {
            let begin = usize::try_from(at).unwrap_or(usize::MAX);
            let end = begin.saturating_add(buffer.len());
            let bytes = whole.get(begin..end).ok_or(std::io::ErrorKind::UnexpectedEof)?;
            buffer.copy_from_slice(bytes);
            for (at, byte) in &changed {
                if (begin..end).contains(at) {
                    buffer[at - begin] = *byte;
                }
            }
            Ok(())
        };
        let Ok(volume) = fat::Volume::open(&read_at) else { return Ok(()) };
        if let Ok(exchange) = volume.exchange(FILE, b"other contents", 0) {
            prop_assert!(exchange.before.len() > 1);
            prop_assert_eq!(exchange.before[0].bytes.len(), exchange.switch.bytes.len());
        }
        if let Ok(place) = volume.find(FILE, 4096) {
            let length: u64 = place.iter().map(|extent| extent.end - extent.start).sum();
            prop_assert_eq!(length, 4096);
        }
    }
}
