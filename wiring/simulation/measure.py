"""What a waveform at GPIO15 amounts to: levels, edges, delays, and the bytes that a UART reads in it."""

from array import array
from bisect import bisect_left
from dataclasses import dataclass
from math import inf

from simulation.line import BIT
from simulation.ngspice import Vectors

#: Volts: a Pi reads a level below as low for certain, and one above as high. These are the limits of the BCM2711
#: (Pi 4, 400); those of the BCM2835 to BCM2837 (0.9 and 1.6 V) are wider.
READS_LOW = 0.8
READS_HIGH = 2.0

#: The part of a bit in which levels are looked at: behind the edge, before the next.
SETTLED = (0.3, 0.95)


@dataclass(frozen=True)
class Figures:
    """In volts, amperes and seconds. `above_supply` and `lowest` tell whether the level leaves its range at edges; an
    edge or a distortion is endless where edges are missing."""

    low: float
    high: float
    above_supply: float
    lowest: float
    sink: float
    edge: float
    distortion: float
    right: bool


def figures(vectors: Vectors, line: list[int], message: bytes, supply: float) -> Figures:
    """What came of the bits on the line."""
    time, level = vectors["time"], vectors["v(rxd)"]
    lows: list[float] = []
    highs: list[float] = []
    sinks = [0.0]
    for place, bit in enumerate(line):
        first = bisect_left(time, (place + SETTLED[0]) * BIT)
        last = bisect_left(time, (place + SETTLED[1]) * BIT)
        (highs if bit else lows).extend(level[first:last])
        sinks.append(max(vectors["i(vmeter)"][first:last]))
    low, high = max(lows), min(highs)
    changed = distortion(time, level, line)
    right = all(decode(time, level, threshold) == message for threshold in (READS_LOW, READS_HIGH))
    return Figures(
        low=low,
        high=high,
        above_supply=max(level) - supply,
        lowest=min(level),
        sink=max(sinks),
        edge=slowest_edge(time, level, low, high) if changed < inf else inf,
        distortion=changed,
        right=right,
    )


def crossings(time: "array[float]", level: "array[float]", threshold: float) -> list[tuple[float, bool]]:
    """When the level crosses the threshold, and whether it rises."""
    above = bytes(map(threshold.__le__, level))
    found = []
    for flip, rises in ((b"\0\1", True), (b"\1\0", False)):
        place = above.find(flip)
        while place >= 0:
            part = (threshold - level[place]) / (level[place + 1] - level[place])
            found.append((time[place] + part * (time[place + 1] - time[place]), rises))
            place = above.find(flip, place + 1)
    return sorted(found)


def slowest_edge(time: "array[float]", level: "array[float]", low: float, high: float) -> float:
    """The longest from 10 % to 90 % of the swing, or back; endless where it does not swing."""
    if high <= low:
        return inf
    swing = high - low
    lower, upper = (crossings(time, level, low + part * swing) for part in (0.1, 0.9))
    if len(lower) != len(upper) or not lower:
        return inf
    return max(abs(one[0] - other[0]) for one, other in zip(lower, upper, strict=True))


def distortion(time: "array[float]", level: "array[float]", line: list[int]) -> float:
    """By how much a pulse can get longer or shorter, whatever between the limits the input takes as its threshold."""
    edges = [place * BIT for place in range(1, len(line)) if line[place] != line[place - 1]]
    delays: dict[bool, list[float]] = {True: [], False: []}
    for threshold in (READS_LOW, READS_HIGH):
        found = crossings(time, level, threshold)
        if len(found) != len(edges):
            return inf
        for (at, rises), edge in zip(found, edges, strict=True):
            delays[rises].append(at - edge)
    up, down = delays[True], delays[False]
    return max(max(up) - min(down), max(down) - min(up))


def decode(time: "array[float]", level: "array[float]", threshold: float) -> bytes:
    """The bytes that a UART reads, from each start bit on in the middle of each bit. Broken ones are left out."""
    edges = crossings(time, level, threshold)
    moments = [at for at, _ in edges]
    first = level[0] >= threshold

    def is_high(at: float) -> bool:
        passed = bisect_left(moments, at)
        return edges[passed - 1][1] if passed else first

    message, free = bytearray(), 0.0
    for at, rises in edges:
        if rises or at < free:
            continue
        sampled = [is_high(at + (place + 0.5) * BIT) for place in range(10)]
        free = at + 9.5 * BIT
        if sampled[9] and not sampled[0]:
            message.append(sum(bit << place for place, bit in enumerate(sampled[1:9])))
    return bytes(message)
