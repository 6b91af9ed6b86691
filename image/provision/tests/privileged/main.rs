//! What is made, as the programs read it that it is made for: `wpa_supplicant`, systemd-networkd,
//! Avahi and the kernel, each in namespaces of its own.
//!
//! All of them are ignored unless asked for, as they need root; `scripts/test` sees to that.

#[path = "../common/mod.rs"]
mod common;

mod discovery;
mod namespaces;
mod networks;
mod wireless;
