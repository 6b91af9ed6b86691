//! What holds for any boot files, whatever is in them.

use super::cmdline_txt::{self, PORTS};
use super::config_txt::Config;
use super::marks;
use super::model::{BOARDS, Board};
use super::own::freed;
use super::uart::{self, Wish};
use crate::arguments::Overlay;
use proptest::prelude::*;

/// Lines that mean something, and others.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\[(all|none|pi3|pi4|pi5|pi0w|cm4|tryboot|EDID=X)\\]",
        "(enable_uart|force_turbo|core_freq|core_freq_min)=(0|1|250)",
        "dtoverlay=(disable-bt|miniuart-bt|pi3-disable-bt|uart0|)(,krnbt=on)?",
        "dtparam=(uart0|uart0=off|audio=on,uart0=on)",
        "include usercfg.txt",
        "#p1-tcp.{0,8}",
        ".{0,20}",
    ]
}

fn text(lines: &[String], ending: &str, ended: bool) -> Vec<u8> {
    let text = lines.join(ending) + if ended { ending } else { "" };
    text.into_bytes()
}

fn config(main: &[u8], included: &[u8]) -> Config {
    let read = |name: &str| match name {
        "config.txt" => Ok(Some(main.to_vec())),
        "usercfg.txt" => Ok(Some(included.to_vec())),
        _ => Ok(None),
    };
    Config::read(&read).expect("a configuration")
}

proptest! {
    /// What is freed is free, is not freed once more, and comes back as it was.
    #[test]
    fn any_configuration_is_freed_once_and_comes_back(
        lines in prop::collection::vec(line(), 0..14),
        included in prop::collection::vec(line(), 0..4),
        ending in prop_oneof!["\n", "\r\n"],
        ended: bool,
        board in 0..=BOARDS.len(),
        overlay in prop::option::of(prop_oneof![Just(Overlay::DisableBt), Just(Overlay::MiniuartBt)]),
    ) {
        let (main, included) = (text(&lines, &ending, ended), text(&included, &ending, ended));
        let before = config(&main, &included);
        let boards: Vec<&'static Board> = match BOARDS.get(board) {
            Some(board) => vec![board],
            None => BOARDS.iter().collect(),
        };
        let wish = Wish { boards, overlay, mainline: false };
        // Something behind an include may be in the way.
        let Ok((after, chosen)) = freed(&before, &wish, None) else { return Ok(()) };
        let wish = Wish { overlay: chosen, ..wish };
        prop_assert!(uart::lack(&after, &wish).is_nothing());
        prop_assert_eq!(&freed(&after, &wish, None).expect("free").0.parts, &after.parts);
        for (before, after) in before.parts.iter().zip(&after.parts) {
            let back = marks::take_away(after.text.as_deref().unwrap_or_default()).expect("marks");
            let before = before.text.as_deref().unwrap_or_default();
            // Lines that look like ours are taken for ours.
            if !String::from_utf8_lossy(before).contains("#p1-tcp prepare-pi: ") {
                let more = back.strip_prefix(before);
                prop_assert!(more.is_some_and(|more| more.trim_ascii().is_empty()));
            }
        }
    }

    #[test]
    fn any_command_line_is_freed_once_and_comes_back(
        words in prop::collection::vec(
            "(console=(tty1|serial0,115200|ttyAMA0|ttyS0|ttyUSB0)|kgdboc=ttyS0|root=/dev/x|a=\"b c\"|quiet)",
            0..8,
        ),
        space in " {1,2}",
        end in "[ \n]{0,2}",
    ) {
        let before = words.join(&space) + &end;
        let after = cmdline_txt::freed(before.as_bytes(), &PORTS);
        let shown = String::from_utf8_lossy(&after).into_owned();
        prop_assert!(!["serial0", "ttyAMA0", "ttyS0"].iter().any(|port| shown.contains(port)));
        prop_assert!(shown.contains("console="));
        prop_assert_eq!(&cmdline_txt::freed(&after, &PORTS), &after);
        let back = cmdline_txt::restored(&after, before.as_bytes(), &after);
        let words = |bytes: &[u8]| -> Vec<String> {
            String::from_utf8_lossy(bytes).split_whitespace().map(str::to_owned).collect()
        };
        let (mut now, mut then) = (words(&back), words(before.as_bytes()));
        now.sort();
        now.dedup();
        then.sort();
        then.dedup();
        prop_assert_eq!(now, then);
    }

    #[test]
    fn no_bytes_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = config(&bytes, &bytes).entries();
        let _ = marks::take_away(&bytes);
        let _ = super::raspi_firmware::freed(&bytes);
        let after = cmdline_txt::freed(&bytes, &PORTS);
        let _ = cmdline_txt::restored(&bytes, &after, &bytes);
        let _ = super::diff::difference(&bytes, &after);
    }
}
