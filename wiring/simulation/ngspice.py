"""Runs netlists in ngspice, many in one process, and reads what it writes."""

import subprocess
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

#: One analysis: the vectors by name, the first of which is time or what was swept.
Vectors = dict[str, "array[float]"]

#: How many netlists one process gets.
BATCH = 128


class SimulationFailed(Exception):
    """What ngspice said, where it wrote no result."""


def run(netlists: Iterable[str], analysis: str, vectors: str) -> Iterator[Vectors]:
    """The vectors of each netlist, in order."""
    waiting = iter(netlists)
    while batch := list(islice(waiting, BATCH)):
        yield from run_batch(batch, analysis, vectors)


def run_batch(netlists: list[str], analysis: str, vectors: str) -> Iterator[Vectors]:
    with tempfile.TemporaryDirectory(prefix="wiring-") as name:
        folder = Path(name)
        commands = ["* all netlists of a batch", ".control", "set filetype=binary"]
        for number, netlist in enumerate(netlists):
            (folder / f"{number}.cir").write_text(netlist, encoding="utf-8")
            commands += [f"source {number}.cir", analysis, f"write {number}.raw {vectors}", "destroy all", "remcirc"]
        # `remcirc` leaves none, and ngspice in batch mode wants one.
        (folder / "all.sp").write_text("\n".join([*commands, "quit 0", ".endc", ".end", ""]), encoding="utf-8")
        done = subprocess.run(
            ["ngspice", "-n", "-b", "all.sp"],
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        for number in range(len(netlists)):
            raw = folder / f"{number}.raw"
            if not raw.exists():
                raise SimulationFailed(
                    f"{netlists[number].splitlines()[0]}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
                )
            yield parse(raw.read_bytes())


def parse(raw: bytes) -> Vectors:
    """The vectors of a binary raw file with one plot of real numbers."""
    header, _, body = raw.partition(b"Binary:\n")
    lines = header.decode("utf-8", "replace").splitlines()
    names: list[str] = []
    points, counting = 0, False
    for line in lines:
        if line.startswith("No. Points:"):
            points = int(line.split(":")[1])
        elif line.startswith("Variables:"):
            counting = True
        elif counting and line.strip():
            names.append(line.split()[1])
    values = array("d", body[: 8 * points * len(names)])
    return {name: values[place :: len(names)] for place, name in enumerate(names)}
