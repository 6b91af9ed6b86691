//! The telegrams of Dutch meters.

use crate::clock::{stamp, stamp_without_season};
use crate::reading::Reading;
use crate::text::{AMPS, Form, KWH, Text, VOLTS, octets};

/// DSMR 2.2, as an Iskra ME382 has it: no clock, no checksum, and the gas on a line of its own.
pub(crate) fn dsmr22(reading: &Reading) -> String {
    let energy = Form::new(8, 3, "kWh");
    let power = Form::new(6, 2, "kW");
    let mut text = Text::new("ISk5\\2ME382-1003");
    text.line("0-0:96.1.1", [octets("ZA382NL0071264813")]);
    registers(&mut text, reading, energy);
    text.line("1-0:1.7.0", [power.of(reading.drawn())]);
    text.line("1-0:2.7.0", [power.of(reading.given())]);
    text.line("0-0:17.0.0", ["0999.00*kW"]);
    text.line("0-0:96.3.10", ["1"]);
    text.line("0-0:96.13.1", [""]);
    text.line("0-0:96.13.0", [""]);
    text.line("0-1:24.1.0", ["3"]);
    text.line("0-1:96.1.0", [octets("2801011382604712")]);
    let read_at = stamp_without_season(&reading.gas.at);
    text.line("0-1:24.3.0", [&*read_at, "00", "60", "1", "0-1:24.2.1", "m3"]);
    text.line("", [Form::new(8, 3, "").of(reading.gas.cubic_metres)]);
    text.line("0-1:24.4.0", ["1"]);
    text.end()
}

/// DSMR 4.2, as a Landis+Gyr E350 with one phase has it.
pub(crate) fn e350(reading: &Reading) -> String {
    let mut text = Text::new("XMX5LGBBFG1012837465");
    text.line("1-3:0.2.8", ["42"]);
    text.line("0-0:1.0.0", [stamp(&reading.now)]);
    text.line("0-0:96.1.1", [octets("E0031003746518214")]);
    registers(&mut text, reading, KWH);
    text.powers(reading);
    text.line("0-0:96.7.21", ["00007"]);
    text.line("0-0:96.7.9", ["00002"]);
    let failures = ["1", "0-0:96.7.19", "190611142236S", "0000004127*s"];
    text.line("1-0:99.97.0", failures);
    text.sags_and_swells(reading);
    text.line("0-0:96.13.1", [""]);
    text.line("0-0:96.13.0", [""]);
    text.each_phase(&reading.phases, (31, "7.0"), |phase| AMPS.of(phase.amps()));
    text.phase_powers(reading);
    text.gas(reading, "G0019340482716516");
    text.end_with_checksum()
}

/// DSMR 5.0.2, as an Iskra AM550 with three phases has it.
pub(crate) fn dsmr50(reading: &Reading) -> String {
    let mut text = Text::new("ISK5\\2M550T-1013");
    text.line("1-3:0.2.8", ["50"]);
    text.line("0-0:1.0.0", [stamp(&reading.now)]);
    text.line("0-0:96.1.1", [octets("E0047000382917420")]);
    registers(&mut text, reading, KWH);
    text.powers(reading);
    text.line("0-0:96.7.21", ["00011"]);
    text.line("0-0:96.7.9", ["00003"]);
    let failures = ["2", "0-0:96.7.19", "200914083051S", "0000000362*s"];
    let last_failure = ["230117214409W", "0000001875*s"];
    text.line("1-0:99.97.0", failures.iter().chain(&last_failure));
    text.sags_and_swells(reading);
    text.line("0-0:96.13.0", [""]);
    text.each_phase(&reading.phases, (32, "7.0"), |phase| VOLTS.of(phase.volts));
    text.each_phase(&reading.phases, (31, "7.0"), |phase| AMPS.of(phase.amps()));
    text.phase_powers(reading);
    text.gas(reading, "G0039003816274019");
    text.end_with_checksum()
}

/// Energy by tariff. In the Netherlands 1 is the low one.
fn registers(text: &mut Text, reading: &Reading, form: Form) {
    text.line("1-0:1.8.1", [form.of(reading.import.low)]);
    text.line("1-0:1.8.2", [form.of(reading.import.normal)]);
    text.line("1-0:2.8.1", [form.of(reading.export.low)]);
    text.line("1-0:2.8.2", [form.of(reading.export.normal)]);
    text.line("0-0:96.14.0", [if reading.low_tariff { "0001" } else { "0002" }]);
}
