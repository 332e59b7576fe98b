"""The USB variant's circuit, once: every part with its pins' nets. Schematic, netlist, BOM, SPICE decks and the tests
come from here. The battery variant (battery.py) takes what both have from here: zones, motors, button, sensor supply.

A row is ``Row(ref, symbol, value, part, footprint, pins)``; ``pins`` maps a pin to its net; a pin
that is not named stays open. Where a part is drawn is sheet.py's business, where it sits on the board is layout.py's.
"""

from collections.abc import Sequence
from typing import NamedTuple

ZONES = ("LEFT_IT", "RIGHT_IT", "LEFT_THIGH", "RIGHT_THIGH")
SIDES = ("LEFT", "RIGHT")

# ESP32-DevKitC V4, from above with the USB socket at the bottom: header J2 on the left, J3 on the right, top first.
# Oracle: the header tables of Espressif's guide to the board.
MODULE_LEFT = (
    "3V3", "EN", "GPIO36", "GPIO39", "GPIO34", "GPIO35", "GPIO32", "GPIO33", "GPIO25", "GPIO26",
    "GPIO27", "GPIO14", "GPIO12", "GND", "GPIO13", "GPIO9", "GPIO10", "GPIO11", "5V",
)  # fmt: skip
MODULE_RIGHT = (
    "GND", "GPIO23", "GPIO22", "GPIO1", "GPIO3", "GPIO21", "GND", "GPIO19", "GPIO18", "GPIO5",
    "GPIO17", "GPIO16", "GPIO4", "GPIO0", "GPIO2", "GPIO15", "GPIO8", "GPIO7", "GPIO6",
)  # fmt: skip
MODULE_PINS = {f"J2-{n}": name for n, name in enumerate(MODULE_LEFT, 1)}
MODULE_PINS |= {f"J3-{n}": name for n, name in enumerate(MODULE_RIGHT, 1)}

# What the module's pins carry. The firmware's board profile "devkit-b" says the same; a test compares the two.
MODULE_NETS = {
    "3V3": "3V3",
    "5V": "USB_5V",
    "GND": "GND",
    "GPIO36": "ADC_LEFT_IT",
    "GPIO39": "ADC_RIGHT_IT",
    "GPIO34": "ADC_LEFT_THIGH",
    "GPIO35": "ADC_RIGHT_THIGH",
    "GPIO25": "SENSE_EN",
    "GPIO26": "PWM_LEFT",
    "GPIO27": "PWM_RIGHT",
    "GPIO32": "BUTTON",
    "GPIO4": "LED",
}

# Parallel to each sensor, in the sensor's own plug: an empty seat reads some 0.2 V, and less is a wire that is off.
BIAS_OHM = 47000

R0805 = "Resistor_SMD:R_0805_2012Metric"
R1206 = "Resistor_SMD:R_1206_3216Metric"
C0805 = "Capacitor_SMD:C_0805_2012Metric"
SOT23 = "Package_TO_SOT_SMD:SOT-23"
SOD123 = "Diode_SMD:D_SOD-123"
OHMS = {"r51": 51, "r100": 100, "r150": 150, "r1k": 1000, "r3k3": 3300, "r3k9": 3900, "r4k7": 4700, "r6k8": 6800,
        "r10k": 10000, "r15k": 15000, "r27k": 27000, "r100k": 100000, "r1m": 1000000}  # fmt: skip
RESISTOR_TEXT = {"r51": "51", "r100": "100", "r150": "150", "r1k": "1k", "r3k3": "3k3 0.1%", "r3k9": "3k9",
                 "r4k7": "4k7", "r6k8": "6k8", "r10k": "10k", "r15k": "15k", "r27k": "27k", "r100k": "100k",
                 "r1m": "1M"}  # fmt: skip
FARADS = {"c4n7": 4.7e-9, "c100n": 100e-9, "c1u": 1e-6, "c10u": 10e-6}
CAPACITOR_TEXT = {"c4n7": "4n7", "c100n": "100n", "c1u": "1u", "c10u": "10u"}
IN_1206 = {"r51", "r150"}  # they take the whole power of a short


