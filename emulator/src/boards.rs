//! The models that the appliance is for, as `image/boards.tsv` lists them.

use crate::failure::Failure;
use p1_tcp::prepare_pi::model;
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

/// What the columns are called, in the comment above the models.
const COLUMNS: [&str; 9] = [
    "model",
    "architecture",
    "device tree",
    "kernel",
    "firmware",
    "bluetooth",
    "wifi",
    "machine",
    "in its place",
];

/// A model of the Raspberry Pi: a line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// What follows "Raspberry Pi" in its name, such as `3 Model B+`.
    pub model: String,
    /// The architecture of the system on its card.
    pub architecture: Architecture,
    /// Its device tree by the name that the mainline kernel gives it, without `.dtb`.
    pub device_tree: String,
    /// Its processor, as the device tree's name says.
    pub chip: Chip,
    /// Debian's package of its kernel.
    pub kernel: String,
    /// The firmware that it needs.
    pub firmware: Firmware,
    /// Whether it has Bluetooth.
    pub bluetooth: bool,
    /// Whether it has Wi-Fi.
    pub wifi: bool,
    /// QEMU's name for it; none if QEMU does not run it.
    pub machine: Option<String>,
    /// The device tree of the kernel's that is on the card by the name of its own, without `.dtb`; none
    /// if the kernel has its own.
    pub in_its_place: Option<String>,
    /// What the daemon knows of it, the filters of config.txt that it sees among it.
    pub kind: &'static model::Board,
}

/// An architecture of Debian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Architecture {
    /// 64 bits.
    Arm64,
    /// 32 bits, `ARMv7`.
    Armhf,
    /// 32 bits, any ARM.
    Armel,
}

/// The firmware's two families.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Firmware {
    /// start.elf and its variants, which bootcode.bin loads from the card.
    Start,
    /// start4.elf and its variants, which the Raspberry Pi 4 loads by what is in its EEPROM.
    Start4,
}

/// The processor on a board, by the number that the mainline kernel gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chip {
    /// Of the Raspberry Pi 1 and the first Zeros.
    Bcm2835,
    /// Of the Raspberry Pi 2.
    Bcm2836,
    /// Of the Raspberry Pi 3 and the Zero 2.
    Bcm2837,
    /// Of the Raspberry Pi 4.
    Bcm2711,
}

impl Architecture {
    const ALL: [Self; 3] = [Self::Arm64, Self::Armhf, Self::Armel];

    /// The architecture that Debian calls so.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|architecture| architecture.name() == name)
    }

    /// What Debian calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::Armhf => "armhf",
            Self::Armel => "armel",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

impl Chip {
    /// Mainline's name, and the one of the vendor's kernel.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Bcm2835 => ("bcm2835", "bcm2708"),
            Self::Bcm2836 => ("bcm2836", "bcm2709"),
            Self::Bcm2837 => ("bcm2837", "bcm2710"),
            Self::Bcm2711 => ("bcm2711", "bcm2711"),
        }
    }

    /// The chip of a device tree of the mainline kernel, and what its name says of the board.
    fn of(device_tree: &str) -> Option<(Self, &str)> {
        [Self::Bcm2835, Self::Bcm2836, Self::Bcm2837, Self::Bcm2711].into_iter().find_map(|chip| {
            let board = device_tree.strip_prefix(chip.names().0)?.strip_prefix("-rpi-")?;
            Some((chip, board)).filter(|_| !board.is_empty() && !board.contains('.'))
        })
    }
}

impl Board {
    /// Its device tree by the name that the vendor's kernel gives it, without `.dtb`.
    #[must_use]
    pub fn vendors_device_tree(&self) -> String {
        let Some((chip, board)) = Chip::of(&self.device_tree) else {
            return self.device_tree.clone();
        };
        let board = match board {
            "a" | "b-rev2" => "b",
            "a-plus" => "b-plus",
            "3-a-plus" => "3-b-plus",
            "cm1-io1" => "cm",
            "cm3-io3" => "cm3",
            "cm4-io" => "cm4",
            same => same,
        };
        format!("{}-rpi-{board}", chip.names().1)
    }

    fn parse(line: &str) -> Result<Self, String> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [
            model,
            architecture,
            device_tree,
            kernel,
            firmware,
            bluetooth,
            wifi,
            machine,
            in_its_place,
        ] = fields[..]
        else {
            return Err(format!(
                "it has {} columns instead of {}; separate them by one tab each",
                fields.len(),
                COLUMNS.len()
            ));
        };
        let kind = model::of(&format!("Raspberry Pi {model}"))?;
        let wanted = |column, wanted| format!("its {column} is not {wanted}");
        let architecture = Architecture::of(architecture)
            .ok_or_else(|| wanted("architecture", "arm64, armhf or armel"))?;
        let of_mainline = "one of the mainline kernel, such as bcm2837-rpi-3-b";
        let (chip, _) = Chip::of(device_tree).ok_or_else(|| wanted("device tree", of_mainline))?;
        let in_its_place = Some(in_its_place).filter(|tree| *tree != "-");
        if in_its_place.is_some_and(|tree| Chip::of(tree).is_none()) {
            return Err(wanted("tree in its place", of_mainline));
        }
        if !kernel.starts_with("linux-image-") {
            return Err(wanted("kernel", "a package such as linux-image-arm64"));
        }
        let (name, family) = match chip {
            Chip::Bcm2711 => ("start4", Firmware::Start4),
            _ => ("start", Firmware::Start),
        };
        if firmware != name {
            return Err(wanted("firmware", &format!("{name}, which boots its chip")));
        }
        let has = |column, value| match value {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(wanted(column, "yes or no")),
        };
        let machine = match machine {
            "-" => None,
            name if name.starts_with("raspi") => Some(name.to_owned()),
            _ => return Err(wanted("machine", "one of QEMU's, such as raspi3b, or - for none")),
        };
        Ok(Self {
            model: model.to_owned(),
            architecture,
            device_tree: device_tree.to_owned(),
            chip,
            kernel: kernel.to_owned(),
            firmware: family,
            bluetooth: has("bluetooth", bluetooth)?,
            wifi: has("wifi", wifi)?,
            machine,
            in_its_place: in_its_place.map(str::to_owned),
            kind,
        })
    }
}

