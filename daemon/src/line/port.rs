//! Opening a serial port, and reading from it.

use crate::config::Serial;
use nix::libc;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::time::Duration;
use tokio::io::{AsyncRead, ReadBuf};
use tokio_serial::{
    ClearBuffer, DataBits, FlowControl, Parity, SerialPort, SerialStream, StopBits,
};

/// More than this within [`MOMENT`] is no line but a buffer: 64 bytes at 115200 baud take 5.6 ms.
const TRICKLE: usize = 64;
const MOMENT: Duration = Duration::from_millis(1);
/// How often the port is emptied at most before whatever still comes is taken for the line.
const EMPTYINGS: usize = 100;

/// An open port.
pub(super) struct Port(SerialStream);

impl Port {
    /// Opens the port for this process alone (`TIOCEXCL`, and `flock` against those it does not
    /// keep out), raw and without flow control, and drops what waited in it from before.
    ///
    /// The port is opened at eight data bits without parity whatever the framing is; see
    /// [`crate::framing::SevenBits`] for why.
    ///
    /// # Errors
    ///
    /// One sentence with the device and the remedy.
    pub(super) async fn open(settings: &Serial) -> Result<Self, String> {
        let device = settings.device.to_string_lossy();
        let builder = tokio_serial::new(&*device, settings.baud)
            .data_bits(DataBits::Eight)
            .parity(Parity::None)
            .stop_bits(StopBits::One)
            .flow_control(FlowControl::None);
        let stream = SerialStream::open(&builder).map_err(|error| refusal(&device, &error))?;
        let mut port = Self(stream);
        port.empty().await.map_err(|error| format!("{device} cannot be read: {error}"))?;
        Ok(port)
    }

    /// Drops what the kernel received before the port was opened: it is as old as it pleases.
    async fn empty(&mut self) -> io::Result<()> {
        for _ in 0..EMPTYINGS {
            self.0.clear(ClearBuffer::Input)?;
            let mut dropped = 0;
            let mut bin = [0; 4096];
            loop {
                match self.0.try_read(&mut bin) {
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
    /// # Errors
    ///
    /// Any; the port has to be opened anew after it.
    pub(super) async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut buffer = ReadBuf::new(buffer);
        poll_fn(|context| Pin::new(&mut self.0).poll_read(context, &mut buffer)).await?;
        Ok(buffer.filled().len())
    }
}

/// Why `device` could not be opened, for the one who has to do something about it.
fn refusal(device: &str, error: &tokio_serial::Error) -> String {
    use tokio_serial::ErrorKind::{Io, NoDevice};
    let is = |code| error.description == io::Error::from_raw_os_error(code).to_string();
    match error.kind() {
        Io(io::ErrorKind::NotFound) => format!(
            "there is no {device}; plug the adapter in, or name the device that is there as \
             `device` in [serial]"
        ),
        Io(io::ErrorKind::PermissionDenied) => format!(
            "{device} may not be opened by this user; the user has to be in the group of the \
             device, mostly dialout"
        ),
        NoDevice => format!("{device} is in use by another program; end that one"),
        _ if is(libc::ENOTTY) || error.description == nix::errno::Errno::ENOTTY.desc() => {
            format!("{device} is no serial port; name one as `device` in [serial]")
        }
        _ => format!("{device} cannot be opened: {error}"),
    }
}
