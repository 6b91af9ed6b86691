//! A configuration's text, and as much of it as can be read.
//!
//! TOML's parser gives up behind some mistakes. A mistake in one statement must not hide the others,
//! so that whoever edits the file hears of all mistakes at once and, where every setting counts for
//! itself, the others are in force: statements that cannot be read are told and left out.

use super::{Mistake, text};
use toml::de::{DeTable, Error};

/// A text, the mistakes that keep parts of it from being read, and the rest.
pub struct Source {
    text: String,
    /// As long as the text, with blanks for what cannot be read.
    readable: String,
    /// By offset.
    mistakes: Vec<(usize, String)>,
    undecodable: Option<Mistake>,
    secret: bool,
}

impl Source {
    /// The text of a file that holds nothing secret.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self::of(bytes, false)
    }

    /// The text of a file that holds secrets: its mistakes quote nothing that could be one.
    #[must_use]
    pub fn secret(bytes: &[u8]) -> Self {
        Self::of(bytes, true)
    }

    fn of(bytes: &[u8], secret: bool) -> Self {
        let (text, undecodable) = text::decode(bytes);
        let (readable, mistakes) = if DeTable::parse_recoverable(&text).1.is_empty() {
            (text.clone(), Vec::new())
        } else {
            leave_out_broken(&text, secret)
        };
        Self { text, readable, mistakes, undecodable, secret }
    }

    /// The table, and every mistake in the text by its offset.
    pub(super) fn table(&self) -> (DeTable<'_>, Vec<(usize, String)>) {
        let (table, errors) = DeTable::parse_recoverable(&self.readable);
        let mut mistakes = self.mistakes.clone();
        mistakes.extend(errors.iter().map(|error| told(&self.readable, error, self.secret)));
        (table.into_inner(), mistakes)
    }

    /// The mistakes with their places, in the order of the lines; of several on one line the first,
    /// as the others mostly follow from it.
    pub(super) fn placed(&self, mistakes: Vec<(usize, String)>) -> Vec<Mistake> {
        let breaks = self.text.match_indices('\n').map(|(at, _)| at + 1);
        let starts: Vec<usize> = std::iter::once(0).chain(breaks).collect();
        // Each with its line, and where it is. Everything follows from what cannot be decoded.
        let mut first: Vec<(Option<usize>, usize, Mistake)> = Vec::new();
        let undecodable = self.undecodable.iter().cloned();
        let undecodable =
            undecodable.map(|mistake| (mistake.place.map(|(line, _)| line), 0, mistake));
        let placed = mistakes.into_iter().map(|(at, message)| {
            let line = starts.partition_point(|start| *start <= at);
            let before = self.text.get(starts[line - 1]..at).unwrap_or_default();
            let place = Some((line, before.chars().count() + 1));
            (Some(line), at, Mistake { place, message })
        });
        for new in undecodable.chain(placed) {
            match first.binary_search_by_key(&new.0, |known| known.0) {
                // Syntax, which comes before meaning, stays at one place.
                Ok(same) if new.1 < first[same].1 => first[same] = new,
                Ok(_) => {}
                Err(place) => first.insert(place, new),
            }
        }
        first.into_iter().map(|(_, _, mistake)| mistake).collect()
    }

    /// Whether mistakes must not quote the text.
    pub(super) fn is_secret(&self) -> bool {
        self.secret
    }
}

/// A text with blanks in the place of each statement that cannot be read, and what is wrong with
/// those. One in which only quotation marks are missing can be read, and is told later on.
fn leave_out_broken(text: &str, secret: bool) -> (String, Vec<(usize, String)>) {
    let mut readable = String::with_capacity(text.len());
    let mut mistakes = Vec::new();
    let mut below_broken_heading = false;
    for statement in statements(text) {
        let at = readable.len();
        let heading = is_heading(statement);
        // What stands below a broken heading would seem to belong to the section before.
        let mut broken = below_broken_heading && !heading;
        if !broken {
            let (_, errors) = DeTable::parse_recoverable(statement);
            let is_quotation = |error| is_unquoted(error) && !snippet(statement, error).is_empty();
            broken = !errors.iter().all(is_quotation);
            below_broken_heading = broken && heading;
            let errors = errors.iter().filter(|_| broken);
            mistakes.extend(errors.map(|error| {
                let (offset, message) = told(statement, error, secret);
                (at + offset, message)
            }));
        }
        if broken {
            let blank = |byte| if byte == b'\n' { '\n' } else { ' ' };
            readable.extend(statement.bytes().map(blank));
        } else {
            readable.push_str(statement);
        }
    }
    (readable, mistakes)
}

/// The parts of a text that can be read one by one: each begins with a line that begins neither
/// with a quotation mark, as the items of a list do, nor with a sign that ends or goes on with one.
fn statements(text: &str) -> impl Iterator<Item = &str> {
    let goes_on = |line: &str| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with(['"', '\'', ']', '}', ',', '#'])
    };
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut lines = rest.split_inclusive('\n');
        let first = lines.next()?.len();
        let length = first + lines.take_while(|line| goes_on(line)).map(str::len).sum::<usize>();
        let (statement, behind) = rest.split_at(length);
        rest = behind;
        Some(statement)
    })
}

/// Whether a statement begins a section, or was meant to.
fn is_heading(statement: &str) -> bool {
    let first = statement.lines().next().unwrap_or_default().trim();
    first.starts_with('[') || (first.ends_with(']') && !first.contains('='))
}

