//! The telegrams of Luxembourg's meters, before they are encrypted.

use crate::clock::stamp;
use crate::reading::{Phase, Reading};
use crate::text::{AMPS, Form, KWH, Text, VOLTS, octets};

const KVAR: Form = Form::new(5, 3, "kvar");
const KVA: Form = Form::new(5, 3, "kVA");

/// "P1 Smart Meter" 1.1.3, as a Sagemcom "Smarty" with three phases and gas has it: no tariffs, but
/// reactive power and a limit on the current. The meter's number is under 42.0.0, not 96.1.1.
pub(crate) fn smarty(reading: &Reading) -> String {
    let none = |_: &Phase| KVAR.of(0.0);
    let mut text = Text::new("Lux5\\253663924_D");
    text.line("1-3:0.2.8", ["42"]);
    text.line("0-0:1.0.0", [stamp(&reading.now)]);
    text.line("0-0:42.0.0", [octets("SAG1030700048261")]);
    text.line("1-0:1.8.0", [KWH.of(reading.import.total())]);
    text.line("1-0:2.8.0", [KWH.of(reading.export.total())]);
    text.line("1-0:3.8.0", [Form::new(9, 3, "kvarh").of(reading.reactive)]);
    text.line("1-0:4.8.0", ["000017.402*kvarh"]);
    text.powers(reading);
    text.line("1-0:3.7.0", [KVAR.of(reading.reactive_power())]);
    text.line("1-0:4.7.0", [KVAR.of(0.0)]);
    text.line("0-0:17.0.0", ["027.6*kVA"]);
    let (drawn, given) = if reading.given() > 0.0 {
        (0.0, reading.apparent_power())
    } else {
        (reading.apparent_power(), 0.0)
    };
    text.line("1-0:9.7.0", [KVA.of(drawn)]);
    text.line("1-0:10.7.0", [KVA.of(given)]);
    text.line("1-1:31.4.0", ["040*A", "-040*A"]);
    text.line("0-0:96.3.10", ["1"]);
    text.line("0-1:96.3.10", ["0"]);
    text.line("0-2:96.3.10", ["0"]);
    text.line("0-0:96.7.21", ["00018"]);
    text.sags_and_swells(reading);
    for message in ["0", "2", "3", "4", "5"] {
        text.line(&format!("0-0:96.13.{message}"), [""]);
    }
    text.each_phase(&reading.phases, (32, "7.0"), |phase| VOLTS.of(phase.volts));
    text.each_phase(&reading.phases, (31, "7.0"), |phase| AMPS.of(phase.amps()));
    text.phase_powers(reading);
    text.each_phase(&reading.phases, (23, "7.0"), |phase| KVAR.of(phase.vars / 1e3));
    text.each_phase(&reading.phases, (24, "7.0"), none);
    text.gas(reading, "FLO1183750294617");
    text.line("0-1:24.4.0", ["0"]);
    text.end_with_checksum()
}
