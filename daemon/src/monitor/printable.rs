//! What may be shown on a terminal.

/// `text` without anything that a terminal obeys or that turns the order of characters round; a dot
/// stands for each. What a meter, or whoever is at its line, sends is shown, and never carried out.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().map(|character| if obeyed(character) { '·' } else { character }).collect()
}

/// Control characters of C0 and C1, and characters without width or with power over others
/// (Unicode's line and paragraph separators, marks, embeddings, isolates and tags).
fn obeyed(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        assert_eq!(printable("1,193 kW, 5 m³"), "1,193 kW, 5 m³");
        assert_eq!(printable("\u{1B}[2J\u{9B}31m\r\n\t\u{7F}\u{202E}x"), "·[2J·31m·····x");
    }
}
