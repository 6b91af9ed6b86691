//! The lines of a telegram: code and values apart.

/// A data line. One that is not of the form `code(value)(value)` has no code, and is its own value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub code: &'a str,
    /// Without the parentheses around them.
    pub values: Vec<&'a str>,
}

/// The data lines of `telegram`, between its header line and the `!` at its end.
///
/// A line that begins with a value goes on with the line before: DSMR 2.2 and 3.0 send the gas
/// meter's reading so.
pub(super) fn entries(telegram: &str) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for line in telegram.split(['\r', '\n']) {
        if line.is_empty() || line.starts_with('/') {
            continue;
        }
        if line.starts_with('!') {
            break;
        }
        match (line.split_once('('), entries.last_mut()) {
            (Some(("", values)), Some(before)) if !before.code.is_empty() => {
                before.values.extend(apart(values));
            }
            (Some((code, values)), _) if !code.is_empty() => {
                entries.push(Entry { code, values: apart(values).collect() });
            }
            _ => entries.push(Entry { code: "", values: vec![line] }),
        }
    }
    entries
}

/// The values in `values`, which is behind the first parenthesis of a line.
fn apart(values: &str) -> impl Iterator<Item = &str> {
    values.strip_suffix(')').unwrap_or(values).split(")(")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_apart_and_none_is_lost() {
        let text = "/KMP5 Z\r\n\r\n1-0:1.8.1(05080.475*kWh)\r\nnoise\r\n0-2:24.3.0(16)(m3)\r\n\
                    (02025.003)\r\n0-0:96.13.0()\r\n1-0:1.7.0(00\r\n!AB12\r\n1-0:2.7.0(1)\r\n";
        let entries = entries(text);
        let lines: Vec<_> = entries.iter().map(|entry| (entry.code, &*entry.values)).collect();
        assert_eq!(
            lines,
            [
                ("1-0:1.8.1", &["05080.475*kWh"][..]),
                ("", &["noise"]),
                ("0-2:24.3.0", &["16", "m3", "02025.003"]),
                ("0-0:96.13.0", &[""]),
                ("1-0:1.7.0", &["00"]),
            ]
        );
    }
}
