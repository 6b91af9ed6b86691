"""The circuits of docs/wiring.md as data: what simulation and drawings are made from."""

from circuits.inverter import BETTER, HOW_TO, INVERTERS, MOSFET, SIMPLE
from circuits.parts import LEGS, Circuit, Part
from circuits.request import REQUEST

ALL: tuple[Circuit, ...] = (*INVERTERS, REQUEST)

__all__ = ["ALL", "BETTER", "HOW_TO", "INVERTERS", "LEGS", "MOSFET", "REQUEST", "SIMPLE", "Circuit", "Part"]
