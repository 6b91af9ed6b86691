//! `resolve-card` on the image of a card that is made up of what the appliance ships.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Where the boot partition begins, and how long it is, in bytes.
const OFFSET: usize = 4096;
const LENGTH: usize = 2_949_120;
/// What the overlays change, as the device trees of Debian have it.
const TREE: &str = "/dts-v1/;
/ {
    chosen { stdout-path = \"serial0\"; };
    uart0_gpio14: pins { };
    uart0: uart0 { };
    uart1: uart1 { };
};
";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn done(command: &mut Command) {
    let output = command.output().expect("a program");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// What will be on the card, in a folder.
struct Card(TempDir);

impl Card {
    fn new() -> Self {
        let card = Self(tempfile::tempdir().expect("a folder"));
        std::fs::create_dir_all(card.path("boot/overlays")).expect("a folder");
        for name in ["bootcode.bin", "start_cd.elf", "fixup_cd.dat", "start4cd.elf", "fixup4cd.dat"]
        {
            card.write(name, b"");
        }
        card.write("initramfs", b"");
        card.write("vmlinuz", &[&[0; 56][..], b"ARM\x64"].concat());
        done(Command::new("gzip").arg(card.path("boot/vmlinuz")));
        std::fs::rename(card.path("boot/vmlinuz.gz"), card.path("boot/vmlinuz")).expect("a name");
        for name in ["config.txt", "cmdline.txt"] {
            let text = std::fs::read_to_string(root().join("image/boot").join(name)).expect(name);
            card.write(name, text.replace("@64_BIT@", "1").as_bytes());
        }
        std::fs::write(card.path("tree.dts"), TREE).expect("a file");
        card.compile(&card.path("tree.dts"), "tree.dtb");
        let table = std::fs::read_to_string(root().join("image/boards.tsv")).expect("the models");
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let name = line.split('\t').nth(2).expect("a device tree");
            std::fs::copy(card.path("tree.dtb"), card.path(&format!("boot/{name}.dtb")))
                .expect(name);
        }
        let overlay = root().join("overlays/disable-bt.dts");
        card.compile(&overlay, "boot/overlays/disable-bt.dtbo");
        card
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file of the boot partition.
    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path("boot").join(name), bytes).expect(name);
    }

    fn compile(&self, source: &Path, into: &str) {
        done(Command::new("dtc").args(["-@", "-q", "-o"]).arg(self.path(into)).arg(source));
    }

    /// Makes the image and looks what each model boots from it.
    fn resolve(&self) -> Output {
        let image = self.path("card-arm64.img");
        let mut bytes = vec![0; OFFSET + LENGTH];
        // The type of the first partition, its first sector, how many it has, and what ends the table.
        bytes[450] = 0x0C;
        bytes[454] = 8;
        let sectors = u32::try_from(LENGTH / 512).expect("a small card");
        bytes[458..462].copy_from_slice(&sectors.to_le_bytes());
        bytes[510..512].copy_from_slice(&[0x55, 0xAA]);
        std::fs::write(&image, bytes).expect("an image");
        let volume = format!("{}@@{OFFSET}", image.display());
        done(Command::new("mformat").args(["-i", &volume, "-f", "2880", "::"]));
        let files = std::fs::read_dir(self.path("boot")).expect("the files");
        let files = files.map(|file| file.expect("a file").path());
        done(Command::new("mcopy").args(["-s", "-i", &volume]).args(files).arg("::"));
        resolve_card(&["--boards", &root().join("image/boards.tsv").display().to_string()], &image)
    }
}

fn resolve_card(options: &[&str], image: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resolve-card"));
    command.args(options).arg(image).output().expect("resolve-card")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_whole_card_resolves_and_one_with_a_mistake_does_not() {
    let card = Card::new();
    let output = card.resolve();
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    let table = text(&output.stdout);
    let row = table.lines().find(|line| line.starts_with("Compute Module 3 ")).expect(&table);
    let columns: Vec<&str> =
        row.split("  ").map(str::trim).filter(|word| !word.is_empty()).collect();
    let firmware = "start_cd.elf fixup_cd.dat";
    let [tree, overlay] = ["bcm2837-rpi-cm3-io3.dtb", "disable-bt.dtbo"];
    let expected =
        ["Compute Module 3", "bootcode.bin", firmware, "vmlinuz", "64", "initramfs", tree, overlay];
    assert_eq!(columns, expected);

    // An overlay for the vendor's device trees.
    std::fs::write(card.path("vendor.dts"), "/dts-v1/;\n/plugin/;\n&bt_pins { };\n")
        .expect("a file");
    card.compile(&card.path("vendor.dts"), "boot/overlays/disable-bt.dtbo");
    let output = card.resolve();
    assert_eq!(output.status.code(), Some(1));
    let reasons = text(&output.stderr);
    assert!(reasons.starts_with("resolve-card: cannot apply "), "{reasons}");
    card.compile(&root().join("overlays/disable-bt.dts"), "boot/overlays/disable-bt.dtbo");

    let config = std::fs::read_to_string(card.path("boot/config.txt")).expect("config.txt");
    card.write("config.txt", (config + "dtparam=audio=on\n").as_bytes());
    std::fs::remove_file(card.path("boot/bcm2711-rpi-400.dtb")).expect("a device tree");
    let output = card.resolve();
    assert_eq!(output.status.code(), Some(1));
    let reasons = text(&output.stderr);
    assert!(
        reasons.contains("the parameter audio=on does nothing, as disable-bt.dtbo"),
        "{reasons}"
    );
    assert!(reasons.contains("cannot boot the 400: bcm2711-rpi-400.dtb is not on"), "{reasons}");
}

#[test]
fn what_is_no_card_and_no_question_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let image = folder.path().join("nothing.img");
    let table = root().join("image/boards.tsv").display().to_string();
    let output = resolve_card(&["--boards", &table], &image);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("say it by --architecture"), "{}", text(&output.stderr));
    let output = resolve_card(&["--boards", &table, "--architecture", "arm64"], &image);
    assert!(text(&output.stderr).contains("cannot read the card"), "{}", text(&output.stderr));
    let output = resolve_card(&["--architecture", "z80"], &image);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("resolve-card [--boards"), "{}", text(&output.stderr));
}
