"""The inverter on a breadboard."""

from circuits import BETTER
from drawings.board import COLUMNS, RAILS, ROWS, Board, Placed, bands
from drawings.plain import Canvas

BOARD = Board(
    circuit=BETTER,
    parts=(
        Placed("R1", ("+6", "a6")),
        Placed("R2", ("d6", "d10")),
        Placed("R3", ("a10", "-10")),
        Placed("R4", ("+17", "a17")),
        Placed("Q1", ("b17", "b16", "b15")),
        Placed("D1", ("c10", "c17")),
        Placed("C1", ("b6", "b10")),
    ),
    wires=(("-15", "a15"), ("e10", "e16")),
    cables=(
        ("e6", "RJ12 pin 5"),
        ("-2", "RJ12 pin 3"),
        ("+21", "header pin 1"),
        ("-21", "header pin 6"),
        ("e17", "header pin 10"),
    ),
)

STEP = 32
LEFT, TOP = 130, 96
WIDTH, HEIGHT = 990, 500

#: Above and below row a: the two rails, then a gap.
HEIGHTS = {"+": 0, "-": 1, **{row: 3.2 + place for place, row in enumerate(ROWS)}}

#: Cables: colour, where they lead, what is written there.
CABLES: dict[str, tuple[str, tuple[float, float], str, str]] = {
    "RJ12 pin 5": ("#1f6f3a", (LEFT + 5 * STEP, 420), "middle", "RJ12 pin 5: Data"),
    "RJ12 pin 3": ("#222222", (LEFT + STEP, 30), "middle", "RJ12 pin 3: Data GND"),
    "header pin 1": ("#d35400", (LEFT + 18.2 * STEP, 30), "middle", "pin 1: 3.3 V"),
    "header pin 6": ("#222222", (LEFT + 22.6 * STEP, 30), "middle", "pin 6: GND"),
    "header pin 10": ("#1f6f3a", (LEFT + 16 * STEP, 420), "middle", "pin 10: GPIO15"),
}


def at(hole: str) -> tuple[float, float]:
    return LEFT + (int(hole[1:]) - 1) * STEP, TOP + HEIGHTS[hole[0]] * STEP


def svg() -> str:
    BOARD.check()
    canvas = Canvas(WIDTH, HEIGHT, "The inverter on a breadboard")
    plate(canvas)
    for hole, other in BOARD.wires:
        canvas.line([at(hole), at(other)], "#7d3c98", 4)
        ends(canvas, hole, other)
    for hole, name in BOARD.cables:
        cable(canvas, hole, name)
    for placed in BOARD.parts:
        part = BETTER.part(placed.name)
        text = f"{part.name} {part.label}"
        if part.kind == "npn":
            transistor(canvas, placed, text)
        else:
            {"resistor": resistor, "diode": diode, "capacitor": capacitor}[part.kind](
                canvas, placed, text, part.value
            )
    canvas.text(
        WIDTH / 2, HEIGHT - 34, "The flat side of Q1 faces up here, towards the rails: emitter on the left.", "middle"
    )
    canvas.text(
        WIDTH / 2,
        HEIGHT - 14,
        "The ring of D1 is on the right. RJ12 pin 2, Data Request, goes past the board to pin 2 of the header, 5 V.",
        "middle",
    )
    return canvas.svg()


