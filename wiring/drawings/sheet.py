"""A schematic in the making: schemdraw draws it, and where parts and wires lie is kept to compare."""

import re
from itertools import pairwise

import schemdraw
import schemdraw.elements as elm

from circuits import Circuit, Part
from drawings.nets import Point, Segment, junctions, nets

schemdraw.use("svg")

FONT = "DejaVu Sans, Verdana, Arial, sans-serif"

TWO_LEGS = {"resistor": elm.ResistorIEC, "capacitor": elm.Capacitor, "diode": elm.Schottky}
THREE_LEGS = {"npn": elm.BjtNpn, "pnp": elm.BjtPnp}


class Sheet:
    """Draws the parts of one circuit; values and types come from there."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.drawing = schemdraw.Drawing(show=False)
        self.drawing.config(unit=2, fontsize=13, font=FONT, bgcolor="white", color="black", lw=1.6, margin=0.4)
        self.legs: dict[str, Point] = {}
        self.wires: list[Segment] = []

    def two(self, name: str, start: Point, end: Point, beside: str = "top") -> None:
        """A part with two legs, from its first one to its second."""
        part = self.circuit.part(name)
        element = (
            TWO_LEGS[part.kind]().at(start).to(end).label(label(part), loc=beside, ofst=offset(start, end, beside))
        )
        self.drawing += element
        self.note(part, [start, end])

    def three(self, name: str, base: Point, flip: bool = False) -> dict[str, Point]:
        """A transistor by where its base is; where its legs are."""
        part = self.circuit.part(name)
        element = THREE_LEGS[part.kind](circle=True).at(base).anchor("base").right()
        if flip:
            element = element.flip()
        element = element.label(label(part), loc="right", ofst=(0.25, 0), halign="left")
        self.drawing += element
        found = {leg: rounded(element.absanchors[leg]) for leg in ("collector", "base", "emitter")}
        self.note(part, list(found.values()))
        return found

    def note(self, part: Part, points: list[Point]) -> None:
        for leg, point in zip(part.legs(), points, strict=True):
            self.legs[leg] = point

    def wire(self, *points: Point) -> None:
        """A line through these points."""
        for start, end in pairwise(points):
            self.drawing += elm.Line().at(start).to(end)
            self.wires.append((start, end))

    def terminal(self, name: str, at: Point, text: str, side: str) -> None:
        """Where a wire leaves the circuit."""
        self.drawing += elm.Dot(open=True).at(at).label(text, loc=side, ofst=0.2)
        self.legs[name] = at

    def svg(self, description: str) -> str:
        """The drawing, once it is sure that it shows the circuit."""
        shown, meant = nets(self.legs, self.wires), self.circuit.nets()
        if shown != meant:
            wrong = ", ".join(" + ".join(sorted(net)) for net in sorted(shown ^ meant, key=sorted))
            raise ValueError(f"the drawing of {self.circuit.name} is not the circuit: {wrong}")
        for point in junctions(self.legs, self.wires):
            self.drawing += elm.Dot(radius=0.07).at(point)
        return tidy(self.drawing.get_imagedata("svg").decode("utf-8"), description)


def offset(start: Point, end: Point, beside: str) -> float:
    """How far a label keeps from its part: its two lines are put above the spot, also below a part."""
    return 0.5 if start[1] == end[1] and beside == "bottom" else 0.12


def label(part: Part) -> str:
    return f"{part.name}\n{part.label}"


def rounded(point: tuple[float, float]) -> Point:
    return round(point[0], 6), round(point[1], 6)


def tidy(svg: str, description: str) -> str:
    """Says in words what is to be seen, for those who do not see it, and keeps numbers short."""
    [(left, upper, width, height)] = re.findall(r'viewBox="(\S+) (\S+) (\S+) (\S+)"', svg)
    white = f'<rect x="{left}" y="{upper}" width="{width}" height="{height}" fill="white"/>'
    svg = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", svg)
    return (
        re.sub(
            r"(<svg[^>]*>)", lambda match: f"{match[1]}\n<title>{description}</title>\n{white}\n", svg, count=1
        ).strip()
        + "\n"
    )
