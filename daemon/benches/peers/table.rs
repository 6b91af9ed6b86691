//! The figures as text.

use super::line::LENGTH;
use super::measure::{Arrival, Behaviour, Figures, percentile};
use super::peer::Peer;
use super::{CROWDS, FROM_UART};
use std::collections::BTreeMap;
use std::fmt::Write as _;

type All = BTreeMap<(Arrival, Peer, usize), Figures>;
type Show = fn(&Figures) -> String;

/// `beside_socat` is p1-tcp's latency with one client to socat's, round by round.
pub fn of(figures: &All, beside_socat: &[f64], behaviour: &BTreeMap<Peer, Behaviour>) -> String {
    let mut text = String::from("# Benchmarks\n\n");
    let _ = writeln!(
        text,
        "p1-tcp beside what people use today, measured by `scripts/bench-peers` in one run: a\n\
         pseudo-terminal for a line, telegrams of {LENGTH} bytes, clients that read on the same machine,\n\
         and programs that take turns. The bare loop reads the line and writes to each client, and\n\
         does nothing else. Only ratios between columns say something; they were\n\
         measured on {}.\n\n\
         A telegram arrives either as from a UART at 115200 baud, in pieces of 12 bytes each\n\
         millisecond, or in one piece, which the programs then find at rest, with none of their code\n\
         in the processor's caches. From a UART, programs that forward pieces have the last one\n\
         out sooner, as they have just done the same with the one before, and spend more on all\n\
         of them; p1-tcp sends whole telegrams.\n",
        machine()
    );
    let sections: [(&str, Show); 4] = [
        ("Last byte in to last byte out, median, µs", |of| format!("{:.0}", of.latency_p50)),
        ("The same, 99th percentile, µs", |of| format!("{:.0}", of.latency_p99)),
        ("Processor time for 1000 telegrams, ms", |of| format!("{:.0}", of.processor)),
        ("Memory (Pss), MiB", |of| format!("{:.1}", of.memory)),
    ];
    for (title, show) in sections {
        let _ = writeln!(text, "## {title}\n");
        row(&mut text, "clients", |peer| peer.name().into(), &Peer::ALL);
        row(&mut text, "---", |_| "---".into(), &Peer::ALL);
        let cell = |key: (Arrival, Peer, usize)| figures.get(&key).map_or("–".into(), show);
        let from_uart = |peer| cell((Arrival::AsFromUart, peer, FROM_UART.0));
        row(&mut text, &format!("{}, as from a UART", FROM_UART.0), from_uart, &Peer::ALL);
        for (clients, ..) in CROWDS {
            let at_once = |peer| cell((Arrival::AtOnce, peer, clients));
            row(&mut text, &clients.to_string(), at_once, &Peer::ALL);
        }
        text.push('\n');
    }
    text.push_str("## When something happens\n\n");
    let peers: Vec<Peer> = behaviour.keys().copied().collect();
    row(&mut text, "", |peer| peer.name().into(), &peers);
    row(&mut text, "---", |_| "---".into(), &peers);
    row(
        &mut text,
        "first bytes in the middle of a telegram",
        |peer| behaviour[&peer].first_bytes.into(),
        &peers,
    );
    row(
        &mut text,
        "others, when a client stops reading",
        |peer| behaviour[&peer].stalled.clone(),
        &peers,
    );
    row(
        &mut text,
        "after the line hung up and came back",
        |peer| behaviour[&peer].hang_up.into(),
        &peers,
    );
    text.push_str("\n## Aims\n\n| ratio | measured | aim |\n| --- | --- | --- |\n");
    let middle = percentile(beside_socat.to_vec(), 50);
    aims(&mut text, figures, middle);
    let _ = writeln!(
        text,
        "\nThe ratio of the latencies is the median of {} rounds, for each of which all programs were\n\
         started anew; half of the rounds gave {:.2} to {:.2}.",
        beside_socat.len(),
        percentile(beside_socat.to_vec(), 25),
        percentile(beside_socat.to_vec(), 75),
    );
    text
}

fn row(text: &mut String, head: &str, cell: impl Fn(Peer) -> String, peers: &[Peer]) {
    let cells: Vec<String> = peers.iter().map(|&peer| cell(peer)).collect();
    let _ = writeln!(text, "| {head} | {} |", cells.join(" | "));
}

fn aims(text: &mut String, figures: &All, latency: f64) {
    let of = |peer, clients| figures[&(Arrival::AtOnce, peer, clients)];
    let (one, hundred, thousand) =
        (of(Peer::P1Tcp, 1), of(Peer::P1Tcp, 100), of(Peer::P1Tcp, 1000));
    for (what, measured, aim) in [
        ("latency, 1 client, to socat's", latency, 1.0),
        ("processor, 1 client, to socat's", one.processor / of(Peer::Socat, 1).processor, 1.0),
        ("processor, 1 client, to ser2net's", one.processor / of(Peer::Ser2net, 1).processor, 0.5),
        (
            "processor, 100 clients, to ser2net's",
            hundred.processor / of(Peer::Ser2net, 100).processor,
            0.4,
        ),
        (
            "processor, 100 clients, to the bare loop's",
            hundred.processor / of(Peer::Floor, 100).processor,
            1.5,
        ),
        (
            "processor, 1000 clients, to ten times that with 100",
            thousand.processor / hundred.processor / 10.0,
            1.2,
        ),
        ("memory with 1 client, MiB", one.memory, 4.0),
        ("memory with 1000 clients, MiB", thousand.memory, 8.0),
    ] {
        let missed = if measured > aim { ", missed" } else { "" };
        let _ = writeln!(text, "| {what} | {measured:.2} | at most {aim:.1}{missed} |");
    }
}

/// The processor and the kernel.
fn machine() -> String {
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        processors.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let count = processors.matches("\nprocessor").count() + 1;
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel: Vec<&str> = kernel.trim().split('.').take(2).collect();
    format!(
        "{count} cores of {}, Linux {}",
        model.unwrap_or("an unknown processor"),
        kernel.join(".")
    )
}
