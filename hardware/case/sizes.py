"""Every measure of case, pucks and cushion, mm. Plain numbers, so that tests read them without a geometry kernel.

The case's origin is the inside lower left corner of its floor, seen from above with the USB socket towards you.
"""

from typing import NamedTuple

from hardware.board import layout_battery
from hardware.board.layout import (
    BOARD_MM,
    BOARD_THICKNESS_MM,
    HOLES_MM,
    MODULE_MM,
    MODULE_PADS_X_MM,
    PLACES,
    RIBBON_MM,
    RIBBON_PINS_MM,
)

THINNEST_WALL_MM = 1.6

# ---- case
WALL_MM, FLOOR_MM, LID_MM = 2.4, 2.4, 2.4
CORNER_MM, EDGE_MM = 4.4, 1.2
INSIDE_MM = (97.0, 74.0, 27.0)
BOARD_AT_MM = (1.0, 0.6)
POST_MM, POST_OUTER_MM, POST_HOLE_MM = 5.0, 7.0, 2.5  # 2.5 mm takes a self-tapping M3
LID_POSTS_MM = ((3.4, 70.6), (48.5, 70.6), (93.6, 70.6), (93.6, 3.4))
LID_POST_OUTER_MM, LID_HOLE_MM = 8.0, 3.4
LIP_MM, LIP_DEPTH_MM, LIP_GAP_MM = 1.8, 3.0, 0.25

SOCKET_MM, HEADER_MM, MODULE_PCB_MM, SHIELD_MM = 8.5, 2.5, 1.6, 3.2
USB_SOCKET_MM = (8.0, 3.0)  # the module's socket, wide and high
USB_OPENING_MM = (12.5, 8.0)  # lets a plug's moulding in

WEB_MM = 2.0  # joins a lid's post to the wall

# The cushion's plug goes through the left wall into a header whose mouth lies just behind it.
HEADER_BODY_MM = (8.9, 25.4, 8.9)  # deep, along the board's edge, high
HEADER_FACE_MM = 0.32  # its mouth, from the board's edge
RIBBON_PLUG_MM = (14.0, 23.0, 7.0)
PLUG_OPENING_MM = (27.0, 11.0)
PLUG_GABLE_MM = 6.0  # its top narrows at 45 degrees, so that it prints without support

# The battery variant's: a slot for the switch's handle beside USB, and a frame under the lid that holds the pack.
SWITCH_SLOT_MM = (9.0, 5.0)  # its handle's travel and some room, wide and high
SWITCH_HANDLE_MM = 2.2  # its middle over the board
SWITCH_BODY_MM = (8.6, 4.4, 4.7)
PACK_MM = (36.5, 56.0, 10.7)  # parts.py names it
PACK_AT_MM = (11.0, 7.9)  # its corner, beside the header and clear of the lid's posts
PACK_GAP_MM, PACK_RIB_MM, PACK_RIB_HIGH_MM = 0.8, 1.8, 7.0
PACK_LEADS_MM = 12.0  # gap in the frame
XIAO_MM = (17.8, 21.0, 1.2)

LED_HOLE_MM = 3.0
STRAP_MM = (26.0, 3.2)  # slots of two ears, for a 25 mm strap on the chair
EAR_MM = (34.0, 9.0, 3.0)


def on_board(x: float, y: float) -> tuple[float, float]:
    """A place on the board (y downwards) in the case (y upwards)."""
    return BOARD_AT_MM[0] + x, BOARD_AT_MM[1] + BOARD_MM[1] - y


def posts() -> list[tuple[float, float]]:
    return [on_board(x, y) for x, y in HOLES_MM]


def usb_at() -> tuple[float, float]:
    """Middle of the USB socket: x, and height over the floor."""
    height = POST_MM + BOARD_THICKNESS_MM + SOCKET_MM + HEADER_MM + MODULE_PCB_MM + USB_SOCKET_MM[1] / 2
    return on_board(MODULE_MM[0] + MODULE_PADS_X_MM / 2, 0)[0], height


def plug_at() -> tuple[float, float]:
    """Middle of the cushion's header: y, and height over the floor."""
    pitch, rows = RIBBON_PINS_MM
    middle = on_board(0, RIBBON_MM[1] - pitch * (rows - 1) / 2)[1]
    return middle, POST_MM + BOARD_THICKNESS_MM + HEADER_BODY_MM[2] / 2


def switch_at() -> tuple[float, float]:
    """Middle of the slot for the switch's handle: x, and height over the floor."""
    x, y, _ = layout_battery.PLACES["SW1"]
    return on_board(x + 2.0, y)[0], POST_MM + BOARD_THICKNESS_MM + SWITCH_HANDLE_MM


