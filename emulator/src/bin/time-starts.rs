//! Times the appliance's start beside that of a plain Debian, on the same emulated Raspberry Pi.
//!
//! `scripts/bench-image` builds both and starts this.

use emulator::boards::{self, Board};
use emulator::card::Card;
use emulator::failure::Failure;
use emulator::firmware::boot::Boot;
use emulator::meter::Meter;
use emulator::plan::{Forward, Plan};
use emulator::raspberry;
use emulator::reader::Reader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

const USAGE: &str = "\
time-starts CARD.img PLAIN MACHINES METER ROUNDS

Starts the appliance's CARD.img and the Debian in the folder PLAIN (kernel, initramfs, disk) in turn, on an
emulated Raspberry Pi, so many ROUNDS, and tells how long each took: the appliance from power-on to the
first telegrams on TCP, the other one to multi-user.target, when it writes a line to the UART.
";
/// More than either takes on a busy host.
const LONGEST: Duration = Duration::from_secs(900);
/// A telegram comes every second.
const PATIENCE: Duration = Duration::from_millis(1500);
/// What the plain system writes to the UART.
const REACHED: &str = "reached";

struct Workshop {
    image: PathBuf,
    plain: PathBuf,
    machines: PathBuf,
    meter: PathBuf,
    board: Board,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ([image, plain, machines, meter, rounds], Some(board)) =
        (&arguments[..], board().ok().flatten())
    else {
        eprint!("{USAGE}");
        return ExitCode::from(2);
    };
    let rounds = rounds.parse().unwrap_or(3);
    let [image, plain, machines, meter] = [image, plain, machines, meter].map(PathBuf::from);
    let workshop = Workshop { image, plain, machines, meter, board };
    match compare(&workshop, rounds) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("time-starts: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn board() -> Result<Option<Board>, Failure> {
    let boards = boards::read(Path::new("image/boards.tsv"))?;
    Ok(boards.into_iter().find(|board| board.machine.is_some()))
}

fn compare(workshop: &Workshop, rounds: usize) -> Result<(), Failure> {
    println!(
        "| round | appliance, first telegrams, s | plain Debian, multi-user.target, s | ratio |"
    );
    println!("| --- | --- | --- | --- |");
    let mut ratios = Vec::new();
    for round in 1..=rounds {
        let (appliance, plain) = (appliance(workshop)?, plain(workshop)?);
        let ratio = appliance.as_secs_f64() / plain.as_secs_f64();
        let [appliance, plain] = [appliance, plain].map(|time| time.as_secs_f64());
        println!("| {round} | {appliance:.1} | {plain:.1} | {ratio:.2} |");
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    let middle = ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN);
    println!("\nmedian of the ratios: {middle:.2} (aim: at most 0.50)");
    Ok(())
}

fn appliance(workshop: &Workshop) -> Result<Duration, Failure> {
    let folder = tempfile::tempdir().map_err(Failure::of("make a folder"))?;
    let card = Card::copy(&workshop.image, &folder.path().join("card"))?;
    let boot = folder.path().join("boot");
    let plan = raspberry::plan(&workshop.machines, &card, &workshop.board, &boot)?
        .disk(card.file(), "sd")
        .line("uart")
        .network("usb-net")
        .forward(Forward::Tcp(9000));
    let began = Instant::now();
    let mut machine = plan.start()?;
    let record = folder.path().join("sent");
    let options = ["--baud", "0", "--seed", "1"];
    let meter = Meter::start(&workshop.meter, &machine.line("uart"), &record, &options)?;
    let address = machine.address(Forward::Tcp(9000))?;
    // Whoever connects before the machine is there is tried again by QEMU, less and less often.
    let telegram = machine.wait_for("a telegram", LONGEST, || {
        Ok(Reader::connect(address).and_then(|mut reader| reader.telegram(PATIENCE)).ok())
    })?;
    let took = began.elapsed();
    meter.confirm(&[telegram])?;
    Ok(took)
}

fn plain(workshop: &Workshop) -> Result<Duration, Failure> {
    let folder = tempfile::tempdir().map_err(Failure::of("make a folder"))?;
    let disk = Card::copy(&workshop.plain.join("disk"), &folder.path().join("disk"))?;
    // The same device tree as the appliance's, so that its UART can tell.
    let card = Card::at(&workshop.image);
    let boot = folder.path().join("boot");
    std::fs::create_dir(&boot).map_err(Failure::of("make a folder"))?;
    let boot = Boot::resolve(&card.unpack_boot(&boot)?, &workshop.board)?;
    let tree = folder.path().join("device-tree");
    boot.merge_device_tree(&tree)?;
    let model = workshop.board.machine.as_deref().unwrap_or_default();
    let words = "root=/dev/mmcblk0 rw rootwait quiet console=tty1 module_blacklist=bcm2835_wdt \
                 systemd.wants=reached.service";
    let console = folder.path().join("uart");
    let plan = Plan::new(workshop.machines.join("qemu-system-aarch64"), model)?
        .option("-kernel", workshop.plain.join("kernel"))
        .option("-initrd", workshop.plain.join("initramfs"))
        .option("-dtb", tree)
        .option("-append", words)
        .disk(disk.file(), "sd")
        .console(&console)
        .network("usb-net")
        .forward(Forward::Tcp(22));
    let began = Instant::now();
    let mut machine = plan.start()?;
    machine.wait_for("multi-user.target", LONGEST, || {
        let said = std::fs::read_to_string(&console).unwrap_or_default();
        Ok(said.contains(REACHED).then_some(()))
    })?;
    Ok(began.elapsed())
}
