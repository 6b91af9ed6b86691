//! The filters of config.txt, such as `[pi4]`. Pure.
//!
//! Source: "Conditional filters" in the documentation of the Raspberry Pi.

use super::model::Board;

/// Whether a setting is in force on a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// It is.
    Always,
    /// It depends on what cannot be known here: a monitor, a serial number, a pin.
    Perhaps,
    /// It is not.
    Never,
}

/// The filters in force at a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope<'a> {
    /// Filters of one kind replace each other, and models are a kind.
    model: Option<&'a str>,
    other: bool,
    none: bool,
}

impl<'a> Scope<'a> {
    /// What it is below the line `[filter]`.
    #[must_use]
    pub fn below(self, filter: &'a str) -> Self {
        let digit = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit());
        let of_models =
            ["pi", "cm"].iter().any(|kind| filter.strip_prefix(kind).is_some_and(digit));
        // What a filter behind [none] does is not written anywhere.
        let scope = Self { other: self.other || self.none, none: false, ..self };
        match filter {
            "all" => Self::default(),
            "none" => Self { none: true, ..scope },
            _ if of_models => Self { model: Some(filter), ..scope },
            _ => Self { other: true, ..scope },
        }
    }

    /// Whether what stands here is for every board at any time.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether what stands here is in force on `board`.
    #[must_use]
    pub fn holds_on(&self, board: &Board) -> Holds {
        if self.none || self.model.is_some_and(|model| !board.sees(model)) {
            Holds::Never
        } else if self.other {
            Holds::Perhaps
        } else {
            Holds::Always
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::model;
    use super::*;

    #[test]
    fn filters_replace_and_combine() {
        let board = model::of("Raspberry Pi 400 Rev 1.0").expect("a board");
        for (filters, holds) in [
            (&["all"][..], Holds::Always),
            (&["pi4"], Holds::Always),
            (&["pi400"], Holds::Always),
            (&["pi3"], Holds::Never),
            (&["pi3", "pi4"], Holds::Always),
            (&["cm4"], Holds::Never),
            (&["none"], Holds::Never),
            (&["none", "all"], Holds::Always),
            (&["none", "pi4"], Holds::Perhaps),
            (&["EDID=VSC-TD2220"], Holds::Perhaps),
            (&["EDID=VSC-TD2220", "pi3"], Holds::Never),
            (&["board-type=0x13"], Holds::Perhaps),
            (&["0x12345678", "pi4"], Holds::Perhaps),
            (&["gpio4=1", "all"], Holds::Always),
            (&["tryboot"], Holds::Perhaps),
        ] {
            let scope = filters.iter().fold(Scope::default(), |scope, filter| scope.below(filter));
            assert_eq!(scope.holds_on(board), holds, "{filters:?}");
            assert_eq!(scope.is_all(), filters.ends_with(&["all"]), "{filters:?}");
        }
    }
}
