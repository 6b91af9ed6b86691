//! The bridge from outside: the real binary, a pseudo-terminal for a line, real sockets.

#[path = "../common/mod.rs"]
mod common;

mod clients;
mod configuration;
mod line;
mod readers;
mod reload;
mod rules;
mod settings;
mod status;
mod systemd;
mod telegrams;
