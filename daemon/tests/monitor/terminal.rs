//! What a terminal shows.

use crate::common::telegrams::telegram;
use crate::running::{Running, Stand, p1_tcp};
use nix::fcntl::OFlag;
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::signal::Signal;
use nix::sys::termios::{LocalFlags, tcgetattr};
use p1_tcp::report::{Line, Report};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::File;
use std::io::Write;
use std::process::Command;

const SHOW_CURSOR: &str = "\u{1B}[?25h";

/// A terminal with a monitor on it.
struct Terminal {
    keyboard: PtyMaster,
    /// The monitor's end.
    end: File,
    monitor: Running,
}

impl Terminal {
    fn new(columns: u16, lines: u16, arguments: &[&str]) -> Self {
        Self::with(columns, lines, &mut p1_tcp(arguments))
    }

    fn with(columns: u16, lines: u16, command: &mut Command) -> Self {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let master = posix_openpt(flags).expect("a pseudo-terminal");
        grantpt(&master).expect("its permissions");
        unlockpt(&master).expect("its other end");
        let name = ptsname_r(&master).expect("its name");
        let mut options = File::options();
        options.read(true).write(true);
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, OFlag::O_NOCTTY.bits());
        let end = options.open(name).expect("its other end");
        resize(&end, columns, lines);
        command.stdin(end.try_clone().expect("its end")).stdout(end.try_clone().expect("its end"));
        let child = command.spawn().expect("p1-tcp");
        let screen = std::os::fd::AsFd::as_fd(&master).try_clone_to_owned().expect("its screen");
        Self { keyboard: master, end, monitor: Running::reading(child, File::from(screen)) }
    }

    fn press(&mut self, keys: &[u8]) {
        self.keyboard.write_all(keys).expect("to press a key");
    }

    fn is_line_by_line(&self) -> bool {
        tcgetattr(&self.end).expect("its settings").local_flags.contains(LocalFlags::ICANON)
    }
}

fn resize(end: &File, columns: u16, lines: u16) {
    let size = Winsize { ws_col: columns, ws_row: lines, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(end, size).expect("a size");
}

fn stand() -> Stand {
    let line = Line { device: "/dev/ttyAMA0".into(), ..Line::default() };
    Stand::new(&Report {
        version: "1".into(),
        line,
        telegram: Some(String::from_utf8(telegram(4)).expect("text")),
        recent: "2f1b5b".into(),
        ..Report::default()
    })
}

/// The lines of what was drawn last, without what the terminal obeys.
fn drawn(written: &str) -> Vec<String> {
    let last = written.rsplit("\u{1B}[H").next().expect("a drawing");
    let text = last.split("\u{1B}[J").next().expect("its end");
    text.replace("\u{1B}[1m", "")
        .replace("\u{1B}[m", "")
        .split("\u{1B}[K")
        .map(|line| line.trim_matches(['\r', '\n']).to_owned())
        .collect()
}

#[test]
fn it_is_drawn_over_in_place_and_the_cursor_is_given_back() {
    let stand = stand();
    let mut terminal = Terminal::new(60, 40, &["monitor", "--socket", &stand.socket()]);
    let written = terminal.monitor.wait_for("q: quit");
    assert!(written.starts_with("\u{1B}[?25l\u{1B}[?7l\u{1B}[H"), "{written:?}");
    let shown = drawn(&written);
    assert!(
        shown.iter().any(|line| line.starts_with("Power drawn ") && line.ends_with("0.004 kW"))
    );
    assert!(shown.iter().all(|line| line.chars().count() <= 60), "{shown:?}");
    assert!(!terminal.is_line_by_line());
    assert!(!written.contains(SHOW_CURSOR));
    terminal.press(b"r");
    let written = terminal.monitor.wait_for("2F 1B 5B");
    assert!(written.contains("/␛["), "{written:?}");
    terminal.press(b"q");
    assert!(terminal.monitor.ended().success());
    let written = terminal.monitor.wait_for(SHOW_CURSOR);
    assert!(written.ends_with(SHOW_CURSOR), "{written:?}");
    assert!(terminal.is_line_by_line());
    // Once for each drawing, and never the whole screen.
    assert!(written.matches("\u{1B}[H").count() >= 2);
    assert!(!written.contains("\u{1B}[2J"));
}

#[test]
fn a_signal_gives_the_terminal_back_too() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let stand = stand();
        let mut terminal = Terminal::new(80, 24, &["monitor", "--socket", &stand.socket()]);
        terminal.monitor.wait_for("q: quit");
        terminal.monitor.signal(signal);
        assert!(terminal.monitor.ended().success(), "{signal}");
        terminal.monitor.wait_for(SHOW_CURSOR);
        assert!(terminal.is_line_by_line(), "{signal}");
    }
}

#[test]
fn it_fits_a_terminal_of_any_size() {
    let stand = stand();
    let terminal = Terminal::new(30, 16, &["monitor", "--socket", &stand.socket()]);
    let written = terminal.monitor.wait_for("q: quit");
    let shown = drawn(&written);
    assert!(shown.len() <= 16, "{shown:?}");
    assert!(shown.iter().all(|line| line.chars().count() <= 30), "{shown:?}");
    assert!(written.contains("… more in a higher window"));
    resize(&terminal.end, 70, 45);
    // It has no controlling terminal to get the signal from.
    terminal.monitor.signal(Signal::SIGWINCH);
    let written = terminal.monitor.wait_for("Clock");
    assert!(drawn(&written).len() > 16);
}

#[test]
fn no_colour_is_no_bold() {
    let stand = stand();
    let arguments = ["monitor", "--socket", &stand.socket()];
    let bold = Terminal::new(80, 24, &arguments);
    assert!(bold.monitor.wait_for("q: quit").contains("\u{1B}[1m"));
    let plain = Terminal::with(80, 24, p1_tcp(&arguments).env("NO_COLOR", "1"));
    assert!(!plain.monitor.wait_for("q: quit").contains("\u{1B}[1m"));
}