fn is_unquoted(error: &Error) -> bool {
    error.message().starts_with("string values must be quoted")
}

fn snippet<'t>(text: &'t str, error: &Error) -> &'t str {
    text.get(error.span().unwrap_or_default()).unwrap_or_default().trim()
}

/// What TOML's parser found wrong and at which offset, in words for someone who has never heard of
/// TOML.
fn told(text: &str, error: &Error, secret: bool) -> (usize, String) {
    let snippet = snippet(text, error);
    let quoted = |before: &str, behind: &str| {
        let hide = secret || snippet.is_empty();
        if hide { String::new() } else { format!("{before}{snippet}{behind}") }
    };
    let message = if snippet == ":" {
        "between a key and its value stands `=` and not `:`".into()
    } else if !is_unquoted(error) {
        format!("this is no TOML{}: {}", quoted(" at `", "`"), error.message())
    } else if snippet.is_empty() {
        "there is no value behind the `=`; write one, or leave the line out".into()
    } else if !secret && snippet.starts_with(|first: char| first.is_ascii_digit()) {
        format!("`{snippet}` is neither a number nor a text in straight quotation marks")
    } else {
        format!("a text needs straight quotation marks around it{}", quoted(": \"", "\""))
    };
    (error.span().unwrap_or_default().start, message)
}

#[cfg(test)]
mod tests {
    use super::super::table::Root;
    use super::*;

    /// The keys of [a] and [b] that can be read, and the mistakes as `line: message`.
    fn read(source: &Source) -> (Vec<&'static str>, Vec<String>) {
        let root = Root::parse(source);
        let all = [("a", "x", "a.x"), ("a", "y", "a.y"), ("b", "x", "b.x"), ("b", "y", "b.y")];
        let there = all.into_iter().filter(|(section, key, _)| root.has(section, key));
        let told = |mistake: Mistake| format!("{:?}: {}", mistake.place, mistake.message);
        (
            there.map(|(.., name)| name).collect(),
            root.into_mistakes().into_iter().map(told).collect(),
        )
    }

    #[test]
    fn a_broken_statement_costs_nothing_but_itself() {
        for (text, left, told) in [
            (
                "[a]\nx: 1\ny = 2\n[b]\nx = 3",
                &["a.y", "b.x"][..],
                "Some((2, 2)): between a key and its value stands `=` and not `:`",
            ),
            (
                "[a]\nx 1\n[b]\nx = 3",
                &["b.x"],
                "Some((2, 3)): this is no TOML: key with no value, expected `=`",
            ),
            (
                "[a]\nx = \"\"\"1\"\ny = 2",
                &["a.y"],
                "Some((3, 1)): this is no TOML: invalid multi-line basic string, expected `\"`",
            ),
            (
                "[a]\nx = [\n \"1\",\n# two\n \"2\"\n[b]\ny = 3",
                &["b.y"],
                "Some((5, 5)): this is no TOML: unclosed array, expected `]`",
            ),
            (
                "[a]\nx =\ny = 1",
                &["a.y"],
                "Some((2, 4)): there is no value behind the `=`; write one, or leave the line out",
            ),
            (
                "[a]\nx = 1\n[b\ny = 2\n[b]\nx = 3",
                &["a.x", "b.x"],
                "Some((3, 3)): this is no TOML: unclosed table, expected `]`",
            ),
            (
                "[a]\nx = 1\nb]\ny = 2\n",
                &["a.x"],
                "Some((3, 2)): this is no TOML: key with no value, expected `=`",
            ),
            (
                "[a]\nx = one\ny = 2",
                &["a.x", "a.y"],
                "Some((2, 5)): a text needs straight quotation marks around it: \"one\"",
            ),
        ] {
            let source = Source::new(text.as_bytes());
            assert_eq!(read(&source), (left.to_vec(), vec![told.to_owned()]), "{text}");
        }
    }

    #[test]
    fn a_byte_that_is_no_text_costs_nothing() {
        let source = Source::new(b"[a]\n# caf\xE9\nx = 1\ny = \n");
        let (left, told) = read(&source);
        assert_eq!(left, ["a.x"]);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("Some((2, 6)): this character is not UTF-8"), "{told:?}");
    }

    #[test]
    fn secrets_are_not_quoted() {
        for text in [
            "[a]\nx = hunter2",
            "[a]\nx = 2hunter2",
            "[a]\nx = hun\"hunter2\"",
            "[a]\nx = \"hun\"hunter2 = hunter2",
            "[a]\nx =\n\"hunter2\"",
            "[a]\nhunter2 = 1",
            "[a]\n\"hunter2\" = 1",
            "[a]\nx hunter2",
            "[a]\nx: hunter2",
            "hunter2",
            "[hunter2]",
            "[a]\nx = \"\\hunter2\"",
            "[a]\nx = \"hunter2",
            "[a]\nx = \"\"\"hunter2",
            "[a]\nx = [hunter2",
            "[a]\nx = { hunter2 }",
            "[a]\nx = 1\n[a.hunter2]\n[a.hunter2]",
        ] {
            let source = Source::secret(text.as_bytes());
            let mut root = Root::parse(&source);
            root.refuse_unknown(&[("a", &["x", "hunter"])]);
            let mistakes = root.into_mistakes();
            assert!(!mistakes.is_empty(), "{text}");
            assert!(!format!("{mistakes:?}").contains("hunter2"), "{text}: {mistakes:?}");
        }
    }
}
