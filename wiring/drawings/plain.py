"""SVG, line by line: what is not a schematic is drawn with this."""

from html import escape

FONT = "DejaVu Sans, Verdana, Arial, sans-serif"


class Canvas:
    """A white sheet of so many units."""

    def __init__(self, width: int, height: int, description: str) -> None:
        self.lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" xml:lang="en" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="{FONT}" font-size="13">',
            f"<title>{escape(description)}</title>",
            f'<rect width="{width}" height="{height}" fill="white"/>',
        ]

    def add(self, element: str) -> None:
        self.lines.append(element)

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, edge: str = "none", round_: float = 0
    ) -> None:
        self.add(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{round_:g}" fill="{fill}" '
            f'stroke="{edge}"/>'
        )

    def circle(self, x: float, y: float, radius: float, fill: str, edge: str = "none") -> None:
        self.add(f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}" stroke="{edge}"/>')

    def line(self, points: list[tuple[float, float]], colour: str = "black", width: float = 1.5) -> None:
        joined = " ".join(f"{x:g},{y:g}" for x, y in points)
        self.add(
            f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
            'stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        anchor: str = "start",
        colour: str = "black",
        size: int = 13,
        bold: bool = False,
    ) -> None:
        weight = ' font-weight="bold"' if bold else ""
        self.add(
            f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}" font-size="{size}"{weight}>'
            f"{escape(text)}</text>"
        )

    def svg(self) -> str:
        return "\n".join([*self.lines, "</svg>", ""])
