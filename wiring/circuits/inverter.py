"""The inverter between the meter's data line and GPIO15: the how-to's values, better ones, a MOSFET.

Nodes: vdd is the Pi's 3.3 V, line the meter's data line, rxd GPIO15.
"""

from circuits.parts import Circuit, Part

TERMINALS: dict[str, tuple[str, ...]] = {
    "vdd": ("header pin 1",),
    "line": ("RJ12 pin 5",),
    "gnd": ("header pin 6", "RJ12 pin 3"),
    "rxd": ("header pin 10",),
}

PULL_UP = "pulls the meter's line up; the meter only pulls it down"
LOAD = "pulls GPIO15 up while the transistor is off"

HOW_TO = Circuit(
    name="how-to",
    parts=(
        Part("R1", "resistor", ("vdd", "line"), 1e3, does=PULL_UP),
        Part("R2", "resistor", ("line", "base"), 1e3, does="limits the current into the base"),
        Part("R4", "resistor", ("vdd", "rxd"), 1e3, does=LOAD),
        Part("Q1", "npn", ("rxd", "base", "gnd"), model="BC548", does="inverts"),
    ),
    terminals=TERMINALS,
)

#: Four resistors and the transistor: how-to's parts with better values, and R3.
RESISTORS = (
    Part("R1", "resistor", ("vdd", "line"), 1e3, does=PULL_UP),
    Part("R2", "resistor", ("line", "base"), 4.7e3, does="limits the current into the base"),
    Part("R3", "resistor", ("base", "gnd"), 3.3e3, does="keeps the transistor off while the line is low"),
    Part("R4", "resistor", ("vdd", "rxd"), 1e3, does=LOAD),
    Part("Q1", "npn", ("rxd", "base", "gnd"), model="BC548", does="inverts"),
)

SIMPLE = Circuit(name="simple", parts=RESISTORS, terminals=TERMINALS)

BETTER = Circuit(
    name="better",
    parts=(
        *RESISTORS,
        Part("D1", "diode", ("base", "rxd"), model="BAT85", does="keeps the transistor quick to turn off"),
        Part("C1", "capacitor", ("line", "base"), 100e-12, does="hands the edges on at once"),
    ),
    terminals=TERMINALS,
)

MOSFET = Circuit(
    name="mosfet",
    parts=(
        Part("R1", "resistor", ("vdd", "line"), 1e3, does=PULL_UP),
        Part("R4", "resistor", ("vdd", "rxd"), 1e3, does=LOAD),
        Part("Q1", "nmos", ("rxd", "line", "gnd"), model="2N7000", does="inverts"),
    ),
    terminals=TERMINALS,
)

INVERTERS: tuple[Circuit, ...] = (HOW_TO, SIMPLE, BETTER, MOSFET)