class Row(NamedTuple):
    """One part of the circuit."""

    ref: str
    symbol: str
    value: str
    part: str
    footprint: str
    pins: dict[str, str]


def resistor(ref: str, part: str, one: str, two: str) -> Row:
    return Row(ref, "R", RESISTOR_TEXT[part], part, R1206 if part in IN_1206 else R0805, {"1": one, "2": two})


def capacitor(ref: str, part: str, one: str, two: str = "GND") -> Row:
    return Row(ref, "C", CAPACITOR_TEXT[part], part, C0805, {"1": one, "2": two})


def nmos(ref: str, gate: str, drain: str, source: str = "GND") -> Row:
    return Row(ref, "NMOS", "AO3400A", "nmos", SOT23, {"1": gate, "2": source, "3": drain})


def pmos(ref: str, gate: str, drain: str, source: str) -> Row:
    return Row(ref, "PMOS", "AO3401A", "pmos", SOT23, {"1": gate, "2": source, "3": drain})


def schottky(ref: str, anode: str, cathode: str) -> Row:
    return Row(ref, "SCHOTTKY", "1N5819HW", "schottky", SOD123, {"1": cathode, "2": anode})


def module() -> list[Row]:
    pins = {pin: MODULE_NETS[name] for pin, name in MODULE_PINS.items() if name in MODULE_NETS}
    return [Row("U1", "DEVKIT", "ESP32-DevKitC V4", "devkit", "sitbone:ESP32-DevKitC", pins)]


def plug() -> list[Row]:
    """The one plug between case and cushion, and what takes a spark off its pins.

    Its ribbon falls apart into seven pairs, one for each thing in the cushion: (supply, what comes back).
    The keyed header has no latch: a pull on the cable parts it.
    """
    wires = [net for side in SIDES for net in ("MOTOR_3V3", f"MOTOR_{side}")]
    wires += ["BUTTON_WIRE", "GND"]
    wires += [net for zone in ZONES for net in ("SENSE_SUPPLY", f"ZONE_{zone}")]
    return [
        Row("J1", "HEADER14", "cushion", "j_cushion", "Connector_IDC:IDC-Header_2x07_P2.54mm_Horizontal",
            {str(n): net for n, net in enumerate(wires, 1)}),
        clamp("D5", "SENSE_SUPPLY", *(f"ZONE_{zone}" for zone in ZONES)),
        clamp("D6", "MOTOR_3V3", "MOTOR_LEFT", "MOTOR_RIGHT", "BUTTON_WIRE"),
    ]  # fmt: skip


def clamp(ref: str, supply: str, *lines: str) -> Row:
    """Leads a spark on up to four lines, or on their supply, to ground."""
    pins = dict(zip(("1", "3", "4", "6"), lines, strict=False)) | {"2": "GND", "5": supply}
    return Row(ref, "CLAMP", "USBLC6-4", "clamp", "Package_TO_SOT_SMD:SOT-23-6", pins)


def zones() -> list[Row]:
    """Four dividers, sensor above and 3.3 kohm below. 1 kohm and 4.7 nF keep noise and a short out of the ADC."""
    rows = []
    for n, zone in enumerate(ZONES, 1):
        rows.append(resistor(f"R{n}", "r3k3", f"ZONE_{zone}", "GND"))
        rows.append(resistor(f"R{n + 4}", "r1k", f"ZONE_{zone}", f"ADC_{zone}"))
        rows.append(capacitor(f"C{n}", "c4n7", f"ADC_{zone}"))
    return rows


def sensor_supply(source: str = "USB_5V", limiter: str = "r150", reference: str = "REF3033") -> list[Row]:
    """The dividers' own voltage: the ADC measures against a reference in the chip, so the rail must not matter.

    R15 limits what a short in the cushion can draw. It stands before the reference, where its drop costs no accuracy.
    """
    return [
        resistor("R15", limiter, source, "REF_IN"),
        capacitor("C5", "c1u", "REF_IN"),
        Row("U3", "REFERENCE", reference, reference.lower(), SOT23, {"1": "REF_IN", "2": "REF_OUT", "3": "GND"}),
        capacitor("C6", "c1u", "REF_OUT"),
        nmos("Q3", "SENSE_EN", "SENSE_GATE"),
        resistor("R9", "r100k", "SENSE_EN", "GND"),
        resistor("R10", "r10k", "REF_OUT", "SENSE_GATE"),
        pmos("Q4", "SENSE_GATE", "SENSE_SUPPLY", "REF_OUT"),
    ]


