"""What is asked of the inverter, and how far a set of corners is from breaking it."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from simulation.corners import Corner
from simulation.line import BIT
from simulation.measure import READS_HIGH, READS_LOW, Figures

#: Amperes that a meter is bound to sink.
SINK = 5e-3

#: Volts by which a level may leave 0 V to supply for the length of an edge; a Pi's clamping diodes begin at 0.3 V.
OVERSHOOT = 0.1


@dataclass(frozen=True)
class Criterion:
    """One demand. `value` is to stay below `limit`, or above it where `least`."""

    name: str
    unit: str
    scale: float
    limit: float
    value: Callable[[Figures], float]
    least: bool = False
    at_edges: bool = False

    def margin(self, value: float) -> float:
        return value - self.limit if self.least else self.limit - value

    def told(self, value: float) -> str:
        """In the criterion's unit, or a dash where there is nothing to measure."""
        if abs(value) == inf:
            return "–"
        return f"{value * self.scale:.{1 if self.unit == 'mA' else 2 if self.unit == 'V' else 0}f} {self.unit}"


CRITERIA: tuple[Criterion, ...] = (
    Criterion("low level at GPIO15", "V", 1, READS_LOW, lambda figures: figures.low),
    Criterion("high level at GPIO15", "V", 1, READS_HIGH, lambda figures: figures.high, least=True),
    Criterion(
        "above the 3.3 V supply, at edges", "V", 1, OVERSHOOT, lambda figures: figures.above_supply, at_edges=True
    ),
    Criterion(
        "lowest level of all, at edges", "V", 1, -OVERSHOOT, lambda figures: figures.lowest, least=True, at_edges=True
    ),
    Criterion("current into the meter", "mA", 1e3, SINK, lambda figures: figures.sink),
    Criterion("edges, 10 to 90 %", "ns", 1e9, BIT / 10, lambda figures: figures.edge, at_edges=True),
    Criterion("change of a pulse's length", "ns", 1e9, BIT / 10, lambda figures: figures.distortion, at_edges=True),
)


@dataclass(frozen=True)
class Worst:
    """The value of a criterion that is nearest to its limit or farthest beyond, and where."""

    criterion: Criterion
    value: float
    corner: Corner

    @property
    def margin(self) -> float:
        return self.criterion.margin(self.value)


def worst(results: list[tuple[Corner, Figures]]) -> list[Worst]:
    """One for each criterion."""
    found = []
    for criterion in CRITERIA:
        corner, value = min(
            ((corner, criterion.value(figures)) for corner, figures in results),
            key=lambda pair: criterion.margin(pair[1]),
        )
        found.append(Worst(criterion, value, corner))
    return found
