//! The boot files of the appliance, as the firmware of each model reads them.

use emulator::boards::{self, Architecture, Board, Firmware};
use emulator::firmware::boot::Boot;
use emulator::firmware::files::BootFiles;
use p1_tcp::prepare_pi::model::Uart;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The most bytes of a line that the firmware reads.
const LINE: usize = 98;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect(name)
}

fn all_boards() -> Vec<Board> {
    boards::read(&root().join("image/boards.tsv")).expect("the models")
}

fn of(architecture: Architecture) -> Vec<Board> {
    let mut boards = all_boards();
    boards.retain(|board| board.architecture == architecture);
    boards
}

/// The names of the files that scripts/build-image takes from the firmware's package for a family.
fn firmware(family: Firmware) -> Vec<String> {
    let name = match family {
        Firmware::Start => "FIRMWARE_start='",
        Firmware::Start4 => "FIRMWARE_start4='",
    };
    let base = read("image/base");
    let list = base.lines().find_map(|line| line.strip_prefix(name)?.strip_suffix('\''));
    list.expect("the list of the firmware's files in image/base")
        .split(' ')
        .map(str::to_owned)
        .collect()
}

/// What `image/models` tells scripts, word by word.
fn told_to_scripts(question: &[&str]) -> Vec<String> {
    let output =
        Command::new(root().join("image/models")).args(question).output().expect("image/models");
    assert!(output.status.success(), "{question:?}: {output:?}");
    let told = String::from_utf8(output.stdout).expect("text");
    told.split_whitespace().map(str::to_owned).collect()
}

/// The config.txt for an architecture, as scripts/build-image makes it.
fn config(architecture: Architecture) -> String {
    let is_64_bit = architecture == Architecture::Arm64;
    read("image/boot/config.txt").replace("@64_BIT@", if is_64_bit { "1" } else { "0" })
}

/// A boot partition of an architecture as scripts/build-image fills it, with this config.txt; what is not ours
/// has nothing in it.
fn card(architecture: Architecture, config: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    for name in ["vmlinuz", "initramfs"] {
        write(name, "");
    }
    for board in of(architecture) {
        for name in firmware(board.firmware) {
            write(&name, "");
        }
        write(&format!("{}.dtb", board.device_tree), "");
    }
    for overlay in std::fs::read_dir(root().join("overlays")).expect("the overlays") {
        let path = overlay.expect("an overlay").path();
        if path.extension().is_some_and(|kind| kind == "dts") {
            let name = path.file_stem().expect("a name").to_string_lossy();
            write(&format!("overlays/{name}.dtbo"), "");
        }
    }
    write("config.txt", config);
    write("cmdline.txt", &read("image/boot/cmdline.txt").replace("@DISK@", "70317463"));
    folder
}

/// What is compared of a boot: each file by its path on the card.
fn told(folder: &TempDir, boot: &Boot) -> String {
    let files = boot.boot_code.iter().chain([&boot.start, &boot.fixup, &boot.kernel]);
    let files = files.chain(&boot.initramfs).chain([&boot.device_tree]).chain(&boot.overlays);
    let name =
        |path: &PathBuf| path.strip_prefix(folder.path()).expect("a file").display().to_string();
    files.map(name).collect::<Vec<_>>().join(" ")
}

/// What each model has to boot, with an overlay of this name and its config.txt changed like this.
fn each_boots(change: fn(String) -> String, overlay: &str) {
    for board in all_boards() {
        let folder = card(board.architecture, &change(config(board.architecture)));
        let files = BootFiles::list(folder.path()).expect("its files");
        let boot = Boot::resolve(&files, &board).expect(&board.model);
        let firmware = match board.firmware {
            Firmware::Start => "bootcode.bin start_cd.elf fixup_cd.dat",
            Firmware::Start4 => "start4cd.elf fixup4cd.dat",
        };
        let tree = &board.device_tree;
        let expected = format!("{firmware} vmlinuz initramfs {tree}.dtb overlays/{overlay}.dtbo");
        assert_eq!(told(&folder, &boot), expected, "{}", board.model);
        assert!(boot.enable_uart, "{}", board.model);
        assert_eq!(boot.is_64_bit, board.architecture == Architecture::Arm64, "{}", board.model);
        assert_eq!(boot.findings, [], "{}", board.model);
    }
}

#[test]
fn each_model_finds_all_that_it_boots() {
    each_boots(|config| config, "disable-bt");
}

#[test]
fn each_model_boots_with_the_other_overlay_as_the_comment_says() {
    let change = |config: String| {
        let changed = config.replace("\ndtoverlay=", "\n#dtoverlay=");
        let changed = changed.replace("\n#dtoverlay=miniuart-bt", "\ndtoverlay=miniuart-bt");
        changed.replace("\n##", "\n#")
    };
    each_boots(change, "miniuart-bt");
}

