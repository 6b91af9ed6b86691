//! The models of the Raspberry Pi: who has the UART on the header, and which filters of config.txt
//! a model sees. Pure.
//!
//! Sources: "Configuring UARTs" and "Conditional filters" in the documentation of the Raspberry Pi.

/// What stands between the meter and the first PL011 on the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uart {
    /// Nothing: it is on the header, and on unless config.txt turns it off.
    Header,
    /// A compute module has it on these pins, too, but off.
    Module,
    /// Bluetooth has it, and the header the mini-UART.
    Bluetooth,
    /// It is in the RP1, on these pins, and off.
    Rp1,
}

/// A kind of Raspberry Pi.
#[derive(Debug, PartialEq, Eq)]
pub struct Board {
    /// What follows "Raspberry Pi " in the device tree's `model`, up to the revision.
    names: &'static [&'static str],
    /// Who has the UART.
    pub uart: Uart,
    /// The line that begins what is for this board in a config.txt for all of them.
    pub heading: &'static str,
    /// All filters that it sees but `all`.
    filters: &'static [&'static str],
}

impl Board {
    /// Whether settings below `[filter]` are for this board.
    #[must_use]
    pub fn sees(&self, filter: &str) -> bool {
        self.filters.contains(&filter)
    }
}

/// Every kind of Raspberry Pi that has a header, or is a module for a board that has one.
pub static BOARDS: [Board; 16] = [
    board(&["Model A", "Model B"], Uart::Header, "[pi1]", &["pi1"]),
    board(&["Compute Module"], Uart::Module, "[pi1]", &["pi1", "cm1"]),
    board(&["2 Model B"], Uart::Header, "[pi2]", &["pi2"]),
    board(
        &["3 Model A", "3 Model B Plus", "3 Model B+"],
        Uart::Bluetooth,
        "[pi3]",
        &["pi3", "pi3+"],
    ),
    board(&["3 Model B"], Uart::Bluetooth, "[pi3]", &["pi3"]),
    board(&["Compute Module 3"], Uart::Module, "[pi3]", &["pi3", "cm3"]),
    board(&["4 Model B"], Uart::Bluetooth, "[pi4]", &["pi4"]),
    board(&["400"], Uart::Bluetooth, "[pi4]", &["pi4", "pi400"]),
    board(&["Compute Module 4"], Uart::Bluetooth, "[pi4]", &["pi4", "cm4"]),
    board(&["Compute Module 4S"], Uart::Module, "[pi4]", &["pi4", "cm4s"]),
    board(&["5 Model B"], Uart::Rp1, "[pi5]", &["pi5"]),
    board(&["500"], Uart::Rp1, "[pi5]", &["pi5", "pi500"]),
    board(&["Compute Module 5"], Uart::Rp1, "[pi5]", &["pi5", "cm5"]),
    board(&["Zero"], Uart::Header, "[pi0]", &["pi0"]),
    board(&["Zero W"], Uart::Bluetooth, "[pi0w]", &["pi0", "pi0w"]),
    board(&["Zero 2 W", "Zero 2"], Uart::Bluetooth, "[pi0w]", &["pi0", "pi0w", "pi02"]),
];

const fn board(
    names: &'static [&'static str],
    uart: Uart,
    heading: &'static str,
    filters: &'static [&'static str],
) -> Board {
    Board { names, uart, heading, filters }
}

/// The board whose device tree calls it `model`, such as `Raspberry Pi 3 Model B Plus Rev 1.3`.
///
/// # Errors
///
/// One sentence, if it is none of [`BOARDS`].
pub fn of(model: &str) -> Result<&'static Board, String> {
    let Some(name) = model.strip_prefix("Raspberry Pi ") else {
        return Err(format!(
            "this is a {model} and no Raspberry Pi; name the boot partition of a Raspberry Pi's card \
             with --boot"
        ));
    };
    // What may come behind the name; a digit would make it another model.
    let ends = |rest: &str| {
        let ends = ["+", " Plus", " Lite", " Rev", " rev", " IO"];
        rest.is_empty() || ends.iter().any(|end| rest.starts_with(end))
    };
    let is =
        |board: &&Board| board.names.iter().any(|known| name.strip_prefix(known).is_some_and(ends));
    BOARDS.iter().find(is).ok_or_else(|| {
        format!(
            "this version of p1-tcp does not know the {model}; free its UART by hand, as its \
             documentation says, or take a USB cable for P1 ports"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_as_the_device_trees_of_both_kernels_call_them() {
        for (model, uart, filter) in [
            ("Model B Rev 2", Uart::Header, "pi1"),
            ("Model B Plus Rev 1.2", Uart::Header, "pi1"),
            ("Model B+", Uart::Header, "pi1"),
            ("Compute Module Rev 1.0", Uart::Module, "pi1"),
            ("2 Model B Rev 1.1", Uart::Header, "pi2"),
            ("3 Model B Rev 1.2", Uart::Bluetooth, "pi3"),
            ("3 Model B Plus Rev 1.3", Uart::Bluetooth, "pi3+"),
            ("3 Model B+", Uart::Bluetooth, "pi3+"),
            ("3 Model A Plus Rev 1.0", Uart::Bluetooth, "pi3+"),
            ("Compute Module 3 Rev 1.0", Uart::Module, "cm3"),
            ("Compute Module 3 Plus Rev 1.0", Uart::Module, "cm3"),
            ("Compute Module 3 IO board V3.0", Uart::Module, "cm3"),
            ("4 Model B Rev 1.5", Uart::Bluetooth, "pi4"),
            ("400 Rev 1.0", Uart::Bluetooth, "pi400"),
            ("Compute Module 4 Rev 1.1", Uart::Bluetooth, "cm4"),
            ("Compute Module 4S Rev 1.0", Uart::Module, "cm4s"),
            ("5 Model B Rev 1.0", Uart::Rp1, "pi5"),
            ("500 Rev 1.0", Uart::Rp1, "pi500"),
            ("500 Plus Rev 1.0", Uart::Rp1, "pi500"),
            ("Compute Module 5 Lite Rev 1.0", Uart::Rp1, "cm5"),
            ("Zero Rev 1.3", Uart::Header, "pi0"),
            ("Zero W Rev 1.1", Uart::Bluetooth, "pi0w"),
            ("Zero 2 W Rev 1.0", Uart::Bluetooth, "pi02"),
        ] {
            let board = of(&format!("Raspberry Pi {model}")).expect(model);
            assert_eq!(board.uart, uart, "{model}");
            assert!(board.sees(filter), "{model}");
        }
    }

    #[test]
    fn a_model_of_the_future_is_not_taken_for_an_old_one() {
        for model in ["6 Model B Rev 1.0", "Zero 3 W Rev 1.0", "Compute Module 6 Rev 1.0", "50"] {
            let told = of(&format!("Raspberry Pi {model}")).expect_err(model);
            assert!(told.contains("does not know"), "{told}");
        }
        assert!(of("Orange Pi Zero").expect_err("another maker").contains("no Raspberry Pi"));
    }

    #[test]
    fn each_board_sees_what_is_below_its_heading() {
        assert!(BOARDS.iter().all(|board| board.sees(board.heading.trim_matches(['[', ']']))));
    }
}
