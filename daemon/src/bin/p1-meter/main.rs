//! The simulated meter.
fn main() {}
