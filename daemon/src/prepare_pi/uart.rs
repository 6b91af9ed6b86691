//! What config.txt has to say so that the first PL011 is the meter's, on the header. Pure.
//!
//! Sources: "Configuring UARTs" in the documentation of the Raspberry Pi, and the README of its
//! overlays.

use super::config_txt::{Config, Entry};
use super::marks;
use super::model::{Board, Uart};
use super::scope::Holds;
use crate::arguments::Overlay;

const ALL: &str = "[all]";
/// Those of the boards on which something is missing at first.
const HEADINGS: [&str; 4] = ["[pi0w]", "[pi3]", "[pi4]", "[pi5]"];
const ENABLE: &str = "enable_uart=1";
const RP1: &str = "dtparam=uart0=on";
/// The mini-UART's speed follows the core's. At this one it is steady on any board, and fast enough
/// for Bluetooth.
const CORE: [&str; 2] = ["core_freq=250", "core_freq_min=250"];
/// What loads an overlay, by its newest name and by its first.
const DISABLE: [&str; 2] = ["dtoverlay=disable-bt", "dtoverlay=pi3-disable-bt"];
const MINIUART: [&str; 2] = ["dtoverlay=miniuart-bt", "dtoverlay=pi3-miniuart-bt"];
/// What loads one of ours, for the device trees of the mainline kernel.
const MAINLINE: [&str; 2] = ["dtoverlay=p1-tcp-disable-bt", "dtoverlay=p1-tcp-miniuart-bt"];

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The boards that the card has to work in.
    pub boards: Vec<&'static Board>,
    /// What becomes of Bluetooth, if the owner said.
    pub overlay: Option<Overlay>,
    /// The device trees are those of the mainline kernel, and need overlays of their own.
    pub mainline: bool,
}

/// What a configuration lacks.
#[derive(Debug, Default)]
pub struct Lack {
    /// The overlay that frees the UART, if a board needs one, whether it is loaded already or not.
    pub overlay: Option<Overlay>,
    /// Lines to add, and the filter that each goes below, `[all]` first.
    pub lines: Vec<(&'static str, &'static str)>,
    /// Lines to put out of force: which part, which line of it.
    rivals: Vec<(usize, usize)>,
}

impl Lack {
    /// Whether there is nothing to change.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.lines.is_empty() && self.rivals.is_empty()
    }

    /// Makes up for it: adds what is missing where the owner's settings belong, and puts out of
    /// force what is in the way.
    #[must_use]
    pub fn filled(&self, config: &Config) -> Config {
        let mut changed = config.clone();
        for (at, part) in changed.parts.iter_mut().enumerate() {
            let rivals = self.rivals.iter().filter(|(part, _)| *part == at);
            let rivals: Vec<usize> = rivals.map(|(_, line)| *line).collect();
            part.text = part.text.as_ref().map(|text| marks::put_out_of_force(text, &rivals));
        }
        let place = config.place();
        let mut added = Vec::new();
        let mut below = ALL;
        if !config.scope_behind(place).is_all() {
            added.push(ALL);
        }
        for &(heading, line) in &self.lines {
            if below != heading {
                added.push(heading);
                below = heading;
            }
            added.push(line);
        }
        // For what is written behind it.
        if below != ALL {
            added.push(ALL);
        }
        if !self.lines.is_empty() {
            let text = changed.parts[place].text.get_or_insert_default();
            *text = marks::add(text, &added);
        }
        changed
    }
}

/// What `config` lacks for `wish`.
#[must_use]
pub fn lack(config: &Config, wish: &Wish) -> Lack {
    let entries = config.entries();
    let state = |board: &&'static Board| State::of(board, &entries, wish.mainline);
    let states: Vec<State> = wish.boards.iter().map(state).collect();
    let mut lack = Lack::default();
    let needs_overlay = |state: &&State| state.board.uart == Uart::Bluetooth;
    if states.iter().any(|state| needs_overlay(&state)) {
        // Either overlay frees the UART: who has chosen one keeps it.
        let loaded =
            |overlay| states.iter().filter(needs_overlay).any(|state| state.loads(overlay));
        let miniuart = loaded(Overlay::MiniuartBt) && !loaded(Overlay::DisableBt);
        let chosen = if miniuart { Overlay::MiniuartBt } else { Overlay::DisableBt };
        lack.overlay = Some(wish.overlay.unwrap_or(chosen));
    }
    // Those for all boards first.
    for for_all in [true, false] {
        for state in &states {
            for line in state.lines_missing(lack.overlay, wish.mainline) {
                let for_any = states.len() == 1 || line == ENABLE;
                let heading = if for_any { ALL } else { state.board.heading };
                if for_any == for_all && !lack.lines.contains(&(heading, line)) {
                    lack.lines.push((heading, line));
                }
            }
        }
    }
    for state in states.iter().filter(needs_overlay) {
        let rival = |loaded: &&Loaded| Some(loaded.overlay) != lack.overlay;
        lack.rivals.extend(state.overlays.iter().filter(rival).map(|loaded| loaded.at));
    }
    lack
}

