//! Starts a card's image on an emulated Raspberry Pi, with a meter on its UART, for a look around.
//!
//! `scripts/boot-image` builds what it needs and starts it.

use emulator::boards::{self, Architecture, Board};
use emulator::card::Card;
use emulator::failure::Failure;
use emulator::meter::Meter;
use emulator::plan::Forward;
use emulator::raspberry;
use emulator::service::served_within;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

const USAGE: &str = "\
boot-image CARD.img MACHINES METER KEY [P1-METER-OPTION…]

Starts a copy of the card's image on an emulated Raspberry Pi with p1-meter, the program METER, on its
UART. MACHINES is the folder with QEMU that scripts/qemu fills; KEY a private key for ssh, whose public
half, KEY.pub, goes into the copy's appliance.toml. Once the machine serves, MACHINES/boot-image.env says for
scripts/try-image how to reach it; the caller removes that file.
";
/// An emulated Raspberry Pi may take so long on a busy host.
const STARTING: Duration = Duration::from_secs(600);
/// The ports that can be reached from here.
const PORTS: [Forward; 2] = [Forward::Tcp(9000), Forward::Tcp(22)];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [image, machines, meter, key, options @ ..] = &arguments[..] else {
        eprint!("{USAGE}");
        return ExitCode::from(2);
    };
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    match boot(Path::new(image), Path::new(machines), Path::new(meter), Path::new(key), &options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("boot-image: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn boot(
    image: &Path,
    machines: &Path,
    meter: &Path,
    key: &Path,
    options: &[&str],
) -> Result<(), Failure> {
    let board = board(image)?;
    let folder = tempfile::tempdir().map_err(Failure::of("make a folder"))?;
    let card = Card::copy(image, &folder.path().join("card"))?;
    let public: PathBuf = key.with_extension("pub");
    let public = std::fs::read_to_string(&public)
        .map_err(Failure::of(format!("read {}", public.display())))?;
    let appliance = format!("[ssh]\nkeys = [\"{}\"]\n", public.trim());
    card.write("appliance.toml", appliance.as_bytes())?;
    let began = Instant::now();
    let mut plan = raspberry::plan(machines, &card, &board, &folder.path().join("boot"))?
        .disk(card.file(), "sd")
        .line("uart")
        .network("usb-net");
    for port in PORTS {
        plan = plan.forward(port);
    }
    let mut machine = plan.start()?;
    let record = folder.path().join("sent");
    let meter = Meter::start(meter, &machine.line("uart"), &record, options)?;
    println!("an emulated Raspberry Pi {} starts; it takes a minute or two", board.model);
    served_within(&mut machine, &meter, 9000, STARTING)?;
    println!("it serves, {:.0} s after power-on", began.elapsed().as_secs_f64());
    let [tcp, ssh] = PORTS.map(|port| machine.address(port));
    let (tcp, ssh) = (tcp?, ssh?);
    // Ctrl-C ends this process without a chance to remove the file: its parent, scripts/boot-image, does.
    let reach = format!(
        "process={}\narchitecture={}\naddress={}\ntcp_port={}\nssh_port={}\nkey={}\n",
        std::process::id(),
        board.architecture.name(),
        ssh.ip(),
        tcp.port(),
        ssh.port(),
        key.display()
    );
    let file = machines.join("boot-image.env");
    std::fs::write(&file, reach).map_err(Failure::of(format!("write {}", file.display())))?;
    println!("telegrams:  nc {} {}", tcp.ip(), tcp.port());
    println!("a shell:    ssh -i {} -p {} admin@{}", key.display(), ssh.port(), ssh.ip());
    println!("Ctrl-C pulls the plug");
    machine.wait_for_end(Duration::MAX)
}

/// A model of the image's architecture, which its name ends in, that QEMU runs.
fn board(image: &Path) -> Result<Board, Failure> {
    let stem = image.file_stem().unwrap_or_default().to_string_lossy();
    let architecture = stem.rsplit('-').next().and_then(Architecture::of).ok_or_else(|| {
        Failure::new(format!("{} is not called as scripts/build-image does", image.display()))
    })?;
    let runs = |board: &Board| board.architecture == architecture && board.machine.is_some();
    let found = boards::read(Path::new("image/boards.tsv"))?.into_iter().find(runs);
    found.ok_or_else(|| Failure::new(format!("QEMU runs no model for {architecture}")))
}
