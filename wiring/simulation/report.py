"""All figures of docs/wiring.md: which sweeps there are, what has to hold, and the tables."""

from dataclasses import dataclass
from functools import cached_property

from circuits import BETTER, HOW_TO, MOSFET, SIMPLE, Circuit
from simulation.corners import ANY_METER, ORDINARY_METERS, Corner, corners, middle
from simulation.criteria import CRITERIA, Criterion, Worst, worst
from simulation.measure import READS_LOW
from simulation.request import Request
from simulation.sweep import FOREIGN, Results, bearable_low, streams, transients, while_held_high

TOLERANCE = 0.05
CLOSE = 0.01

#: Volts at the meter's output that the standard still calls low.
STANDARD_LOW = 1.0


@dataclass(frozen=True)
class Column:
    """A circuit with a kind of meter, at all corners."""

    title: str
    circuit: Circuit
    meters: tuple[float, ...]
    #: What has to hold, and with it the test: the bytes, all criteria.
    bytes_hold: bool = False
    all_holds: bool = False

    @cached_property
    def results(self) -> Results:
        return transients(self.circuit, corners(self.circuit, TOLERANCE, self.meters))

    @cached_property
    def worst(self) -> list[Worst]:
        return worst(self.results)

    @cached_property
    def random(self) -> Results:
        """The worst corners again, with a long message."""
        return streams(self.circuit, {found.corner for found in self.worst})

    @cached_property
    def closer(self) -> list[Worst]:
        """The worst corners again, with resistors of 1 %."""
        again = {found.corner.closer(self.circuit, CLOSE) for found in self.worst}
        return worst(transients(self.circuit, again))

    @cached_property
    def middle(self) -> list[Worst]:
        return worst(transients(self.circuit, [middle(self.circuit)]))

    @cached_property
    def low(self) -> float:
        return bearable_low(self.circuit, self.at_rest())

    @cached_property
    def held_high(self) -> float:
        return while_held_high(self.circuit, self.at_rest())

    def at_rest(self) -> list[Corner]:
        """The corners that differ while nothing changes."""
        return [corner for corner, _ in self.results if corner.cable == 0 and corner.meter_low == self.meters[0]]

    def wrong(self) -> list[Corner]:
        return [corner for corner, figures in self.results + self.random if not figures.right]

    def told(self, place: int) -> str:
        """The worst for a criterion; a dash for what edges do where there is never one."""
        found = self.worst[place]
        silent = found.criterion.at_edges and not any(figures.right for _, figures in self.results)
        return "–" if silent else with_margin(found)

    def tried(self) -> int:
        return len(self.results) + len(self.random)

    def broken(self) -> list[str]:
        """What has to hold and does not."""
        found = []
        if self.bytes_hold and self.wrong():
            found.append(f"{self.title}: bytes are wrong at {self.wrong()[0]}")
        if self.bytes_hold and self.low < STANDARD_LOW:
            found.append(f"{self.title}: a meter may leave {STANDARD_LOW} V, {self.low:.2f} V is borne")
        if self.bytes_hold and self.held_high > READS_LOW:
            found.append(f"{self.title}: {self.held_high:.2f} V at GPIO15 with {FOREIGN} V on the line")
        if self.all_holds:
            found += [
                f"{self.title}: {one.criterion.name}: {one.criterion.told(one.value)} at {one.corner}"
                for one in self.worst
                if one.margin < 0
            ]
        return found


def columns() -> list[Column]:
    return [
        Column("how-to, ordinary meter", HOW_TO, ORDINARY_METERS),
        Column("how-to, meter at its limit", HOW_TO, ANY_METER[1:]),
        Column("four resistors, any meter", SIMPLE, ANY_METER, bytes_hold=True),
        Column("all parts, any meter", BETTER, ANY_METER, bytes_hold=True, all_holds=True),
    ]


def mosfet() -> Column:
    return Column("2N7000, ordinary meter", MOSFET, ORDINARY_METERS[:1])


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def table(titles: list[str], rows: list[list[str]]) -> str:
    return "\n".join([row(*titles), "|" + "---|" * len(titles), *(row(*cells) for cells in rows)])


def limit(criterion: Criterion) -> str:
    return f"{'at least' if criterion.least else 'at most'} {criterion.told(criterion.limit)}"


def with_margin(found: Worst) -> str:
    told = found.criterion.told
    if told(found.value) == "–":
        return "–"
    if found.margin < 0:
        return f"**{told(found.value)}: {told(-found.margin)} too {'little' if found.criterion.least else 'much'}**"
    return f"{told(found.value)}, {told(found.margin)} left"


def main_table(shown: list[Column]) -> str:
    """The worst of all corners for each criterion, and what is left to the limit."""
    rows = [
        [criterion.name, limit(criterion), *(column.told(place) for column in shown)]
        for place, criterion in enumerate(CRITERIA)
    ]
    bytes_row = ["messages that come out as they went in", "all"]
    low_row = ["low level on the line that is still taken for low", f"at least {STANDARD_LOW:.2f} V"]
    high_row = [f"voltage at GPIO15 with {FOREIGN} V on the line", f"at most {READS_LOW:.2f} V"]
    for column in shown:
        high_row.append(f"{column.held_high:.2f} V, {READS_LOW - column.held_high:.2f} V left")
        good = column.tried() - len(column.wrong())
        bytes_row.append(f"{good} of {column.tried()}" if not column.wrong() else f"**{good} of {column.tried()}**")
        left = column.low - STANDARD_LOW
        too_little = f"**{column.low:.2f} V: {-left:.2f} V too little**"
        low_row.append(f"{column.low:.2f} V, {left:.2f} V left" if left >= 0 else too_little)
    return table(["", "has to be", *(column.title for column in shown)], [bytes_row, *rows, low_row, high_row])


def close_table(how_to: Column, better: Column) -> str:
    """The same with 5 % and 1 % resistors, and with everything as it is written."""
    kinds = ("5 %", "1 %", "nothing off")
    titles = ["", *(f"{name}, {kind}" for name in ("how-to", "all parts") for kind in kinds)]
    rows = []
    for place, criterion in enumerate(CRITERIA):
        found = [
            source[place] for column in (how_to, better) for source in (column.worst, column.closer, column.middle)
        ]
        rows.append([criterion.name, *(criterion.told(one.value) for one in found)])
    return table(titles, rows)


def request_table(found: Request) -> str:
    return table(
        ["", "has to be", "worst"],
        [
            ["voltage at the meter while it is asked", "4.0 to 5.5 V", f"{found.least:.2f} to {found.most:.2f} V"],
            ["current out of the GPIO", "at most 2 mA", f"{found.gpio * 1e3:.1f} mA"],
            ["current out of the switch while it is off", "at most 20 µA", f"{found.off * 1e6:.0f} µA"],
            ["current into it from another device at 5.5 V", "at most 20 µA", f"{found.back * 1e6:.0f} µA"],
            ["the same without D1, the Pi without power", "", f"{found.without_diode * 1e3:.1f} mA"],
        ],
    )


def where(column: Column) -> str:
    """The corner of each figure, for those who want to look closer."""
    lines = [f"{column.title}: {column.tried()} simulations, {len(column.wrong())} with wrong bytes"]
    for found in column.worst:
        told = found.criterion.told
        lines.append(
            f"  {found.criterion.name:34} {told(found.value):>8}  margin {told(found.margin):>8}  {found.corner}"
        )
    lines.append(f"  a low level of up to {column.low:.2f} V is borne")
    return "\n".join(lines)
