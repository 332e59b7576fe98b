"""How the USB variant's schematic is laid out: which part stands where, and which pins a drawn line joins."""

from hardware.circuit.circuit import TESTED, ZONES, circuit
from hardware.circuit.drawing import Block, Design, GridPoint, Label, Places, Wires

# ref -> (x, y, turn) in units of 2.54 mm, y downwards; a turn of 90 lays an upright part down, pin 1 to the left.
PLACES: Places = {
    "U1": (128, 25, 0),
    "J1": (9, 17, 0), "D5": (17, 34, 0), "D6": (19, 67, 0),
    **{f"R{n + 1}": (38, 13 + 9 * n, 0) for n in range(4)},
    **{f"R{n + 5}": (43, 11 + 9 * n, 90) for n in range(4)},
    **{f"C{n + 1}": (48, 13 + 9 * n, 0) for n in range(4)},
    "R15": (66, 13, 0), "C5": (69, 17, 0), "U3": (76, 16, 0), "C6": (82, 17, 0), "R10": (90, 17, 0), "Q4": (97, 20, 0),
    "R9": (80, 32, 0), "Q3": (89, 30, 0),
    "F1": (12, 55, 90), "C7": (17, 57, 0),
    "R11": (37, 61, 90), "R12": (41, 63, 0), "Q1": (45, 61, 0), "D1": (50, 57, 0),
    "R13": (37, 77, 90), "R14": (41, 79, 0), "Q2": (45, 77, 0), "D2": (50, 73, 0),
    "R19": (72, 56, 90), "R20": (77, 53, 0), "R21": (70, 67, 90), "D4": (76, 69, 180),
    **{f"TP{n}": (97 + 9 * n, 58, 0) for n in range(1, 8)},
    **{f"H{n}": (100 + 5 * n, 72, 0) for n in range(1, 5)},
}  # fmt: skip

# Drawn lines, as corner points. Where pins lie on a line they are joined.
WIRES: Wires = [
    *(line for n in range(4) for line in (((35, 11 + 9 * n), (41, 11 + 9 * n)), ((45, 11 + 9 * n), (50, 11 + 9 * n)))),
    ((66, 15), (72, 15)), ((80, 15), (90, 15)), ((90, 15), (98, 15), (98, 18)),
    ((90, 19), (90, 20), (95, 20)), ((90, 20), (90, 28)), ((77, 30), (87, 30)), ((98, 22), (98, 24)),
    ((14, 55), (20, 55)),
    ((39, 61), (43, 61)), ((46, 59), (52, 59)), ((39, 77), (43, 77)), ((46, 75), (52, 75)),
    ((74, 56), (79, 56)), ((77, 55), (77, 56)), ((72, 67), (76, 67)),
]  # fmt: skip
LABELS: list[Label] = [
    *(((35, 11 + 9 * n), f"ZONE_{zone}", 180) for n, zone in enumerate(ZONES)),
    *(((50, 11 + 9 * n), f"ADC_{zone}", 0) for n, zone in enumerate(ZONES)),
    ((66, 15), "REF_IN", 180), ((84, 15), "REF_OUT", 0), ((77, 30), "SENSE_EN", 180), ((90, 23), "SENSE_GATE", 0),
    ((98, 24), "SENSE_SUPPLY", 0), ((20, 55), "MOTOR_3V3", 0), ((41, 61), "GATE_LEFT", 90),
    ((41, 77), "GATE_RIGHT", 90),
    ((52, 59), "MOTOR_LEFT", 0), ((52, 75), "MOTOR_RIGHT", 0), ((79, 56), "BUTTON", 0), ((74, 67), "LED_A", 90),
]  # fmt: skip
# Nets that the outside world drives where ERC can't see it.
FLAGS: dict[str, GridPoint] = {"REF_IN": (71, 15), "GND": (128, 72)}
BLOCKS: list[Block] = [
    (
        (5, 5),
        (60, 46),
        "Plug to the cushion, its ESD clamps; zones: sensor above, 3.3 kohm below, 1 kohm + 4.7 nF to the ADC",
    ),
    ((61, 5), (106, 46), "Sensor supply: 3.3 V of its own, limited by R15, on only while the ADC reads"),
    ((107, 5), (164, 46), "ESP32-DevKitC V4 in two sockets: its USB feeds everything"),
    ((5, 47), (60, 86), "Motors: fused, off unless driven"),
    ((61, 47), (98, 76), "Button and LED"),
    ((99, 47), (164, 76), "Test points and screws"),
]

USB = Design(
    "sitbone-carrier", "sitbone carrier, USB", circuit(), TESTED, PLACES, WIRES, LABELS, FLAGS, BLOCKS, (428, 262)
)
