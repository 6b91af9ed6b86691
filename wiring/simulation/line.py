"""What a meter sends: bytes as bits on the line, 8N1 at 115200 baud."""

import random

#: Seconds for one bit.
BIT = 1 / 115200

#: Long runs of either level, single bits of either level, and alternation.
HARD_BYTES = bytes([0x00, 0xFF, 0x55, 0x80])

#: Bits of idle line before and after.
IDLE = 2


def stream(length: int) -> bytes:
    """So many bytes, the same every time."""
    return random.Random(115200).randbytes(length)


def bits(message: bytes) -> list[int]:
    """1 is MARK, the idle line, on which the meter pulls its output low."""
    line = [1] * IDLE
    for byte in message:
        line += [0, *((byte >> place) & 1 for place in range(8)), 1]
    return line + [1] * IDLE


def piecewise(line: list[int], ramp: float = 100e-9) -> str:
    """The bits as the points of a PWL source: 1 while the meter pulls down."""
    points = [(0.0, line[0])]
    for place in range(1, len(line)):
        if line[place] != line[place - 1]:
            points += [(place * BIT, line[place - 1]), (place * BIT + ramp, line[place])]
    return " ".join(f"{at:.9g} {level}" for at, level in points)