def motors() -> list[Row]:
    """Low-side switches. The gates' pull-downs keep the motors off while the chip starts, resets or is absent.

    The motors' supply leaves the case, so it has a fuse of its own that resets.
    """
    rows = [Row("F1", "FUSE", "0.2 A", "fuse", "Fuse:Fuse_1206_3216Metric", {"1": "3V3", "2": "MOTOR_3V3"})]
    for n, side in enumerate(SIDES, 1):
        rows.append(resistor(f"R{9 + 2 * n}", "r100", f"PWM_{side}", f"GATE_{side}"))
        rows.append(resistor(f"R{10 + 2 * n}", "r100k", f"GATE_{side}", "GND"))
        rows.append(nmos(f"Q{n}", f"GATE_{side}", f"MOTOR_{side}"))
        rows.append(schottky(f"D{n}", f"MOTOR_{side}", "MOTOR_3V3"))
    return [*rows, capacitor("C7", "c10u", "MOTOR_3V3")]


def button() -> list[Row]:
    """Its pull-up works while the chip sleeps."""
    return [resistor("R19", "r1k", "BUTTON_WIRE", "BUTTON"), resistor("R20", "r10k", "3V3", "BUTTON")]


def state_led() -> list[Row]:
    return [
        resistor("R21", "r1k", "LED", "LED_A"),
        Row("D4", "LED", "green", "led", "LED_SMD:LED_0805_2012Metric", {"1": "GND", "2": "LED_A"}),
    ]


# net -> volts to expect at its test point with USB in and nobody on the seat: (lowest, highest), and when
Expected = dict[str, tuple[float, float, str]]
TESTED: Expected = {
    "USB_5V": (4.1, 5.25, "always"),
    "REF_IN": (3.9, 5.25, "always"),
    "REF_OUT": (3.27, 3.33, "always"),
    "SENSE_SUPPLY": (3.2, 3.33, "while the cushion reads, four times a second for a moment; else 0 V"),
    "3V3": (3.2, 3.4, "always"),
    "MOTOR_3V3": (3.2, 3.4, "always"),
    "GND": (0.0, 0.0, "the meter's black lead"),
}


def test_points(tested: Expected) -> list[Row]:
    return [Row(f"TP{n}", "TESTPOINT", net, "", "TestPoint:TestPoint_Pad_D1.5mm", {"1": net})
            for n, net in enumerate(tested, 1)]  # fmt: skip


def holes() -> list[Row]:
    return [Row(f"H{n}", "HOLE", "M3", "", "MountingHole:MountingHole_3.2mm_M3", {}) for n in range(1, 5)]


def circuit() -> list[Row]:
    """Every part, in the order of the sheet."""
    seat = [*zones(), *sensor_supply(), *motors(), *button(), *state_led()]
    return [*module(), *plug(), *seat, *test_points(TESTED), *holes()]


def nets(rows: Sequence[Row] | None = None) -> dict[str, set[tuple[str, str]]]:
    """net -> {(ref, pin)}, from the table alone."""
    found: dict[str, set[tuple[str, str]]] = {}
    for row in circuit() if rows is None else rows:
        for pin, net in row.pins.items():
            found.setdefault(net, set()).add((row.ref, pin))
    return found


def gpio_nets() -> dict[int, str]:
    """GPIO number -> net, for the module's connected GPIOs."""
    pins = module()[0].pins
    return {int(MODULE_PINS[p][4:]): net for p, net in pins.items() if MODULE_PINS[p].startswith("GPIO")}


def value_of(ref: str) -> float:
    """A resistor's ohms or a capacitor's farads."""
    part = next(row.part for row in circuit() if row.ref == ref)
    return OHMS[part] if part in OHMS else FARADS[part]
