"""SPICE models of the semiconductors, with the spread that data sheets allow.

They are made from what data sheets of the types say, not from any maker's model:

- BC548 (and BC547, which only bears more voltage): hFE at 2 mA, 5 V is 110 (A, least) to 800 (C, most), the
  base-emitter voltage there 580 to 700 mV, 660 typical: IS follows from it. Cc 2.5 pF at 10 V, Ce 11 pF
  at 0.5 V, fT 100 to 300 MHz: CJC, CJE and TF.
- How long a saturated one takes to turn off is in no data sheet of it. Published models have TR from 10 to
  150 ns with BR 1 to 5; the two make a time constant of storage of 10 to 740 ns, and both ends are tried.
- 2N7000: its threshold is 0.8 to 3 V, 2.1 typical.
- BAT85: 0.32 V at 1 mA and 0.4 V at 10 mA, at most.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """The model of a type, with what differs between specimens: weak, typical, strong."""

    kind: str
    common: str
    specimens: dict[str, str]

    def card(self, name: str, specimen: str) -> str:
        return f".model {name} {self.kind}({self.common} {self.specimens[specimen]})"


BIPOLAR = (
    "NF=1 VAF=70 IKF=0.1 NE=1.5 NC=1.2 RB=100 RC=1 RE=0.5 "
    "CJE=13p VJE=0.7 MJE=0.35 CJC=6.5p VJC=0.65 MJC=0.33 XTB=1.5 XTI=3 EG=1.11"
)

#: BF is above the hFE at 2 mA, which IKF and ISE lower; that it comes out right is tested.
BIPOLAR_SPECIMENS = {
    "weak": "IS=3.5f ISE=10f BF=111 BR=1 TF=1.6n TR=10n",
    "typical": "IS=16.5f ISE=20f BF=304 BR=5 TF=0.8n TR=50n",
    "strong": "IS=370f ISE=200f BF=1040 BR=5 TF=0.5n TR=150n",
}

MODELS: dict[str, Spread] = {
    "BC548": Spread("NPN", BIPOLAR, BIPOLAR_SPECIMENS),
    "BC558": Spread("PNP", BIPOLAR, BIPOLAR_SPECIMENS),
    "2N7000": Spread(
        "NMOS",
        "LEVEL=1 LAMBDA=0.01 RD=1 RS=0.2 CGSO=0 CGDO=0 CBD=25p PB=0.8",
        {"weak": "VTO=3.0 KP=0.1", "typical": "VTO=2.1 KP=0.2", "strong": "VTO=0.8 KP=0.3"},
    ),
    "BAT85": Spread(
        "D",
        "N=1.05 RS=3 CJO=11p VJ=0.4 M=0.4 XTI=2 EG=0.69",
        # Each beside the transistor that it serves worst: less low a level, less help.
        {"weak": "IS=300n", "typical": "IS=60n", "strong": "IS=12n"},
    ),
}

#: Gate capacitances of the MOSFET, which its model leaves out: gate to source, gate to drain, in farads.
GATE: dict[str, tuple[float, float]] = {"2N7000": (45e-12, 5e-12)}
