"""Case, lid and pucks as solids, each lying as it is printed; and the cushion's foam, for the pictures."""

from collections.abc import Callable
from functools import partial

from build123d import (
    Align,
    Axis,
    Box,
    Cylinder,
    Part,
    Plane,
    Polyline,
    Pos,
    RectangleRounded,
    Rot,
    chamfer,
    extrude,
    fillet,
    make_face,
)

from hardware.board import layout_battery
from hardware.board.layout import BOARD_MM, BOARD_THICKNESS_MM, MODULE_MM, MODULE_OUTLINE_MM
from hardware.case import sizes as s

LOW = (Align.CENTER, Align.CENTER, Align.MIN)
CORNER = (Align.MIN, Align.MIN, Align.MIN)
X, Y, Z = s.INSIDE_MM


def block(x: float, y: float, z: float, at: tuple[float, float, float]) -> Part:
    """A box by its lowest corner."""
    return Pos(*at) * Box(x, y, z, align=CORNER)


def pin(diameter: float, height: float, at: tuple[float, float, float]) -> Part:
    """An upright cylinder by the middle of its foot."""
    return Pos(*at) * Cylinder(diameter / 2, height, align=LOW)


def rounded(x: float, y: float, z: float, radius: float, foot: float) -> Part:
    return Pos(X / 2, Y / 2, foot) * extrude(RectangleRounded(x, y, radius), z)


def base(battery: bool = False) -> Part:
    """The lower part: floor down on the printer's bed."""
    outer = rounded(X + 2 * s.WALL_MM, Y + 2 * s.WALL_MM, Z + s.FLOOR_MM, s.CORNER_MM, -s.FLOOR_MM)
    outer = chamfer(outer.faces().sort_by(Axis.Z)[0].edges(), s.EDGE_MM)
    outer += ears()
    shell = outer - rounded(X, Y, Z, s.CORNER_MM - s.WALL_MM, 0)
    inside = rounded(X + 0.2, Y + 0.2, Z, s.CORNER_MM - s.WALL_MM, 0)
    whole = shell + (fittings() & inside) - screw_holes() - openings()
    return whole - switch_slot() if battery else whole


def switch_slot() -> Part:
    x, z = s.switch_at()
    wide, high = s.SWITCH_SLOT_MM
    return block(wide, 3 * s.WALL_MM, high, (x - wide / 2, -2 * s.WALL_MM, z - high / 2))


def fittings() -> Part:
    """What stands on the floor."""
    found = None
    for x, y in s.posts():
        post = pin(s.POST_OUTER_MM, s.POST_MM, (x, y, 0))
        found = post if found is None else found + post
    for x, y in s.LID_POSTS_MM:
        found += pin(s.LID_POST_OUTER_MM, Z, (x, y, 0))
        found += corner_web(x, y)
    return found


def corner_web(x: float, y: float) -> Part:
    """Joins a lid post to the wall nearest in y, so that it can't break off."""
    to_top = y > Y / 2
    return block(s.WEB_MM, (Y - y) if to_top else y, Z, (x - s.WEB_MM / 2, y if to_top else 0, 0))


def screw_holes() -> Part:
    found = None
    for x, y in s.posts():
        hole = pin(s.POST_HOLE_MM, s.POST_MM + 1, (x, y, 0.4))
        found = hole if found is None else found + hole
    for x, y in s.LID_POSTS_MM:
        found += pin(s.POST_HOLE_MM, 12, (x, y, Z - 11))
    return found


def openings() -> Part:
    usb_x, usb_z = s.usb_at()
    wide, high = s.USB_OPENING_MM
    found = block(wide, 3 * s.WALL_MM, high, (usb_x - wide / 2, -2 * s.WALL_MM, usb_z - high / 2))
    return found + plug_opening()


def plug_opening() -> Part:
    """For the ribbon's socket, through the left wall: a rectangle with a gable."""
    y, z = s.plug_at()
    wide, high = s.PLUG_OPENING_MM
    half, roof = wide / 2, s.PLUG_GABLE_MM
    low, eaves = z - high / 2, z + high / 2
    corners = [(y - half, low), (y + half, low), (y + half, eaves), (y + half - roof, eaves + roof)]
    corners += [(y - half + roof, eaves + roof), (y - half, eaves)]
    face = make_face(Polyline(*((-2 * s.WALL_MM, *corner) for corner in corners), close=True))
    return extrude(face, amount=3 * s.WALL_MM, dir=(1, 0, 0))


def ears() -> Part:
    """Two ears on the rear wall, at the floor, for a strap around the chair's back."""
    found = None
    for x in (X * 0.25, X * 0.75):
        wide, deep, thick = s.EAR_MM
        ear = block(wide, deep + 1, thick, (x - wide / 2, Y + s.WALL_MM - 1, -s.FLOOR_MM))
        ear -= block(*s.STRAP_MM, 3 * thick, (x - s.STRAP_MM[0] / 2, Y + s.WALL_MM + 2.4, -2 * s.FLOOR_MM))
        found = ear if found is None else found + ear
    return found


