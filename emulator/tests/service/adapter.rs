//! A USB adapter that is plugged in long after the service has started, pulled out, and plugged in
//! again.

use crate::guest::{AT_FIRST, Guest, served};
use emulator::failure::Failure;
use emulator::meter::Meter;
use serde_json::{Value, json};

/// Its path, by the names that QEMU gives its FTDI adapter, and the serial number below.
pub const DEVICE: &str = "/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_P1CABLE-if00-port0";

fn device() -> Value {
    json!({
        "driver": "usb-serial",
        "id": "adapter",
        "chardev": "adapter",
        "serial": "P1CABLE",
        // It is there whether a meter is connected to it or not.
        "always-plugged": true,
    })
}

pub fn comes_late(guest: &mut Guest) -> Result<(), Failure> {
    guest.configure(&format!("[serial]\ndevice = \"{DEVICE}\"\n"))?;
    guest.shell.run("systemctl restart p1-tcp")?;
    assert_eq!(guest.shell.run("ls /dev | grep ttyUSB || true")?, "");
    plugged_in_and_out(guest)?;
    guest.reload(AT_FIRST, "reading /dev/ttyS1")?;
    served(&mut guest.service, &guest.uart)
}

/// Plugs the adapter in, out, in and out while the daemon runs that waits for it.
pub fn plugged_in_and_out(guest: &mut Guest) -> Result<(), Failure> {
    guest.wait_for_property("StatusText", |text| {
        text.starts_with("there is no /dev/serial/by-id")
    })?;
    // The adapter's own driver has still to be loaded.
    assert_eq!(guest.shell.run("lsmod | grep ^ftdi_sio || true")?, "");
    let pid = guest.main_pid()?;
    guest.machine.plug_in(&device())?;
    let meter: Meter = guest.meter_at("adapter")?;
    served(&mut guest.service, &meter)?;
    let latency = "cat /sys/bus/usb-serial/devices/ttyUSB0/latency_timer";
    assert_eq!(guest.shell.run(latency)?.trim(), "1", "the udev rule's latency in ms");

    let mark = guest.mark()?;
    guest.machine.unplug("adapter")?;
    guest.wait_for_message(&mark, &format!("lost {DEVICE}"))?;
    guest.wait_for_property("StatusText", |text| {
        text.starts_with("there is no /dev/serial/by-id")
    })?;

    guest.machine.plug_in(&device())?;
    served(&mut guest.service, &meter)?;
    assert_eq!(guest.main_pid()?, pid);
    assert_eq!(guest.property("NRestarts")?, "0");
    guest.machine.unplug("adapter")
}
