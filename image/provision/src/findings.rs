//! What is wrong or worth telling about the files on the card.

use p1_tcp::config::Mistake;
use std::fmt;

/// Something about a file on the card that its owner ought to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub weight: Weight,
    /// The file's name in its folder.
    pub file: &'static str,
    /// What it is, and where in the file.
    pub mistake: Mistake,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// A setting is not in force as it is written.
    Mistake,
    /// Everything is in force, and yet something may not be as it was meant.
    Remark,
}

impl Finding {
    /// A finding that is about all of a file.
    #[must_use]
    pub fn of_file(weight: Weight, file: &'static str, message: String) -> Self {
        Self { weight, file, mistake: Mistake::of_file(message) }
    }
}

/// Begins with `file:line:column:`.
impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:", self.file)?;
        if let Some((line, column)) = self.mistake.place {
            write!(out, "{line}:{column}:")?;
        }
        write!(out, " {}", self.mistake.message)
    }
}

/// The mistakes in a file as findings.
pub fn in_file(file: &'static str, mistakes: Vec<Mistake>) -> impl Iterator<Item = Finding> {
    mistakes.into_iter().map(move |mistake| Finding { weight: Weight::Mistake, file, mistake })
}
