"""Which legs a drawing joins, found from where its wires run."""

from math import hypot

Point = tuple[float, float]
Segment = tuple[Point, Point]

#: How near two points are that are one, in units of the drawing.
NEAR = 1e-3


def nets(legs: dict[str, Point], wires: list[Segment]) -> set[frozenset[str]]:
    """The names of legs that wires join. Wires meet where one ends on another; those that only cross do not."""
    groups = [{place} for place in range(len(wires))]

    def join(one: int, other: int) -> None:
        first = next(group for group in groups if one in group)
        second = next(group for group in groups if other in group)
        if first is not second:
            first |= second
            groups.remove(second)

    for one, segment in enumerate(wires):
        for other, beside in enumerate(wires):
            if one != other and any(lies_on(end, beside) for end in segment):
                join(one, other)
    named: list[set[str]] = [set() for _ in groups]
    alone: dict[Point, set[str]] = {}
    for name, point in legs.items():
        for group, names in zip(groups, named, strict=True):
            if any(lies_on(point, wires[place]) for place in group):
                names.add(name)
                break
        else:
            near = next((other for other in alone if distance(other, point) < NEAR), point)
            alone.setdefault(near, set()).add(name)
    return {frozenset(names) for names in [*named, *alone.values()] if names}


def junctions(legs: dict[str, Point], wires: list[Segment]) -> list[Point]:
    """Where three or more come together: these get a dot."""
    ends = [*legs.values(), *(end for wire in wires for end in wire)]
    found: list[Point] = []
    for point in ends:
        meeting = sum(distance(point, end) < NEAR for end in ends)
        passing = sum(lies_on(point, wire) and all(distance(point, end) >= NEAR for end in wire) for wire in wires)
        if meeting + 2 * passing >= 3 and all(distance(point, other) >= NEAR for other in found):
            found.append(point)
    return sorted(found)


def distance(one: Point, other: Point) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


def lies_on(point: Point, segment: Segment) -> bool:
    start, end = segment
    around = distance(start, point) + distance(point, end) - distance(start, end)
    return (
        around < NEAR**2 / max(distance(start, end), NEAR) or min(distance(start, point), distance(point, end)) < NEAR
    )
