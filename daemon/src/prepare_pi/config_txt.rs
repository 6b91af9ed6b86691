//! config.txt as the firmware reads it, with the files that it includes. Pure.
//!
//! Sources: "What is config.txt?" and "Boot options" in the documentation of the Raspberry Pi.

use super::raspi_firmware::CUSTOM;
use super::scope::Scope;

/// The firmware ignores what stands behind so many bytes of a line.
pub const LINE: usize = 98;
/// Files may include files, but hardly in circles.
const DEPTH: usize = 8;
/// Files for the owner's own settings, which systems that write config.txt anew include.
const OWNERS: [&str; 3] = ["usercfg.txt", "extraconfig.txt", CUSTOM];

/// Gives what is in a file of the boot partition, none if it is not there.
pub type Reader<'a> = dyn Fn(&str) -> Result<Option<Vec<u8>>, String> + 'a;

/// A file, config.txt or one that is included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its path in the boot partition.
    pub name: String,
    /// What is in it; none if it is included but not there.
    pub text: Option<Vec<u8>>,
}

/// A setting, and where it stands; an empty key is the end of a file.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Which of the files.
    pub part: usize,
    /// Which line of it, counted from 0.
    pub line: usize,
    /// The filters that it stands below.
    pub scope: Scope<'a>,
    /// What is set, by the newest of its names.
    pub key: &'a str,
    /// To what; for `include` the name of the file, for `initramfs` the file and where it goes.
    pub value: &'a str,
}

/// config.txt, the first of the parts, with all that it includes.
#[derive(Clone, Debug)]
pub struct Config {
    /// Each file once.
    pub parts: Vec<Part>,
}

impl Config {
    /// Reads config.txt and the files it includes.
    ///
    /// # Errors
    ///
    /// Those of `read`.
    pub fn read(read: &Reader) -> Result<Self, String> {
        let name = "config.txt";
        let mut config = Self { parts: vec![Part { name: name.into(), text: read(name)? }] };
        loop {
            let unread = |entry: &&Entry| {
                entry.key == "include"
                    && config.position(entry.value).is_none()
                    && !entry.value.contains("..")
            };
            let Some(name) =
                config.entries().iter().find(unread).map(|entry| entry.value.to_owned())
            else {
                return Ok(config);
            };
            config.parts.push(Part { text: read(&name)?, name });
        }
    }

    /// Which of the files is called so.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.parts.iter().position(|part| part.name == name)
    }

    /// All settings in the order in which they are read.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry<'_>> {
        let mut entries = Vec::new();
        self.walk(0, Scope::default(), 0, &mut entries);
        entries
    }

    /// The filters in force where a line would stand that is written behind the file `part`.
    #[must_use]
    pub fn scope_behind(&self, part: usize) -> Scope<'_> {
        let entries = self.entries();
        let end = entries.iter().rfind(|entry| entry.part == part && entry.key.is_empty());
        end.map_or_else(Scope::default, |end| end.scope)
    }

    /// The file in which the owner's own settings belong.
    #[must_use]
    pub fn place(&self) -> usize {
        let owners = |entry: &&Entry| {
            entry.key == "include" && entry.scope.is_all() && OWNERS.contains(&entry.value)
        };
        let entries = self.entries();
        entries.iter().rfind(owners).and_then(|entry| self.position(entry.value)).unwrap_or(0)
    }

    /// Returns the filters in force behind the file.
    fn walk<'a>(
        &'a self,
        part: usize,
        mut scope: Scope<'a>,
        depth: usize,
        entries: &mut Vec<Entry<'a>>,
    ) -> Scope<'a> {
        let text = self.parts[part].text.as_deref().unwrap_or_default();
        for (line, bytes) in text.split(|&byte| byte == b'\n').enumerate() {
            if let Some(filter) = filter(bytes) {
                scope = scope.below(filter);
            } else if let Some((key, value)) = setting(bytes) {
                entries.push(Entry { part, line, scope, key, value });
                if let (true, Some(included)) =
                    (key == "include" && depth < DEPTH, self.position(value))
                {
                    scope = self.walk(included, scope, depth + 1, entries);
                }
            }
        }
        entries.push(Entry { part, line: usize::MAX, scope, key: "", value: "" });
        scope
    }
}

