//! An emulated Raspberry Pi that starts from a card.

use crate::boards::Board;
use crate::card::Card;
use crate::failure::Failure;
use crate::firmware::boot::Boot;
use crate::plan::Plan;
use std::path::Path;

/// What QEMU's machines cannot do, and hardware can: to arm the watchdog starts them again at once.
const EMULATOR: &str = "module_blacklist=bcm2835_wdt";

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
    let qemu = if boot.is_64_bit { "qemu-system-aarch64" } else { "qemu-system-arm" };
    let plan = Plan::new(machines.join(qemu), machine)?
        .option("-kernel", kernel)
        .option("-dtb", device_tree)
        .option("-append", format!("{} {EMULATOR}", boot.command_line));
    Ok(match boot.initramfs {
        Some(initramfs) => plan.option("-initrd", initramfs),
        None => plan,
    })
}
