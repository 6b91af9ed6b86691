"""The conditions that a circuit has to bear: all combinations of their ends, and the middle of all."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from circuits import Circuit

SUPPLIES = (3.0, 3.6)
CABLES = (0.0, 3.0)
TEMPERATURES = (0.0, 50.0)
SPECIMENS = ("weak", "strong")

#: The tolerance of capacitors.
CAPACITORS = 0.1

#: Volts that are left on the line while the meter pulls it down, besides 20 Ω (0.1 V at 5 mA). The standard
#: allows 1 V at 5 mA in all; a meter with an ordinary opto-coupler leaves a few tenths.
ORDINARY_METERS = (0.1, 0.3)
ANY_METER = (0.1, 0.9)


@dataclass(frozen=True)
class Corner:
    """One combination. `factors` are of the parts that vary, in the circuit's order."""

    supply: float
    cable: float
    temperature: float
    specimen: str
    meter_low: float
    factors: tuple[float, ...]

    def __str__(self) -> str:
        parts = "".join("+" if factor > 1 else "-" if factor < 1 else "=" for factor in self.factors)
        return (
            f"{self.supply:.1f} V, {self.cable:.0f} m, {self.temperature:.0f} °C, {self.specimen} transistor, "
            f"meter {self.meter_low:.1f} V, parts {parts}"
        )

    def closer(self, circuit: Circuit, tolerance: float) -> "Corner":
        """The same with other resistors, as far from their values in the same directions."""
        values = [
            1 + tolerance * (1 if factor > 1 else -1) if part.kind == "resistor" else factor
            for part, factor in zip(circuit.varied(), self.factors, strict=True)
        ]
        return replace(self, factors=tuple(values))


def corners(circuit: Circuit, tolerance: float, meters: tuple[float, ...]) -> Iterator[Corner]:
    """Every combination of the ends, for resistors of ± `tolerance` (0.05 is 5 %)."""
    tolerances = [tolerance if part.kind == "resistor" else CAPACITORS for part in circuit.varied()]
    factors = product(*((1 - by, 1 + by) for by in tolerances))
    for values in product(SUPPLIES, CABLES, TEMPERATURES, SPECIMENS, meters, factors):
        yield Corner(*values)


def middle(circuit: Circuit) -> Corner:
    """What most will have: everything as it is written."""
    return Corner(3.3, 3.0, 25.0, "typical", 0.2, (1.0,) * len(circuit.varied()))
