"""The whole in one picture: meter, inverter, Raspberry Pi, and the programs that read it."""

from html import escape

WIDTH, HEIGHT = 920, 330

#: As wiring/drawings has it: what readers have, and nothing that has to be fetched.
FONT = "DejaVu Sans, Verdana, Arial, sans-serif"

#: The sheet has a colour of its own, as a page may be dark where the reader's system is not.
STYLE = """
.sheet{fill:#ffffff} .box{fill:#f2f5f8;stroke:#5b6b7a} .core{fill:#e2f0e6;stroke:#1f6f3a}
text{fill:#1b2228} .soft{fill:#53616d} .way{stroke:#1f6f3a;fill:none} .tip{fill:#1f6f3a}
@media (prefers-color-scheme:dark){
.sheet{fill:#14191e} .box{fill:#212930;stroke:#8696a4} .core{fill:#173323;stroke:#6fc28c}
text{fill:#e8edf1} .soft{fill:#a9b6c1} .way{stroke:#6fc28c} .tip{fill:#6fc28c}}
"""

#: What is said, in each language.
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "The P1 port of a smart meter goes through an inverter to a Raspberry Pi with p1-tcp, "
        "which serves its telegrams on TCP port 9000 to many programs at once",
        "meter": "smart meter",
        "telegrams": "telegrams",
        "inverter": "inverter",
        "transistor": "one transistor",
        "cable": "or a USB P1 cable",
        "finds": "finds speed and framing",
        "checks": "checks every telegram",
        "serves": "serves all at once",
        "light": "its light shows the line",
        "network": "TCP port 9000 on your network",
        "own": "a script of your own",
    },
    "nl": {
        "title": "De P1-poort van een slimme meter gaat door een inverter naar een Raspberry Pi met p1-tcp, "
        "die de telegrammen op TCP-poort 9000 aan veel programma's tegelijk geeft",
        "meter": "slimme meter",
        "telegrams": "telegrammen",
        "inverter": "inverter",
        "transistor": "één transistor",
        "cable": "of een USB-P1-kabel",
        "finds": "vindt de snelheid",
        "checks": "controleert elk telegram",
        "serves": "geeft ze aan allemaal",
        "light": "lampje toont de lijn",
        "network": "TCP-poort 9000 op uw netwerk",
        "own": "een eigen script",
    },
}


class Drawing:
    """An SVG in the making, line by line."""

    def __init__(self, language: str) -> None:
        self.words = WORDS[language]
        self.lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" xml:lang="{language}" width="{WIDTH}" height="{HEIGHT}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}" font-size="13">',
            f"<title>{escape(self.words['title'])}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="sheet" width="{WIDTH}" height="{HEIGHT}" rx="10"/>',
        ]

    def box(self, x: int, y: int, width: int, height: int, kind: str = "box") -> None:
        self.lines.append(f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>')

    def text(self, x: int, y: int, text: str, bold: bool = False, soft: bool = False, size: int = 13) -> None:
        """Words with their middle at `x`."""
        look = (' class="soft"' if soft else "") + (' font-weight="bold"' if bold else "")
        self.lines.append(f'<text x="{x}" y="{y}" text-anchor="middle" font-size="{size}"{look}>{escape(text)}</text>')

    def arrow(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """The way of the telegrams: level at both ends, with a tip at the second."""
        (x1, y1), (x2, y2) = start, (end[0] - 9, end[1])
        middle = (x1 + x2) // 2
        self.lines.append(
            f'<path class="way" stroke-width="2" d="M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"/>'
            f'<path class="tip" d="M{end[0]} {y2}l-11 -5v10z"/>'
        )

    def svg(self) -> str:
        return "\n".join([*self.lines, "</svg>", ""])


def svg(language: str) -> str:
    """The picture with words in this language."""
    drawing = Drawing(language)
    words = drawing.words
    meter(drawing, words)
    drawing.arrow((158, 165), (222, 165))
    inverter(drawing, words)
    drawing.arrow((378, 165), (442, 165))
    machine(drawing, words)
    programs = ["Domoticz", "Home Assistant", "DSMR-reader", "evcc, openHAB", words["own"]]
    drawing.text(538, 36, words["network"], bold=True)
    for place, program in enumerate(programs):
        y = 45 + 60 * place
        drawing.arrow((632, 165), (726, y))
        drawing.box(728, y - 21, 168, 42)
        drawing.text(812, y + 5, program)
    return drawing.svg()


def meter(drawing: Drawing, words: dict[str, str]) -> None:
    """With its display and its port."""
    drawing.box(24, 75, 134, 180)
    drawing.text(91, 102, words["meter"], bold=True)
    drawing.box(46, 116, 90, 34, "sheet")
    drawing.text(91, 138, "001234 kWh", soft=True, size=12)
    drawing.box(66, 186, 50, 30, "sheet")
    drawing.text(91, 206, "P1", bold=True)
    drawing.text(91, 238, words["telegrams"], soft=True, size=12)


def inverter(drawing: Drawing, words: dict[str, str]) -> None:
    """Between the port and the header."""
    drawing.box(224, 115, 154, 100)
    drawing.text(301, 142, words["inverter"], bold=True)
    drawing.text(301, 168, words["transistor"], size=12)
    drawing.text(301, 192, words["cable"], soft=True, size=12)


def machine(drawing: Drawing, words: dict[str, str]) -> None:
    """The Raspberry Pi, and what runs on it."""
    drawing.box(444, 55, 188, 220)
    drawing.text(538, 82, "Raspberry Pi", bold=True)
    drawing.box(458, 98, 160, 132, "core")
    drawing.text(538, 124, "p1-tcp", bold=True, size=15)
    for place, key in enumerate(("finds", "checks", "serves")):
        drawing.text(538, 152 + 28 * place, words[key], size=12)
    drawing.text(538, 257, words["light"], soft=True, size=12)
