//! p1-tcp serves the telegrams of a smart meter's P1 port to any number of TCP clients.

// In the order of the data's way:
pub mod line;

pub use framing;

pub mod telegram;

pub mod hub;

pub mod client;

pub mod door;

// Side rooms, which the way passes but never enters:
pub mod config;

pub mod access;

pub mod networks;

pub mod statistics;

pub mod diagnosis;

pub mod observed;

pub mod report;

pub mod obis;

pub mod knowledge;

pub mod status_socket;

pub mod led;

pub mod language;

pub mod seldom;

pub mod status;

pub mod logging;

pub mod events;

pub mod notify;

pub mod pulse;

pub mod command;

pub mod accounts;

pub mod privileges;

pub mod confinement;

// What main.rs calls:
pub mod arguments;

pub mod daemon;

pub mod check_config;

pub mod monitor;

pub mod prepare_pi;
