//! What the daemon tells on its status socket.

use super::document;
use crate::language::Language;
use crate::report::Report;
use std::io::{self, ErrorKind, Read};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// The daemon answers at once, also an old Raspberry Pi's.
const PATIENCE: Duration = Duration::from_secs(2);
/// More than any report has, in bytes.
const LARGEST: u64 = 1 << 20;

/// Why there is no report.
pub(super) enum Refusal {
    /// No daemon listens there.
    Absent,
    /// The daemon may be asked by others only.
    Forbidden,
    /// Anything else.
    Other(String),
}

/// The document of the daemon that listens at `socket`.
pub(super) fn told(socket: &Path) -> Result<Vec<u8>, Refusal> {
    let read = || -> io::Result<Vec<u8>> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut document = Vec::new();
        stream.take(LARGEST).read_to_end(&mut document)?;
        Ok(document)
    };
    read().map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => Refusal::Absent,
        ErrorKind::PermissionDenied => Refusal::Forbidden,
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            Refusal::Other(format!("no answer within {} s", PATIENCE.as_secs()))
        }
        _ => Refusal::Other(error.to_string()),
    })
}

/// The report of the daemon that listens at `socket`.
pub(super) fn report(socket: &Path) -> Result<Report, Refusal> {
    understood(&told(socket)?)
}

/// The report that a document is.
pub(super) fn understood(document: &[u8]) -> Result<Report, Refusal> {
    document::report(document).map_err(Refusal::Other)
}

impl Refusal {
    /// One sentence for whoever asked, with what to do about it.
    pub(super) fn sentence(&self, socket: &Path, language: Language) -> String {
        let socket = socket.display();
        match (self, language) {
            (Self::Absent, Language::English) => format!(
                "the service does not run, as nothing listens at {socket}; start it with `sudo \
                 systemctl start p1-tcp`"
            ),
            (Self::Absent, Language::Dutch) => format!(
                "de dienst draait niet, want niets luistert op {socket}; start hem met `sudo \
                 systemctl start p1-tcp`"
            ),
            (Self::Forbidden, Language::English) => format!(
                "{socket} may not be opened by this user; run this with sudo, or as a member of \
                 the group p1serial"
            ),
            (Self::Forbidden, Language::Dutch) => format!(
                "{socket} mag door deze gebruiker niet worden geopend; doe dit met sudo, of als \
                 lid van de groep p1serial"
            ),
            (Self::Other(why), Language::English) => format!(
                "the service at {socket} gives no report ({why}); see `journalctl -u p1-tcp`, or \
                 start it again with `sudo systemctl restart p1-tcp`"
            ),
            (Self::Other(why), Language::Dutch) => format!(
                "de dienst op {socket} geeft geen verslag ({why}); zie `journalctl -u p1-tcp`, of \
                 start hem opnieuw met `sudo systemctl restart p1-tcp`"
            ),
        }
    }
}
