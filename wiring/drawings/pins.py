"""The pins of the P1 port and of a Raspberry Pi's header: by name, and by what they are used for."""

#: Pin of the RJ12 socket: its name, its colour in the drawings, what it is.
P1: dict[int, tuple[str, str, str]] = {
    1: ("+5 V", "#c0392b", "power for a small device, from DSMR 4 on; not for a Pi"),
    2: ("Data Request", "#b9770e", "at 5 V the meter sends"),
    3: ("Data GND", "#222222", "ground of pins 2 and 5"),
    4: ("not connected", "#999999", ""),
    5: ("Data", "#1f6f3a", "open collector, inverted"),
    6: ("Power GND", "#222222", "ground of pin 1"),
}

#: The header, pin 1 first; a 26-pin header is the first 26 of them (GPIO2, 3 and 27 have other numbers on the first
#: Raspberry Pis of all).
HEADER: tuple[str, ...] = (
    *("3.3 V", "5 V", "GPIO2", "5 V", "GPIO3", "GND", "GPIO4", "GPIO14 (TXD)", "GND", "GPIO15 (RXD)"),
    *("GPIO17", "GPIO18", "GPIO27", "GND", "GPIO22", "GPIO23", "3.3 V", "GPIO24", "GPIO10", "GND"),
    *("GPIO9", "GPIO25", "GPIO11", "GPIO8", "GND", "GPIO7", "ID_SD", "ID_SC", "GPIO5", "GND"),
    *("GPIO6", "GPIO12", "GPIO13", "GND", "GPIO19", "GPIO16", "GPIO26", "GPIO20", "GND", "GPIO21"),
)

#: Pins of the header that are used: a colour, and what for.
USED: dict[int, tuple[str, str]] = {
    1: ("#d35400", "3.3 V for R1 and R4"),
    2: ("#c0392b", "5 V for Data Request only"),
    6: ("#222222", "ground"),
    10: ("#1f6f3a", "the inverter's output"),
    11: ("#2471a3", "the request's switch, if any"),
}
