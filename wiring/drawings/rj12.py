"""The P1 port, seen from the front, and the plug."""

from drawings.pins import P1
from drawings.plain import Canvas

WIDTH, HEIGHT = 830, 330


def svg() -> str:
    canvas = Canvas(WIDTH, HEIGHT, "The six pins of the P1 port")
    socket(canvas, 40, 60)
    plug(canvas, 240, 60)
    for pin, (name, colour, what) in P1.items():
        y = 70 + (pin - 1) * 40
        canvas.circle(430, y - 5, 12, colour)
        canvas.text(430, y, str(pin), "middle", "white", bold=True)
        canvas.text(452, y - (0 if not what else 8), name, bold=True)
        canvas.text(452, y + 9, what, size=12)
    return canvas.svg()


def socket(canvas: Canvas, x: float, y: float) -> None:
    """Looking into the meter."""
    canvas.text(x + 70, y - 30, "the meter's socket,", "middle", bold=True)
    canvas.text(x + 70, y - 14, "looking into it", "middle")
    canvas.rect(x, y, 140, 150, "#e8e8e8", "black", 6)
    canvas.rect(x + 12, y + 14, 116, 80, "#333333", "black")
    canvas.rect(x + 42, y + 94, 56, 18, "#333333", "black")
    canvas.rect(x + 43, y + 90, 54, 10, "#333333")
    canvas.rect(x + 54, y + 110, 32, 14, "#333333", "black")
    for pin, (_, colour, _) in P1.items():
        at = x + 12 + 116 * (pin - 0.5) / 6
        canvas.rect(at - 4, y + 16, 8, 40, "#d4af37")
        canvas.circle(at, y + 74, 9, colour, "white")
        canvas.text(at, y + 78.5, str(pin), "middle", "white", 12, bold=True)
    canvas.text(x + 70, y + 142, "room for the clip", "middle", size=12)
    canvas.text(x + 70, y + 178, "contacts above, clip below:", "middle", size=12)
    canvas.text(x + 70, y + 194, "pin 1 is on the left", "middle", size=12)


def plug(canvas: Canvas, x: float, y: float) -> None:
    """Looking at its contacts."""
    canvas.text(x + 60, y - 30, "the cable's plug,", "middle", bold=True)
    canvas.text(x + 60, y - 14, "clip behind, cable below", "middle")
    canvas.rect(x, y, 120, 150, "#dfeaf2", "black", 4)
    canvas.rect(x + 24, y + 150, 72, 40, "#bbbbbb", "black")
    for pin, (_, colour, _) in P1.items():
        at = x + 6 + 108 * (pin - 0.5) / 6
        canvas.rect(at - 4, y + 4, 8, 46, "#d4af37")
        canvas.line([(at, y + 74), (at, y + 150)], colour, 4)
        canvas.circle(at, y + 66, 9, colour, "white")
        canvas.text(at, y + 70.5, str(pin), "middle", "white", 12, bold=True)
    canvas.text(x + 60, y + 210, "both plugs of a straight cable,", "middle", size=12)
    canvas.text(x + 60, y + 226, "held like this, have their", "middle", size=12)
    canvas.text(x + 60, y + 242, "colours in the same order", "middle", size=12)
