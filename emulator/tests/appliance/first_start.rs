//! The writes of the first start, and the plug pulled between any two of them.

use crate::Workshop;
use crate::owner::BROKEN;
use crate::pi::{Kit, METER, PORT, appliance, power_on};
use emulator::card::Card;
use emulator::failure::Failure;
use emulator::plan::GIVEN;
use emulator::writes::Writes;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;

/// What a sparse file leaves out where there is nothing but zeros, in bytes.
const BLOCK: usize = 4096;

/// A first start, with all that it writes: an ssh key, and a report of mistakes.
pub struct FirstStart {
    before: Vec<u8>,
    writes: Writes,
}

/// Starts a new card, and records what is written to it until somebody can log in.
pub fn recorded(workshop: &Workshop, kit: &mut Kit) -> Result<FirstStart, Failure> {
    kit.card.write("appliance.toml", appliance(workshop, BROKEN.0).as_bytes())?;
    let read = Failure::of("read the card");
    let before = std::fs::read(kit.card.file()).map_err(read)?;
    let log = kit.file("log");
    kit.records = Some(log.clone());
    let powered = power_on(workshop, kit, GIVEN)?.connect(workshop, &METER)?;
    let mut pi = powered.log_in(workshop)?;
    pi.served(PORT)?;
    pi.service.machine.quit()?;
    kit.records = None;
    let first = FirstStart { before, writes: Writes::read(&log)? };
    let sectors = first.writes.sectors();
    println!("{}: a first start writes {sectors} sectors", kit.name);
    assert!(sectors > 0);
    Ok(first)
}

impl FirstStart {
    /// On the boot partition nothing but the report is written, in its place; at any moment the data
    /// partition can be repaired and mounted, and has no key or a whole one.
    pub fn does_no_harm(&self, kit: &Kit, image: &Path) -> Result<(), Failure> {
        let (boot, data) = (kit.card.partition(1)?, kit.card.partition(3)?);
        let report = self.report(&boot)?;
        for write in self.writes.0.iter().filter(|write| !write.bytes.is_empty()) {
            let (begin, end) = (write.at as u64, (write.at + write.bytes.len()) as u64);
            let within = |place: &std::ops::Range<u64>| place.start <= begin && end <= place.end;
            assert!(within(&report) || within(&data), "written: {begin} to {end}");
        }
        let folder = kit.file("states");
        std::fs::create_dir(&folder).map_err(Failure::of("make a folder"))?;
        let place = |at: u64| usize::try_from(at).map_err(Failure::of("count"));
        let data = place(data.start)?..place(data.end)?;
        let mut last = Vec::new();
        self.writes.cut_off(&mut self.before.clone(), |written, disk| {
            if disk[data.clone()] != last[..] {
                last = disk[data.clone()].to_vec();
                write_sparse(&folder.join(format!("{written:05}")), &last)?;
            }
            Ok(())
        })?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts");
        let mut tries = Command::new(script.join("as-root"));
        tries.arg(script.join("tests/data-partition")).arg(image).arg(&folder);
        let output = tries.output().map_err(Failure::of("start data-partition"))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}{complaints}");
        println!("{}: {}", kit.name, said.trim());
        Ok(())
    }

    /// Where the report is on the card.
    fn report(&self, boot: &std::ops::Range<u64>) -> Result<std::ops::Range<u64>, Failure> {
        let title = b"p1-tcp: verslag van de laatste start";
        let mut found = self.before.windows(title.len()).enumerate();
        let found = found.find(|(at, bytes)| boot.contains(&(*at as u64)) && bytes == title);
        let (at, _) = found.ok_or_else(|| Failure::new("there is no report on the card"))?;
        Ok(at as u64..at as u64 + 4096)
    }

    /// Whenever the plug was pulled, the next start serves.
    pub fn may_be_cut(&self, workshop: &Workshop, kit: &mut Kit) -> Result<(), Failure> {
        let (sectors, cuts) = (self.writes.sectors(), workshop.cuts);
        let chosen: Vec<usize> = (1..=cuts).map(|number| sectors * number / (cuts + 1)).collect();
        let card = kit.file("cut");
        let mut states = Vec::new();
        self.writes.cut_off(&mut self.before.clone(), |written, disk| {
            if chosen.contains(&written) {
                let state = card.with_extension(written.to_string());
                write_sparse(&state, disk)?;
                states.push((written, state));
            }
            Ok(())
        })?;
        for (written, state) in states {
            kit.card = Card::at(&state);
            let mut powered = power_on(workshop, kit, GIVEN)?.connect(workshop, &METER)?;
            let served = powered.served();
            served.map_err(|failure| failure.with("cut behind sector", &written.to_string()))?;
            powered.machine.kill();
        }
        Ok(())
    }
}

/// Writes a file without the blocks of it that are zeros.
fn write_sparse(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let write = || {
        let mut file = File::create(path)?;
        for (number, block) in bytes.chunks(BLOCK).enumerate() {
            if block.iter().any(|&byte| byte != 0) {
                file.seek(SeekFrom::Start((number * BLOCK) as u64))?;
                file.write_all(block)?;
            }
        }
        file.set_len(bytes.len() as u64)
    };
    write().map_err(Failure::of(format!("write {}", path.display())))
}
