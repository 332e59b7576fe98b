"""The USB variant by hand: every part with wires, on a stripboard whose strips run from left to right.

Same pins as the carrier (profile devkit-b), but for the LED. Transistors stand for the MOSFETs, a regulator in TO-92
for the reference. `joined` follows the copper, so that a test compares what the board joins with what the table says.
"""

from typing import NamedTuple

from hardware.circuit.circuit import MODULE_NETS, MODULE_PINS, ZONES

COLUMNS, ROWS = 40, 38
MODULE_AT = (28, 10)  # hole of J2-1; the other row of pins is 10 holes to the right
Hole = tuple[int, int]  # column, row, from the top left
Net = str


class Fitted(NamedTuple):
    """A part: what it is, its pins' holes, and the net that each is on."""

    ref: str
    what: str
    pins: tuple[tuple[Hole, Net], ...]


def two(ref: str, what: str, column: int, row: int, net: Net, other_row: int, other: Net) -> Fitted:
    """A part with two wires, upright in its column; the first pin is plus, or the anode."""
    return Fitted(ref, what, (((column, row), net), ((column, other_row), other)))


def three(ref: str, what: str, column: int, row: int, *nets: Net) -> Fitted:
    """A TO-92, its pins in three rows below each other."""
    return Fitted(ref, what, tuple(((column, row + n), net) for n, net in enumerate(nets)))


def module() -> Fitted:
    column, row = MODULE_AT
    pins = []
    for pin, name in MODULE_PINS.items():
        side, number = pin.split("-")
        hole = (column + (10 if side == "J3" else 0), row + int(number) - 1)
        pins.append((hole, MODULE_NETS.get(name, f"open {pin}") if name != "GPIO4" else "open LED"))
    return Fitted("U1", "ESP32-DevKitC V4 in two 19-pin sockets", tuple(pins))


def plug() -> Fitted:
    """The same 14-pin header and cable as the carrier's: supplies in its left column, what comes back in its right."""
    left = ("MOTOR_3V3", "MOTOR_3V3", "BUTTON_WIRE", *("SENSE_SUPPLY",) * 4)
    right = ("MOTOR_LEFT", "MOTOR_RIGHT", "GND", *(f"ZONE_{zone}" for zone in ZONES))
    pins = [((column, n), net) for column, nets in ((5, left), (6, right)) for n, net in enumerate(nets)]
    return Fitted("J1", "box header, 2 x 7, straight", tuple(pins))


