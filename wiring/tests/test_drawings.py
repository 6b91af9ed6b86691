"""A drawing that shows another circuit than the one that is simulated is found."""

import unittest
from dataclasses import replace
from unittest import mock

from circuits import BETTER
from document import same
from drawings import inverter
from drawings.board import bands
from drawings.breadboard import BOARD
from drawings.nets import junctions, nets


class Nets(unittest.TestCase):
    def test_wires_that_end_on_one_another_join(self) -> None:
        legs = {"a": (0.0, 0.0), "b": (2.0, 1.0), "c": (4.0, 0.0), "d": (9.0, 9.0)}
        wires = [((0.0, 0.0), (4.0, 0.0)), ((2.0, 0.0), (2.0, 1.0))]
        self.assertEqual(nets(legs, wires), {frozenset("abc"), frozenset("d")})
        self.assertEqual(junctions(legs, wires), [(2.0, 0.0)])

    def test_wires_that_cross_do_not_join(self) -> None:
        legs = {"a": (0.0, 0.0), "b": (4.0, 0.0), "c": (2.0, -1.0), "d": (2.0, 1.0)}
        wires = [((0.0, 0.0), (4.0, 0.0)), ((2.0, -1.0), (2.0, 1.0))]
        self.assertEqual(nets(legs, wires), {frozenset("ab"), frozenset("cd")})
        self.assertEqual(junctions(legs, wires), [])


class Drawings(unittest.TestCase):
    def test_another_circuit_is_found(self) -> None:
        parts = tuple(replace(part, nodes=("base", "vdd")) if part.name == "R3" else part for part in BETTER.parts)
        with mock.patch("drawings.inverter.BETTER", replace(BETTER, parts=parts)):
            self.assertRaisesRegex(ValueError, "is not the circuit", inverter.svg)

    def test_values_come_from_the_circuit(self) -> None:
        parts = tuple(replace(part, value=5.6e3) if part.name == "R2" else part for part in BETTER.parts)
        with mock.patch("drawings.inverter.BETTER", replace(BETTER, parts=parts)):
            self.assertIn("5.6 kΩ", inverter.svg())
        self.assertNotIn("5.6 kΩ", inverter.svg())


class Breadboard(unittest.TestCase):
    def test_a_leg_in_the_wrong_column_is_found(self) -> None:
        parts = tuple(
            replace(placed, holes=("d6", "d11")) if placed.name == "R2" else placed for placed in BOARD.parts
        )
        self.assertRaisesRegex(ValueError, "is not the circuit", replace(BOARD, parts=parts).check)

    def test_a_transistor_that_is_turned_round_is_found(self) -> None:
        parts = tuple(
            replace(placed, holes=placed.holes[::-1]) if placed.name == "Q1" else placed for placed in BOARD.parts
        )
        self.assertRaisesRegex(ValueError, "is not the circuit", replace(BOARD, parts=parts).check)

    def test_a_hole_takes_one_leg(self) -> None:
        self.assertRaisesRegex(ValueError, "more than one", replace(BOARD, wires=(*BOARD.wires, ("a6", "a7"))).check)

    def test_rings(self) -> None:
        self.assertEqual(bands(1e3), ("brown", "black", "red", "gold"))
        self.assertEqual(bands(4.7e3), ("yellow", "violet", "red", "gold"))
        self.assertEqual(bands(47e3), ("yellow", "violet", "orange", "gold"))


class Figures(unittest.TestCase):
    def test_figures_may_differ_by_a_step_and_words_may_not(self) -> None:
        self.assertTrue(same("| edges | 386 ns, 482 ns left |", "| edges | 388 ns, 480 ns left |"))
        self.assertTrue(same("0.05 V", "0.04 V"))
        self.assertFalse(same("0.50 V", "0.60 V"))
        self.assertFalse(same("1.6 V, 0.9 V left", "**1.6 V: 0.9 V too much**"))


if __name__ == "__main__":
    unittest.main()