/// Reads the table in a file.
///
/// # Errors
///
/// If it cannot be read, or what it says is not well-formed: where, and what it should say.
pub fn read(file: &Path) -> Result<Vec<Board>, Failure> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(Failure::of(format!("read {name}")))?;
    parse(&text, &name)
}

/// Reads the table; `name` is what it is called in a failure.
///
/// # Errors
///
/// As those of [`read`].
pub fn parse(text: &str, name: &str) -> Result<Vec<Board>, Failure> {
    let header = format!("# {}", COLUMNS.join("\t"));
    if !text.lines().any(|line| line == header) {
        return Err(Failure::new(format!(
            "{name} does not name its columns in a comment, with tabs between them: {}",
            COLUMNS.join(", ")
        )));
    }
    let mut boards = Vec::new();
    let mut models = BTreeSet::new();
    for (number, line) in text.lines().enumerate().map(|(number, line)| (number + 1, line)) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |why: &str| Failure::new(format!("{name}, line {number}, is wrong: {why}"));
        let board = Board::parse(line).map_err(|why| wrong(&why))?;
        if !models.insert(board.model.clone()) {
            return Err(wrong(&format!("the {} stands above it already", board.model)));
        }
        boards.push(board);
    }
    Ok(boards)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "# model\tarchitecture\tdevice tree\tkernel\tfirmware\tbluetooth\twifi\tmachine\tin its place\n";
    const LINE: &str =
        "3 Model A+\tarm64\tbcm2837-rpi-3-a-plus\tlinux-image-arm64\tstart\tyes\tno\traspi3b\t-";

    fn parsed(lines: &str) -> Result<Vec<Board>, String> {
        parse(&format!("{HEADER}{lines}\n"), "boards").map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_line_is_a_board() {
        let boards = parsed(&format!(
            "\n# more\n{LINE}\n4 Model B\tarm64\tbcm2711-rpi-4-b\tlinux-image-arm64\tstart4\tyes\tyes\t-\t-"
        ));
        let [first, second] = boards.expect("a table").try_into().expect("two boards");
        assert_eq!(first.model, "3 Model A+");
        assert_eq!(first.architecture, Architecture::Arm64);
        assert_eq!(first.vendors_device_tree(), "bcm2710-rpi-3-b-plus");
        assert_eq!((first.bluetooth, first.wifi), (true, false));
        assert_eq!(first.machine.as_deref(), Some("raspi3b"));
        assert!(first.kind.sees("pi3+"));
        assert_eq!((second.firmware, second.chip), (Firmware::Start4, Chip::Bcm2711));
        assert_eq!(
            (second.machine.as_deref(), second.kernel.as_str()),
            (None, "linux-image-arm64")
        );
        assert_eq!(second.vendors_device_tree(), "bcm2711-rpi-4-b");
    }

    #[test]
    fn each_mistake_is_told_with_its_line() {
        for (from, to, told) in [
            ("3 Model A+", "6 Model A", "does not know the Raspberry Pi 6 Model A"),
            ("arm64\tbcm", "arm65\tbcm", "its architecture is not arm64, armhf or armel"),
            ("bcm2837", "bcm2710", "its device tree is not"),
            ("-a-plus", "-a-plus.dtb", "its device tree is not"),
            ("linux-image-arm64", "linux", "its kernel is not"),
            ("\tstart\t", "\tstart4\t", "its firmware is not start, which boots its chip"),
            ("\tyes\t", "\ttrue\t", "its bluetooth is not yes or no"),
            ("\tno\t", "\t\t", "its wifi is not yes or no"),
            ("raspi3b", "virt", "its machine is not"),
            ("\t-", "\tbcm2836", "its tree in its place is not one of the mainline kernel"),
            ("\tno\t", " no ", "it has 7 columns instead of 9"),
        ] {
            let changed = LINE.replacen(from, to, 1);
            assert_ne!(changed, LINE, "{from}");
            let reason = parsed(&changed).expect_err(to);
            assert!(reason.starts_with("boards, line 2, is wrong: "), "{reason}");
            assert!(reason.contains(told), "{reason}");
        }
        let reason = parsed(&format!("{LINE}\n{LINE}")).expect_err("twice");
        assert!(reason.contains("line 3") && reason.contains("stands above"), "{reason}");
        assert!(parse(LINE, "boards").is_err(), "without names for the columns");
    }
}