def xiao_usb_at() -> tuple[float, float]:
    """Middle of the XIAO's USB socket: x, and height over the floor. The opening is the one for the other module."""
    x = on_board(layout_battery.MODULE_MM[0] - 15.24 / 2, 0)[0]
    return x, POST_MM + BOARD_THICKNESS_MM + SOCKET_MM + HEADER_MM + XIAO_MM[2] + 1.6


def pack_foot_mm() -> float:
    """Height over the floor of the pack's underside, with 0.5 mm of tape between it and the lid."""
    return INSIDE_MM[2] - 0.5 - PACK_MM[2]


def led_at() -> tuple[float, float]:
    return on_board(*PLACES["D4"][:2])


def stack_mm() -> float:
    """Height over the floor of the highest thing on the board."""
    return POST_MM + BOARD_THICKNESS_MM + SOCKET_MM + HEADER_MM + MODULE_PCB_MM + SHIELD_MM


# ---- puck: presses on the sensor's 12.7 mm disc what 20 mm of foam carry
PUCK_MM, PUCK_THICK_MM = 20.0, 3.0
BOSS_MM, BOSS_HIGH_MM = 11.5, 1.2
SENSOR_MM, SENSOR_THICK_MM, TAIL_MM = 18.3, 0.45, 8.0
SEAT_GAP_MM, SEAT_WALL_MM, SEAT_FLOOR_MM = 0.6, 1.8, 1.8
SEAT_OUTER_MM = PUCK_MM + 2 * (SEAT_GAP_MM + SEAT_WALL_MM)
PUCK_PROUD_MM = 1.5  # of the rim, so that foam and not plastic limits it
RIM_MM = SEAT_FLOOR_MM + SENSOR_THICK_MM + BOSS_HIGH_MM + PUCK_THICK_MM - PUCK_PROUD_MM


# ---- cushion: x from the middle line, y from the rear edge
class Body(NamedTuple):
    """A person's measure, how far apart the sitting bones are (9-15 cm between people), and the cushion's."""

    name: str
    sitting_bones_mm: float
    width_mm: float = 400.0
    depth_mm: float = 380.0


BODIES = (Body("S", 100), Body("M", 120), Body("L", 140))
CORNER_FOAM_MM = 40.0
BASE_MM, SHEET_MM, FOAM_MM = 4.0, 5.0, 40.0  # from below: a flat, semi-rigid board; sensors; the least foam above them
SITTING_BONES_Y_MM, THIGHS_Y_MM, THIGHS_X_MM = 130.0, 290.0, 85.0
MOTOR_MM, MOTOR_AT_MM = 10.0, (125.0, 235.0)
BUTTON_MM = 16.0  # at the right edge, in line with the motors, on its pair of the ribbon: where a hand hangs
MOTOR_WELL_MM = (14.0, 30.0)  # wide and deep, into the foam from below: 10 mm of foam stay over the motor
COCCYX_MM = (60.0, 70.0)  # cut-out at the rear edge, wide and deep
CABLE_WIDE_MM = 8.0
SEAM_MM = 10.0


def pucks(body: Body) -> dict[str, tuple[float, float]]:
    """zone -> where its puck sits."""
    half = body.sitting_bones_mm / 2
    return {
        "LEFT_IT": (-half, SITTING_BONES_Y_MM),
        "RIGHT_IT": (half, SITTING_BONES_Y_MM),
        "LEFT_THIGH": (-THIGHS_X_MM, THIGHS_Y_MM),
        "RIGHT_THIGH": (THIGHS_X_MM, THIGHS_Y_MM),
    }


def motors() -> dict[str, tuple[float, float]]:
    return {"LEFT": (-MOTOR_AT_MM[0], MOTOR_AT_MM[1]), "RIGHT": MOTOR_AT_MM}


def walls_mm() -> dict[str, float]:
    """Every wall that is printed."""
    return {
        "wall": WALL_MM, "floor": FLOOR_MM, "lid": LID_MM, "lip": LIP_MM, "web": WEB_MM, "ear": EAR_MM[2],
        "post": (POST_OUTER_MM - POST_HOLE_MM) / 2, "lid post": (LID_POST_OUTER_MM - POST_HOLE_MM) / 2,
        "pack's frame": PACK_RIB_MM, "puck": PUCK_THICK_MM, "seat wall": SEAT_WALL_MM, "seat floor": SEAT_FLOOR_MM,
    }  # fmt: skip
