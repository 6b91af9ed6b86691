//! The language in which people are spoken to.

/// A language that there are words in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, which the journal and systemd's status are in.
    #[default]
    English,
    /// Dutch.
    Dutch,
}

impl Language {
    /// The language of a locale, by the variables that say so, first to last: `LC_ALL`,
    /// `LC_MESSAGES`, `LANG` (locale(7)). Where the first one that is set is not Dutch, it is English.
    #[must_use]
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        let locale = names.into_iter().filter_map(variable).find(|value| !value.is_empty());
        let dutch = locale.is_some_and(|locale| {
            let language = locale.split(['_', '.', '@']).next().unwrap_or_default();
            language.eq_ignore_ascii_case("nl")
        });
        if dutch { Self::Dutch } else { Self::English }
    }

    /// The words in this language.
    #[must_use]
    pub const fn say<'a>(self, english: &'a str, dutch: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Dutch => dutch,
        }
    }

    /// The language of whoever started this process.
    #[must_use]
    pub fn of_the_user() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, Dutch, English};

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let of = |variables: &[(&str, &str)]| {
            Language::of(|name| {
                let found = variables.iter().find(|(variable, _)| *variable == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[]), English);
        assert_eq!(of(&[("LANG", "nl_NL.UTF-8")]), Dutch);
        assert_eq!(of(&[("LANG", "nl_BE@euro"), ("LC_ALL", "")]), Dutch);
        assert_eq!(of(&[("LANG", "nl"), ("LC_MESSAGES", "C")]), English);
        assert_eq!(of(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "nl.UTF-8")]), Dutch);
        assert_eq!(of(&[("LANG", "nlx")]), English);
    }
}
