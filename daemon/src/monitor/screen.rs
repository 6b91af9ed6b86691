//! The terminal: drawn over in place, and left as it was.

use nix::sys::termios::{
    LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr,
};
use std::io::{self, Stdin, Stdout, Write};
use std::os::fd::AsFd;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// The terminal that standard output is; dropped, it has its cursor again.
pub(super) struct Screen {
    out: Stdout,
    bold: bool,
}

impl Screen {
    /// Takes the terminal.
    pub(super) fn new() -> Self {
        // https://no-color.org
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { out: io::stdout(), bold: !plain }
    }

    /// Its columns and lines.
    pub(super) fn size(&self) -> (usize, usize) {
        let size = rustix::termios::tcgetwinsize(&self.out).ok();
        let size = size.filter(|size| size.ws_col > 0 && size.ws_row > 0);
        let from = |name: &str| std::env::var(name).ok()?.parse().ok();
        size.map_or_else(
            || (from("COLUMNS").unwrap_or(80), from("LINES").unwrap_or(24)),
            |size| (size.ws_col.into(), size.ws_row.into()),
        )
    }

    /// Draws `lines`, of which there are fewer than the terminal has, over what it shows.
    ///
    /// # Errors
    ///
    /// If it cannot be written to.
    pub(super) fn draw(&mut self, lines: &[String]) -> io::Result<()> {
        // No cursor, no wrapping of lines, and from the beginning.
        let mut text = String::from("\x1B[?25l\x1B[?7l\x1B[H");
        for (index, line) in lines.iter().enumerate() {
            if index == 0 && self.bold {
                text.extend(["\x1B[1m", line, "\x1B[m"]);
            } else {
                text += line;
            }
            text += "\x1B[K\r\n";
        }
        text += "\x1B[J\x1B[?7h";
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A terminal that is gone needs no cursor.
        let _ = self.out.write_all(b"\x1B[?7h\x1B[?25h").and_then(|()| self.out.flush());
    }
}

/// The keys of the terminal that standard input is, each at once and without an echo; dropped, it
/// is as it was.
pub(super) struct Keys {
    terminal: AsyncFd<Stdin>,
    before: Termios,
}

impl Keys {
    /// Takes the keys; none if standard input is no terminal.
    pub(super) fn new() -> Option<Self> {
        let terminal = io::stdin();
        let before = tcgetattr(terminal.as_fd()).ok()?;
        let mut settings = before.clone();
        settings.local_flags -= LocalFlags::ICANON | LocalFlags::ECHO;
        // Reading never waits.
        settings.control_chars[SpecialCharacterIndices::VMIN as usize] = 0;
        settings.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
        // No way to stop it, as nobody would give the terminal its settings back.
        settings.control_chars[SpecialCharacterIndices::VSUSP as usize] = 0;
        // What takes its place wants it promised, by `unsafe`, that the descriptor stays standard
        // input's as long as it is watched, which is to the end.
        #[allow(deprecated, reason = "sound here, as said above, and without unsafe code")]
        let terminal = AsyncFd::with_interest(terminal, Interest::READABLE).ok()?;
        tcsetattr(terminal.get_ref(), SetArg::TCSANOW, &settings).ok()?;
        Some(Self { terminal, before })
    }

    /// Waits for keys, and returns those that were pressed; none at all if the terminal is gone.
    pub(super) async fn pressed(&self) -> Option<Vec<u8>> {
        let mut ready = self.terminal.readable().await.ok()?;
        let mut keys = vec![0; 64];
        let count = nix::unistd::read(self.terminal.get_ref(), &mut keys).ok()?;
        ready.clear_ready();
        keys.truncate(count);
        Some(keys).filter(|keys| !keys.is_empty())
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // A terminal that is gone needs no settings.
        let _ = tcsetattr(self.terminal.get_ref(), SetArg::TCSANOW, &self.before);
    }
}
