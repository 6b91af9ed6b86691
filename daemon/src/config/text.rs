//! From the bytes of a file to the text that was meant.
//!
//! A card is edited on whatever laptop is at hand. Its editors add byte-order marks, save as
//! UTF-16, and turn straight quotation marks into typographic ones; all of that is read. Every
//! character stays one character, so that lines and columns are those of the file.

use super::Mistake;

/// Decodes UTF-8, or UTF-16 with a byte-order mark, and straightens typographic quotation marks
/// and spaces where they stand for straight ones.
///
/// Whatever is neither becomes [`char::REPLACEMENT_CHARACTER`], with a mistake that tells the place
/// of the first.
pub(super) fn decode(bytes: &[u8]) -> (String, Option<Mistake>) {
    let (text, mistake) = match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        _ => utf8(bytes),
    };
    (straighten(&text), mistake)
}

fn utf8(bytes: &[u8]) -> (String, Option<Mistake>) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mistake = std::str::from_utf8(bytes).err().map(|error| {
        Mistake::at(
            &text,
            error.valid_up_to(),
            "this character is not UTF-8; save the file as UTF-8, or leave it out".into(),
        )
    });
    (text, mistake)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> (String, Option<Mistake>) {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut whole = true;
    let text = char::decode_utf16(units)
        .map(|character| {
            whole &= character.is_ok();
            character.unwrap_or(char::REPLACEMENT_CHARACTER)
        })
        .collect();
    let mistake = (!whole)
        .then(|| Mistake::of_file("it is neither UTF-8 nor whole UTF-16; save it as UTF-8".into()));
    (text, mistake)
}

/// Where in a TOML text a character stands.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Plain,
    Comment,
    /// A string that ends with this sign, and whether `\` escapes the next character in it.
    Text(char, bool),
    /// A string begun with a typographic sign, which either kind ends.
    Typographic(char),
}

fn straighten(text: &str) -> String {
    let mut within = Within::Plain;
    let mut escaped = false;
    let straighten = |character: char| {
        let straight = straight(character);
        let (now, next) = match (within, character) {
            (Within::Comment | Within::Text(..) | Within::Typographic(_), '\n') => {
                (character, Within::Plain)
            }
            (Within::Plain, '#') => (character, Within::Comment),
            (Within::Plain, '"') => (character, Within::Text('"', true)),
            (Within::Plain, '\'') => (character, Within::Text('\'', false)),
            (Within::Plain, _) => match straight {
                quote @ ('"' | '\'') => (quote, Within::Typographic(quote)),
                other => (other, Within::Plain),
            },
            (Within::Typographic(quote), _) if straight == quote => (quote, Within::Plain),
            (Within::Text(quote, _), _) if character == quote && !escaped => {
                (character, Within::Plain)
            }
            _ => (character, within),
        };
        escaped = !escaped && character == '\\' && matches!(within, Within::Text(_, true));
        within = next;
        now
    };
    text.chars().map(straighten).collect()
}

/// The sign that word processors put this one in the place of.
fn straight(character: char) -> char {
    match character {
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '＂' | '"' => '"',
        '‘' | '’' | '‚' | '‛' | '′' | '\'' => '\'',
        '\u{A0}' | '\u{2007}' | '\u{202F}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typographic_quotes_are_straightened_where_they_quote() {
        for (written, meant) in [
            ("device = “/dev/ttyUSB0”\n", "device = \"/dev/ttyUSB0\"\n"),
            ("device = „/dev/ttyUSB0“\r\n", "device = \"/dev/ttyUSB0\"\r\n"),
            ("device = ‘/dev/x’", "device = '/dev/x'"),
            ("allow = [“local”, \"10.0.0.0/8\"]", "allow = [\"local\", \"10.0.0.0/8\"]"),
            ("device = “/dev/x\"\nbind = ‘::’", "device = \"/dev/x\"\nbind = '::'"),
            ("baud =\u{A0}9600", "baud = 9600"),
        ] {
            assert_eq!(straighten(written), meant);
        }
    }

    #[test]
    fn and_nowhere_else() {
        for kept in [
            "# the “meter” isn’t\nport = 9000",
            "device = \"/dev/“x”\"",
            "device = '/dev/“x”' # ”",
            "device = \"a\\\"”b\" # ‘",
        ] {
            assert_eq!(straighten(kept), kept);
        }
    }

    #[test]
    fn what_laptops_save() {
        let text = "port = 9000\r\n";
        let utf16: Vec<u8> =
            "\u{FEFF}port = 9000\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = ["\u{FEFF}", text].concat();
        for bytes in [text.as_bytes(), marked.as_bytes(), &utf16] {
            assert_eq!(decode(bytes), (text.to_owned(), None));
        }
    }

    #[test]
    fn a_stray_byte_is_named_by_its_place() {
        let (text, mistake) = decode(b"# meter\n# caf\xE9 \xFF\n");
        assert_eq!(text, "# meter\n# caf\u{FFFD} \u{FFFD}\n");
        assert_eq!(mistake.expect("no UTF-8").place, Some((2, 6)));
    }
}
