//! Nothing is written to the card.

use crate::pi::Pi;
use emulator::failure::Failure;

/// How many writes the card has had since the start.
pub fn writes(pi: &mut Pi) -> Result<u64, Failure> {
    let counts = pi.shell.run("cat /sys/block/mmcblk0/stat")?;
    // "write I/Os", the fifth (Documentation/block/stat.rst).
    let writes = counts.split_whitespace().nth(4).and_then(|count| count.parse().ok());
    writes.ok_or_else(|| Failure::new(format!("these are no counts: {counts}")))
}

/// Neither the root nor the boot partition can be written, by anybody.
pub fn read_only(pi: &mut Pi) -> Result<(), Failure> {
    for file in ["/x", "/etc/x", "/usr/x", "/boot/firmware/x", "/boot/firmware/p1-tcp.toml"] {
        let tried = pi.shell.try_run(&format!("sudo touch {file}"))?;
        assert!(tried.code != 0 && tried.complaints.contains("Read-only"), "{file}: {tried:?}");
    }
    Ok(())
}