/// An overlay that moves Bluetooth, and the line that loads it.
#[derive(Debug)]
struct Loaded {
    overlay: Overlay,
    holds: Holds,
    at: (usize, usize),
}

/// What is in force on a board; a value is empty if it is not known for certain.
#[derive(Debug)]
struct State<'a> {
    board: &'static Board,
    enable_uart: &'a str,
    uart0: &'a str,
    core_freq: &'a str,
    core_freq_min: &'a str,
    force_turbo: &'a str,
    overlays: Vec<Loaded>,
}

impl<'a> State<'a> {
    fn of(board: &'static Board, entries: &[Entry<'a>], mainline: bool) -> Self {
        // "If the primary UART is ttyAMA0 then enable_uart defaults to 1."
        let enable_uart = if board.uart == Uart::Header { "1" } else { "" };
        let [uart0, core_freq, core_freq_min, force_turbo] = [""; 4];
        let overlays = Vec::new();
        let mut state =
            Self { board, enable_uart, uart0, core_freq, core_freq_min, force_turbo, overlays };
        for entry in entries {
            let holds = entry.scope.holds_on(board);
            if holds != Holds::Never {
                state.learn(entry, holds, mainline);
            }
        }
        state
    }

    fn learn(&mut self, entry: &Entry<'a>, holds: Holds, mainline: bool) {
        let known = match entry.key {
            "enable_uart" => &mut self.enable_uart,
            "core_freq" => &mut self.core_freq,
            "core_freq_min" => &mut self.core_freq_min,
            "force_turbo" => &mut self.force_turbo,
            "dtparam" => return self.learn_parameters(entry.value, holds),
            "dtoverlay" => return self.learn_overlay(entry, holds, mainline),
            _ => return,
        };
        set(known, entry.value, holds);
    }

    fn learn_parameters(&mut self, value: &'a str, holds: Holds) {
        for parameter in value.split(',') {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, "on"));
            if matches!(name, "uart0" | "uart0_console") {
                let on = matches!(value, "on" | "true" | "yes" | "1");
                set(&mut self.uart0, if on { "on" } else { "off" }, holds);
            }
        }
    }

    fn learn_overlay(&mut self, entry: &Entry, holds: Holds, mainline: bool) {
        let name = entry.value.split(',').next().unwrap_or_default();
        // A comment behind it is none to the firmware; what becomes of it is not written.
        let (name, holds) = match name.split_once(' ') {
            Some((name, _)) => (name, Holds::Perhaps),
            None => (name, holds),
        };
        if matches!(name, "uart0" | "uart0-pi5") {
            set(&mut self.uart0, "on", holds);
        }
        for overlay in [Overlay::DisableBt, Overlay::MiniuartBt] {
            if loading(overlay, mainline)
                .iter()
                .any(|line| line.strip_prefix("dtoverlay=") == Some(name))
            {
                self.overlays.push(Loaded { overlay, holds, at: (entry.part, entry.line) });
            }
        }
    }

    fn loads(&self, overlay: Overlay) -> bool {
        let always = |loaded: &Loaded| loaded.overlay == overlay && loaded.holds == Holds::Always;
        self.overlays.iter().any(always)
    }

    /// The lines that the board needs and does not have.
    fn lines_missing(&self, overlay: Option<Overlay>, mainline: bool) -> Vec<&'static str> {
        let mut lines = Vec::new();
        if self.board.uart == Uart::Rp1 {
            if self.uart0 != "on" {
                lines.push(RP1);
            }
            return lines;
        }
        if self.enable_uart != "1" {
            lines.push(ENABLE);
        }
        if let (Uart::Bluetooth, Some(overlay)) = (self.board.uart, overlay) {
            if !self.loads(overlay) {
                lines.push(loading(overlay, mainline)[0]);
            }
            let steady = self.core_freq == self.core_freq_min && !self.core_freq.is_empty();
            if overlay == Overlay::MiniuartBt && self.force_turbo != "1" && !steady {
                lines.extend(CORE);
            }
        }
        lines
    }
}

/// Sets what is known of a value.
fn set<'a>(known: &mut &'a str, value: &'a str, holds: Holds) {
    if holds == Holds::Always {
        *known = value;
    } else if *known != value {
        *known = "";
    }
}

/// The lines that load an overlay, the best first.
#[must_use]
pub fn loading(overlay: Overlay, mainline: bool) -> &'static [&'static str] {
    match (overlay, mainline) {
        (Overlay::DisableBt, false) => &DISABLE,
        (Overlay::MiniuartBt, false) => &MINIUART,
        (Overlay::DisableBt, true) => &MAINLINE[..1],
        (Overlay::MiniuartBt, true) => &MAINLINE[1..],
    }
}

/// Whether a line is one that prepare-pi writes.
#[must_use]
pub fn writes(line: &[u8]) -> bool {
    let lines = [&[ALL, ENABLE, RP1][..], &HEADINGS, &CORE, &DISABLE, &MINIUART, &MAINLINE];
    let known = lines.into_iter().flatten().any(|known| known.as_bytes() == line);
    known || line.starts_with(b"CONSOLES=")
}
