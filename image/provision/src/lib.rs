//! p1-provision applies `appliance.toml` of the appliance's boot partition at each start.
//!
//! From the files on the card and what the system says of itself come the files to write and a
//! report for the owner; all of that is pure. Reading and writing is at the rim.

// In the order of the data's way:
pub mod card;

pub mod system;

pub mod settings;

pub mod findings;

pub mod plan;

pub mod outputs;

pub mod report;

// Where things are written:
pub mod writing;

pub mod fat;

pub mod in_place;

// What main.rs calls:
pub mod arguments;

pub mod apply;

pub mod check;

pub mod replace;
