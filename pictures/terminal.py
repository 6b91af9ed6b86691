"""A picture of `p1-tcp monitor` on a terminal: a real run, read as a terminal reads it."""

import os
import re
import select
import subprocess
import tempfile
import termios
import time
import xml.etree.ElementTree as ElementTree
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Iterator, NamedTuple

import pyte

COLUMNS, ROWS = 80, 24

#: Of one character, and around all of them, in pixels.
WIDE, HIGH, EDGE, BAR = 8.4, 18, 14, 30

FONT = "DejaVu Sans Mono, Menlo, Consolas, monospace"

TITLES = {"en": "p1-tcp monitor, with a simulated meter", "nl": "p1-tcp monitor, met een nagebootste meter"}
LOCALES = {"en": "C.UTF-8", "nl": "nl_NL.UTF-8"}

#: The meter, as always the same one: a house with solar panels at noon. Only what the monitor itself counts differs
#: from run to run.
METER = ["--kind", "dsmr50", "--solar", "4", "--seed", "1", "--start", "2025-06-21T13:00:00"]

#: What the meter's clock shows when the picture is taken: telegrams arrive for some seconds then.
CLOCK = re.compile(r" 13:00:(0[5-9]|[1-5]\d)")

#: Seconds for a run, which takes seven of them on an idle machine.
DEADLINE = 40

#: The monitor ends each drawing with this.
DRAWN = b"\x1b[J\x1b[?7h"


class Row(NamedTuple):
    """A line of the terminal."""

    text: str
    bold: bool


def run(programs: Path, language: str) -> list[Row]:
    """What the terminal shows after some telegrams of a simulated meter."""
    with tempfile.TemporaryDirectory() as folder:
        # Where the line has a short name, as it is in the picture.
        with program([programs / "p1-meter", "--pty", "meter", *METER], folder, {"stderr": subprocess.DEVNULL}):
            deadline = time.monotonic() + DEADLINE
            while not Path(folder, "meter").exists():
                if time.monotonic() > deadline:
                    raise TimeoutError("p1-meter has made no line")
                time.sleep(0.01)
            return watched([programs / "p1-tcp", "monitor", "./meter"], folder, LOCALES[language], deadline)


def watched(command: list[str | Path], folder: str, locale: str, deadline: float) -> list[Row]:
    """Runs the monitor on a terminal until it shows what the picture is to show."""
    ours, its = os.openpty()
    try:
        termios.tcsetwinsize(its, (ROWS, COLUMNS))
        screen = pyte.Screen(COLUMNS, ROWS)
        stream = pyte.ByteStream(screen)
        surroundings = {**os.environ, "LC_ALL": locale, "TERM": "xterm"}
        surroundings.pop("NO_COLOR", None)
        with program(command, folder, {"stdin": its, "stdout": its, "stderr": its, "env": surroundings}) as monitor:
            written = b""
            while not (written.endswith(DRAWN) and CLOCK.search("\n".join(screen.display))):
                if time.monotonic() > deadline or monitor.poll() is not None:
                    raise TimeoutError("the monitor does not show it:\n" + "\n".join(screen.display))
                if select.select([ours], [], [], 0.2)[0]:
                    new = os.read(ours, 65536)
                    stream.feed(new)
                    written = (written + new)[-len(DRAWN) :]
            os.write(ours, b"q")
            if monitor.wait(timeout=10) != 0:
                raise ChildProcessError(f"the monitor ends with {monitor.returncode}")
            return rows(screen)
    finally:
        os.close(ours)
        os.close(its)


@contextmanager
def program(command: list[str | Path], folder: str, streams: dict) -> Iterator[subprocess.Popen]:
    """A program that runs, and does not any longer afterwards."""
    process = subprocess.Popen(command, cwd=folder, **streams)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def rows(screen: pyte.Screen) -> list[Row]:
    """The lines of a terminal, without the spaces behind them."""
    return [Row(line.rstrip(), screen.buffer[index][0].bold) for index, line in enumerate(screen.display)]


def svg(shown: list[Row], language: str) -> str:
    """These lines in a window of their own colours, so that it is right on pages of any colour."""
    width = round(COLUMNS * WIDE + 2 * EDGE)
    height = BAR + len(shown) * HIGH + EDGE
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:lang="{language}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="{FONT}" font-size="14" fill="#dfe6ea">',
        f"<title>{escape(TITLES[language])}</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="#182028" stroke="#4a5762"/>',
        *(f'<circle cx="{20 + 18 * place}" cy="16" r="5" fill="#4a5762"/>' for place in range(3)),
    ]
    for place, (text, bold) in enumerate(shown):
        weight = ' font-weight="bold"' if bold else ""
        # As wide as it is on the terminal, whatever font the reader has.
        length = f' textLength="{len(text) * WIDE:g}"' if text else ""
        baseline = BAR + HIGH * (place + 1) - 5
        lines.append(f'<text xml:space="preserve" x="{EDGE}" y="{baseline}"{length}{weight}>{escape(text)}</text>')
    return "\n".join([*lines, "</svg>", ""])


def read(picture: str) -> list[Row]:
    """The lines that a picture shows."""
    texts = ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")
    return [Row(text.text or "", text.get("font-weight") == "bold") for text in texts]


def layout(shown: list[Row]) -> list[Row]:
    """The lines without what differs from run to run: numbers and times."""
    return [Row(re.sub(r"\d+([.:-]\d+)*", "0", text), bold) for text, bold in shown]
