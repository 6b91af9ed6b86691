//! A system that has of the appliance what p1-edit needs.

use crate::Given;
use crate::card::Card;
use emulator::failure::Failure;
use emulator::machine::Machine;
use emulator::plan::{Forward, Plan};
use emulator::shell::Shell;
use std::path::Path;
use std::time::Duration;

/// An emulated machine boots in 20 s where the host has nothing else to do.
const BOOTING: Duration = Duration::from_secs(300);
/// A panic ends the machine (with `-no-reboot`), and a timer that a busy host delays is no reason for
/// one.
const KERNEL: &str = "root=/dev/vda rw console=ttyS0 quiet panic=-1 no_timer_check";
/// What of the appliance is laid over it, from the project's folder.
const LAID_OVER: [(&str, &str); 4] = [
    ("image/root/usr/sbin/p1-edit", "/usr/sbin/p1-edit"),
    ("image/provision/p1-provision.service", "/etc/systemd/system/p1-provision.service"),
    (
        "image/provision/root/usr/lib/systemd/system/p1-tcp.service.d/p1-provision.conf",
        "/etc/systemd/system/p1-tcp.service.d/p1-provision.conf",
    ),
    (
        "image/root/etc/systemd/system/p1-tcp.service.d/appliance.conf",
        "/etc/systemd/system/p1-tcp.service.d/appliance.conf",
    ),
];

/// A running system, with a card.
pub struct Guest {
    pub machine: Machine,
    pub shell: Shell,
}

impl Guest {
    pub fn boot(given: &Given, card: &Card) -> Result<Self, Failure> {
        let folder = given.machines.join("trixie");
        let mut machine = Plan::new(given.machines.join("qemu-system-x86_64"), "pc")?
            .option("-accel", "tcg")
            .option("-smp", "2")
            .option("-m", "512M")
            .option("-kernel", folder.join("kernel"))
            .option("-initrd", folder.join("initramfs"))
            .option("-append", KERNEL)
            .disk_that_forgets(&folder.join("disk"), "virtio")
            .recorded_disk(&card.image(), &card.log(), "virtio")?
            .console(&folder.join("console"))
            .network("virtio-net-pci,romfile=")
            .forward(Forward::Tcp(22))
            .flag("-no-reboot")
            .start()?;
        let mut shell = Shell::connect(&mut machine, "root", &folder.join("key"), BOOTING)?;
        shell.run("mkdir -p /boot/firmware /etc/systemd/system/p1-tcp.service.d")?;
        shell.run("mount -t vfat -o ro,umask=0077,nodev,nosuid,noexec /dev/vdb /boot/firmware")?;
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut copy = |from: &Path, to: &str| {
            let bytes = std::fs::read(from);
            shell.write(to, &bytes.map_err(Failure::of(format!("read {}", from.display())))?)
        };
        copy(&given.provision, "/usr/sbin/p1-provision")?;
        for (from, to) in LAID_OVER {
            copy(&project.join(from), to)?;
        }
        shell.run("chmod +x /usr/sbin/p1-edit /usr/sbin/p1-provision")?;
        shell.run("systemctl daemon-reload && systemctl restart p1-provision p1-tcp")?;
        Ok(Self { machine, shell })
    }

    /// Runs p1-edit with an editor that does what `script` tells sed, and these answers; what it
    /// said.
    pub fn edit(&mut self, file: &str, script: &str, answers: &str) -> Result<String, Failure> {
        let editor = format!("#!/bin/sh\nexec sed --in-place '{script}' \"$1\"\n");
        self.shell.write("/run/editor", editor.as_bytes())?;
        // Started by a shell, as what is below /run cannot be.
        let line = format!("printf '{answers}' | EDITOR='sh /run/editor' p1-edit {file} 2>&1");
        self.shell.run(&line)
    }

    /// A file as the system sees it.
    pub fn read(&mut self, name: &str) -> Result<String, Failure> {
        self.shell.run(&format!("cat /boot/firmware/{name}"))
    }
}
