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

use measure::{Arrival, Figures};
use peer::Peer;
use std::collections::BTreeMap;

/// Numbers of clients, how many telegrams they get, and how often that is done, with programs that
/// have just been started: where their memory happens to lie makes some percent.
const CROWDS: [(usize, usize, usize); 4] =
    [(1, 200, 31), (10, 300, 3), (100, 300, 1), (1000, 100, 1)];
/// The same for telegrams that arrive as from a UART.
const FROM_UART: (usize, usize, usize) = (1, 100, 3);

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
    let mut figures = BTreeMap::new();
    let mut beside_socat = Vec::new();
    let crowds = CROWDS.map(|crowd| (Arrival::AtOnce, crowd));
    for (arrival, (clients, telegrams, rounds)) in
        [(Arrival::AsFromUart, FROM_UART)].into_iter().chain(crowds)
    {
        let rounds = if quick { 1 } else { rounds };
        let mut measured = BTreeMap::new();
        for round in 1..=rounds {
            eprintln!(
                "{telegrams} telegrams for {clients} clients {arrival:?}, round {round} of {rounds}"
            );
            for (peer, figures) in measure::serving(clients, telegrams, arrival) {
                measured.entry(peer).or_insert_with(Vec::new).push(figures);
            }
        }
        if (arrival, clients) == (Arrival::AtOnce, 1) {
            beside_socat = measure::ratios(&measured[&Peer::P1Tcp], &measured[&Peer::Socat]);
        }
        for (peer, rounds) in measured {
            figures.insert((arrival, peer, clients), Figures::median(&rounds));
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
    let text = table::of(&figures, &beside_socat, &behaviour);
    println!("{text}");
    if let Some(file) = file {
        std::fs::write(&file, text).expect("to write the tables");
    }
}
