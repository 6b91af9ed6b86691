//! What can be said on the command line.

use std::ffi::OsString;
use std::path::PathBuf;

/// What the program tells of itself.
pub const VERSION: &str = concat!("p1-provision ", env!("CARGO_PKG_VERSION"));

/// The help.
pub const USAGE: &str = "\
Usage: p1-provision apply [--root DIR] [--device FILE]
       p1-provision check FILE [--root DIR]
       p1-provision show NAME [--root DIR] [--device FILE]
       p1-provision replace NAME FILE [--root DIR] [--device FILE]

apply    reads appliance.toml, rpi-preseed.toml and p1-tcp.toml on the boot partition, writes what
         the system reads below /run, and says what came of it in the journal and in p1-report.txt
check    tells every mistake in an appliance.toml (exit status 78), or what would be in force by it
show     prints NAME on the boot partition, which is appliance.toml or p1-tcp.toml
replace  gives it the contents of FILE; a power cut leaves it wholly old or wholly new

  --root DIR      where the system is, instead of at /; its host name is set only there
  --device FILE   the boot partition's device, which is written to while it is mounted read-only,
                  instead of the one that is mounted at /boot/firmware
  -h, --help      this
  -V, --version   the version
";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Arguments {
    /// Apply what is on the card.
    Apply {
        /// Where the system is; none is `/`, and only then its host name is set.
        root: Option<PathBuf>,
        /// The boot partition's device; none is the one that is mounted.
        device: Option<PathBuf>,
    },
    /// Tell the mistakes in a file.
    Check {
        /// Where the system is.
        root: Option<PathBuf>,
        /// An `appliance.toml`.
        file: PathBuf,
    },
    /// Print a file on the boot partition.
    Show {
        /// Where the system is.
        root: Option<PathBuf>,
        /// The boot partition's device; none is the one that is mounted.
        device: Option<PathBuf>,
        /// The name of the file there.
        name: String,
    },
    /// Give a file on the boot partition other contents.
    Replace {
        /// Where the system is.
        root: Option<PathBuf>,
        /// The boot partition's device; none is the one that is mounted.
        device: Option<PathBuf>,
        /// The name of the file there.
        name: String,
        /// The file that has the contents.
        file: PathBuf,
    },
    /// Print the help.
    Help,
    /// Print the version.
    Version,
}

impl Arguments {
    /// Understands the arguments behind the program's name.
    ///
    /// # Errors
    ///
    /// What is wrong with them, as half a sentence.
    pub fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let (mut words, mut root, mut device) = (Vec::new(), None, None);
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let path = arguments.next().map(PathBuf::from);
                path.ok_or_else(|| format!("{} needs a path", argument.to_string_lossy()))
            };
            match argument.to_str() {
                Some("-h" | "--help") => return Ok(Self::Help),
                Some("-V" | "--version") => return Ok(Self::Version),
                Some("--root") => root = Some(value()?),
                Some("--device") => device = Some(value()?),
                Some(option) if option.starts_with('-') => {
                    return Err(format!("there is no option {option}"));
                }
                _ => words.push(argument),
            }
        }
        let verb = words.first().and_then(|verb| verb.to_str());
        match (verb, &words[..]) {
            (Some("apply"), [_]) => Ok(Self::Apply { root, device }),
            (Some("check"), [_, file]) if device.is_none() => {
                Ok(Self::Check { root, file: file.into() })
            }
            (Some("check"), [_]) => Err("check needs a file".into()),
            (Some("show"), [_, name]) => {
                Ok(Self::Show { root, device, name: name.to_string_lossy().into_owned() })
            }
            (Some("show"), _) => Err("show needs a name".into()),
            (Some("replace"), [_, name, file]) => {
                let (name, file) = (name.to_string_lossy().into_owned(), file.into());
                Ok(Self::Replace { root, device, name, file })
            }
            (Some("replace"), _) => Err("replace needs a name and a file".into()),
            _ => Err("say apply, check, show or replace".into()),
        }
    }
}
