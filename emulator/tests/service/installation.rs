//! Removing the package, and installing it where the machine is running already, as a new user does.

use crate::adapter;
use crate::guest::Guest;
use emulator::failure::Failure;

pub fn on_a_running_machine(guest: &mut Guest) -> Result<(), Failure> {
    let package = std::fs::read(&guest.package);
    let package = package.map_err(Failure::of(format!("read {}", guest.package.display())))?;
    guest.shell.write("/root/p1-tcp.deb", &package)?;
    let config = guest.shell.run("cat /etc/p1-tcp.toml")?.replace("/dev/ttyS1", adapter::DEVICE);
    guest.shell.run("dpkg --purge p1-tcp")?;
    assert_eq!(guest.shell.run("getent passwd p1serial || true")?, "", "the user is left");
    // As in a machine that has never had the package: nothing has loaded these yet.
    guest.shell.run("modprobe --remove ftdi_sio usbserial cdc_acm")?;
    assert_eq!(guest.shell.run("grep -e ttyUSB -e ttyACM /proc/devices || true")?, "");

    guest.configure(&config)?;
    // The file that is there already is the user's, and is kept.
    guest.shell.run("dpkg --install --force-confold /root/p1-tcp.deb")?;
    assert_eq!(guest.property("ActiveState")?, "active");
    assert_eq!(guest.property("UnitFileState")?, "enabled");
    adapter::plugged_in_and_out(guest)
}
