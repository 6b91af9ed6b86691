"""The switch for Data Request at its corners: on, off, and with a Pi that has no power."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from circuits import REQUEST, Circuit, Part
from simulation import ngspice
from simulation.corners import SPECIMENS, TEMPERATURES
from simulation.netlist import circuit_lines

#: Volts: the Pi's 5 V; what a GPIO gives as high, at the least (Pi 4) and at the most; as low, at the most.
SUPPLIES = (4.75, 5.25)
GPIO_HIGH = (2.6, 3.6)
GPIO_LOW = 0.4

#: Ohms of the meter's input: 10 mA and 4 mA at 5.5 V, which the standard allows.
METER = (550.0, 1375.0)

#: Volts that another device may have on the meter's input.
FOREIGN = 5.5

#: Temperature, specimen, factors of the resistors.
Conditions = tuple[float, str, tuple[float, ...]]

#: Volts that ask a meter for data.
ASKS = (4.0, 5.5)


@dataclass(frozen=True)
class Request:
    """Volts at the meter while it asks, at the least and at the most; amperes out of the GPIO then; amperes out of
    the switch while it does not ask; amperes into it while another device holds the line up, with and without D1."""

    least: float
    most: float
    gpio: float
    off: float
    back: float
    without_diode: float

    def holds(self) -> bool:
        return ASKS[0] <= self.least and self.most <= ASKS[1] and max(abs(self.off), self.back) < 20e-6


#: The switch without its diode, to show what that is for.
WITHOUT_DIODE = replace(
    REQUEST,
    parts=tuple(
        Part("R9", "resistor", part.nodes, 0.1) if part.name == "D1" else part
        for part in sorted(REQUEST.parts, key=lambda part: part.name == "D1")
    ),
)


def netlist(circuit: Circuit, supply: float, gpio: float, outside: str, corner: Conditions) -> str:
    """`outside` is what is on the meter's side of VOUT, whose current is positive out of the switch."""
    temperature, specimen, factors = corner
    return "\n".join(
        [
            f"* request: {supply} V, gpio {gpio} V, {outside}, {corner}",
            *circuit_lines(circuit, specimen, factors),
            f".temp {temperature:g}",
            f"VCC vcc 0 {supply:g}",
            f"VGPIO gpio 0 {gpio:g}",
            "VOUT request out 0",
            outside,
            ".end",
            "",
        ]
    )


def corners(circuit: Circuit) -> Iterator[Conditions]:
    ends = product((0.95, 1.05), repeat=len(circuit.varied()))
    return product(TEMPERATURES, SPECIMENS, ends)


def values(supply: float, gpio: float, outside: str, circuit: Circuit = REQUEST) -> list[tuple[float, float, float]]:
    """At every corner: volts at the meter, amperes out of the switch, amperes out of the GPIO."""
    netlists = (netlist(circuit, supply, gpio, outside, corner) for corner in corners(circuit))
    found = ngspice.run(netlists, "op", "v(out) i(vout) i(vgpio)")
    return [(wave["v(out)"][0], wave["i(vout)"][0], -wave["i(vgpio)"][0]) for wave in found]


def request() -> Request:
    on = [
        value
        for supply, gpio, ohms in product(SUPPLIES, GPIO_HIGH, METER)
        for value in values(supply, gpio, f"RMETER out 0 {ohms:g}")
    ]
    off = values(SUPPLIES[1], GPIO_LOW, "VMETER out 0 0")
    back = [
        value
        for supply, gpio in ((SUPPLIES[0], GPIO_LOW), (0.0, 0.0))
        for value in values(supply, gpio, f"VMETER out 0 {FOREIGN:g}")
    ]
    without = values(0.0, 0.0, f"VMETER out 0 {FOREIGN:g}", WITHOUT_DIODE)
    return Request(
        least=min(value[0] for value in on),
        most=max(value[0] for value in on),
        gpio=max(value[2] for value in on),
        off=max(abs(value[1]) for value in off),
        back=max(-value[1] for value in back),
        without_diode=max(-value[1] for value in without),
    )