PARTS: tuple[Fitted, ...] = (
    module(),
    plug(),
    *(two(f"R{n + 1}", "3.3 kohm 0.1 %", 16 + n, 3 + n, f"ZONE_{zone}", 7, "GND") for n, zone in enumerate(ZONES)),
    *(two(f"R{n + 5}", "1 kohm", 20 + n, 3 + n, f"ZONE_{zone}", 12 + n, f"ADC_{zone}") for n, zone in enumerate(ZONES)),
    two("C1", "4.7 nF", 24, 12, "ADC_LEFT_IT", 11, "GND"),
    two("C2", "4.7 nF", 25, 13, "ADC_RIGHT_IT", 11, "GND"),
    two("C3", "4.7 nF", 26, 14, "ADC_LEFT_THIGH", 11, "GND"),
    two("C4", "4.7 nF", 16, 15, "ADC_RIGHT_THIGH", 11, "GND"),
    two("R20", "10 kohm", 17, 10, "3V3", 16, "BUTTON"),
    two("R19", "1 kohm", 18, 16, "BUTTON", 17, "BUTTON_WIRE"),
    two("F1", "resettable fuse, 0.2 A", 19, 8, "MOTOR_3V3", 10, "3V3"),
    two("R11", "1 kohm", 16, 19, "PWM_LEFT", 22, "BASE_LEFT"),
    two("R12", "10 kohm", 18, 22, "BASE_LEFT", 23, "GND"),
    three("Q1", "BC337: C B E", 21, 21, "MOTOR_LEFT", "BASE_LEFT", "GND"),
    two("D1", "1N5819", 25, 21, "MOTOR_LEFT", 26, "MOTOR_3V3"),
    two("R13", "1 kohm", 17, 20, "PWM_RIGHT", 24, "BASE_RIGHT"),
    two("R14", "10 kohm", 19, 24, "BASE_RIGHT", 23, "GND"),
    three("Q2", "BC337: E B C", 23, 23, "GND", "BASE_RIGHT", "MOTOR_RIGHT"),
    two("D2", "1N5819", 24, 25, "MOTOR_RIGHT", 26, "MOTOR_3V3"),
    two("C7", "10 uF", 20, 26, "MOTOR_3V3", 23, "GND"),
    two("R15", "150 ohm 0.5 W", 16, 28, "USB_5V", 29, "REF_IN"),
    three("U3", "LP2950-3.3: IN GND OUT", 18, 29, "REF_IN", "GND", "REF_OUT"),
    two("C5", "2.2 uF", 20, 29, "REF_IN", 30, "GND"),
    two("C6", "2.2 uF", 21, 31, "REF_OUT", 30, "GND"),
    three("Q4", "BC327: E B C", 23, 31, "REF_OUT", "SENSE_BASE", "SENSE_SUPPLY"),
    two("R10", "10 kohm", 25, 31, "REF_OUT", 32, "SENSE_BASE"),
    two("R16", "4.7 kohm", 26, 32, "SENSE_BASE", 34, "SENSE_PULL"),
    three("Q3", "BC337: C B E", 20, 34, "SENSE_PULL", "SENSE_DRIVE", "GND"),
    two("R9", "100 kohm", 22, 35, "SENSE_DRIVE", 36, "GND"),
    two("R17", "10 kohm", 24, 37, "SENSE_EN", 35, "SENSE_DRIVE"),
)  # fmt: skip

# Wire links, straight down a column: column, from row, to row.
LINKS: tuple[tuple[int, int, int], ...] = (
    (8, 2, 7), (9, 7, 11), (10, 11, 23), (11, 23, 30), (12, 30, 36),  # GND
    (1, 0, 1), (2, 1, 8), (3, 8, 26),  # MOTOR_3V3
    (13, 0, 21), (14, 1, 25),  # MOTOR_LEFT, MOTOR_RIGHT
    (4, 2, 17),  # BUTTON_WIRE
    (1, 3, 4), (3, 4, 5), (1, 5, 6), (0, 6, 33),  # SENSE_SUPPLY
    (15, 18, 37),  # SENSE_EN
)  # fmt: skip

# Holes at which a strip is cut: left of module pins whose strip serves something else, and under the module.
CUTS: tuple[Hole, ...] = (
    *((27, row) for row in (11, 17, 21, 22, 24, 25, 26)),
    *((33, row) for row in range(MODULE_AT[1], MODULE_AT[1] + 19)),
)
KNIFE_ROWS = range(7)  # cut with a knife between columns 5 and 6, under the header: there is no hole


def strip_of(hole: Hole) -> tuple[int, int]:
    """(row, which piece of its strip)."""
    column, row = hole
    cuts = sorted([cut for cut, at in CUTS if at == row] + ([5.5] if row in KNIFE_ROWS else []))
    return row, sum(cut < column for cut in cuts)


def joined() -> list[set[tuple[str, Net]]]:
    """What the copper and the links join: sets of (ref, net as the table has it)."""
    parent: dict[tuple[int, int], tuple[int, int]] = {}

    def root(strip: tuple[int, int]) -> tuple[int, int]:
        while parent.get(strip, strip) != strip:
            strip = parent[strip]
        return strip

    for column, one, other in LINKS:
        parent[root(strip_of((column, one)))] = root(strip_of((column, other)))
    found: dict[tuple[int, int], set[tuple[str, Net]]] = {}
    for part in PARTS:
        for hole, net in part.pins:
            found.setdefault(root(strip_of(hole)), set()).add((part.ref, net))
    return list(found.values())


def used_holes() -> list[Hole]:
    links = [(column, row) for column, one, other in LINKS for row in (one, other)]
    return [hole for part in PARTS for hole, _ in part.pins] + links
