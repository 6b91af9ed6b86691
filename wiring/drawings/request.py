"""The schematic of the switch for Data Request."""

from circuits import REQUEST
from drawings.sheet import Sheet


def svg() -> str:
    sheet = Sheet(REQUEST)
    top, base, ground = 7.6, 1.8, 0.0
    left, right = 0.0, 12.0

    first = sheet.three("Q1", (4.6, base))
    column = first["collector"][0]
    sheet.terminal("header pin 11", (left, base), "pin 11\nGPIO17", "left")
    sheet.wire((left, base), (0.6, base))
    sheet.two("R1", (0.6, base), (3.0, base), "top")
    sheet.wire((3.0, base), (3.6, base), first["base"])
    sheet.two("R2", (3.6, base), (3.6, ground), "top")
    sheet.wire(first["emitter"], (first["emitter"][0], ground))

    # The base of Q2 hangs between R4, which keeps it off, and R3, which turns it on.
    middle = (column, 5.2)
    sheet.two("R3", first["collector"], middle, "top")
    sheet.two("R4", (column, top), middle, "bottom")
    second = sheet.three("Q2", (column + 1.6, 5.2))
    sheet.wire(middle, second["base"])
    sheet.wire(second["emitter"], (second["emitter"][0], top))
    corner = (second["collector"][0], 3.4)
    sheet.wire(second["collector"], corner)
    sheet.two("D1", corner, (10.6, 3.4), "top")
    sheet.wire((10.6, 3.4), (right, 3.4))

    sheet.wire((left, top), (column, top), (second["emitter"][0], top))
    sheet.wire((left, ground), (3.6, ground), (column, ground), (right, ground))
    sheet.terminal("header pin 2", (left, top), "pin 2\n5 V", "left")
    sheet.terminal("header pin 6", (left, ground), "pin 6\nGND", "left")
    sheet.terminal("RJ12 pin 2", (right, 3.4), "RJ12 pin 2\nData Request", "right")
    sheet.terminal("RJ12 pin 3", (right, ground), "RJ12 pin 3\nData GND", "right")
    return sheet.svg("A switch for Data Request: a GPIO gives the meter 5 V, or nothing")