def lid(battery: bool = False) -> Part:
    """Its outside down on the bed: a plate whose lip goes into the base; a hole for the LED, or the pack's frame."""
    plate = rounded(X + 2 * s.WALL_MM, Y + 2 * s.WALL_MM, s.LID_MM, s.CORNER_MM, 0)
    plate = chamfer(plate.faces().sort_by(Axis.Z)[0].edges(), s.EDGE_MM)
    gap, radius = s.LIP_GAP_MM, s.CORNER_MM - s.WALL_MM
    lip = rounded(X - 2 * gap, Y - 2 * gap, s.LIP_DEPTH_MM, radius - gap, s.LID_MM)
    hollow = (X - 2 * gap - 2 * s.LIP_MM, Y - 2 * gap - 2 * s.LIP_MM, s.LIP_DEPTH_MM)
    lip -= rounded(*hollow, max(0.4, radius - gap - s.LIP_MM), s.LID_MM)
    for x, y in s.LID_POSTS_MM:
        wide = s.LID_POST_OUTER_MM + 1
        lip -= block(wide, 3 * wide, s.LIP_DEPTH_MM, (X - x - wide / 2, y - 1.5 * wide, s.LID_MM))
    whole = plate + lip
    for x, y in s.LID_POSTS_MM:
        whole -= pin(s.LID_HOLE_MM, 3 * s.LID_MM, (X - x, y, -s.LID_MM))
    if battery:
        return whole + pack_frame()
    led_x, led_y = s.led_at()
    return whole - pin(s.LED_HOLE_MM, 3 * s.LID_MM, (X - led_x, led_y, -s.LID_MM))


def pack_frame() -> Part:
    """Four walls around the pack, open where its leads come out."""
    (x, y), (wide, deep, _), gap, rib = s.PACK_AT_MM, s.PACK_MM, s.PACK_GAP_MM, s.PACK_RIB_MM
    left, low = X - x - wide - gap, y - gap
    outer = block(wide + 2 * (gap + rib), deep + 2 * (gap + rib), s.PACK_RIB_HIGH_MM, (left - rib, low - rib, s.LID_MM))
    outer -= block(wide + 2 * gap, deep + 2 * gap, s.PACK_RIB_HIGH_MM, (left, low, s.LID_MM))
    middle = left + gap + wide / 2
    return outer - block(
        s.PACK_LEADS_MM, 4 * rib, s.PACK_RIB_HIGH_MM, (middle - s.PACK_LEADS_MM / 2, low - 2 * rib, s.LID_MM)
    )


def lid_closed(battery: bool = False) -> Part:
    """The lid where it sits on the base."""
    return Pos(X, 0, Z + s.LID_MM) * (Rot(0, 180, 0) * lid(battery))


def puck() -> Part:
    """Its flat side down on the bed, the boss that presses on the sensor up."""
    disc = fillet_foot(pin(s.PUCK_MM, s.PUCK_THICK_MM, (0, 0, 0)))
    return disc + pin(s.BOSS_MM, s.BOSS_HIGH_MM, (0, 0, s.PUCK_THICK_MM))


def fillet_foot(part: Part) -> Part:
    """A chamfer where it meets the foam: nothing sharp, and no overhang."""
    return chamfer(part.faces().sort_by(Axis.Z)[0].edges(), 0.8)


def seat() -> Part:
    """Holds sensor and puck; its rim keeps the puck in the middle, a slot lets the sensor's tail out."""
    whole = pin(s.SEAT_OUTER_MM, s.RIM_MM, (0, 0, 0))
    whole -= pin(s.PUCK_MM + 2 * s.SEAT_GAP_MM, s.RIM_MM, (0, 0, s.SEAT_FLOOR_MM))
    whole = chamfer(whole.faces().sort_by(Axis.Z)[0].edges(), 0.6)
    return whole - block(s.TAIL_MM, s.SEAT_OUTER_MM, s.RIM_MM, (-s.TAIL_MM / 2, 0, s.SEAT_FLOOR_MM))


PRINTED: dict[str, Callable[[], Part]] = {
    "base": base,
    "lid": lid,
    "base-battery": partial(base, battery=True),
    "lid-battery": partial(lid, battery=True),
    "puck": puck,
    "seat": seat,
}


# ---- what goes into it, as plain volumes


def board() -> Part:
    x, y = s.BOARD_AT_MM
    plate = block(*BOARD_MM, BOARD_THICKNESS_MM, (x, y, s.POST_MM))
    for hole_x, hole_y in s.posts():
        plate -= pin(3.2, 4 * s.POST_MM, (hole_x, hole_y, 0))
    return plate


def module() -> Part:
    left, top, right, bottom = MODULE_OUTLINE_MM
    x, y = s.on_board(MODULE_MM[0] + left, MODULE_MM[1] + bottom)
    foot = s.POST_MM + BOARD_THICKNESS_MM + s.SOCKET_MM + s.HEADER_MM
    plate = block(right - left, bottom - top, s.MODULE_PCB_MM, (x, y, foot))
    shield = block(18, 25.5, s.SHIELD_MM, (x + 5, y + 26, foot + s.MODULE_PCB_MM))
    return plate + shield + usb_socket() + sockets(foot)


