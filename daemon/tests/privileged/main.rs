//! The real binary as root starts it, and where root is needed to give it surroundings of its own:
//! network namespaces, another /run, another /etc/passwd.
//!
//! All of them are ignored unless asked for, as they need root; `scripts/test` sees to that.

#[path = "../common/mod.rs"]
mod common;

mod journal;
mod light;
mod networks;
mod privileges;
mod surroundings;
