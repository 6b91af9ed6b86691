//! A serial line at bit level: what a receiver makes of a transmitter, whatever either is set to.
//!
//! A [`Transmitter`] turns bytes into levels, a [`Wire`] blurs and disturbs them, and a [`Receiver`]
//! samples what is left. [`Line`] is the three together. Pure: time is that of the line, and chance
//! comes from a seed.

mod character;
mod line;
mod receiver;
mod time;
mod transmitter;
mod wire;

pub use character::Framing;
pub use line::Line;
pub use receiver::{AfterError, Kind, Received, Receiver};
pub use transmitter::Transmitter;
pub use wire::Wire;
