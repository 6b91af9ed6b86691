//! The meter's line: what arrives on it, and what never leaves on it.

use crate::Workshop;
use crate::pi::{METER, PORT, Pi};
use emulator::failure::Failure;
use emulator::plan::Forward;
use emulator::reader::Reader;
use serde_json::json;
use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// How many telegrams are compared.
const TELEGRAMS: usize = 300;
/// A telegram a second, and room for a busy host.
const ENOUGH: Duration = Duration::from_secs(600);
/// How long there is garbage on the line.
const GARBAGE: Duration = Duration::from_secs(10);
/// No faster than a line can be at 115200 baud: the emulated UART takes whatever comes, and a machine with
/// one slow processor would do nothing but take it.
const HUNDRED_BYTES: Duration = Duration::from_micros(8_680);
/// A break on a line that telnet (RFC 854) carries: "interpret as command", "break".
const BREAK: [u8; 2] = [255, 243];

/// Telegrams arrive byte for byte, and none of them is missing.
pub fn telegrams(pi: &mut Pi) -> Result<(), Failure> {
    let address = pi.machine.address(Forward::Tcp(PORT))?;
    let received = Reader::connect(address)?.telegrams(TELEGRAMS, ENOUGH)?;
    pi.confirm(&received)?;
    let status = pi.property("StatusText")?;
    assert!(status.ends_with(", 0 checksum errors"), "{status}");
    Ok(())
}

/// `/dev/ttyAMA0` is the PL011, and nobody but the daemon has it open.
pub fn belongs_to_the_daemon(pi: &mut Pi) -> Result<(), Failure> {
    let ports = pi.as_root("cat /proc/tty/driver/ttyAMA")?;
    assert!(ports.contains("\n0: uart:PL011"), "{ports}");
    // What ends in between is no failure.
    let holders = "sh -c 'find /proc -maxdepth 3 -path \"/proc/[0-9]*/fd/*\" -lname /dev/ttyAMA0 \
        2>/dev/null; true'";
    let held = pi.as_root(holders)?;
    let pid = pi.main_pid()?;
    assert!(
        held.lines().count() == 1 && held.starts_with(&format!("/proc/{pid}/fd/")),
        "the daemon is {pid}, and these have the port open: {held}"
    );
    let consoles = pi.shell.run("cat /sys/class/tty/console/active /proc/consoles")?;
    assert!(!consoles.contains("AMA") && !consoles.contains("ttyS"), "{consoles}");
    let gettys = pi.shell.run("systemctl list-units --state active --no-legend '*getty@*'")?;
    assert_eq!(gettys, "");
    Ok(())
}

/// By what the PL011 divides its clock for the speed it is set to, in 1/64: what is in its registers
/// UARTIBRD and UARTFBRD (ARM DDI 0183, sections 3.3.5 and 3.3.6).
pub fn divisor(pi: &mut Pi) -> Result<u32, Failure> {
    let ports = pi.as_root("cat /proc/tty/driver/ttyAMA")?;
    let base = ports
        .split_whitespace()
        .find_map(|word| u32::from_str_radix(word.strip_prefix("mmio:0x")?, 16).ok());
    let base = base.ok_or_else(|| Failure::new(format!("the PL011 is nowhere: {ports}")))?;
    let line = json!({ "command-line": format!("xp /2wx {:#x}", base + 0x24) });
    let shown = pi.machine.control().execute("human-monitor-command", &line)?;
    let shown = shown.as_str().unwrap_or_default().to_owned();
    let words = shown.split_whitespace().filter_map(|word| word.strip_prefix("0x"));
    let values: Vec<u32> =
        words.filter_map(|word| u32::from_str_radix(word.trim_end_matches(':'), 16).ok()).collect();
    match values[..] {
        [integer, fraction] => Ok(integer * 64 + fraction),
        _ => Err(Failure::new(format!("these are no two registers: {shown}"))),
    }
}

/// Bytes of any kind and breaks change nothing.
pub fn garbage(pi: &mut Pi, workshop: &Workshop) -> Result<(), Failure> {
    let before = (pi.main_pid()?, pi.property("NRestarts")?);
    // One at a time is connected.
    pi.disconnect();
    let mut line = UnixStream::connect(pi.machine.line("uart"));
    let line = line.as_mut().map_err(|error| Failure::new(format!("no line: {error}")))?;
    let mut random = fastrand::Rng::with_seed(1);
    let (started, mut written) = (Instant::now(), 0);
    while started.elapsed() < GARBAGE {
        let mut bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..255)).take(100).collect();
        bytes.extend_from_slice(&BREAK);
        line.write_all(&bytes).map_err(Failure::of("write to the line"))?;
        written += 1;
        std::thread::sleep((HUNDRED_BYTES * written).saturating_sub(started.elapsed()));
    }
    line.shutdown(Shutdown::Both).map_err(Failure::of("leave the line"))?;
    pi.connect(workshop, &METER)?;
    pi.served(PORT)?;
    let after = (pi.main_pid()?, pi.property("NRestarts")?);
    assert_eq!(after, before, "{}", pi.shell.run("journalctl --unit p1-tcp --lines 60")?);
    assert_eq!(pi.shell.run("systemctl is-system-running")?.trim(), "running");
    Ok(())
}

/// Nothing has been sent on the meter's line since power-on: no console, no login, no message of the
/// kernel. Once bytes arrive there may be some: what a terminal receives just when it is opened, before
/// it is made raw, it echoes.
pub fn was_never_written_to(sent: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(sent);
    let bytes = bytes.map_err(Failure::of(format!("read {}", sent.display())))?;
    assert!(bytes.is_empty(), "sent on the meter's line: {}", bytes.escape_ascii());
    Ok(())
}
