"""What docs/handleiding.md says in Dutch of the parts and the breadboard is what is simulated and drawn."""

import re
import unittest
from pathlib import Path

from circuits import BETTER, Part
from drawings.board import bands
from drawings.breadboard import BOARD

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/handleiding.md"

COLOURS = {
    "black": "zwart",
    "brown": "bruin",
    "red": "rood",
    "orange": "oranje",
    "yellow": "geel",
    "violet": "violet",
    "gold": "goud",
}

KINDS = {"capacitor": "keramische condensator", "diode": "schottkydiode", "npn": "NPN-transistor"}

#: Where a wire from the meter or to the Pi is plugged in, as the tables have it.
CABLES = {
    "RJ12 pin 3": "| pin 3, Data GND | breadboard {} |",
    "RJ12 pin 5": "| pin 5, Data | breadboard {} |",
    "header pin 1": "| {} | pin 1, 3,3 V |",
    "header pin 6": "| {} | pin 6, GND |",
    "header pin 10": "| {} | pin 10, GPIO15 |",
}


def bought(part: Part) -> str:
    """What it is called in a shop."""
    if part.kind != "resistor":
        return f"{KINDS[part.kind]} {part.label}"
    rings = ", ".join(COLOURS[band] for band in bands(part.value))
    return f"weerstand {part.label.replace('.', ',')}, 0,25 W ({rings})"


class Handleiding(unittest.TestCase):
    def setUp(self) -> None:
        self.text = DOCUMENT.read_text(encoding="utf-8")

    def test_parts_are_those_of_the_circuit_and_in_its_holes(self) -> None:
        rows = dict(re.findall(r"^\| ([CDQR]\d) \| (.*) \|$", self.text, re.MULTILINE))
        self.assertEqual(rows.keys(), {part.name for part in BETTER.parts})
        for placed in BOARD.parts:
            what, *holes = rows[placed.name].split(" | ")
            self.assertEqual(what, bought(BETTER.part(placed.name)))
            self.assertEqual(tuple(re.findall(r"[-+a-e]\d+", " ".join(holes))), placed.holes, placed.name)

    def test_wires_go_where_they_are_drawn(self) -> None:
        for one, other in BOARD.wires:
            self.assertIn(f"van {one} naar {other}", self.text)
        self.assertEqual({name for _, name in BOARD.cables}, CABLES.keys())
        for hole, name in BOARD.cables:
            self.assertIn(CABLES[name].format(hole), self.text)


if __name__ == "__main__":
    unittest.main()
