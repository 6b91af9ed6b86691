//! The form of a telegram, for those that carry no checksum.
//!
//! DSMR 2.2 and 3.0 send none, so the form is all there is to tell a telegram from a broken one.
//! It follows IEC 62056-21 §6.5: a header line, data lines `id(value)(value*unit)…` or
//! continuation lines `(value)`, and `!` on a line of its own. Within that it looks for damage
//! rather than for known contents, because meters differ more than their specifications say.

/// The longest header line that is taken for one, in bytes. Meters send up to 24.
const LONGEST_HEADER: usize = 96;
/// The longest identification of a data line, in bytes. IEC 62056-21 allows 16.
const LONGEST_ID: usize = 32;

/// The header line at the beginning of `bytes` without its line end, if it looks like one.
///
/// That is `/XXX5ident`: three letters for the manufacturer, a sign for the baud rate, and the
/// meter's identification, in printable ASCII (IEC 62056-21 §6.3.2).
pub(super) fn header(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.iter().take(LONGEST_HEADER + 1).position(|&byte| byte == b'\r')?;
    let (line, rest) = bytes.split_at(end);
    let [b'/', a, b, c, speed, ident @ ..] = line else {
        return None;
    };
    let named = [a, b, c].into_iter().all(u8::is_ascii_alphabetic) && speed.is_ascii_alphanumeric();
    (named && ident.iter().copied().all(is_printable) && rest.starts_with(b"\r\n")).then_some(line)
}

/// Whether `bytes`, from `/` to the line end behind `!`, have the form of a telegram.
pub(super) fn is_well_formed(bytes: &[u8]) -> bool {
    let Some(header) = header(bytes) else {
        return false;
    };
    let Some(body) = bytes[header.len()..].strip_suffix(b"\r\n!\r\n") else {
        return false;
    };
    let Some(body) = body.strip_prefix(b"\r\n") else {
        return false;
    };
    let body = body.strip_prefix(b"\r\n").unwrap_or(body);
    let mut rest = body;
    loop {
        let end = memchr::memchr(b'\r', rest).unwrap_or(rest.len());
        let (line, behind) = rest.split_at(end);
        if !is_data_line(line) {
            return false;
        }
        match behind {
            [] => return true,
            [b'\r', b'\n', next @ ..] => rest = next,
            _ => return false,
        }
    }
}

/// A data line: an identification, or nothing on a continuation line, and groups in parentheses.
fn is_data_line(line: &[u8]) -> bool {
    let Some(open) = memchr::memchr(b'(', line) else {
        return false;
    };
    let (id, mut groups) = line.split_at(open);
    if id.len() > LONGEST_ID || !id.iter().copied().all(is_id_character) {
        return false;
    }
    while let [b'(', inside @ ..] = groups {
        let Some(close) = memchr::memchr(b')', inside) else {
            return false;
        };
        if !is_value(&inside[..close]) {
            return false;
        }
        groups = &inside[close + 1..];
    }
    groups.is_empty()
}

/// What stands between two parentheses.
fn is_value(value: &[u8]) -> bool {
    if !value.iter().all(|&byte| is_printable(byte) && byte != b'(') {
        return false;
    }
    match memchr::memchr(b'*', value) {
        // A number with a unit: noise shows as a second decimal point or as a `!`.
        Some(star) if value[..star].iter().any(u8::is_ascii_digit) => {
            let number = &value[..star];
            let two_points = number.iter().filter(|&&byte| byte == b'.').nth(1).is_some();
            !two_points && !value.contains(&b'!')
        }
        // Noise turns a digit into `!` by one bit; only a text may hold one, which shows by a
        // letter that is no hexadecimal digit.
        _ => {
            !value.contains(&b'!')
                || value.iter().any(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit())
        }
    }
}

fn is_id_character(byte: u8) -> bool {
    is_printable(byte) && !matches!(byte, b'/' | b'!' | b')' | b' ')
}

fn is_printable(byte: u8) -> bool {
    (0x20..0x7F).contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn telegram(lines: &str) -> Vec<u8> {
        format!("/KMP5 ZABF001551772711\r\n\r\n{lines}\r\n!\r\n").into_bytes()
    }

    #[test]
    fn what_meters_without_checksum_send() {
        for lines in [
            "1-0:1.8.1(05080.475*kWh)",
            "0-0:96.13.1()\r\n0-0:96.13.0()",
            "0-2:24.3.0(160117120000)(00)(60)(1)(0-2:24.2.1)(m3)\r\n(02025.003)",
            "1-0:1.8.0*255(00012345.6789)\r\n0.0.0(123)\r\nF.F(00)",
            "1-1:31.4.0(100*A)(-063*A)\r\n6.31(0001.2*m3/h)",
            "0-0:96.13.0(Happy new year! 1/1)",
        ] {
            assert!(is_well_formed(&telegram(lines)), "{lines}");
        }
        assert!(is_well_formed(b"/HLY5/D545\r\n1-0:1.8.1(05080.475*kWh)\r\n!\r\n"));
    }

    #[test]
    fn what_noise_makes_of_them() {
        for lines in [
            "",
            "1-0:1.8.1(05080.475*kWh",
            "1-0:1.8.1(05080.475*kWh)\r",
            "1-0:1.8.1(0508/KMP5 ZABF\r\n\r\n1-0:1.8.1(05080.475*kWh)",
            "/KMP5 ZABF001551772711\r\n\r\n1-0:1.8.1(05080.475*kWh)",
            "1-0:1.8.1(050!0.475*kWh)",
            "1-0:1.8.1(050.0.475*kWh)",
            "0-2:24.3.0(160!17120000)",
            "1-0:1.8.1(05080.475*kWh))",
            "1-0:1.8.1((05080.475*kWh)",
            "1-0:1.8!1(05080.475*kWh)",
            "1-0:1.8.1(05\u{0}80.475*kWh)",
            "1-0:1.8.1(05080.475*kWh)\r\n!\r\n1-0:1.8.2(05080.475*kWh)",
        ] {
            assert!(!is_well_formed(&telegram(lines)), "{lines}");
        }
        for whole in [
            "/KMP\r\n(1)\r\n!\r\n",
            "/K P5x\r\n(1)\r\n!\r\n",
            "/KMP5\n(1)\r\n!\r\n",
            "(1)\r\n!\r\n",
        ] {
            assert!(!is_well_formed(whole.as_bytes()), "{whole}");
        }
    }
}
