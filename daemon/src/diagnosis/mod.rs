//! The diagnosis of the line: what is wrong with it, and what to do. Pure: no clock, no I/O.

mod verdict;

pub use verdict::{Breaks, Verdict};
