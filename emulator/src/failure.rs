//! Why something did not come about.

use std::fmt;

/// One sentence on what failed, where and why, with what helps to find out more below it.
///
/// It shows the same by `Debug`, so that `expect` prints it as it is meant.
pub struct Failure(String);

impl Failure {
    /// A failure that is told by this sentence.
    #[must_use]
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// For `map_err`: `what` could not be done.
    pub fn of<E: fmt::Display>(what: impl Into<String>) -> impl FnOnce(E) -> Self {
        move |error| Self(format!("cannot {}: {error}", what.into()))
    }

    /// With evidence below it: the end of a log, the output of a command.
    #[must_use]
    pub fn with(self, title: &str, text: &str) -> Self {
        Self(format!("{}\n--- {title}\n{}\n---", self.0, text.trim_end()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
