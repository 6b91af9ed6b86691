//! /etc/default/raspi-firmware of Debian, from which its hook writes cmdline.txt. Pure.
//!
//! The hook z50-raspi-firmware of the package raspi-firmware writes config.txt and cmdline.txt anew
//! with every kernel and initramfs. It takes the consoles from `CONSOLES` in this file, a shell
//! script, and ends config.txt with what is in /etc/default/raspi-firmware-custom.

use super::marks;

/// The folder of the three files that the hook reads.
pub const FOLDER: &str = "etc/default";
/// The file with the consoles.
pub const SETTINGS: &str = "raspi-firmware";
/// What config.txt ends with.
pub const CUSTOM: &str = "raspi-firmware-custom";
/// What cmdline.txt ends with.
pub const EXTRA: &str = "raspi-extra-cmdline";
/// The hook.
pub const HOOK: &str = "etc/kernel/postinst.d/z50-raspi-firmware";

/// What the meter's port is called in `console=`: the other UART, which has the header's pins until
/// they are freed, is ttyS1 to Debian's kernel and ttyS0 to the vendor's.
pub const PORTS: [&str; 4] = ["serial0", "ttyAMA0", "ttyS0", "ttyS1"];

/// Stands in config.txt before what comes from [`CUSTOM`].
const INSERTED: &str = "# Inserted by /etc/default/raspi-firmware-custom";
/// The screen; the hook takes it where nothing is set, too.
const SCREEN: &str = "tty0";

/// Whether this hook writes the boot files anew. On Raspberry Pi OS there is one of the same name,
/// which leaves them alone.
#[must_use]
pub fn rewrites(hook: &str) -> bool {
    hook.contains(">/boot/firmware/config.txt")
        && hook.contains("/etc/default/raspi-firmware-custom")
}

/// The part of config.txt that does not come from [`CUSTOM`].
#[must_use]
pub fn generated(config: &[u8]) -> Vec<u8> {
    let lines = config.split_inclusive(|&byte| byte == b'\n');
    lines.take_while(|line| line.trim_ascii() != INSERTED.as_bytes()).flatten().copied().collect()
}

/// The settings without a console on the meter's port.
///
/// # Errors
///
/// The end of a sentence that begins with the file's name, if it is not clear what they say.
pub fn freed(text: &[u8]) -> Result<Vec<u8>, String> {
    let free = |console: &str| !PORTS.contains(&console.split(',').next().unwrap_or_default());
    let now = consoles(text)?;
    // Without any console the kernel takes the port that the device tree names.
    if !now.is_empty() && now.iter().copied().all(free) {
        return Ok(text.to_vec());
    }
    let theirs = marks::take_away(text)?;
    let mut left = consoles(&theirs)?;
    left.retain(|console| free(console));
    if left.is_empty() {
        left.push(SCREEN);
    }
    Ok(marks::add(&theirs, &[&format!("CONSOLES=\"{}\"", left.join(" "))]))
}

/// The consoles that are named, none if the hook is to find them itself.
fn consoles(text: &[u8]) -> Result<Vec<&str>, String> {
    let set = |line: &[u8]| {
        let line = line.trim_ascii();
        line.strip_prefix(b"export ").unwrap_or(line).starts_with(b"CONSOLES=")
    };
    let Some(line) = text.split(|&byte| byte == b'\n').rfind(|line| set(line)) else {
        return Ok(Vec::new());
    };
    let line = std::str::from_utf8(line).unwrap_or_default().trim_ascii();
    let value = line.split_once('=').unwrap_or_default().1;
    let quoted = ["\"", "'"].into_iter().find(|quote| value.starts_with(quote));
    let (value, rest) = match quoted {
        Some(quote) => value[1..].split_once(quote).unwrap_or((value, "")),
        None => value.split_once(' ').unwrap_or((value, "")),
    };
    let comment = rest.is_empty() || rest.trim_ascii_start().starts_with('#');
    if !comment || !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b", ".contains(&byte))
    {
        return Err(format!("has `{line}`, which is too much for p1-tcp; write CONSOLES=\"tty0\""));
    }
    Ok(value.split_ascii_whitespace().filter(|_| value != "auto").collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> String {
        let freed = freed(text.as_bytes()).expect(text);
        let freed = String::from_utf8(freed).expect("text");
        freed.strip_prefix(text).expect("what was there").to_owned()
    }

    #[test]
    fn consoles_are_named_where_the_hook_would_take_the_port() {
        for (text, consoles) in [
            ("", "tty0"),
            ("#CONSOLES=\"tty1\"\n", "tty0"),
            ("CONSOLES=auto", "tty0"),
            ("CONSOLES=\"\"\n", "tty0"),
            ("CONSOLES=\"auto\" # as it was\n", "tty0"),
            ("CONSOLES='ttyS1,115200'\n", "tty0"),
            ("CONSOLES=tty1\nexport CONSOLES=\"tty1 ttyAMA0,115200 ttyUSB0\"\n", "tty1 ttyUSB0"),
        ] {
            assert!(after(text).contains(&format!("\nCONSOLES=\"{consoles}\"\n")), "{text}");
        }
        for text in ["CONSOLES=tty1\n", "CONSOLES=\"tty1 ttyUSB0,9600\"\n"] {
            assert_eq!(after(text), "", "{text}");
        }
    }

    #[test]
    fn a_program_is_not_guessed_at() {
        for text in ["CONSOLES=\"$X\"", "CONSOLES=\"tty0", "CONSOLES=`x`", "CONSOLES=a\\ b"] {
            assert!(freed(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn the_generated_part_ends_where_the_own_begins() {
        let config = b"enable_uart=1\nupstream_kernel=1\n\n# Inserted by /etc/default/raspi-firmware-custom\nx=1\n";
        assert_eq!(generated(config), b"enable_uart=1\nupstream_kernel=1\n\n");
        assert_eq!(generated(b"a=1\n"), b"a=1\n");
    }
}
