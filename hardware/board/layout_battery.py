"""Where each part sits on the battery variant's board. Outline, holes, plug, zones and motors are the USB variant's, so
that both fit one case."""

from hardware.board import layout
from hardware.board.layout import LICENCE, URL, Layout, Note, Places

GONE = {"U1", "J1", "R21", "D4", *(f"TP{n}" for n in range(1, 8))}
MODULE_MM = (68.32, 53.2)  # its first pad, turned by 180 degrees: the USB socket ends at the board's lower edge

PLACES: Places = {
    **{ref: at for ref, at in layout.PLACES.items() if ref not in GONE},
    "U1": (*MODULE_MM, 180),
    "J1": (layout.RIBBON_MM[0], layout.RIBBON_MM[1] + layout.RIBBON_PINS_MM[0] / 2, 180),  # the same middle, a row more
    # wake
    "D7": (19, 12.5, 90),
    "R22": (12.5, 6, 0),
    "R23": (19, 6, 0),
    # pack
    "J2": (76, 16, 90),
    "F2": (69, 9, 0),
    "Q7": (62, 9, 0),
    "Q5": (55.5, 9, 180),
    "R24": (59, 14, 0),
    "Q6": (51.5, 14.5, 180),
    "R25": (68, 14, 0),
    "SW1": (43.8, 55.4, 0),
    "R26": (49.5, 8, 90),
    "R27": (45.5, 8, 90),
    "C8": (45.5, 14, 90),
    # temperature
    "U4": (61.5, 21, 0),
    "C9": (75.5, 24.5, 0),
    "R30": (69, 20, 0),
    "R31": (54, 19, 0),
    "R32": (54, 22.5, 0),
    "R33": (69, 24, 0),
    # flag
    "R28": (47, 33, 90),
    "R29": (47, 38, 90),
    "TP1": (74, 32, 0),
    "TP2": (74, 38, 0),
    "TP3": (74, 44, 0),
    "TP4": (44, 47.5, 0),
    "TP5": (43.5, 42, 0),
    "TP6": (19, 20, 0),
    "TP7": (19, 53.5, 0),
    "TP8": (12.5, 10.5, 0),
}

NOTES: list[Note] = [
    ("sitbone carrier", 60.5, 26.3, 1.2),
    ("revision B, battery", 60.5, 28.4, 1),
    (f"open hardware: {LICENCE}", 60.5, 30.1, 0.8),
    (URL, 60.5, 31.6, 0.8),
    ("CUSHION", 6, 12.3, 1),
    ("PACK", 76.5, 7, 0.8),
    ("+", 73.6, 16, 1),
    ("-", 73.6, 12, 1),
    ("USB 5V", 74, 34, 0.8),
    ("PACK", 74, 40, 0.8),
    ("BAT", 74, 46, 0.8),
    ("3V3", 44, 49.5, 0.8),
    ("ON", 49, 51.5, 0.8),
    ("REF", 43.5, 44, 0.8),
    ("SENSE", 19, 22, 0.8),
    ("MOTOR", 19, 55.5, 0.8),
    ("GND", 12.5, 12.5, 0.8),
]

BATTERY = Layout(PLACES, NOTES, None, frozenset({("U1", "16")}))