def plate(canvas: Canvas) -> None:
    canvas.rect(LEFT - 60, TOP - 30, COLUMNS * STEP + 90, 8.2 * STEP + 52, "#f4f1ea", "#888888", 6)
    for rail, colour in zip(RAILS, ("#c0392b", "#2471a3"), strict=True):
        y = TOP + HEIGHTS[rail] * STEP
        canvas.line([(LEFT - 20, y - 13), (LEFT + (COLUMNS - 1) * STEP + 20, y - 13)], colour)
        canvas.text(LEFT - 40, y + 5, "+" if rail == "+" else "−", "middle", colour, 16, bold=True)
    for row in RAILS + ROWS:
        y = TOP + HEIGHTS[row] * STEP
        if row in ROWS:
            canvas.text(LEFT - 40, y + 5, row, "middle", "#777777")
        for column in range(1, COLUMNS + 1):
            canvas.rect(LEFT + (column - 1) * STEP - 4, y - 4, 8, 8, "#b9b4a8", round_=1)
    for column in range(1, COLUMNS + 1):
        canvas.text(LEFT + (column - 1) * STEP, TOP + 2.4 * STEP + 2, str(column), "middle", "#777777", 11)


def ends(canvas: Canvas, *holes: str) -> None:
    for hole in holes:
        canvas.circle(*at(hole), 4, "#444444")


def cable(canvas: Canvas, hole: str, name: str) -> None:
    colour, (x, y), anchor, text = CABLES[name]
    canvas.line([at(hole), (x, y)], colour, 4)
    ends(canvas, hole)
    canvas.text(x, y + (18 if y > TOP else -8), text, anchor, bold=True)


def body(canvas: Canvas, placed: Placed, long: float, wide: float, fill: str) -> tuple[float, float, bool]:
    """Legs and a body between them; its middle, and whether it lies along the columns."""
    (x, y), (to_x, to_y) = (at(hole) for hole in placed.holes)
    canvas.line([(x, y), (to_x, to_y)], "#777777", 2.5)
    ends(canvas, *placed.holes)
    middle_x, middle_y, upright = (x + to_x) / 2, (y + to_y) / 2, x == to_x
    width, height = (wide, long) if upright else (long, wide)
    canvas.rect(middle_x - width / 2, middle_y - height / 2, width, height, fill, "#555555", 5)
    return middle_x, middle_y, upright


def name_it(canvas: Canvas, x: float, y: float, upright: bool, text: str) -> None:
    """Beside a part that stands, above one that lies; on white, so that holes do not disturb."""
    width = 7.6 * len(text)
    left, base = (x + 14, y + 5) if upright else (x - width / 2, y - 12)
    canvas.rect(left - 2, base - 12, width + 4, 16, "#fffdf7", round_=3)
    canvas.text(left, base, text, size=12, bold=True)


def resistor(canvas: Canvas, placed: Placed, text: str, ohms: float) -> None:
    x, y, upright = body(canvas, placed, 52, 18, "#e6cfa4")
    for place, colour in zip((-18, -9, 0, 16), bands(ohms), strict=True):
        fill = "#b8860b" if colour == "gold" else colour
        if upright:
            canvas.rect(x - 9, y + place - 2.5, 18, 5, fill)
        else:
            canvas.rect(x + place - 2.5, y - 9, 5, 18, fill)
    name_it(canvas, x, y, upright, text)


def diode(canvas: Canvas, placed: Placed, text: str, _: float) -> None:
    x, y, upright = body(canvas, placed, 40, 14, "#5b7fa6")
    canvas.rect(x + 10, y - 7, 5, 14, "black")
    name_it(canvas, x, y, upright, text)


def capacitor(canvas: Canvas, placed: Placed, text: str, _: float) -> None:
    x, y, upright = body(canvas, placed, 30, 22, "#d98f2b")
    name_it(canvas, x, y - 3, upright, text)


def transistor(canvas: Canvas, placed: Placed, text: str) -> None:
    (right, y), _, (left, _) = (at(hole) for hole in placed.holes)
    canvas.add(
        f'<path d="M {left - 10:g} {y - 14:g} H {right + 10:g} A 42 36 0 0 1 {left - 10:g} {y - 14:g} Z" '
        'fill="#222222" stroke="#555555"/>'
    )
    for leg, hole in zip("CBE", placed.holes, strict=True):
        canvas.text(at(hole)[0], y + 3, leg, "middle", "white", 11, bold=True)
    name_it(canvas, right + 6, y, True, text)
