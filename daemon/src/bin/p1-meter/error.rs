//! What ends the meter before its time.

use std::io;
use std::path::PathBuf;

/// Why the meter ends. Printed as one sentence: what, where, the cause and the remedy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// SIGINT, SIGTERM or SIGHUP asked for it; no failure.
    #[error("ended by a signal")]
    Stopped,
    /// The system refused something.
    #[error("cannot {what}: {source}; {remedy}")]
    System {
        /// What was tried, on what.
        what: String,
        /// Why it did not work.
        source: io::Error,
        /// What the user can do.
        remedy: &'static str,
    },
    /// Something other than a symbolic link stands where the link should be.
    #[error("{0} exists and is not a symbolic link; move it away or give --pty another name")]
    InTheWay(PathBuf),
}

impl Error {
    /// For `map_err`: the system refused to do `what`, and `remedy` may help.
    pub(crate) fn system<E: Into<io::Error>>(
        what: impl Into<String>,
        remedy: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::System { what: what.into(), source: source.into(), remedy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_sentence_with_its_remedy() {
        let source = io::Error::new(io::ErrorKind::NotFound, "no such file");
        let error = Error::system("open /dev/ttyX", "name a serial device")(source);
        assert_eq!(error.to_string(), "cannot open /dev/ttyX: no such file; name a serial device");
    }
}