def sockets(foot: float) -> Part:
    found = None
    for dx in (0.0, 25.4):
        x, y = s.on_board(MODULE_MM[0] + dx, MODULE_MM[1] + 18 * 2.54 + 1.27)
        row = block(2.5, 48.26, foot - s.POST_MM - BOARD_THICKNESS_MM, (x - 1.25, y, s.POST_MM + BOARD_THICKNESS_MM))
        found = row if found is None else found + row
    return found


def usb_socket() -> Part:
    x, z = s.usb_at()
    wide, high = s.USB_SOCKET_MM
    return block(wide, 6, high, (x - wide / 2, 0.4, z - high / 2))


def usb_plug() -> Part:
    """The moulding of a plug that is in."""
    x, z = s.usb_at()
    return block(11, 20, 6.5, (x - 5.5, -20.2, z - 3.25))


def header() -> Part:
    """The box header at the board's edge."""
    y, z = s.plug_at()
    deep, along, high = s.HEADER_BODY_MM
    x = s.BOARD_AT_MM[0] + s.HEADER_FACE_MM
    return block(deep, along, high, (x, y - along / 2, z - high / 2 + 0.05))


def ribbon_plug() -> Part:
    """The ribbon's socket, as far as it is outside of the header."""
    y, z = s.plug_at()
    deep, along, high = s.RIBBON_PLUG_MM
    return block(deep, along, high, (s.BOARD_AT_MM[0] + s.HEADER_FACE_MM - deep, y - along / 2, z - high / 2))


def xiao() -> Part:
    """The XIAO on its sockets, its USB socket at the front."""
    x, z = s.xiao_usb_at()
    wide, deep, thick = s.XIAO_MM
    _, foot_y = s.on_board(0, layout_battery.MODULE_MM[1] + 2.88)
    plate = block(wide, deep, thick + s.SHIELD_MM, (x - wide / 2, foot_y, z - 1.6 - thick))
    found = plate + block(9, 7, 3.2, (x - 4.5, foot_y - 1.4, z - 1.6))
    foot = s.POST_MM + BOARD_THICKNESS_MM
    for side in (-1, 1):
        found += block(2.5, 17.78, s.SOCKET_MM + s.HEADER_MM, (x + side * 7.62 - 1.25, foot_y + 1.6, foot))
    return found


def pack() -> Part:
    return block(*s.PACK_MM, (*s.PACK_AT_MM, s.pack_foot_mm()))


def switch() -> Part:
    x, _ = s.switch_at()
    wide, deep, high = s.SWITCH_BODY_MM
    _, y = s.on_board(0, layout_battery.PLACES["SW1"][1])
    foot = s.POST_MM + BOARD_THICKNESS_MM
    handle = block(2, 4, 2, (x - 1, y - 6.2, foot + s.SWITCH_HANDLE_MM - 1))
    return block(wide, deep, high, (x - wide / 2, y - deep / 2, foot)) + handle


def header16() -> Part:
    y, z = s.plug_at()
    deep, along, high = s.HEADER_BODY_MM
    x = s.BOARD_AT_MM[0] + s.HEADER_FACE_MM
    return block(deep, along + 2.54, high, (x, y - along / 2 - 1.27, z - high / 2 + 0.05))


INSIDE = {"board": board, "module": module, "header": header}
INSIDE_BATTERY = {"board": board, "module": xiao, "header": header16, "pack": pack, "switch": switch}
OUTSIDE = {"plug": usb_plug, "ribbon": ribbon_plug}


# ---- cushion


def outline(body: s.Body, thick: float) -> Part:
    middle = Plane.XY.offset(0)
    whole = RectangleRounded(body.width_mm, body.depth_mm, s.CORNER_FOAM_MM)
    sheet = extrude(middle * Pos(0, body.depth_mm / 2) * whole, thick)
    wide, deep = s.COCCYX_MM
    cut = block(wide, deep, 3 * thick, (-wide / 2, -0.1, -thick))
    cut = fillet(cut.edges().filter_by(Axis.Z).sort_by(Axis.Y)[2:], wide / 2 - 1)
    return sheet - cut


def base_board(body: s.Body) -> Part:
    return outline(body, s.BASE_MM)


def sensor_sheet(body: s.Body) -> Part:
    whole = outline(body, s.SHEET_MM)
    for x, y in s.pucks(body).values():
        whole -= pin(s.SEAT_OUTER_MM + 0.6, 3 * s.SHEET_MM, (x, y, -s.SHEET_MM))
    return whole


def foam(body: s.Body) -> Part:
    whole = outline(body, s.FOAM_MM)
    wide, deep = s.MOTOR_WELL_MM
    for x, y in s.motors().values():
        whole -= pin(wide, deep, (x, y, 0))
    return whole
