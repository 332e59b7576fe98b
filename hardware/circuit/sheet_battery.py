"""How the battery variant's schematic is laid out; what both have stands where it does in the USB variant's."""

from hardware.circuit import sheet_usb
from hardware.circuit.battery import TESTED, circuit
from hardware.circuit.drawing import Block, Design, GridPoint, Label, Places, Wires

OWN = {
    "U1",
    "R21",
    "D4",
    *(f"TP{n}" for n in range(1, 9)),
    *(f"H{n}" for n in range(1, 5)),
}  # elsewhere here, or absent

PLACES: Places = {
    **{ref: at for ref, at in sheet_usb.PLACES.items() if ref not in OWN},
    "U1": (130, 22, 0),
    "R22": (69, 68, 0), "R23": (77, 72, 0), "D7": (88, 68, 0),
    "J2": (10, 98, 0), "F2": (30, 97, 90), "Q7": (41, 98, 0), "Q5": (51, 98, 0), "R24": (34, 109, 0),
    "Q6": (46, 112, 0), "R25": (12, 110, 0), "SW1": (22, 112, 0),
    "R26": (58, 98, 0), "R27": (58, 110, 0), "C8": (64, 110, 0),
    "U4": (94, 104, 0), "C9": (104, 98, 0), "R30": (76, 97, 0), "R31": (82, 97, 0), "R32": (82, 107, 0),
    "R33": (82, 117, 0),
    "R28": (122, 98, 0), "R29": (122, 108, 0),
    **{f"TP{n}": (96 + 9 * n, 58, 0) for n in range(1, 9)},
    **{f"H{n}": (100 + 5 * n, 72, 0) for n in range(1, 5)},
}  # fmt: skip

GONE = {"LED_A"}
WIRES: Wires = [wire for wire in sheet_usb.WIRES if wire != ((72, 67), (76, 67))]
WIRES += [((13, 97), (28, 97)), ((58, 100), (58, 108)), ((58, 104), (64, 104), (64, 108)), ((122, 100), (122, 106))]
WIRES += [((122, 96), (127, 96))]
LABELS: list[Label] = [label for label in sheet_usb.LABELS if label[1] not in GONE]
LABELS += [
    ((16, 97), "PACK", 0),
    ((61, 104), "BATTERY_ADC", 0),
    ((122, 103), "USB_SENSE", 0),
    ((122, 96), "USB_5V", 180),
]
FLAGS: dict[str, GridPoint] = {"REF_IN": (71, 15), "GND": (128, 72), "PACK": (15, 97), "USB_5V": (127, 96)}

BLOCKS: list[Block] = [
    sheet_usb.BLOCKS[0],
    ((61, 5), (106, 46), "Sensor supply: 3.0 V of its own, limited by R15, on only while the ADC reads"),
    ((107, 5), (172, 46), "Seeed XIAO ESP32-S3 in two sockets: its charger alone charges the pack"),
    sheet_usb.BLOCKS[3],
    ((61, 47), (98, 86), "Button; wake sensor, always supplied through 10 kohm"),
    ((99, 47), (172, 86), "Test points and screws"),
    ((5, 88), (69, 124), "Pack: fuse, and two MOSFETs that part it: wrong way round, switched off, too cold or hot"),
    ((70, 88), (111, 124), "Charging only between some 1 and 44 degC: comparators over the pack's NTC"),
    ((112, 88), (172, 124), "USB flag: low resistors win over the chip's pull-up"),
]

BATTERY = Design(
    "sitbone-battery", "sitbone carrier, battery", circuit(), TESTED, PLACES, WIRES, LABELS, FLAGS, BLOCKS, (448, 372)
)
