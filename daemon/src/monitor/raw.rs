//! Raw bytes, for judging a line by eye.

/// The bytes of a report's `recent`; what is no hexadecimal digit ends them.
pub(super) fn bytes(digits: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?);
    digits.as_bytes().chunks(2).map_while(pair).collect()
}

/// `bytes` in lines no wider than `width`: in hexadecimal digits and as characters.
pub(super) fn lines(bytes: &[u8], width: usize) -> Vec<String> {
    // A byte takes three columns as digits and one as a character; between them are two.
    let most = width.saturating_sub(2) / 4;
    let in_line = [32, 16, 8].into_iter().find(|&count| count <= most).unwrap_or(4);
    let mut lines = Vec::with_capacity(bytes.len().div_ceil(in_line));
    for row in bytes.chunks(in_line) {
        let mut line = String::with_capacity(6 * in_line);
        for byte in row {
            let digits = [byte >> 4, byte & 0xF]
                .map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            line.extend(digits);
            line.push(' ');
        }
        line.extend(std::iter::repeat_n(' ', 3 * (in_line - row.len()) + 2));
        line.extend(row.iter().copied().map(character));
        lines.push(line);
    }
    lines
}

/// A picture of a control character (Unicode's block of that name), and a dot for what is no ASCII.
fn character(byte: u8) -> char {
    match byte {
        b' '..=b'~' => char::from(byte),
        0x7F => '\u{2421}',
        0x80.. => '·',
        control => char::from_u32(0x2400 + u32::from(control)).unwrap_or('·'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_as_digits_and_characters() {
        assert_eq!(bytes("2f4B0d0"), [0x2F, 0x4B, 0x0D]);
        assert_eq!(bytes("2fzz0d"), [0x2F]);
        let shown = lines(b"/KFM5KAIFA-METER\r\n\x1B\xD0", 70);
        assert_eq!(
            shown,
            [
                "2F 4B 46 4D 35 4B 41 49 46 41 2D 4D 45 54 45 52   /KFM5KAIFA-METER",
                "0D 0A 1B D0                                       ␍␊␛·",
            ]
        );
        assert_eq!(lines(&[0; 8], 0).len(), 2);
    }
}
