//! `p1-tcp prepare-pi` over boot files as the systems have them, written by hand for the purpose:
//! there, a second time, and back.

mod debian;
mod edits;
mod models;
mod pi;
mod refusals;
mod services;
mod systems;
