"""Where each part sits on the carrier, mm from the board's top left corner. The case uses the same numbers."""

from typing import NamedTuple

BOARD_MM = (84.0, 58.0)
BOARD_THICKNESS_MM = 1.6
HOLES_MM = ((4.0, 4.0), (80.0, 4.0), (4.0, 54.0), (80.0, 54.0))
HOLE_KEEPOUT_MM = 3.4  # radius under a screw's head

# The module's first left pad, and how far its outline reaches: USB ends at the board's lower edge.
MODULE_MM = (48.0, 8.5)
MODULE_PADS_X_MM = 25.4
MODULE_OUTLINE_MM = (-1.27, -6.2, 26.67, 48.2)  # left, top, right, bottom from that pad


Places = dict[str, tuple[float, float, float]]  # ref -> (x, y, degrees counter-clockwise)
Note = tuple[str, float, float, float]  # words, x, y, height


class Area(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


class Layout(NamedTuple):
    """A variant's board: places, words on the silk, where no copper may be, and pads that need it whole because tracks
    leave no room for thermal spokes around them."""

    places: Places
    notes: list[Note]
    antenna_mm: Area | None
    solid: frozenset[tuple[str, str]]


# No copper under the module's antenna: its maker asks for 15 mm on all sides, of which the sockets' rows leave this.
ANTENNA_MM = Area(MODULE_MM[0] + 2.2, 0.0, MODULE_MM[0] + 23.2, 11.0)

# The cushion's header lies along the left edge, its mouth flush with it.
RIBBON_MM = (13.6, 36.6)  # its first pin
RIBBON_PINS_MM = (2.54, 7)  # pitch, rows

PLACES: Places = {
    "U1": (*MODULE_MM, 0),
    **{f"H{n + 1}": (*at, 0) for n, at in enumerate(HOLES_MM)},
    "J1": (*RIBBON_MM, 180),
    "D5": (19, 26, 90),
    "D6": (19, 37, 180),
    # zones
    **{f"R{n + 1}": (25.5, 7.5 + 5 * n, 0) for n in range(4)},
    **{f"R{n + 5}": (32, 7.5 + 5 * n, 0) for n in range(4)},
    **{f"C{n + 1}": (38.5, 7.5 + 5 * n, 0) for n in range(4)},
    # sensor supply
    "R15": (38.5, 49.5, 0),
    "C5": (38.5, 44.5, 0),
    "U3": (38.5, 39, 180),
    "C6": (32, 37.5, 90),
    "Q4": (25.5, 32.5, 180),
    "R10": (32, 32, 0),
    "Q3": (38.5, 33, 180),
    "R9": (38.5, 27.5, 0),
    # motors
    "F1": (19, 44, 0),
    "C7": (19, 49, 0),
    "D1": (12.5, 46.5, 0),
    "D2": (12.5, 52, 0),
    "Q1": (25.5, 42.5, 0),
    "R11": (32, 42.5, 0),
    "R12": (25.5, 38, 0),
    "Q2": (25.5, 49.5, 0),
    "R13": (32, 47.5, 0),
    "R14": (32, 52.5, 0),
    # person
    "R19": (25.5, 27.5, 0),
    "R20": (32, 27.5, 0),
    "R21": (79.5, 37, 0),
    "D4": (79.5, 32, 0),
    # test points
    "TP1": (43.5, 53.5, 0),
    "TP2": (43.5, 47.5, 0),
    "TP3": (43.5, 39, 0),
    "TP4": (19, 18, 0),
    "TP5": (43.5, 5.5, 0),
    "TP6": (19, 53.5, 0),
    "TP7": (12, 11, 0),
}

LICENCE = "CERN-OHL-P v2"
URL = "ohwr.org/cern_ohl_p_v2.txt"  # the licence; the project has no address of its own yet

# What stands on the silk beside the references.
NOTES: list[Note] = [
    ("sitbone carrier", 60.7, 20, 1.5),
    ("revision B, USB", 60.7, 24, 1.2),
    ("USB power only: no cell, no charger", 60.7, 28, 0.8),
    (f"open hardware: {LICENCE}", 60.7, 31, 0.8),
    (URL, 60.7, 33.5, 0.8),
    ("no copper above: antenna", 60.7, 14, 0.8),
    ("CUSHION", 6, 14, 1),
    ("USB 5V", 43.4, 55.5, 0.8),
    ("REF IN", 43.4, 49.5, 0.8),
    ("REF", 43.5, 41, 0.8),
    ("SENSE", 19, 20, 0.8),
    ("3V3", 43.5, 7.5, 0.8),
    ("MOTOR", 19, 55.5, 0.8),
    ("GND", 12, 13, 0.8),
]

USB = Layout(PLACES, NOTES, ANTENNA_MM, frozenset({("U1", "J3-1")}))
