"""What a circuit is: parts with a value, each leg on a named node."""

from dataclasses import dataclass

#: The legs of each kind of part, in the order in which a part names its nodes.
LEGS: dict[str, tuple[str, ...]] = {
    "resistor": ("1", "2"),
    "capacitor": ("1", "2"),
    "diode": ("anode", "cathode"),
    "npn": ("collector", "base", "emitter"),
    "pnp": ("collector", "base", "emitter"),
    "nmos": ("drain", "gate", "source"),
}


@dataclass(frozen=True)
class Part:
    """One part. `value` is ohms or farads, `model` the type of a semiconductor."""

    name: str
    kind: str
    nodes: tuple[str, ...]
    value: float = 0.0
    model: str = ""
    does: str = ""

    def __post_init__(self) -> None:
        if len(self.nodes) != len(LEGS[self.kind]):
            raise ValueError(f"{self.name}: a {self.kind} has {len(LEGS[self.kind])} legs")

    @property
    def label(self) -> str:
        """What is printed on it or beside it: "4.7 kΩ", "BC548"."""
        return self.model or with_unit(self.value, "Ω" if self.kind == "resistor" else "F")

    def legs(self) -> dict[str, str]:
        """Each leg ("Q1.base") with its node."""
        named = zip(LEGS[self.kind], self.nodes, strict=True)
        return {f"{self.name}.{leg}": node for leg, node in named}


@dataclass(frozen=True)
class Circuit:
    """Parts, and where the nodes that leave the circuit lead: "RJ12 pin 5", "pin 10"."""

    name: str
    parts: tuple[Part, ...]
    terminals: dict[str, tuple[str, ...]]

    def part(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)

    def varied(self) -> tuple[Part, ...]:
        """The parts whose values have a tolerance: resistors, then capacitors."""
        return tuple(part for kind in ("resistor", "capacitor") for part in self.parts if part.kind == kind)

    def nets(self) -> set[frozenset[str]]:
        """Which legs and terminals are joined, one set for each node."""
        nodes: dict[str, set[str]] = {node: set(ends) for node, ends in self.terminals.items()}
        for part in self.parts:
            for leg, node in part.legs().items():
                nodes.setdefault(node, set()).add(leg)
        return {frozenset(ends) for ends in nodes.values()}


def with_unit(value: float, unit: str) -> str:
    """4700, "Ω" → "4.7 kΩ"."""
    for factor, prefix in ((1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"), (1e-12, "p")):
        if value >= factor * 0.9999:
            return f"{value / factor:.3g} {prefix}{unit}"
    raise ValueError(f"no prefix for {value}")
