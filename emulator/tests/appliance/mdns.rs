//! Finding the appliance by mDNS (RFC 6762) and DNS-SD (RFC 6763).
//!
//! The machine's network is closed: questions reach it through a forwarded port, and answers, which do
//! not get out, are read from what QEMU records of the network.

use crate::pi::{PORT, Pi, STARTING};
use emulator::failure::Failure;
use emulator::plan::{Forward, GIVEN};
use emulator::service::DEADLINE;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant};

/// Between two questions: answering keeps an emulated processor busy, and nothing else would be done.
const PAUSE: Duration = Duration::from_secs(1);
/// The appliance looks at its name each minute, and takes it back within this time by its own clock.
const TAKEN_BACK: Duration = Duration::from_secs(120);

/// Kinds of records (RFC 1035, section 3.2.2; RFC 2782).
const A: u16 = 1;
const PTR: u16 = 12;
const TXT: u16 = 16;
const SRV: u16 = 33;
/// The length of what stands before a packet in a record of QEMU's (pcap), before all of them, and
/// before a DNS message in a packet: Ethernet, IPv4 without options, UDP.
const PCAP: (usize, usize) = (16, 24);
const HEADERS: usize = 14 + 20 + 8;
/// The length of a DNS message's header.
const DNS: usize = 12;

/// The machine is found by its name, and the service with its port.
pub fn is_found(pi: &mut Pi, name: &str, address: Ipv4Addr, port: u16) -> Result<(), Failure> {
    is_found_within(DEADLINE, pi, name, address, port)
}

fn is_found_within(
    limit: Duration,
    pi: &mut Pi,
    name: &str,
    address: Ipv4Addr,
    port: u16,
) -> Result<(), Failure> {
    let instance = format!("Smart meter on {name}");
    let service = ["_p1-tcp", "_tcp", "local"];
    let of_instance = [&[instance.as_str()], &service[..]].concat();
    let asked: [(&[&str], u16, Vec<u8>); 4] = [
        (&[name, "local"], A, address.octets().to_vec()),
        (&service, PTR, label(&instance)),
        // Priority and weight, then the port and the host.
        (&of_instance, SRV, [&[0; 4], &port.to_be_bytes()[..], &label(name)].concat()),
        (&of_instance, TXT, label("txtvers=1")),
    ];
    for (number, (question, kind, begins)) in asked.into_iter().enumerate() {
        let id = 0x7000 + u16::try_from(number).unwrap_or_default();
        let to = pi.machine.address(Forward::Udp(5353))?;
        let socket = UdpSocket::bind("127.0.0.1:0").map_err(Failure::of("open a socket"))?;
        let what = format!("an answer about {}", question.join("."));
        let record = pi.network.clone();
        let mut last: Option<Instant> = None;
        pi.service.machine.wait_for(&what, limit, || {
            if last.is_none_or(|last| last.elapsed() >= PAUSE) {
                let sent = socket.send_to(&query(id, question, kind), to);
                sent.map_err(Failure::of("ask"))?;
                last = Some(Instant::now());
            }
            let answers = answers(&record, id)?;
            let right =
                |(found, data): &(u16, Vec<u8>)| *found == kind && data.starts_with(&begins);
            Ok(answers.iter().any(right).then_some(()))
        })?;
    }
    println!("by mDNS: {name}.local is {address}, with {instance:?} on port {port}");
    Ok(())
}

/// Where Avahi has another name than the machine, it takes the machine's, and the journal says so.
pub fn is_taken_back(pi: &mut Pi) -> Result<(), Failure> {
    const NAME: &str = "kelder";
    let began = pi.uptime()?;
    pi.as_root(&format!("sh -c 'echo {NAME} >/proc/sys/kernel/hostname'"))?;
    // A machine's clock may be slower than ours, and it is the machine's that counts.
    is_found_within(STARTING, pi, NAME, GIVEN, PORT)?;
    let took = pi.uptime()?.saturating_sub(began);
    assert!(took <= TAKEN_BACK, "it took {took:?}");
    println!("its own name again within {:.1} s", took.as_secs_f64());
    let told = pi.as_root("journalctl --boot --output cat --unit p1-name")?;
    assert!(told.contains(&format!("as if another were {NAME}.local")), "{told}");
    Ok(())
}

/// A label of a name, or a string in a TXT record.
fn label(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
    [&[length], text.as_bytes()].concat()
}

/// A question for records of a kind, of the class of the Internet.
fn query(id: u16, name: &[&str], kind: u16) -> Vec<u8> {
    let mut message = [id, 0, 1, 0, 0, 0].map(u16::to_be_bytes).concat();
    for part in name {
        message.extend(label(part));
    }
    message.push(0);
    message.extend([kind, 1].map(u16::to_be_bytes).concat());
    message
}

/// The kinds and the contents of all answers to a question so far.
fn answers(record: &Path, id: u16) -> Result<Vec<(u16, Vec<u8>)>, Failure> {
    let bytes = std::fs::read(record);
    let bytes = bytes.map_err(Failure::of(format!("read {}", record.display())))?;
    let mut rest = bytes.get(PCAP.1..).unwrap_or_default();
    let mut found = Vec::new();
    while let Some(length) = rest.get(8..12).and_then(|length| length.try_into().ok()) {
        let end = PCAP.0 + usize::try_from(u32::from_le_bytes(length)).unwrap_or_default();
        // The last one may not be there in full yet.
        let Some(packet) = rest.get(PCAP.0..end) else { break };
        let message = packet.get(HEADERS..).unwrap_or_default();
        let is_answer = message.get(2).is_some_and(|flags| flags & 0x80 != 0);
        if is_answer && message.starts_with(&id.to_be_bytes()) {
            found.extend(records(message).unwrap_or_default());
        }
        rest = &rest[end..];
    }
    Ok(found)
}

/// The answers in a message.
fn records(message: &[u8]) -> Option<Vec<(u16, Vec<u8>)>> {
    let number = |at: usize| Some(u16::from_be_bytes(message.get(at..at + 2)?.try_into().ok()?));
    let mut at = DNS;
    for _ in 0..number(4)? {
        at = behind_name(message, at)? + 4;
    }
    let mut records = Vec::new();
    for _ in 0..number(6)? {
        at = behind_name(message, at)?;
        let (kind, length) = (number(at)?, usize::from(number(at + 8)?));
        records.push((kind, message.get(at + 10..at + 10 + length)?.to_vec()));
        at += 10 + length;
    }
    Some(records)
}

/// Where a name ends: at an empty label, or at a pointer to the rest of it.
fn behind_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *message.get(at)? {
            0 => return Some(at + 1),
            pointer if pointer & 0xC0 == 0xC0 => return Some(at + 2),
            length => at += 1 + usize::from(length),
        }
    }
}
