//! Opening a serial port, and reading from it.

use super::errors;
use crate::report::Errors;
use mio_serial::{ClearBuffer, DataBits, FlowControl, Parity, SerialPort, SerialStream, StopBits};
use nix::libc;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// More than this within [`MOMENT`] is no line but a buffer: 64 bytes at 115200 baud take 5.6 ms.
const TRICKLE: usize = 64;
const MOMENT: Duration = Duration::from_millis(1);
/// How often the port is emptied at most before whatever still comes is taken for the line.
const EMPTYINGS: usize = 100;

/// An open port.
///
/// This is what tokio-serial does, but for one thing: see [`Port::read`].
pub(super) struct Port(AsyncFd<SerialStream>);

impl Port {
    /// Opens the port for this process alone (`TIOCEXCL`, and `flock` against those it does not
    /// keep out), raw and without flow control, and drops what waited in it from before.
    ///
    /// The port is opened at eight data bits without parity whatever the framing is; see
    /// [`framing::SevenBits`] for why.
    ///
    /// # Errors
    ///
    /// One sentence with the device and the remedy.
    pub(super) async fn open(device: &Path, baud: u32) -> Result<Self, Refusal> {
        let device = device.to_string_lossy();
        let builder = mio_serial::new(&*device, baud)
            .data_bits(DataBits::Eight)
            .parity(Parity::None)
            .stop_bits(StopBits::One)
            .flow_control(FlowControl::None);
        let stream = SerialStream::open(&builder).map_err(|error| refusal(&device, &error))?;
        let watched = Self::watch(stream).await;
        watched.map_err(|error| Refusal::Other(format!("{device} cannot be read: {error}")))
    }

    /// Sets another speed, in bits per second, and drops what came at the one before.
    ///
    /// # Errors
    ///
    /// If the device has no such speed, or is gone.
    pub(super) fn set_speed(&mut self, baud: u32) -> io::Result<()> {
        let port = self.0.get_mut();
        port.set_baud_rate(baud)?;
        Ok(port.clear(ClearBuffer::Input)?)
    }

    /// What the driver has counted in all; none where it does not count.
    pub(super) fn errors(&self) -> Option<Errors> {
        errors::read(self.0.get_ref())
    }

    async fn watch(stream: SerialStream) -> io::Result<Self> {
        // As in `Alarm`: the descriptor stays the stream's as long as it is watched.
        #[allow(deprecated, reason = "sound here, as said above, and without unsafe code")]
        let mut port = Self(AsyncFd::with_interest(stream, Interest::READABLE)?);
        port.empty().await?;
        Ok(port)
    }

    /// Drops what the kernel received before the port was opened: it is as old as it pleases.
    async fn empty(&mut self) -> io::Result<()> {
        let port = self.0.get_mut();
        for _ in 0..EMPTYINGS {
            port.clear(ClearBuffer::Input)?;
            let mut dropped = 0;
            let mut bin = [0; 4096];
            loop {
                match port.read(&mut bin) {
                    Ok(0) => return Ok(()),
                    Ok(count) => dropped += count,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(error) => return Err(error),
                }
            }
            // The kernel passes on what a full buffer held up only after it has been emptied.
            if dropped < TRICKLE {
                return Ok(());
            }
            tokio::time::sleep(MOMENT).await;
        }
        Ok(())
    }

    /// Waits for bytes and reads them into `buffer`. 0 at a hang-up.
    ///
    /// A terminal that fills less than the buffer has no more for now (`VMIN` is 1, termios(3)), so
    /// it is waited for at once. tokio-serial would ask it once more, which makes one system call in
    /// four.
    ///
    /// # Errors
    ///
    /// Any; the port has to be opened anew after it.
    pub(super) async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut ready = self.0.readable_mut().await?;
            // An error means that there was nothing after all.
            let Ok(read) = ready.try_io(|port| port.get_mut().read(buffer)) else { continue };
            if read.as_ref().is_ok_and(|&count| count < buffer.len()) {
                // This leaves the news of a hang-up in place.
                ready.clear_ready();
            }
            return read;
        }
    }
}

/// Why a port could not be opened: one sentence with the device and the remedy.
pub(super) enum Refusal {
    /// Another program has it.
    InUse(String),
    /// Anything else.
    Other(String),
}

/// Why `device` could not be opened, for the one who has to do something about it.
fn refusal(device: &str, error: &mio_serial::Error) -> Refusal {
    use mio_serial::ErrorKind::{Io, NoDevice};
    let is = |code| error.description == io::Error::from_raw_os_error(code).to_string();
    let why = match error.kind() {
        Io(io::ErrorKind::NotFound) => format!(
            "there is no {device}; plug the adapter in, or name the device that is there as \
             `device` in [serial]"
        ),
        Io(io::ErrorKind::PermissionDenied) => format!(
            "{device} may not be opened by this user; the user has to be in the group of the \
             device, mostly dialout"
        ),
        NoDevice => {
            return Refusal::InUse(format!("{device} is in use by another program; end that one"));
        }
        _ if is(libc::ENOTTY) || error.description == nix::errno::Errno::ENOTTY.desc() => {
            format!("{device} is no serial port; name one as `device` in [serial]")
        }
        _ => format!("{device} cannot be opened: {error}"),
    };
    Refusal::Other(why)
}
