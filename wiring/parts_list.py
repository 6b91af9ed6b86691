"""The lists of parts in docs/wiring.md, from the circuits."""

from circuits import Circuit, Part
from drawings.board import bands

KINDS = {
    "resistor": "resistor, 0.25 W, 5 %",
    "capacitor": "ceramic capacitor",
    "diode": "Schottky diode",
    "npn": "NPN transistor",
    "pnp": "PNP transistor",
}


def parts_list(circuit: Circuit) -> str:
    lines = ["| | value | kind | what it does |", "|---|---|---|---|"]
    for part in sorted(circuit.parts, key=lambda part: part.name):
        lines.append(f"| {part.name} | {part.label} | {kind(part)} | {part.does} |")
    return "\n".join(lines)


def kind(part: Part) -> str:
    if part.kind == "resistor":
        return f"{KINDS[part.kind]} ({', '.join(bands(part.value))})"
    return KINDS[part.kind]
