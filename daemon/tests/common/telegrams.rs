//! Telegrams for tests: written here with checksums computed here, and real ones from the folder
//! that `P1_TELEGRAMS` names.

use p1_tcp::framing::Checksum;
use std::path::PathBuf;

/// A DSMR 5 telegram; `number` makes it differ from others of the same meter.
pub(crate) fn telegram(number: usize) -> Vec<u8> {
    with_checksum(&unchecked(number), Checksum::Arc)
}

/// A telegram as DSMR 2.2 and 3.0 have it: without a checksum.
pub(crate) fn telegram_without_checksum(number: usize) -> Vec<u8> {
    let mut bytes = unchecked(number);
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// `text`, which ends in `!`, with its checksum and line end behind.
pub(crate) fn with_checksum(text: &[u8], kind: Checksum) -> Vec<u8> {
    let digits = format!("{:04X}\r\n", kind.of(text));
    [text, digits.as_bytes()].concat()
}

/// The same, up to and including the `!`.
pub(crate) fn unchecked(number: usize) -> Vec<u8> {
    format!(
        "/TST5\\253710000_A\r\n\r\n1-3:0.2.8(50)\r\n0-0:1.0.0(250101120000W)\r\n\
         0-0:96.1.1(4530303434303037313331363530363138)\r\n1-0:1.8.1({number:06}.258*kWh)\r\n\
         1-0:1.8.2(013315.593*kWh)\r\n1-0:1.7.0(00.{number:03}*kW)\r\n0-0:96.13.0()\r\n\
         1-0:32.7.0(239.5*V)\r\n0-1:24.2.1(250101115500W)(00092.287*m3)\r\n!"
    )
    .into_bytes()
}

/// An encrypted frame with `ciphertext` in it, and zeros for a tag.
pub(crate) fn encrypted(counter: u32, ciphertext: &[u8]) -> Vec<u8> {
    let length = u16::try_from(ciphertext.len() + 17).expect("a ciphertext that fits");
    let mut frame = b"\xDB\x08SAG\x01\x02\x03\x04\x05\x82".to_vec();
    frame.extend_from_slice(&length.to_be_bytes());
    frame.push(0x30);
    frame.extend_from_slice(&counter.to_be_bytes());
    frame.extend_from_slice(ciphertext);
    frame.extend_from_slice(&[0; 12]);
    frame
}

/// A telegram or stream of a real meter.
pub(crate) struct Real {
    pub name: String,
    pub bytes: Vec<u8>,
    /// How many frames with a right checksum a brute-force search finds in it.
    pub valid_frames: usize,
    pub has_checksum: bool,
}

/// The real telegrams, or none where `P1_TELEGRAMS` is not set.
pub(crate) fn real() -> Vec<Real> {
    let Some(folder) = std::env::var_os("P1_TELEGRAMS").map(PathBuf::from) else {
        eprintln!("P1_TELEGRAMS is not set: no real telegrams are tried");
        return Vec::new();
    };
    let index = std::fs::read_to_string(folder.join("index.tsv")).expect("the index of telegrams");
    let rows = index.lines().map(|row| row.split('\t').collect::<Vec<_>>());
    let real: Vec<_> = rows
        .skip(1)
        .map(|columns| Real {
            name: columns[0].to_owned(),
            bytes: std::fs::read(folder.join(columns[0])).expect("a telegram of the index"),
            valid_frames: columns[6].parse().expect("a number of frames"),
            has_checksum: columns[3].starts_with('y'),
        })
        .collect();
    assert!(!real.is_empty(), "the index names no telegram");
    real
}
