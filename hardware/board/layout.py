"""Where each part sits on the carrier, mm from the board's top left corner. The case uses the same numbers."""

BOARD_MM = (92.0, 58.0)
BOARD_THICKNESS_MM = 1.6
HOLES_MM = ((4.0, 4.0), (88.0, 4.0), (4.0, 54.0), (88.0, 54.0))
HOLE_KEEPOUT_MM = 3.4  # radius under a screw's head

# The module's first left pad, and how far its outline reaches: USB ends at the board's lower edge.
MODULE_MM = (40.0, 8.5)
MODULE_PADS_X_MM = 25.4
MODULE_OUTLINE_MM = (-1.27, -6.2, 26.67, 48.2)  # left, top, right, bottom from that pad

# ref -> (x, y, degrees counter-clockwise)
PLACES: dict[str, tuple[float, float, float]] = {
    "U1": (*MODULE_MM, 0),
    **{f"H{n + 1}": (*at, 0) for n, at in enumerate(HOLES_MM)},
    "J1": (6, 11, 270),
    "J2": (6, 38, 270),
    "J3": (86, 14, 90),
    "J4": (86, 42, 90),
    # zones
    **{f"R{n + 1}": (14.5, 10.5 + 5 * n, 0) for n in range(4)},
    **{f"R{n + 5}": (21, 10.5 + 5 * n, 0) for n in range(4)},
    **{f"C{n + 1}": (27.5, 10.5 + 5 * n, 0) for n in range(4)},
    # sensor supply
    "C5": (33.5, 41.5, 0),
    "U3": (33.5, 36.5, 180),
    "C6": (27.5, 36.5, 90),
    "Q4": (21.5, 31, 180),
    "R10": (27.5, 31, 0),
    "Q3": (33.5, 30.5, 180),
    "R9": (34.5, 25.5, 0),
    # motors
    "C7": (14.5, 33.5, 0),
    "D1": (14, 38.5, 0),
    "Q1": (20.5, 40, 0),
    "R11": (27.5, 42, 0),
    "R12": (20.5, 44.5, 0),
    "D2": (14, 46.5, 0),
    "Q2": (20.5, 50, 0),
    "R13": (27.5, 47.5, 0),
    "R14": (27.5, 52, 0),
    # power, right of the module
    "R17": (71.5, 43, 0),
    "R18": (71.5, 47.5, 0),
    "C11": (71.5, 52, 0),
    "F1": (79.5, 46.5, 0),
    "Q5": (79.5, 41, 90),
    "Q6": (79.5, 35, 270),
    "D3": (71.5, 36, 0),
    "C9": (79.5, 29.5, 180),
    "U2": (79.5, 24.5, 180),
    "C10": (72, 24, 90),
    "U4": (72, 30, 0),
    "C8": (86, 30, 90),
    "R15": (86, 24, 90),
    "R16": (86, 35.5, 0),
    # person
    "R19": (79.5, 13, 0),
    "R20": (79.5, 17.5, 0),
    "R21": (71.5, 9.5, 0),
    "D4": (71.5, 14, 0),
}

# What stands on the silk beside the references.
NOTES: list[tuple[str, float, float, float]] = [
    ("sitbone carrier", 53, 3.5, 1.5),
    ("ZONES", 12.5, 6.3, 1),
    ("MOTORS", 6, 33.5, 1),
    ("BUTTON", 79.5, 8.6, 1),
    ("LiPo", 86.5, 46.5, 1),
    ("+", 82, 42, 1.2),
]
