//! Emulated machines, for tests and scripts that need a whole system: QEMU is started, a meter put
//! on its serial line, telegrams are read where it serves them, and commands are run inside. What a
//! Raspberry Pi's firmware does before Linux runs, and QEMU does not, is done here as well.
//!
//! Whatever is started ends when its value is dropped, and also when this process is killed. A
//! process belongs to the thread that started it and ends with that thread, so keep to one thread
//! for each machine.

// Which Raspberry Pi there is, and what it boots from a card:
pub mod boards;

pub mod firmware;

// A machine, from its parts to its end:
pub mod plan;

pub mod machine;

pub mod card;

pub mod raspberry;

pub mod console;

pub mod control;

// What is connected to it from outside:
pub mod meter;

pub mod reader;

pub mod shell;

pub mod service;

// What it has written to a disk:
pub mod writes;

// What all of these need:
pub mod failure;

pub mod process;

pub mod wait;

mod tool;
