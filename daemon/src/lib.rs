//! p1-tcp serves the telegrams of a smart meter's P1 port to any number of TCP clients.
//!
//! The modules, in the order of the data's way:

/// From bytes to frames: `/` … `!`, checksums, encrypted frames.
pub mod framing;

// Side rooms, which the way passes but never enters:

/// From a TOML file to checked settings.
pub mod config;
