//! The telegrams of Belgian meters.

use crate::clock::stamp;
use crate::reading::Reading;
use crate::text::{CUBIC_METRES, Form, KW, KWH, Text, VOLTS, octets};

/// e-MUCS P1 1.7, as a Sagemcom of Fluvius with three phases, gas and water has it.
pub(crate) fn fluvius(reading: &Reading) -> String {
    let demand = &reading.demand;
    let mut text = Text::new("FLU5\\253770417_A");
    text.line("0-0:96.1.4", ["50217"]);
    text.line("0-0:96.1.1", [octets("1SAG1105284736")]);
    text.line("0-0:1.0.0", [stamp(&reading.now)]);
    // In Belgium 1 is the normal tariff, that of the day, and 2 the low one.
    text.line("1-0:1.8.1", [KWH.of(reading.import.normal)]);
    text.line("1-0:1.8.2", [KWH.of(reading.import.low)]);
    text.line("1-0:2.8.1", [KWH.of(reading.export.normal)]);
    text.line("1-0:2.8.2", [KWH.of(reading.export.low)]);
    text.line("0-0:96.14.0", [if reading.low_tariff { "0002" } else { "0001" }]);
    text.line("1-0:1.4.0", [KW.of(demand.average())]);
    text.line("1-0:1.6.0", [stamp(&demand.peak.at), KW.of(demand.peak.kilowatts)]);
    let months = demand
        .months
        .iter()
        .flat_map(|month| [stamp(&month.end), stamp(&month.peak.at), KW.of(month.peak.kilowatts)]);
    let count = [demand.months.len().to_string(), "1-0:1.6.0".into(), "1-0:1.6.0".into()];
    text.line("0-0:98.1.0", count.into_iter().chain(months));
    text.powers(reading);
    text.phase_powers(reading);
    text.each_phase(&reading.phases, (32, "7.0"), |phase| VOLTS.of(phase.volts));
    let amps = Form::new(5, 2, "A");
    text.each_phase(&reading.phases, (31, "7.0"), |phase| amps.of(phase.amps()));
    text.line("0-0:96.3.10", ["1"]);
    text.line("0-0:17.0.0", ["999.9*kW"]);
    text.line("1-0:31.4.0", ["999*A"]);
    text.line("0-0:96.13.0", [""]);
    text.line("0-1:24.1.0", ["003"]);
    text.line("0-1:96.1.1", [octets("7FLO2123047185")]);
    text.line("0-1:24.4.0", ["1"]);
    // Gas at 15 °C: 24.2.3, and not 24.2.1 as elsewhere.
    let gas = CUBIC_METRES.of(reading.gas.cubic_metres);
    text.line("0-1:24.2.3", [stamp(&reading.gas.at), gas]);
    text.line("0-2:24.1.0", ["007"]);
    text.line("0-2:96.1.1", [octets("8SET0000731946")]);
    let water = CUBIC_METRES.of(reading.water.cubic_metres);
    text.line("0-2:24.2.1", [stamp(&reading.water.at), water]);
    text.end_with_checksum()
}
