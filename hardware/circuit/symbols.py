"""The symbols that the schematic is drawn with: pins and a few lines each, in units of 2.54 mm (y upwards).

They are this project's own, so that the sheet does not change with KiCad's libraries; tests/hardware compares their pin
numbers with KiCad's.
"""

from typing import NamedTuple

from hardware.circuit.battery import MODULE_PINS as XIAO_PINS
from hardware.circuit.circuit import MODULE_LEFT, MODULE_RIGHT

UNIT_MM = 2.54
PASSIVE, INPUT, OUTPUT, BOTH = "passive", "input", "output", "bidirectional"
POWER_IN, POWER_OUT, OPEN_COLLECTOR = "power_in", "power_out", "open_collector"

Point = tuple[float, float]


class Pin(NamedTuple):
    """A pin: where a wire meets it, and the direction (degrees) from there to the body."""

    number: str
    name: str
    at: Point
    angle: int
    kind: str = PASSIVE


class Symbol(NamedTuple):
    """Pins, lines (lists of points) and circles (centre, radius); `box` names its pins inside."""

    prefix: str
    pins: tuple[Pin, ...]
    lines: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[tuple[Point, float], ...] = ()
    box: tuple[Point, Point] | None = None
    text: tuple[Point, Point] = ((1.2, 0.5), (1.2, -0.5))  # where reference and value go
    centred: bool = False
    pin_length: float = 1


def upright(prefix: str, top: str, bottom: str, *lines: tuple[Point, ...]) -> Symbol:
    """A part with two pins, drawn vertically."""
    return Symbol(prefix, (Pin(top, "", (0, 2), 270), Pin(bottom, "", (0, -2), 90)), lines)


def rectangle(x: float, y: float) -> tuple[Point, ...]:
    return ((-x, y), (x, y), (x, -y), (-x, -y), (-x, y))


def box(prefix: str, width: float, height: float, *pins: Pin) -> Symbol:
    x, y = width / 2, height / 2
    return Symbol(prefix, pins, box=((-x, y), (x, -y)), text=((0, y + 1.7), (0, y + 0.6)), centred=True)


def header(count: int) -> Symbol:
    top = (count - 1) / 2
    top += 0.5 * (count % 2 == 0)  # keeps pins on the grid
    pins = tuple(Pin(str(n + 1), str(n + 1), (3, top - n), 180) for n in range(count))
    low = top - count + 1
    shape = ((-1, top + 0.8), (2, low - 0.8))
    return Symbol("J", pins, box=shape, text=((0.5, top + 1.4), (0.5, low - 1.4)), centred=True)


def mosfet(top: str, bottom: str, arrow_in: bool) -> Symbol:
    pins = (
        Pin("1", "", (-2, 0), 0, INPUT),
        Pin(top, "", (1, 2), 270),
        Pin(bottom, "", (1, -2), 90),
    )
    source = 0.6 if top == "2" else -0.6
    tip, tail = (-0.1, 0.5) if arrow_in else (0.5, -0.1)
    lines = (
        ((-1, 0), (-0.5, 0)),
        ((-0.5, 0.8), (-0.5, -0.8)),
        ((-0.2, 0.9), (-0.2, -0.9)),
        ((-0.2, 0.6), (1, 0.6), (1, 1)),
        ((-0.2, -0.6), (1, -0.6), (1, -1)),
        ((tail, source + 0.25), (tip, source), (tail, source - 0.25)),
        ((1, 0.6), (1.7, 0.6), (1.7, -0.6), (1, -0.6)),  # the body diode
        ((1.4, -0.15), (2, -0.15), (1.7, 0.25), (1.4, -0.15)),
        ((1.4, 0.25), (2, 0.25)),
    )
    return Symbol("Q", pins, lines, text=((2.4, 0.5), (2.4, -0.5)))


def module() -> Symbol:
    def kind(name: str) -> str:
        if name == "GND":
            return POWER_IN
        if name in ("3V3", "5V"):
            return POWER_OUT if name == "3V3" else PASSIVE  # its own regulator drives 3V3, and nothing else may
        if name == "EN" or name in ("GPIO34", "GPIO35", "GPIO36", "GPIO39"):
            return INPUT
        return BOTH

    left = (Pin(f"J2-{n + 1}", name, (-9, 9 - n), 0, kind(name)) for n, name in enumerate(MODULE_LEFT))
    right = (Pin(f"J3-{n + 1}", name, (9, 9 - n), 180, kind(name)) for n, name in enumerate(MODULE_RIGHT))
    return box("U", 14, 20, *left, *right)._replace(pin_length=2)


