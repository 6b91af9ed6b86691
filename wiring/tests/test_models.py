"""The models are what data sheets say of the types."""

import unittest

from simulation import ngspice
from simulation.models import MODELS


class Models(unittest.TestCase):
    def test_gain_and_voltage_of_the_transistor(self) -> None:
        for specimen, gain, volts in (("weak", 110, 0.700), ("typical", 290, 0.660), ("strong", 800, 0.580)):
            for model, sign in (("BC548", 1), ("BC558", -1)):
                circuit = (
                    f"* {model}\n{MODELS[model].card('T', specimen)}\n.temp 25\n"
                    f"VC c 0 {5 * sign}\nQ1 c b 0 T\nIB 0 b {2e-3 / gain * sign}\n.end\n"
                )
                [found] = ngspice.run([circuit], "op", "i(vc) v(b)")
                self.assertAlmostEqual(abs(found["i(vc)"][0]) / 2e-3, 1, delta=0.03, msg=specimen)
                self.assertAlmostEqual(abs(found["v(b)"][0]), volts, delta=0.01, msg=specimen)

    def test_voltage_of_the_diode(self) -> None:
        for amperes, most in ((1e-3, 0.33), (10e-3, 0.41)):
            circuit = f"* D\n{MODELS['BAT85'].card('T', 'strong')}\n.temp 25\nI1 0 a {amperes}\nD1 a 0 T\n.end\n"
            [found] = ngspice.run([circuit], "op", "v(a)")
            self.assertLess(found["v(a)"][0], most)
            self.assertGreater(found["v(a)"][0], most - 0.05)


if __name__ == "__main__":
    unittest.main()
