//! p1-tcp beside what people use today, on pseudo-terminals, all in one run.
//!
//! `scripts/bench-peers` installs the others and starts this. With `--write FILE` the tables go to
//! a file, too; `--quick` measures less, to see that it works.

#![allow(clippy::panic, reason = "a benchmark that cannot go on says so and ends")]

mod client;
mod line;
mod measure;
mod peer;
mod table;

use measure::{Figures, Size};
use peer::Peer;
use std::collections::BTreeMap;

/// Numbers of clients.
const CROWDS: [usize; 4] = [1, 10, 100, 1000];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, device, port] = &arguments[..] {
        if word == peer::FLOOR {
            peer::floor(device, port);
        }
    }
    let file =
        arguments.iter().position(|word| word == "--write").map(|at| arguments[at + 1].clone());
    let size =
        if arguments.iter().any(|word| word == "--quick") { Size::QUICK } else { Size::FULL };
    let mut figures = BTreeMap::new();
    // Peers take turns, so that a busy moment of the machine does not fall on one of them.
    for round in 0..size.rounds {
        for clients in CROWDS {
            for peer in Peer::ALL {
                if clients > peer.most_clients() {
                    continue;
                }
                eprintln!(
                    "round {} of {}: {} with {clients} clients",
                    round + 1,
                    size.rounds,
                    peer.name()
                );
                let measured = measure::serving(peer, clients, size);
                figures.entry((peer, clients)).or_insert_with(Vec::new).push(measured);
            }
        }
    }
    let figures: BTreeMap<_, _> =
        figures.into_iter().map(|(key, rounds)| (key, Figures::median(&rounds))).collect();
    let behaviour: BTreeMap<_, _> = Peer::ALL
        .into_iter()
        .filter(|peer| *peer != Peer::Floor)
        .map(|peer| {
            eprintln!("how {} behaves", peer.name());
            (peer, measure::behaviour(peer))
        })
        .collect();
    let text = table::of(&figures, &behaviour, size);
    println!("{text}");
    if let Some(file) = file {
        std::fs::write(&file, text).expect("to write the tables");
    }
}