#[test]
fn a_card_without_one_of_these_files_boots_not_everywhere() {
    let (config, boards) = (config(Architecture::Arm64), of(Architecture::Arm64));
    let boots = |folder: &TempDir| {
        let files = BootFiles::list(folder.path()).expect("its files");
        boards.iter().all(|board| Boot::resolve(&files, board).is_ok())
    };
    for name in ["bootcode.bin", "start_cd.elf", "fixup4cd.dat", "vmlinuz", "initramfs"] {
        let folder = card(Architecture::Arm64, &config);
        assert!(boots(&folder));
        std::fs::remove_file(folder.path().join(name)).expect(name);
        assert!(!boots(&folder), "{name}");
    }
}

#[test]
fn the_table_and_the_daemon_agree_on_who_has_bluetooth() {
    for board in all_boards() {
        assert_eq!(board.bluetooth, board.kind.uart == Uart::Bluetooth, "{}", board.model);
    }
}

#[test]
fn scripts_are_told_what_the_table_says() {
    let architectures = [Architecture::Arm64, Architecture::Armel, Architecture::Armhf];
    assert_eq!(told_to_scripts(&["architectures"]), architectures.map(Architecture::name));
    for architecture in architectures {
        let boards = of(architecture);
        let told = |what: &str| told_to_scripts(&[what, architecture.name()]);
        // An image has one kernel.
        assert_eq!(told("kernel"), [boards[0].kernel.clone()]);
        assert!(boards.iter().all(|board| board.kernel == boards[0].kernel));
        let trees = boards.iter().flat_map(|board| {
            let source = board.in_its_place.as_ref().unwrap_or(&board.device_tree);
            [board.device_tree.clone(), source.clone()]
        });
        assert_eq!(told("device-trees"), trees.collect::<Vec<_>>());
        let needs = |family| boards.iter().any(|board| board.firmware == family);
        let mut families = vec!["start", "start4"];
        families.retain(|family| {
            needs(if *family == "start" { Firmware::Start } else { Firmware::Start4 })
        });
        assert_eq!(told("firmware"), families);
    }
}

#[test]
fn scripts_are_told_which_architectures_there_are() {
    let models = root().join("image/models");
    let output = Command::new(models).args(["kernel", "riscv64"]).output().expect("image/models");
    assert_eq!(output.status.code(), Some(2));
    let said = "models: no model has the architecture 'riscv64'; take one of: arm64 armel armhf\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), said);
}

#[test]
fn the_images_of_readme_are_the_tables() {
    let expected =
        [Architecture::Arm64, Architecture::Armhf, Architecture::Armel].map(|architecture| {
            let models: Vec<String> =
                of(architecture).into_iter().map(|board| board.model).collect();
            format!("| `{architecture}` | {} |", models.join(", "))
        });
    let document = read("README.md");
    let rows = document.lines().skip_while(|line| !line.starts_with("| image | Raspberry Pi |"));
    let rows: Vec<&str> = rows.skip(2).take_while(|line| line.starts_with('|')).collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_list_of_models_is_the_table() {
    let yes = |is| if is { "yes" } else { "no" };
    let row = |board: &Board| {
        let Board { model, architecture, wifi, bluetooth, machine, .. } = board;
        let machine = machine.as_deref().unwrap_or("–");
        format!("| {model} | {architecture} | {} | {} | {machine} |", yes(*wifi), yes(*bluetooth))
    };
    let expected: Vec<String> = all_boards().iter().map(row).collect();
    let document = read("docs/appliance.md");
    let rows = document.lines().skip_while(|line| !line.starts_with("| Raspberry Pi | image |"));
    let rows: Vec<&str> = rows.skip(2).take_while(|line| line.starts_with('|')).collect();
    assert_eq!(rows, expected);
}

#[test]
fn config_txt_is_read_whole_and_explains_itself() {
    let text = read("image/boot/config.txt");
    let mut before = "";
    for line in text.lines() {
        assert!(line.len() <= LINE, "{line}");
        let sets = !line.is_empty() && !line.starts_with('#');
        assert!(!sets || before.starts_with("# "), "no comment above {line}");
        before = line;
    }
    let has = |wanted: &str| text.lines().filter(|line| *line == wanted).count() == 1;
    for wanted in ["enable_uart=1", "dtoverlay=disable-bt", "#dtoverlay=miniuart-bt"] {
        assert!(has(wanted), "{wanted}");
    }
}

#[test]
fn the_command_line_leaves_the_serial_port_to_the_meter() {
    let text = read("image/boot/cmdline.txt");
    assert_eq!(text.trim_end().lines().count(), 1, "it is one line");
    let words: Vec<&str> = text.split_whitespace().collect();
    let values = |key: &str| -> Vec<&str> {
        words.iter().filter_map(|word| word.strip_prefix(key)?.strip_prefix('=')).collect()
    };
    // No console on a port, and no debugger either.
    assert_eq!(values("console"), ["tty1"]);
    for key in ["kgdboc", "earlycon", "earlyprintk"] {
        assert!(!words.iter().any(|word| word.split('=').next() == Some(key)), "{key}");
    }
    assert_eq!(values("root"), ["PARTUUID=@DISK@-02"]);
    assert!(words.contains(&"ro") && !words.contains(&"rw"));
    let panic: Vec<u32> = values("panic").iter().filter_map(|value| value.parse().ok()).collect();
    assert!(matches!(panic[..], [seconds] if seconds > 0), "it starts again after a panic");
}
