"""A netlist joins the legs that the circuit joins, and so those that the drawings join."""

import unittest

from circuits import ALL, LEGS, Circuit
from simulation.models import MODELS
from simulation.netlist import circuit_lines


def nets(circuit: Circuit) -> set[frozenset[str]]:
    """Read back from the netlist's text."""
    nodes: dict[str, set[str]] = {}
    for line in "\n".join(circuit_lines(circuit, "typical", (1.0,) * len(circuit.varied()))).splitlines():
        name, *words = line.split()
        part = next((part for part in circuit.parts if part.name == name or part.name == name[1:]), None)
        if part:
            for leg, node in zip(LEGS[part.kind], words, strict=False):
                nodes.setdefault(node, set()).add(f"{part.name}.{leg}")
    return {frozenset(legs) for legs in nodes.values()}


class Netlist(unittest.TestCase):
    def test_legs_are_joined_as_in_the_circuit(self) -> None:
        for circuit in ALL:
            outside = {end for ends in circuit.terminals.values() for end in ends}
            self.assertEqual(nets(circuit), {net - outside for net in circuit.nets()}, circuit.name)

    def test_values_and_tolerances_get_there(self) -> None:
        for circuit in ALL:
            factors = tuple(1 + 0.01 * place for place in range(len(circuit.varied())))
            lines = circuit_lines(circuit, "weak", factors)
            for part, factor in zip(circuit.varied(), factors, strict=True):
                [line] = [line for line in lines if line.split()[0] == part.name]
                self.assertAlmostEqual(float(line.split()[-1]) / part.value, factor, places=4)
            for model in {part.model for part in circuit.parts if part.model}:
                self.assertIn(MODELS[model].card(model, "weak"), lines)


if __name__ == "__main__":
    unittest.main()
