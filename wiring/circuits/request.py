"""A switch for Data Request: it gives 5 V or nothing, and never pulls the line low.

Nodes: vcc is the Pi's 5 V, gpio the pin that switches, request the meter's input.
"""

from circuits.parts import Circuit, Part

REQUEST = Circuit(
    name="request",
    parts=(
        Part("R1", "resistor", ("gpio", "b1"), 10e3, does="limits the current into the base of Q1"),
        Part("R2", "resistor", ("b1", "gnd"), 47e3, does="keeps Q1 off while the Pi starts"),
        Part("Q1", "npn", ("c1", "b1", "gnd"), model="BC548", does="turns Q2 on"),
        Part("R3", "resistor", ("c1", "b2"), 4.7e3, does="limits the current out of the base of Q2"),
        Part("R4", "resistor", ("vcc", "b2"), 10e3, does="keeps Q2 off while Q1 is"),
        Part("Q2", "pnp", ("sw", "b2", "vcc"), model="BC558", does="gives 5 V"),
        Part("D1", "diode", ("sw", "request"), model="BAT85", does="lets no current back in"),
    ),
    terminals={
        "vcc": ("header pin 2",),
        "gpio": ("header pin 11",),
        "gnd": ("header pin 6", "RJ12 pin 3"),
        "request": ("RJ12 pin 2",),
    },
)
