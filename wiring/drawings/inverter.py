"""The inverter's schematic."""

from circuits import BETTER
from drawings.sheet import Sheet


def svg() -> str:
    sheet = Sheet(BETTER)
    top, line, ground = 7.2, 3.0, 0.0
    left, right = 0.0, 12.5

    transistor = sheet.three("Q1", (8.4, line))
    across, collector_y = transistor["collector"]
    collector = (across, 5.0)

    # The meter's line, its pull-up, and the way into the base.
    sheet.terminal("RJ12 pin 5", (left, line), "RJ12 pin 5\nData", "left")
    sheet.wire((left, line), (2.4, line), (3.4, line))
    sheet.two("R1", (2.4, top), (2.4, line), "top")
    sheet.two("R2", (3.4, line), (6.4, line), "bottom")
    sheet.wire((3.4, line), (3.4, 4.6))
    sheet.two("C1", (3.4, 4.6), (6.4, 4.6), "top")
    sheet.wire((6.4, 4.6), (6.4, line))
    sheet.wire((6.4, line), (7.4, line), transistor["base"])
    sheet.two("R3", (7.4, line), (7.4, ground), "top")

    # The transistor, its load, and the diode that keeps it from saturating.
    sheet.two("D1", (7.4, line), (7.4, 5.0), "bottom")
    sheet.wire((7.4, 5.0), collector)
    sheet.wire((across, collector_y), collector)
    sheet.two("R4", (across, top), collector, "bottom")
    sheet.wire(collector, (right, 5.0))
    sheet.wire(transistor["emitter"], (transistor["emitter"][0], ground))

    # The supply and the ground.
    sheet.wire((2.4, top), (across, top), (right, top))
    sheet.wire((left, ground), (7.4, ground), (transistor["emitter"][0], ground), (right, ground))
    sheet.terminal("header pin 1", (right, top), "pin 1\n3.3 V", "right")
    sheet.terminal("header pin 10", (right, 5.0), "pin 10\nGPIO15 (RXD)", "right")
    sheet.terminal("RJ12 pin 3", (left, ground), "RJ12 pin 3\nData GND", "left")
    sheet.terminal("header pin 6", (right, ground), "pin 6\nGND", "right")
    return sheet.svg("The inverter between pin 5 of the P1 port and GPIO15 of a Raspberry Pi")
