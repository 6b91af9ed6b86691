//! The monitor and the status from outside: the real binary, with a stand-in for the daemon, a
//! pseudo-terminal for a line, real connections, and a terminal.

#[path = "../common/mod.rs"]
mod common;

mod running;
mod sources;
mod status;
mod terminal;
mod words;
