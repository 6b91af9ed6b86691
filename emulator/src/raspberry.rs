//! An emulated Raspberry Pi that starts from a card.

use crate::boards::Board;
use crate::card::Card;
use crate::failure::Failure;
use crate::firmware::boot::Boot;
use crate::plan::Plan;
use crate::tool;
use std::ffi::OsStr;
use std::path::Path;

/// What QEMU's machines cannot do, and hardware can: to arm the watchdog starts them again at once. Its
/// driver is a module, or built in.
const EMULATOR: &str = "module_blacklist=bcm2835_wdt initcall_blacklist=bcm2835_wdt_driver_init";
/// QEMU's machines with the first chip, which lack the second half of [`POWER`].
const FIRST_CHIP: [&str; 2] = ["raspi0", "raspi1ap"];
/// The only timer of the first chip is set to a time, and where that has passed before it is set, it rings an
/// hour later. That happens where QEMU has to wait for a processor, so its time is counted in instructions, of
/// 2^2 nanoseconds each, at about the pace at which they are emulated. `shift=auto` makes them longer where QEMU
/// waits, up to a microsecond, and then a time passes all the same while it is set.
const INSTRUCTION: &str = "shift=2";
/// QEMU's machine whose four processors wait for one another: three were seen in the 32-bit kernel's
/// `multi_cpu_stop`, where they spin until the fourth is there too. So it gets one; the others stay switched off. Of
/// two such machines on a host with two processors, one had not applied its settings in 30 s; with one each, both had
/// a shell after 186 s and 188 s. Its time is counted in instructions, too: what it has a limit for by its own clock
/// does not depend on what else the host does.
const WAITS_FOR_ITSELF: &str = "raspi2b";
const ONE_PROCESSOR: (&str, &str) = ("bcm2836.enabled-cpus=1", "maxcpus=1");
/// The node with the power domains, and the registers that are emulated of it.
const POWER: &str = "/soc/watchdog@7e100000";
const EMULATED: [&str; 2] = ["0x7e100000", "0x28"];

/// A Raspberry Pi that takes everything it boots from `card`, as the firmware would (see
/// [`crate::firmware`]). What is made of it for QEMU is put into `folder`, which is made; `machines` is
/// the folder with QEMU that `scripts/qemu` fills.
///
/// The plan still wants the card itself, as a disk at the interface `sd`, and its serial ports: the
/// first one is the PL011 on the header.
///
/// # Errors
///
/// If a Raspberry Pi would not boot from this card, or QEMU does not run the model.
pub fn plan(machines: &Path, card: &Card, board: &Board, folder: &Path) -> Result<Plan, Failure> {
    let machine = board.machine.as_deref().ok_or_else(|| {
        Failure::new(format!("QEMU does not run the {}; take a model that it does", board.model))
    })?;
    let files = folder.join("card");
    let made = std::fs::create_dir_all(&files);
    made.map_err(Failure::of(format!("make the folder {}", files.display())))?;
    let boot = Boot::resolve(&card.unpack_boot(&files)?, board)?;
    let (kernel, device_tree) = (folder.join("kernel"), folder.join("device-tree"));
    boot.unpack_kernel(&kernel)?;
    boot.merge_device_tree(&device_tree)?;
    let (is_first_chip, has_one) = (FIRST_CHIP.contains(&machine), machine == WAITS_FOR_ITSELF);
    if is_first_chip {
        without_asb(&device_tree)?;
    }
    let mut command_line = format!("{} {EMULATOR}", boot.command_line);
    if has_one {
        command_line = format!("{command_line} {}", ONE_PROCESSOR.1);
    }
    let qemu = if boot.is_64_bit { "qemu-system-aarch64" } else { "qemu-system-arm" };
    let plan = Plan::new(machines.join(qemu), machine)?
        .option("-kernel", kernel)
        .option("-dtb", device_tree)
        .option("-append", command_line);
    let counts = is_first_chip || has_one;
    let plan = if counts { plan.option("-icount", INSTRUCTION) } else { plan };
    let plan = if has_one { plan.option("-global", ONE_PROCESSOR.0) } else { plan };
    Ok(match boot.initramfs {
        Some(initramfs) => plan.option("-initrd", initramfs),
        None => plan,
    })
}

/// Takes the registers out of a device tree that a kernel stops at where they are not emulated.
fn without_asb(device_tree: &Path) -> Result<(), Failure> {
    let fdtput = |arguments: &[&OsStr]| {
        tool::run("fdtput", "device-tree-compiler", arguments, "change the device tree for QEMU")
    };
    let (tree, power) = (device_tree.as_os_str(), OsStr::new(POWER));
    let [start, size] = EMULATED.map(OsStr::new);
    fdtput(&["-t".as_ref(), "x".as_ref(), tree, power, "reg".as_ref(), start, size])?;
    fdtput(&["-d".as_ref(), tree, power, "reg-names".as_ref()])
}
