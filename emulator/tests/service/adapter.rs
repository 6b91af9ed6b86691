//! A USB adapter that is plugged in long after the service has started, pulled out, and plugged in
//! again.

use crate::guest::{AT_FIRST, Guest, served};
use emulator::failure::Failure;

/// The line that it is on.
pub const ADAPTER: &str = "adapter";
/// Its serial number.
pub const SERIAL: &str = "P1CABLE";
/// Its path, by the names that QEMU gives its FTDI adapter.
pub const DEVICE: &str = "/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_P1CABLE-if00-port0";

pub fn comes_late(guest: &mut Guest) -> Result<(), Failure> {
    guest.configure(&format!("[serial]\ndevice = \"{DEVICE}\"\n"))?;
    guest.shell.run("systemctl restart p1-tcp")?;
    assert_eq!(guest.shell.run("ls /dev | grep ttyUSB || true")?, "");
    plugged_in_and_out(guest)?;
    guest.reload(AT_FIRST, "reading /dev/ttyS1")?;
    served(&mut guest.service, &guest.uart)
}

/// Plugs the adapter in, out, in and out, by a meter that comes and goes, while the daemon runs that
/// waits for it.
pub fn plugged_in_and_out(guest: &mut Guest) -> Result<(), Failure> {
    guest.wait_for_property("StatusText", |text| {
        text.starts_with("there is no /dev/serial/by-id")
    })?;
    // The adapter's own driver has still to be loaded.
    assert_eq!(guest.shell.run("lsmod | grep ^ftdi_sio || true")?, "");
    let pid = guest.main_pid()?;
    let meter = guest.meter_at(ADAPTER)?;
    served(&mut guest.service, &meter)?;
    let latency = "cat /sys/bus/usb-serial/devices/ttyUSB0/latency_timer";
    assert_eq!(guest.shell.run(latency)?.trim(), "1", "the udev rule's latency in ms");

    let mark = guest.mark()?;
    drop(meter);
    guest.wait_for_message(&mark, &format!("lost {DEVICE}"))?;
    guest.wait_for_property("StatusText", |text| {
        text.starts_with("there is no /dev/serial/by-id")
    })?;

    let meter = guest.meter_at(ADAPTER)?;
    served(&mut guest.service, &meter)?;
    assert_eq!(guest.main_pid()?, pid);
    assert_eq!(guest.property("NRestarts")?, "0");
    Ok(())
}
