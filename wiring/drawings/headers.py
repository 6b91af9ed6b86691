"""The header of a Raspberry Pi, with 40 and with 26 pins."""

from drawings.pins import HEADER, USED
from drawings.plain import Canvas

STEP = 24
WIDTH, HEIGHT = 960, 640


def svg() -> str:
    canvas = Canvas(WIDTH, HEIGHT, "The pins of a Raspberry Pi's header, those in use in colour")
    header(canvas, 190, 40, "40 pins: all later ones")
    header(canvas, 650, 26, "26 pins: the first ones, 1 A and 1 B")
    canvas.text(480, 480, "Seen from above, with the USB sockets", size=12)
    canvas.text(480, 496, "towards you. Even pins are at the edge of the", size=12)
    canvas.text(480, 512, "board. Pin 1 has a square solder pad; on a Zero", size=12)
    canvas.text(480, 528, "it is at the end where the SD card is.", size=12)
    for place, (pin, (colour, what)) in enumerate(USED.items()):
        x, y = 480 + 240 * (place // 3), 560 + 26 * (place % 3)
        canvas.circle(x + 8, y - 4, 9, colour)
        canvas.text(x + 8, y, str(pin), "middle", "white", 11, bold=True)
        canvas.text(x + 26, y, what)
    return canvas.svg()


def header(canvas: Canvas, x: float, pins: int, title: str) -> None:
    canvas.text(x + STEP / 2, 40, title, "middle", bold=True)
    top = 76
    canvas.rect(x - STEP / 2 - 4, top - STEP / 2 - 4, 2 * STEP + 8, pins / 2 * STEP + 8, "#3a3a3a", "black", 3)
    for place, name in enumerate(HEADER[:pins]):
        pin = place + 1
        even = place % 2
        at, y = x + even * STEP, top + place // 2 * STEP
        colour, _ = USED.get(pin, ("#c9c9c9", ""))
        used = pin in USED
        if pin == 1:
            canvas.rect(at - 10, y - 10, 20, 20, colour, "white")
        else:
            canvas.circle(at, y, 10, colour, "white")
        canvas.text(at, y + 4, str(pin), "middle", "white" if used else "#444444", 11, bold=used)
        side = x + STEP + 22 if even else x - 22
        canvas.text(side, y + 5, name, "start" if even else "end", "black" if used else "#777777", bold=used)
