"""What is told of a waveform is so: shown with waveforms of which it is known."""

import unittest
from array import array
from math import inf

from simulation.line import BIT, HARD_BYTES, bits
from simulation.measure import Figures, figures

#: Points for each bit.
POINTS = 200


def wave(line: list[int], low: float = 0.1, high: float = 3.2, edge: float = 0.02, late_rise: float = 0.0) -> Figures:
    """What is told of straight edges that take `edge` bits; rising ones are `late_rise` bits late."""
    time, level = array("d"), array("d")
    value = high
    for point in range(len(line) * POINTS):
        at = point / POINTS
        aim = line[int(at)]
        if aim and late_rise:
            aim = line[max(0, int(at - late_rise))]
        step = (high - low) / (edge * POINTS)
        value = min(high, value + step) if aim else max(low, value - step)
        time.append(at * BIT)
        level.append(value)
    vectors = {"time": time, "v(rxd)": level, "i(vmeter)": array("d", [2e-3] * len(time))}
    return figures(vectors, bits(HARD_BYTES), HARD_BYTES, 3.3)


class Measures(unittest.TestCase):
    def test_levels(self) -> None:
        found = wave(bits(HARD_BYTES), low=0.3, high=3.0)
        self.assertAlmostEqual(found.low, 0.3)
        self.assertAlmostEqual(found.high, 3.0)
        self.assertAlmostEqual(found.above_supply, -0.3)
        self.assertAlmostEqual(found.sink, 2e-3)

    def test_edges_are_from_10_to_90_percent(self) -> None:
        found = wave(bits(HARD_BYTES), edge=0.2)
        self.assertAlmostEqual(found.edge, 0.16 * BIT, delta=0.01 * BIT)

    def test_a_late_edge_changes_a_pulse(self) -> None:
        found = wave(bits(HARD_BYTES), late_rise=0.15)
        self.assertAlmostEqual(found.distortion, 0.15 * BIT, delta=0.02 * BIT)
        self.assertTrue(found.right)

    def test_a_very_late_edge_breaks_bytes(self) -> None:
        self.assertFalse(wave(bits(HARD_BYTES), late_rise=0.6).right)

    def test_a_low_level_between_the_limits_breaks_bytes(self) -> None:
        self.assertFalse(wave(bits(HARD_BYTES), low=1.0).right)

    def test_other_bytes_are_not_right(self) -> None:
        self.assertFalse(wave(bits(bytes([0x00, 0xFF, 0x55, 0x81]))).right)

    def test_a_line_that_stands_still_has_no_edges(self) -> None:
        found = wave([1] * len(bits(HARD_BYTES)))
        self.assertFalse(found.right)
        self.assertEqual(found.edge, inf)


if __name__ == "__main__":
    unittest.main()
