"""An inverter at all its corners: what came of each."""

from collections.abc import Iterable

from circuits import Circuit
from simulation import ngspice
from simulation.corners import Corner
from simulation.line import BIT, HARD_BYTES, bits, stream
from simulation.measure import READS_HIGH, Figures, figures
from simulation.netlist import held_high, inverter

Results = list[tuple[Corner, Figures]]

#: The longest step of a simulation between edges, in seconds.
STEP = 2e-6

#: Volts that another device may put on the line: its 5 V, and a tenth more.
FOREIGN = 5.5

#: How far the low level of the meter is raised, in volts, and in which steps.
LOW_SWEEP = (0.0, 2.5, 0.01)


def transients(circuit: Circuit, corners: Iterable[Corner], message: bytes = HARD_BYTES) -> Results:
    """The message through the inverter, at each corner."""
    corners, line = list(corners), bits(message)
    analysis = f"tran {STEP:g} {len(line) * BIT:.6g} 0 {STEP:g}"
    netlists = (inverter(circuit, corner, line) for corner in corners)
    waves = ngspice.run(netlists, analysis, "v(rxd) i(vmeter)")
    return [
        (corner, figures(wave, line, message, corner.supply)) for corner, wave in zip(corners, waves, strict=True)
    ]


def streams(circuit: Circuit, corners: Iterable[Corner], length: int = 48) -> Results:
    """The same with a longer, random message."""
    return transients(circuit, corners, stream(length))


def bearable_low(circuit: Circuit, corners: Iterable[Corner]) -> float:
    """The highest voltage on the line that the inverter still takes for low everywhere, while nothing changes."""
    first, last, step = LOW_SWEEP
    lowest = last
    netlists = (inverter(circuit, corner) for corner in corners)
    for wave in ngspice.run(netlists, f"dc VLOW {first:g} {last:g} {step:g}", "v(rxd) v(line)"):
        for rxd, line in zip(wave["v(rxd)"], wave["v(line)"], strict=True):
            if rxd < READS_HIGH:
                lowest = min(lowest, line)
                break
    return lowest


def while_held_high(circuit: Circuit, corners: Iterable[Corner]) -> float:
    """The highest voltage at GPIO15 while another device has its 5 V on the line."""
    netlists = (held_high(circuit, corner, FOREIGN) for corner in corners)
    return max(wave["v(rxd)"][0] for wave in ngspice.run(netlists, "op", "v(rxd)"))
