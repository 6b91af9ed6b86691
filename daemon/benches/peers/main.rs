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

use peer::Peer;
use std::collections::BTreeMap;

/// Numbers of clients, and how many telegrams they get.
const CROWDS: [(usize, usize); 4] = [(1, 4000), (10, 1000), (100, 500), (1000, 100)];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, device, port] = &arguments[..] {
        if word == peer::FLOOR {
            peer::floor(device, port);
        }
    }
    let file =
        arguments.iter().position(|word| word == "--write").map(|at| arguments[at + 1].clone());
    let quick = arguments.iter().any(|word| word == "--quick");
    let crowds =
        CROWDS.map(|(clients, telegrams)| (clients, telegrams / if quick { 20 } else { 1 }));
    let mut figures = BTreeMap::new();
    for (clients, telegrams) in crowds {
        eprintln!("{telegrams} telegrams for {clients} clients");
        for (peer, measured) in measure::serving(clients, telegrams) {
            figures.insert((peer, clients), measured);
        }
    }
    let behaviour: BTreeMap<_, _> = Peer::ALL
        .into_iter()
        .filter(|peer| *peer != Peer::Floor)
        .map(|peer| {
            eprintln!("how {} behaves", peer.name());
            (peer, measure::behaviour(peer))
        })
        .collect();
    let text = table::of(&figures, &behaviour, &crowds);
    println!("{text}");
    if let Some(file) = file {
        std::fs::write(&file, text).expect("to write the tables");
    }
}
