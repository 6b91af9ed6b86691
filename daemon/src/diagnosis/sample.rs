//! Text as meters send it, to know a line by.

/// A telegram's lines. Digits are exchanged for others in each turn, as meters differ in them.
const TEXT: &[u8] = b"/XMX5LGBBFG1009123456\r\n\r\n1-3:0.2.8(42)\r\n0-0:1.0.0(190312201703W)\r\n\
    0-0:96.1.1(4530303434303037313331363530363138)\r\n1-0:1.8.1(003808.351*kWh)\r\n\
    1-0:1.8.2(002948.827*kWh)\r\n1-0:2.8.1(001285.951*kWh)\r\n0-0:96.14.0(0001)\r\n\
    1-0:1.7.0(00.212*kW)\r\n1-0:2.7.0(00.000*kW)\r\n0-0:96.7.21(00004)\r\n\
    1-0:99.97.0(2)(0-0:96.7.19)(180417201458S)(0000000236*s)\r\n1-0:32.32.0(00000)\r\n\
    0-0:96.13.0()\r\n1-0:31.7.0(001*A)\r\n1-0:32.7.0(231.4*V)\r\n0-1:24.1.0(003)\r\n\
    0-1:24.2.1(190312200000W)(00123.456*m3)\r\n!1A2B\r\n";

/// The bits of a telegram on a line, true for high, between two rests; different ones in each `turn`.
pub(super) fn bits(turn: u32, seven: bool, inverted: bool) -> Vec<bool> {
    let mut random = turn.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut bits = vec![!inverted; REST];
    // Begun elsewhere each time, as what a wrong speed makes of it depends on that.
    let skip = usize::try_from(turn).unwrap_or(0) * 7 % 90;
    for &byte in &TEXT[skip..] {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [.., high] = random.to_le_bytes();
        let byte = match byte {
            b'1'..=b'9' => b'0' + high % 10,
            other => other,
        };
        let parity = seven && byte.count_ones() % 2 == 1;
        let character = u16::from(byte) << 1 | u16::from(parity) << 8 | 1 << 9;
        bits.extend((0..10).map(|bit| (character >> bit & 1 == 1) != inverted));
    }
    bits.extend([!inverted; REST]);
    bits
}

/// Bits that the line rests for between two telegrams: longer than any character.
const REST: usize = 200;
