//! The line's settings are found.

use crate::common::bridge::bridge;
use crate::common::telegrams::{real, telegram, telegram_without_checksum};

fn with_parity(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|&byte| byte | (u8::from(byte.count_ones() % 2 == 1) << 7)).collect()
}

#[test]
fn the_parity_bit_is_found_and_found_gone_again() {
    let mut bridge = bridge().start();
    let mut client = bridge.client();
    // Not even the first telegram is lost.
    bridge.line.send(&with_parity(&telegram_without_checksum(1)));
    client.expect(&telegram_without_checksum(1));
    bridge.wait_for_log("telegrams arrive at 115200 baud 7E1");
    for real in real().into_iter().filter(|real| !real.has_checksum && real.bytes[0] == b'/') {
        bridge.line.send(&with_parity(&real.bytes));
        client.expect(&real.bytes);
    }
    // Another meter; in its first telegram it shows.
    bridge.line.send(&telegram(2));
    bridge.line.send(&telegram(3));
    client.expect(&telegram(3));
    bridge.wait_for_log("telegrams arrive at 115200 baud 8N1");
    bridge.line.send(&with_parity(&telegram(4)));
    bridge.line.send(&with_parity(&telegram(5)));
    client.expect(&telegram(5));
}
