//! Says what each model boots from a card's image, and fails if one does not boot completely.

use emulator::boards::{self, Architecture, Board};
use emulator::card::Card;
use emulator::failure::Failure;
use emulator::firmware::boot::Boot;
use emulator::firmware::files::BootFiles;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
resolve-card [--boards TABLE] [--architecture ARCHITECTURE] CARD.img

Does with the image of a card what the firmware of a Raspberry Pi would do, for each model that the
card is for, overlays and the unpacking of the kernel included, and prints what each boots. The exit
code is 0; 1 if a model does not boot completely, or something on the card is passed over without a
word, with the reasons on standard error; 2 if it was called wrongly. Needs mcopy, fdtoverlay and
gzip.

  --boards TABLE   the models (image/boards.tsv)
  --architecture ARCHITECTURE
                   arm64, armhf or armel; by default what stands before .img in the image's name
";
/// What the columns are called.
const COLUMNS: [&str; 8] =
    ["model", "boot code", "firmware", "kernel", "bits", "initramfs", "device tree", "overlays"];

struct Arguments {
    image: PathBuf,
    boards: PathBuf,
    architecture: Option<Architecture>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "-h" || argument == "--help") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let Some(arguments) = understood(arguments) else {
        eprint!("{USAGE}");
        return ExitCode::from(2);
    };
    match resolve(&arguments) {
        Ok(reasons) if reasons.is_empty() => ExitCode::SUCCESS,
        Ok(reasons) => {
            for reason in reasons {
                eprintln!("resolve-card: {reason}");
            }
            ExitCode::FAILURE
        }
        Err(failure) => {
            eprintln!("resolve-card: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn understood(arguments: Vec<String>) -> Option<Arguments> {
    let (mut image, mut boards, mut architecture) = (None, None, None);
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--boards" => boards = Some(arguments.next()?),
            "--architecture" => architecture = Some(Architecture::of(&arguments.next()?)?),
            name if name.starts_with('-') || image.is_some() => return None,
            name => image = Some(PathBuf::from(name)),
        }
    }
    let boards = boards.unwrap_or_else(|| "image/boards.tsv".to_owned()).into();
    Some(Arguments { image: image?, boards, architecture })
}

/// Prints the table; returns what is wrong.
fn resolve(arguments: &Arguments) -> Result<Vec<String>, Failure> {
    let image = &arguments.image;
    let architecture = arguments.architecture.or_else(|| named(image)).ok_or_else(|| {
        Failure::new(format!(
            "the name of {} does not end in an architecture; say it by --architecture",
            image.display()
        ))
    })?;
    let mut boards = boards::read(&arguments.boards)?;
    boards.retain(|board| board.architecture == architecture);
    if boards.is_empty() {
        let table = arguments.boards.display();
        return Err(Failure::new(format!("{table} has no model for {architecture}; add one")));
    }
    let failed = || Failure::of("make a folder for the files of the card");
    let folder = tempfile::tempdir().map_err(failed())?;
    let [boot, work] = ["boot", "work"].map(|name| folder.path().join(name));
    std::fs::create_dir(&boot).map_err(failed())?;
    std::fs::create_dir(&work).map_err(failed())?;
    let files = Card::at(image).unpack_boot(&boot)?;
    let mut rows = vec![COLUMNS.map(str::to_owned)];
    let mut reasons = Vec::new();
    let mut kernels = BTreeSet::new();
    for board in &boards {
        match completely(&files, board, &work, &mut kernels) {
            Ok(boot) => {
                rows.push(row(board, &boot));
                reasons.extend(boot.findings.iter().map(ToString::to_string));
            }
            Err(failure) => reasons.push(failure.to_string()),
        }
    }
    print(&rows);
    // Most of them are so on each model.
    let mut told = BTreeSet::new();
    reasons.retain(|reason| told.insert(reason.clone()));
    Ok(reasons)
}

/// The architecture in the name of a card's image, such as `p1-tcp-0.1.0-arm64.img`.
fn named(image: &Path) -> Option<Architecture> {
    Architecture::of(image.file_stem()?.to_str()?.rsplit('-').next()?)
}

/// All that the firmware does; `kernels` are those that were unpacked before.
fn completely(
    files: &BootFiles,
    board: &Board,
    work: &Path,
    kernels: &mut BTreeSet<(PathBuf, bool)>,
) -> Result<Boot, Failure> {
    let boot = Boot::resolve(files, board)?;
    boot.merge_device_tree(&work.join("merged.dtb"))?;
    if kernels.insert((boot.kernel.clone(), boot.is_64_bit)) {
        boot.unpack_kernel(&work.join("kernel"))?;
    }
    Ok(boot)
}

fn row(board: &Board, boot: &Boot) -> [String; COLUMNS.len()] {
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let or_none = |name: String| if name.is_empty() { "-".to_owned() } else { name };
    let overlays: Vec<String> = boot.overlays.iter().map(name).collect();
    [
        board.model.clone(),
        boot.boot_code.as_ref().map_or_else(|| "EEPROM".to_owned(), name),
        format!("{} {}", name(&boot.start), name(&boot.fixup)),
        name(&boot.kernel),
        if boot.is_64_bit { "64" } else { "32" }.to_owned(),
        or_none(boot.initramfs.as_ref().map(name).unwrap_or_default()),
        name(&boot.device_tree),
        or_none(overlays.join(" ")),
    ]
}

/// Prints rows in columns of one width.
fn print(rows: &[[String; COLUMNS.len()]]) {
    let width = |at: usize| rows.iter().map(|row| row[at].len()).max().unwrap_or_default();
    let widths: [usize; COLUMNS.len()] = std::array::from_fn(width);
    for row in rows {
        let padded = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        println!("{}", padded.collect::<Vec<_>>().join("  ").trim_end());
    }
}
