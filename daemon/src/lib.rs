//! p1-tcp serves the telegrams of a smart meter's P1 port to any number of TCP clients.
//!
//! The modules, in the order of the data's way:

/// The serial port: opens it, reads it, and opens it again for ever when it goes away.
pub mod line;

/// From bytes to frames: `/` … `!`, checksums, encrypted frames.
pub mod framing;

/// A frame with what is known of it.
pub mod telegram;

/// One telegram to many clients.
pub mod hub;

/// One client: whole telegrams out, whatever it sends thrown away.
pub mod client;

/// The listening socket, and who is let in.
pub mod door;

// Side rooms, which the way passes but never enters:

/// From a TOML file to checked settings.
pub mod config;

/// Who may connect, by address.
pub mod access;

/// The networks this host has an address in.
pub mod networks;

/// What has been counted.
pub mod statistics;

/// Keeps what may happen often from filling the journal.
pub mod seldom;

/// The daemon's state in one line.
pub mod status;

/// Where log lines go.
pub mod logging;

/// The kinds of events, each with its `MESSAGE_ID`.
pub mod events;

/// What is told to systemd.
pub mod notify;

/// Whether the loops turn.
pub mod pulse;

/// A clock that ticks by itself.
pub mod ticker;

/// Becoming nobody in particular.
pub mod privileges;

/// What is left of the file system and the network.
pub mod confinement;

// What main.rs calls:

/// The command line.
pub mod arguments;

/// The whole story, in order.
pub mod daemon;

/// Tells the mistakes in a configuration.
pub mod check_config;
