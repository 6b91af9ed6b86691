"""A circuit and a corner as ngspice's netlist, with the meter, the cable and the Pi around it."""

from circuits import Circuit, Part
from simulation.corners import Corner
from simulation.line import piecewise
from simulation.models import GATE, MODELS

LETTERS = {"resistor": "R", "capacitor": "C", "diode": "D", "npn": "Q", "pnp": "Q", "nmos": "M"}

#: Farads: a metre of flat cable; a breadboard and wires; the pin of the Pi (its data sheet says 5 pF) with its wire.
CABLE_PER_METRE = 100e-12
BREADBOARD = 20e-12
PIN = 15e-12

#: What the meter's output sinks at most while it discharges the cable, in amperes, its resistance in ohms, and what
#: leaks through it while it is off.
METER_LIMIT = 10e-3
METER_OHMS = 20
METER_LEAK = 10e-6

#: The pin of the Pi: its pull-up (33 to 73 kΩ on a Pi 4, 50 to 65 kΩ on others), and what leaks into it.
PIN_PULL_UP = 33e3
PIN_LEAK = 10e-6

NODE = {"gnd": "0"}


def element(part: Part, factor: float = 1.0) -> str:
    """One part as a line of the netlist."""
    nodes = " ".join(NODE.get(node, node) for node in part.nodes)
    what = f"{part.value * factor:.6g}" if part.value else part.model
    letter = LETTERS[part.kind]
    name = part.name if part.name.startswith(letter) else letter + part.name
    if part.kind != "nmos":
        return f"{name} {nodes} {what}"
    drain, gate, source = (NODE.get(node, node) for node in part.nodes)
    to_source, to_drain = GATE[part.model]
    return (
        f"{name} {nodes} {source} {what}\n"
        f"C{name}GS {gate} {source} {to_source:g}\nC{name}GD {gate} {drain} {to_drain:g}"
    )


def circuit_lines(circuit: Circuit, specimen: str, factors: tuple[float, ...]) -> list[str]:
    """The circuit itself, with the models that it uses."""
    factor = dict(zip((part.name for part in circuit.varied()), factors, strict=True))
    lines = [element(part, factor.get(part.name, 1.0)) for part in circuit.parts]
    models = sorted({part.model for part in circuit.parts if part.model})
    return lines + [MODELS[model].card(model, specimen) for model in models]


def inverter(circuit: Circuit, corner: Corner, line: list[int] | None = None) -> str:
    """The inverter between meter and Pi; without a line the meter pulls down for good.

    The current into the meter is that of VMETER.
    """
    control = f"PWL({piecewise(line)})" if line else "1"
    sink = f"tanh(max(0,V(out)-V(low))/{METER_OHMS * METER_LIMIT:g})"
    meter = [
        f"VCONTROL control 0 {control}",
        f"VLOW low 0 {corner.meter_low:g}",
        "VMETER line out 0",
        f"BMETER out 0 I=V(control)*{METER_LIMIT:g}*{sink}+{METER_LEAK:g}*(1-V(control))",
    ]
    return with_pi(circuit, corner, meter)


def held_high(circuit: Circuit, corner: Corner, volts: float) -> str:
    """The inverter on a line that another device pulls up to so many volts, however much that takes."""
    return with_pi(circuit, corner, [f"VFOREIGN line 0 {volts:g}"])


def with_pi(circuit: Circuit, corner: Corner, meter: list[str]) -> str:
    return "\n".join(
        [
            f"* {circuit.name}: {corner}",
            *circuit_lines(circuit, corner.specimen, corner.factors),
            *meter,
            f".temp {corner.temperature:g}",
            ".options reltol=1e-3 method=gear",
            f"VDD vdd 0 {corner.supply:g}",
            f"CLINE line 0 {CABLE_PER_METRE * corner.cable + BREADBOARD:g}",
            f"RPIN vdd rxd {PIN_PULL_UP:g}",
            f"CPIN rxd 0 {BREADBOARD + PIN:g}",
            f"IPIN rxd 0 {PIN_LEAK:g}",
            ".end",
            "",
        ]
    )
