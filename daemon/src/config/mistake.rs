//! A mistake in a configuration file, and how it is told.

use std::fmt;
use std::path::PathBuf;

/// One mistake, where it stands, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Line and column, each counted from 1, the column in characters; none if it is the file.
    pub place: Option<(usize, usize)>,
    /// What is wrong and what would be right, in one sentence.
    pub message: String,
}

impl Mistake {
    /// A mistake that is not at one place in the file.
    #[must_use]
    pub fn of_file(message: String) -> Self {
        Self { place: None, message }
    }

    /// A mistake at the byte `offset` of `text`.
    #[must_use]
    pub fn at(text: &str, offset: usize, message: String) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { place: Some((line, column)), message }
    }
}

/// All mistakes in a file; as text, one line for each, beginning with `file:line:column:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes {
    /// The file as it was named.
    pub file: PathBuf,
    /// At least one, in the order of the lines.
    pub mistakes: Vec<Mistake>,
}

impl fmt::Display for Mistakes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, mistake) in self.mistakes.iter().enumerate() {
            if number > 0 {
                writeln!(out)?;
            }
            write!(out, "{}:", self.file.display())?;
            if let Some((line, column)) = mistake.place {
                write!(out, "{line}:{column}:")?;
            }
            write!(out, " {}", mistake.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}