/// What is read of a line. What is not even UTF-8 sets nothing.
fn read_of(line: &[u8]) -> &str {
    let read = line.get(..LINE).unwrap_or(line).trim_ascii();
    std::str::from_utf8(read).unwrap_or_default()
}

/// What stands between the brackets, if the line is a filter.
#[must_use]
pub fn filter(line: &[u8]) -> Option<&str> {
    Some(read_of(line).strip_prefix('[')?.split_once(']')?.0)
}

/// Key and value, if the line sets something.
fn setting(line: &[u8]) -> Option<(&str, &str)> {
    let text = read_of(line);
    match text.split_once([' ', '\t']) {
        Some(("include", file)) => {
            return Some(("include", file.trim_ascii().trim_start_matches('/')));
        }
        Some(("initramfs", file)) => return Some(("initramfs", file.trim_ascii())),
        _ => {}
    }
    let (key, value) = text.split_once('=').filter(|_| !text.starts_with('#'))?;
    let key = match key.trim_ascii() {
        // These two have no equals sign: written with one, they set nothing.
        "include" | "initramfs" => return None,
        "device_tree_overlay" => "dtoverlay",
        "device_tree_param" | "dtparams" => "dtparam",
        key => key,
    };
    Some((key, value.trim_ascii()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(files: &[(&str, &str)]) -> Config {
        let read = |name: &str| {
            let file = files.iter().find(|(known, _)| *known == name);
            Ok(file.map(|(_, text)| text.as_bytes().to_vec()))
        };
        Config::read(&read).expect("a configuration")
    }

    fn settings(config: &Config) -> Vec<String> {
        let told = |entry: &Entry| {
            let all = if entry.scope.is_all() { "" } else { "?" };
            format!("{}:{} {all}{}={}", entry.part, entry.line, entry.key, entry.value)
        };
        config.entries().iter().filter(|entry| !entry.key.is_empty()).map(told).collect()
    }

    #[test]
    fn settings_are_read_as_the_firmware_does() {
        let long = format!("dtparam=audio=on,{},uart0=on", "x".repeat(98));
        let text = format!(
            "# c=1\r\n  enable_uart=1 \r\ninitramfs initrd.img followkernel\r\n[pi4]\r\n\
             device_tree_overlay=miniuart-bt\r\n\r\n[all]\r\ndtoverlay=\r\n{long}"
        );
        let config = config(&[("config.txt", &text)]);
        assert_eq!(
            settings(&config),
            [
                "0:1 enable_uart=1".to_owned(),
                "0:2 initramfs=initrd.img followkernel".to_owned(),
                "0:4 ?dtoverlay=miniuart-bt".to_owned(),
                "0:7 dtoverlay=".to_owned(),
                format!("0:8 dtparam=audio=on,{}", "x".repeat(98 - 17)),
            ]
        );
    }

    #[test]
    fn two_settings_have_no_equals_sign() {
        let text = "include=usercfg.txt\ninitramfs=initrd.img followkernel\n";
        let config = config(&[("config.txt", text), ("usercfg.txt", "a=1\n")]);
        assert_eq!(settings(&config), [""; 0]);
    }

    #[test]
    fn included_files_stand_where_they_are_included() {
        let config = config(&[
            ("config.txt", "a=1\ninclude syscfg.txt\n[pi4]\ninclude usercfg.txt\nb=2\n"),
            ("syscfg.txt", "c=3\ninclude config.txt\n"),
        ]);
        let read = settings(&config);
        assert_eq!(read[..3], ["0:0 a=1", "0:1 include=syscfg.txt", "1:0 c=3"]);
        assert_eq!(read.last().map(String::as_str), Some("0:4 ?b=2"));
        assert_eq!(config.parts[2], Part { name: "usercfg.txt".into(), text: None });
        assert!(read.len() < 100, "a circle ends");
    }

    #[test]
    fn settings_of_the_owner_go_where_they_are_expected() {
        let ubuntu = "[pi4]\nkernel=k\n[all]\ninclude syscfg.txt\ninclude usercfg.txt\n";
        assert_eq!(config(&[("config.txt", ubuntu)]).place(), 2);
        let never = config(&[("config.txt", "[cm4]\ninclude usercfg.txt\n")]);
        assert_eq!(never.place(), 0);
        assert!(!never.scope_behind(0).is_all());
        assert!(config(&[("config.txt", "[cm4]\n[all]\n")]).scope_behind(0).is_all());
    }
}
