#!/usr/bin/python3
"""Applies the overlays to device trees and checks what comes out: one line for each device tree.

usage: overlays/check.py OVERLAYS FOLDER...

OVERLAYS holds the compiled overlays, each FOLDER the device trees of one kernel. Needs fdtoverlay
and libfdt: the Debian packages device-tree-compiler and python3-libfdt.
"""

import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import libfdt

# Functions of a pin and its pulls, as the binding brcm,bcm2835-gpio numbers them.
ALT0, ALT5 = 4, 2
NO_PULL, PULL_UP = 0, 2

# The nodes that an overlay may change, by label. The console apart, all else has to stay as it was.
TOUCHED = {
    "disable-bt": {"uart0", "uart0_gpio14", "uart1"},
    "miniuart-bt": {"uart0", "uart0_gpio14", "uart1", "uart1_gpio32"},
}


class Tree:
    """A device tree: nodes by path, and the properties of each by name."""

    def __init__(self, blob):
        self.fdt = libfdt.FdtRo(blob)
        if self.fdt.totalsize() > len(blob):
            raise libfdt.FdtException(-libfdt.TRUNCATED)
        self.nodes = {}
        self._read(0, "/")

    def _read(self, offset, path):
        end = (libfdt.NOTFOUND,)
        properties = self.nodes[path] = {}
        at = self.fdt.first_property_offset(offset, end)
        while at >= 0:
            found = self.fdt.get_property_by_offset(at)
            properties[found.name] = bytes(found)
            at = self.fdt.next_property_offset(at, end)
        child = self.fdt.first_subnode(offset, end)
        while child >= 0:
            self._read(child, f"{path.rstrip('/')}/{self.fdt.get_name(child)}")
            child = self.fdt.next_subnode(child, end)

    def label(self, name):
        """The path that a label stands for; None where there is no such label."""
        return self.text("/__symbols__", name)

    def text(self, path, name):
        value = self.nodes[path].get(name)
        return None if value is None else value.rstrip(b"\0").decode()

    def texts(self, path, name):
        return (self.text(path, name) or "").split("\0")

    def numbers(self, path, name):
        value = self.nodes[path].get(name, b"")
        return struct.unpack(f">{len(value) // 4}I", value)

    def is_on(self, path):
        """Whether a device and everything above it are enabled."""
        above = [path[:end] for end, letter in enumerate(path) if letter == "/" and end > 0]
        return all(self.text(node, "status") in (None, "okay", "ok") for node in [*above, path])

    def state(self, path):
        return "on" if self.is_on(path) else "off"

    def groups_of_pins(self, path):
        """The nodes that a device's pinctrl-0 refers to."""
        handles = {properties.get("phandle"): node for node, properties in self.nodes.items()}
        wanted = [struct.pack(">I", handle) for handle in self.numbers(path, "pinctrl-0")]
        return [handles[handle] for handle in wanted if handle in handles]

    def pins(self, group):
        """The pins of a group, in either of the ways in which mainline writes them."""
        pins = list(self.numbers(group, "brcm,pins"))
        for node in self.nodes:
            if node == group or node.startswith(f"{group}/"):
                pins += [int(pin.removeprefix("gpio")) for pin in self.texts(node, "pins") if pin]
        return tuple(pins)

    def claimants(self, pin):
        """The enabled devices that ask for a pin. Linux gives it to the first alone."""
        return [
            path
            for path in self.nodes
            if self.is_on(path) and any(pin in self.pins(group) for group in self.groups_of_pins(path))
        ]

    def bluetooth(self):
        """The enabled Bluetooth chips."""
        return [
            path
            for path in self.nodes
            if self.is_on(path) and any(name.endswith("-bt") for name in self.texts(path, "compatible"))
        ]

    def console(self):
        """The enabled device that the kernel talks to when its command line names none; None without one."""
        name = (self.text("/chosen", "stdout-path") or "").split(":")[0]
        path = name if name.startswith("/") else self.text("/aliases", name)
        return path if path in self.nodes and self.is_on(path) else None


class Findings(list):
    """What is not as it has to be, as sentences."""

    def expect(self, what, found, expected):
        if found != expected:
            self.append(f"{what}: found {found!r}, expected {expected!r}")


def check_uart(tree, findings, label, pins, function):
    """A UART that is on, alone on its two pins, with a pull-up on the second, the receiving one."""
    uart = tree.label(label)
    findings.expect(label, tree.state(uart), "on")
    findings.expect(f"pinctrl-names of {label}", tree.text(uart, "pinctrl-names"), "default")
    groups = tree.groups_of_pins(uart)
    findings.expect(f"the number of groups of pins of {label}", len(groups), 1)
    for group in groups:
        findings.expect(f"the pins of {label}", tree.pins(group), pins)
        findings.expect(f"the function of {group}", set(tree.numbers(group, "brcm,function")), {function})
        findings.expect(f"the pulls of {group}", tree.numbers(group, "brcm,pull"), (NO_PULL, PULL_UP))
    for pin in pins:
        findings.expect(f"who has GPIO{pin}", tree.claimants(pin), [uart])


