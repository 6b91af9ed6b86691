//! What stands behind a `!`: the end of a telegram, or not.

/// What stands behind a `!`.
pub(super) enum Ending {
    /// The number in the digits, if there are any, and where the line ends.
    Whole(Option<u16>, usize),
    Partial,
    Other,
}

/// Looks at what stands behind the `!` at `at`.
pub(super) fn ending(window: &[u8], at: usize) -> Ending {
    let behind = &window[at + 1..];
    let count = behind.iter().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (digits, rest) = behind.split_at(count);
    match rest {
        [b'\r', b'\n', ..] => {
            let number = digits.iter().fold(0, |number, &digit| {
                (number << 4) | char::from(digit).to_digit(16).unwrap_or_default()
            });
            let number = u16::try_from(number).ok().filter(|_| count > 0);
            Ending::Whole(number, at + 1 + count + 2)
        }
        [] | [b'\r'] => Ending::Partial,
        _ => Ending::Other,
    }
}
