//! The configuration: bytes of a TOML file in, checked [`Settings`] or every mistake out. Pure but
//! for [`load`].
//!
//! The stages are text (encodings, quotation marks), TOML, keys and values. Each goes on behind a
//! mistake, so that whoever edits the file on a card hears of all of them at once.

mod mistake;
mod settings;
mod source;
pub mod table;
mod text;
mod written;

pub use mistake::{Mistake, Mistakes};
pub use settings::{
    Allow, Checksums, Feed, Framing, Led, Mode, Serial, Settings, Speeds, Tcp, Telegram,
};
pub use source::Source;

use std::io::Read;
use std::path::Path;

/// Where the configuration is looked for when no other file is named; it need not be there.
pub const DEFAULT_FILE: &str = "/etc/p1-tcp.toml";

/// The largest file that is taken for a configuration, in bytes.
pub const LARGEST: u64 = 256 * 1024;

/// Reads and checks the configuration in `file`.
///
/// # Errors
///
/// [`Mistakes`] with everything that is wrong with it, or that it cannot be read.
pub fn load(file: &Path) -> Result<Settings, Mistakes> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(file)
        .and_then(|opened| opened.take(LARGEST + 1).read_to_end(&mut bytes));
    let mistakes = match read {
        Err(error) => vec![Mistake::of_file(format!("it cannot be read: {error}"))],
        Ok(_) if bytes.len() as u64 > LARGEST => vec![Mistake::of_file(format!(
            "it has more than {LARGEST} bytes, so it is no configuration of p1-tcp"
        ))],
        Ok(_) => match parse(&bytes) {
            Ok(settings) => return Ok(settings),
            Err(mistakes) => mistakes,
        },
    };
    Err(Mistakes { file: file.to_owned(), mistakes })
}

/// Checks a configuration. What it leaves out has its default.
///
/// # Errors
///
/// Every mistake in it, in the order of the lines.
pub fn parse(bytes: &[u8]) -> Result<Settings, Vec<Mistake>> {
    let source = Source::new(bytes);
    let mut root = table::Root::parse(&source);
    let settings = settings::read(&mut root);
    let mistakes = root.into_mistakes();
    if mistakes.is_empty() { Ok(settings) } else { Err(mistakes) }
}
