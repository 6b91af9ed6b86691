"""The parts of docs/wiring.md that are made: between `<!-- NAME -->` and `<!-- end of NAME -->`."""

import re
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[1] / "docs/wiring.md"

NUMBER = re.compile(r"\d+(?:\.\d+)?")

#: By how much a figure may differ from one that another version of ngspice came to, besides a step of its last place.
CLOSE = 0.05


def section(text: str, name: str) -> str:
    match = pattern(name).search(text)
    if not match:
        raise SystemExit(f"{DOCUMENT.name} has no part “{name}”")
    return match[2].strip()


def with_section(text: str, name: str, content: str) -> str:
    section(text, name)
    return pattern(name).sub(lambda match: f"{match[1]}\n{content}\n{match[3]}", text)


def pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name} -->\n)(.*?)(\n<!-- end of {name} -->)", re.DOTALL)


def same(written: str, made: str) -> bool:
    """Whether the words are the same, and each number nearly."""
    if NUMBER.sub("#", written) != NUMBER.sub("#", made):
        return False
    return all(map(nearly, NUMBER.findall(written), NUMBER.findall(made)))


def nearly(one: str, other: str) -> bool:
    places = min(len(number.partition(".")[2]) for number in (one, other))
    step = 10.0**-places
    return abs(float(one) - float(other)) <= max(1.01 * step, CLOSE * abs(float(one)))