def xiao() -> Symbol:
    names = list(XIAO_PINS.values())
    kinds = {"3V3": POWER_OUT, "GND": POWER_IN, "5V": PASSIVE, "B+": PASSIVE, "B-": PASSIVE}
    left = tuple(Pin(str(n + 1), names[n], (-7, 4 - n), 0, kinds.get(names[n], BOTH)) for n in range(7))
    right = tuple(Pin(str(n + 1), names[n], (7, n - 9), 180, kinds.get(names[n], BOTH)) for n in range(7, 14))
    pads = (Pin("15", "B+", (-7, -4), 0), Pin("16", "B-", (7, -4), 180))
    return box("U", 10, 12, *left, *right, *pads)._replace(pin_length=2)


DIODE = (((-0.5, -0.5), (0.5, -0.5), (0, 0.5), (-0.5, -0.5)), ((-0.5, 0.5), (0.5, 0.5)))
WIRES = (((0, 1), (0, 0.5)), ((0, -1), (0, -0.5)))

SYMBOLS: dict[str, Symbol] = {
    "R": upright("R", "1", "2", rectangle(0.4, 1)),
    "C": upright("C", "1", "2", ((-0.8, 0.25), (0.8, 0.25)), ((-0.8, -0.25), (0.8, -0.25)),
                 ((0, 1), (0, 0.25)), ((0, -1), (0, -0.25))),
    "FUSE": upright("F", "1", "2", rectangle(0.4, 1), ((0, 1), (0, -1)), ((-0.9, -0.9), (0.9, 0.9))),
    "SCHOTTKY": upright("D", "1", "2", *DIODE, *WIRES, ((-0.5, 0.5), (-0.5, 0.3)), ((0.5, 0.5), (0.5, 0.7))),
    "LED": upright("D", "1", "2", *DIODE, *WIRES, ((0.6, 0), (1, 0.4)), ((0.6, -0.3), (1, 0.1)))._replace(
        text=((1.6, 0.5), (1.6, -0.5))),
    "NMOS": mosfet("3", "2", arrow_in=True),
    "PMOS": mosfet("2", "3", arrow_in=False),
    "HEADER14": header(14),
    "HEADER16": header(16),
    "DEVKIT": module(),
    "XIAO": xiao(),
    "PACK": box("J", 4, 4, Pin("1", "+", (3, 1), 180), Pin("2", "NTC", (3, 0), 180), Pin("3", "-", (3, -1), 180)),
    "SWITCH": Symbol("SW", (Pin("1", "", (0, -2), 90), Pin("2", "", (0, 2), 270), Pin("3", "", (3, -2), 90)),
                     (((0, 1), (0, 0.6)), ((0, 0.6), (2.6, -0.4)), ((3, -0.6), (3, -1)), ((0, -0.6), (0, -1))),
                     (((0, 0.6), 0.12), ((3, -0.6), 0.12), ((0, -0.6), 0.12)), text=((2, 1.4), (2, 0.4))),
    "COMPARATOR2": box("U", 8, 8, Pin("3", "IN1+", (-5, 3), 0, INPUT), Pin("2", "IN1-", (-5, 1), 0, INPUT),
                       Pin("5", "IN2+", (-5, -1), 0, INPUT), Pin("6", "IN2-", (-5, -3), 0, INPUT),
                       Pin("1", "OUT1", (5, 2), 180, OPEN_COLLECTOR), Pin("7", "OUT2", (5, -2), 180, OPEN_COLLECTOR),
                       Pin("8", "V+", (0, 5), 270, POWER_IN), Pin("4", "V-", (0, -5), 90, POWER_IN))._replace(
                           text=((1.2, 5.6), (1.2, 4.7)), centred=False),
    "REFERENCE": box("U", 6, 4, Pin("1", "IN", (-4, 1), 0, POWER_IN), Pin("2", "OUT", (4, 1), 180, POWER_OUT),
                     Pin("3", "GND", (0, -3), 90, POWER_IN)),
    "CLAMP": box("D", 6, 6, Pin("1", "I/O1", (-4, 2), 0), Pin("3", "I/O2", (-4, 0), 0), Pin("2", "GND", (-4, -2), 0),
                 Pin("6", "I/O4", (4, -2), 180), Pin("4", "I/O3", (4, 0), 180), Pin("5", "VBUS", (4, 2), 180)),
    "TESTPOINT": Symbol("TP", (Pin("1", "", (0, -1), 90),), circles=(((0, 0.4), 0.4),), text=((0.8, 0.9), (0.8, 0.1))),
    "HOLE": Symbol("H", (), circles=(((0, 0), 0.6),)),
    "GND": Symbol("#PWR", (Pin("1", "", (0, 0), 270, POWER_IN),),
                  (((0, 0), (0, -0.5)), ((-0.5, -0.5), (0.5, -0.5), (0, -1), (-0.5, -0.5)))),
    "PWR_FLAG": Symbol("#FLG", (Pin("1", "", (0, 0), 90, POWER_OUT),),
                       (((0, 0), (0, 0.5)), ((0, 0.5), (-0.4, 0.8), (0, 1.1), (0.4, 0.8), (0, 0.5)))),
}  # fmt: skip
HIDDEN_REFERENCE = {"GND", "PWR_FLAG"}