def check_header(tree, findings):
    """What both overlays are for: the PL011 on the header, as ttyAMA0 and for nobody else."""
    uart0 = tree.label("uart0")
    check_uart(tree, findings, "uart0", pins=(14, 15), function=ALT0)
    findings.expect("what uart0 is", tree.texts(uart0, "compatible")[0], "arm,pl011")
    # Linux numbers a PL011 by its alias: serial0 is ttyAMA0.
    findings.expect("the alias serial0", tree.text("/aliases", "serial0"), uart0)
    owners = [path for path in tree.nodes if path.startswith(f"{uart0}/") and tree.is_on(path)]
    findings.expect("what takes ttyAMA0 away", owners, [])
    findings.expect("the console", tree.console(), None)


def check_disable_bt(before, after, findings):
    findings.expect("uart1", after.state(after.label("uart1")), "off")
    findings.expect("Bluetooth", after.bluetooth(), [])


def check_miniuart_bt(before, after, findings):
    uart1 = after.label("uart1")
    if not before.bluetooth():
        findings.expect("uart1", after.state(uart1), "off")
        findings.expect("Bluetooth", after.bluetooth(), [])
        return
    check_uart(after, findings, "uart1", pins=(32, 33), function=ALT5)
    findings.expect("what uart1 is", after.texts(uart1, "compatible")[0], "brcm,bcm2835-aux-uart")
    chip = f"{uart1}/bluetooth"
    findings.expect("Bluetooth", after.bluetooth(), [chip])
    if chip in after.nodes:
        was = before.text(before.bluetooth()[0], "compatible")
        findings.expect("the Bluetooth chip", after.text(chip, "compatible"), was)
        findings.expect("the speed of Bluetooth", after.numbers(chip, "max-speed"), (115200,))


CHECKS = {"disable-bt": check_disable_bt, "miniuart-bt": check_miniuart_bt}

ROW = "  {:23} {:43} {:9} {:17} {}"


def check_the_rest(overlay, before, after, findings):
    """Nothing else has changed."""
    touched = {before.label(label) for label in TOUCHED[overlay]}
    for path in {*before.nodes, *after.nodes}:
        if path in touched or path.removesuffix("/bluetooth") in touched:
            continue
        was, is_ = (dict(tree.nodes.get(path, {})) for tree in (before, after))
        if path == "/chosen":
            was.pop("stdout-path", None)
            is_.pop("stdout-path", None)
        if is_ != was:
            findings.append(f"{path}: found changed, expected as it was")


def apply(overlay, dtb):
    """The device tree with an overlay applied, or None and why it cannot be."""
    with tempfile.NamedTemporaryFile() as merged:
        command = ["fdtoverlay", "-i", dtb, "-o", merged.name, overlay]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return None, " ".join(done.stderr.split())
        return Tree(Path(merged.name).read_bytes()), ""


def check(overlays, overlay, dtb, before):
    """What one overlay makes of one device tree: in a few words, and what is wrong with it."""
    findings = Findings()
    after, why = apply(overlays / f"{overlay}.dtbo", dtb)
    if after is None:
        findings.append(f"it does not apply: {why}")
        return "does not apply", findings
    check_header(after, findings)
    CHECKS[overlay](before, after, findings)
    check_the_rest(overlay, before, after, findings)
    return "WRONG" if findings else in_words(after), findings


def in_words(tree):
    """The two UARTs of a device tree: which pins they are on, and where Bluetooth is."""
    words = []
    for label, name in (("uart0", "PL011"), ("uart1", "mini-UART")):
        uart = tree.label(label)
        if tree.is_on(uart):
            pins = "/".join(str(pin) for group in tree.groups_of_pins(uart) for pin in tree.pins(group))
            chip = ", Bluetooth" if f"{uart}/bluetooth" in tree.bluetooth() else ""
            words.append(f"{name} GPIO{pins}{chip}")
    return "; ".join(words)


def check_folder(overlays, folder):
    """One kernel's device trees, a line for each: how many there are, and what is wrong, as sentences."""
    print(f"\n{folder.resolve().name}")
    print(ROW.format("device tree", "model", "Bluetooth", *CHECKS))
    trees, wrong = 0, []
    for dtb in sorted(folder.glob("bcm2*-rpi-*.dtb")):
        try:
            before = Tree(dtb.read_bytes())
        except libfdt.FdtException as error:
            wrong.append(f"{dtb}: not a device tree: {error}")
            continue
        model = before.text("/", "model")
        if dtb.name.startswith("bcm2712-"):
            print(ROW.format(dtb.stem, model, "", "left out: Linux 6.12 knows no UART on its header", ""))
            continue
        trees += 1
        cells = []
        for overlay in CHECKS:
            words, findings = check(overlays, overlay, dtb, before)
            cells.append(words)
            wrong += [f"{overlay} on {folder.resolve().name}/{dtb.name}: {finding}" for finding in findings]
        print(ROW.format(dtb.stem, model, "yes" if before.bluetooth() else "no", *cells))
    if trees == 0:
        wrong.append(f"{folder}: found no device tree, expected some (bcm2*-rpi-*.dtb)")
    return trees, wrong


def main(overlays, *folders):
    results = [check_folder(Path(overlays), Path(folder)) for folder in folders]
    trees = sum(trees for trees, _ in results)
    wrong = [sentence for _, sentences in results for sentence in sentences]
    print(f"\n{trees} device trees, {len(CHECKS)} overlays applied to each", flush=True)
    for sentence in wrong:
        print(f"check: {sentence}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
