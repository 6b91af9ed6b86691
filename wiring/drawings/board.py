"""A breadboard's holes, and which of them are one node.

A hole is "a6", row and column, or "+6" and "-6" in the rails above. Rows a to e of a column are joined, and so is
all of a rail.
"""

from dataclasses import dataclass

from circuits import Circuit

COLUMNS = 22
ROWS = "abcde"
RAILS = "+-"


@dataclass(frozen=True)
class Placed:
    """A part's name and the holes of its legs, in the order of the circuit's nodes."""

    name: str
    holes: tuple[str, ...]


@dataclass(frozen=True)
class Board:
    """What is put where. Wires join two holes, cables a hole and a terminal of the circuit."""

    circuit: Circuit
    parts: tuple[Placed, ...]
    wires: tuple[tuple[str, str], ...]
    cables: tuple[tuple[str, str], ...]

    def check(self) -> None:
        """Raises where the board is not the circuit, or two legs share a hole."""
        ends = [hole for placed in self.parts for hole in placed.holes]
        ends += [hole for wire in self.wires for hole in wire] + [hole for hole, _ in self.cables]
        shared = {hole for hole in ends if ends.count(hole) > 1}
        if shared:
            raise ValueError(f"holes with more than one leg: {sorted(shared)}")
        if self.nets() != self.circuit.nets():
            wrong = ", ".join(" + ".join(sorted(net)) for net in self.nets() ^ self.circuit.nets())
            raise ValueError(f"the breadboard is not the circuit: {wrong}")

    def nets(self) -> set[frozenset[str]]:
        strips: dict[str, set[str]] = {}
        for placed in self.parts:
            legs = self.circuit.part(placed.name).legs()
            for leg, hole in zip(legs, placed.holes, strict=True):
                strips.setdefault(strip(hole), set()).add(leg)
        for hole, terminal in self.cables:
            strips.setdefault(strip(hole), set()).add(terminal)
        for one, other in self.wires:
            joined = strips.setdefault(strip(one), set()) | strips.setdefault(strip(other), set())
            members = [
                name for name, legs in strips.items() if legs is strips[strip(one)] or legs is strips[strip(other)]
            ]
            strips.update(dict.fromkeys(members, joined))
        return {frozenset(legs) for legs in strips.values() if legs}


def strip(hole: str) -> str:
    """The metal that a hole leads to: a rail, or a column."""
    return hole[0] if hole[0] in RAILS else hole[1:]


def bands(ohms: float) -> tuple[str, ...]:
    """The colours of a resistor of 5 % with four rings: two digits, zeros, gold."""
    power = 0
    digits = ohms
    while digits >= 100:
        digits, power = digits / 10, power + 1
    return (COLOURS[round(digits) // 10], COLOURS[round(digits) % 10], COLOURS[power], "gold")


COLOURS = ("black", "brown", "red", "orange", "yellow", "green", "blue", "violet", "grey", "white")
