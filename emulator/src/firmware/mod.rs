//! What the firmware of a Raspberry Pi does with a card before Linux runs: which files it takes from
//! the boot partition, and what it makes of them.
//!
//! QEMU runs no such firmware. This does what it would do, as far as the appliance depends on it: it
//! reads `config.txt` as the daemon's `prepare-pi` does, follows it for a model of
//! `image/boards.tsv`, and says what is missing. What is not modelled but could matter is refused and
//! not guessed.
//!
//! Sources: "What is config.txt?", "Boot options", "Memory options" and "Conditional filters" in the
//! [documentation of config.txt](https://www.raspberrypi.com/documentation/computers/config_txt.html),
//! and "Device Trees, overlays, and parameters" in the one of the
//! [configuration](https://www.raspberrypi.com/documentation/computers/configuration.html). The
//! names of mainline's device trees that the firmware knows can be seen in start.elf.

// What is on a card:
pub mod files;

// What it boots, the whole and its parts in the order in which they are found:
pub mod boot;

mod settings;

mod start;

mod kernel;

mod prefix;

mod device_tree;

mod initramfs;

mod command_line;

// What the firmware passes over without a word:
pub mod findings;

mod keys;

// What merges and unpacks:

#[cfg(test)]
mod made_up;

#[cfg(test)]
mod tests;
