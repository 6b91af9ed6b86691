//! The settings of config.txt that are in force on a board.

use crate::failure::Failure;
use p1_tcp::prepare_pi::config_txt::{Config, Entry};
use p1_tcp::prepare_pi::model;
use p1_tcp::prepare_pi::scope::Holds;

/// The settings on which it depends what boots.
const DECIDING: [&str; 21] = [
    "arm_64bit",
    "auto_initramfs",
    "cmdline",
    "device_tree",
    "dtoverlay",
    "dtparam",
    "enable_uart",
    "fixup_file",
    "gpu_mem",
    "gpu_mem_1024",
    "gpu_mem_256",
    "gpu_mem_512",
    "initramfs",
    "kernel",
    "os_prefix",
    "overlay_prefix",
    "ramfsfile",
    "start_debug",
    "start_file",
    "start_x",
    "upstream_kernel",
];

/// What is in force, in the order in which it is read.
pub(super) struct Settings<'a> {
    config: &'a Config,
    pub(super) entries: Vec<Entry<'a>>,
}

impl<'a> Settings<'a> {
    /// Those of `config` on a board. Fails if what boots depends on what no card can tell.
    pub(super) fn of(config: &'a Config, board: &model::Board) -> Result<Self, Failure> {
        let mut settings = Self { config, entries: Vec::new() };
        // One without a key is the end of a file.
        for entry in config.entries().into_iter().filter(|entry| !entry.key.is_empty()) {
            match entry.scope.holds_on(board) {
                Holds::Always => settings.entries.push(entry),
                Holds::Perhaps if DECIDING.contains(&entry.key) => {
                    return Err(Failure::new(format!(
                        "{} sets {} below a filter that depends on more than the model, so that what \
                         boots cannot be told from the card; put it below [all] or the filter of a \
                         model",
                        settings.place(&entry),
                        entry.key
                    )));
                }
                Holds::Perhaps | Holds::Never => {}
            }
        }
        Ok(settings)
    }

    /// Those that what loads the firmware reads: it follows no `include`.
    pub(super) fn of_first_stage(&self) -> Self {
        let own = self.entries.iter().filter(|entry| entry.part == 0);
        Self { config: self.config, entries: own.copied().collect() }
    }

    /// Where a setting stands, for people.
    pub(super) fn place(&self, entry: &Entry) -> String {
        format!("line {} of {}", entry.line + 1, self.config.parts[entry.part].name)
    }

    /// The setting with this key that counts: the last.
    pub(super) fn last(&self, key: &str) -> Option<&Entry<'a>> {
        self.entries.iter().rfind(|entry| entry.key == key)
    }

    /// What it sets.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.last(key).map(|entry| entry.value)
    }

    /// What it sets, a number.
    pub(super) fn number(&self, key: &str) -> Result<Option<u32>, Failure> {
        let Some(entry) = self.last(key) else { return Ok(None) };
        let value = entry.value;
        let number = match value.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => value.parse(),
        };
        number.map(Some).map_err(|_| {
            Failure::new(format!(
                "{} sets {key} to {value:?}, which is no number; write one, and comments on lines of \
                 their own",
                self.place(entry)
            ))
        })
    }

    /// Whether a setting that is a switch is on; none if it is not there.
    pub(super) fn switch(&self, key: &str) -> Result<Option<bool>, Failure> {
        Ok(self.number(key)?.map(|number| number != 0))
    }

    /// Who asks for a file that the setting `key` names, and otherwise the firmware by itself: for
    /// [`BootFiles::required`](super::files::BootFiles::required).
    pub(super) fn asked_by(&self, key: &str) -> String {
        match self.last(key) {
            Some(entry) => format!("but {} asks for it", self.place(entry)),
            None => "but the firmware looks for it".to_owned(),
        }
    }
}
