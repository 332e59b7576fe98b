"""The guide's pictures, from the same sizes and solids as the parts: line drawings with labels, as SVG."""

from math import pi
from pathlib import Path

from build123d import Compound, Edge, Part, Pos, Rot, Vector

from hardware.case import cutplan, model
from hardware.case import sizes as s
from hardware.case.drawing import Drawing, Shape, Text, arrow, box, circle, line, svg

BLUE, RED, GREEN, GREY, FOAM = "#1f5fa8", "#b3261e", "#2c7a3f", "#777", "#f3e9d2"
Label = tuple[str, tuple[float, float, float], int]  # words, their place in space, side: -1 left, 1 right


class View:
    """Looks at a scene from one side and turns places in space into places on paper."""

    def __init__(self, direction: tuple[float, float, float]):
        away = Vector(*direction).normalized()
        self.right = Vector(0, 0, 1).cross(away).normalized()
        self.up = away.cross(self.right)
        self.eye = away * 5000

    def place(self, point: tuple[float, float, float]) -> tuple[float, float]:
        vector = Vector(*point)
        return round(self.right.dot(vector), 2), round(self.up.dot(vector), 2)

    def lines(self, parts: list[Part], width_mm: float) -> Drawing:
        """The edges that can be seen, each part hiding what lies behind it."""
        seen, _ = Compound(children=[Compound(part.wrapped) for part in parts]).project_to_viewport(
            tuple(self.eye), viewport_up=(0, 0, 1), look_at=(0, 0, 0)
        )
        return [line(*flat(edge), width_mm=width_mm) for edge in seen]


def flat(edge: Edge) -> list[tuple[float, float]]:
    steps = 1 if edge.geom_type.name == "LINE" else 28
    points = [edge.position_at(n / steps) for n in range(steps + 1)]
    return [(round(p.X, 2), round(p.Y, 2)) for p in points]


def bounds(drawing: Drawing) -> tuple[float, float, float, float]:
    xs = [x for shape in drawing if isinstance(shape, Shape) for x, _ in shape.points]
    ys = [y for shape in drawing if isinstance(shape, Shape) for _, y in shape.points]
    return min(xs), min(ys), max(xs), max(ys)


def scene(view: View, parts: list[Part], labels: list[Label], words_mm: float, about: str) -> str:
    """A drawing of the parts with their names beside it, each with a line to its place."""
    drawing = view.lines(parts, words_mm * 0.06)
    left, low, right, high = bounds(drawing)
    room = {side: max((len(words) for words, _, way in labels if way * side > 0), default=0) for side in (-1, 1)}
    before, after = (words_mm * (2 + 0.6 * room[side]) for side in (-1, 1))
    marks: Drawing = []
    for words, point, side in labels:
        x, y = view.place(point)
        edge = right + words_mm if side > 0 else left - words_mm
        marks += arrow((edge, y), (x, y), words_mm * 0.04, BLUE)
        at = (edge + side * words_mm * 0.4, y - words_mm * 0.35)
        marks.append(Text(at, words, words_mm, "start" if side > 0 else "end"))
    window = (left - before, low - words_mm, right - left + before + after, high - low + 2 * words_mm)
    return svg(drawing + marks, *window, about)


def case_exploded() -> str:
    lift = {"board": 45, "header": 45, "module": 75, "lid": 130}
    z = s.INSIDE_MM[2]
    parts = [model.base(), Pos(0, 0, lift["lid"]) * model.lid_closed(), Pos(-40, 0, 45) * model.ribbon_plug()]
    parts += [Pos(0, 0, lift[name]) * make() for name, make in model.INSIDE.items()]
    plug_y, plug_z = s.plug_at()
    labels: list[Label] = [
        ("lid, 4 screws", (0, 0, z + lift["lid"]), -1),
        ("cushion's plug", (-46, plug_y, lift["header"] + plug_z), -1),
        ("base", (0, 0, 8), -1),
        ("light of the LED", (*s.led_at(), z + lift["lid"] + s.LID_MM), 1),
        ("ESP32-DevKitC", (70, 1, lift["module"] + 18), 1),
        ("carrier board", (84, 2, lift["board"] + 6), 1),
    ]
    return scene(View((0.45, -1, 0.75)), parts, labels, 5, "Exploded view of the case with board, module and plug")


def case_open() -> str:
    parts = [model.base(), *(make() for make in model.INSIDE.values()), Pos(-12, 0, 0) * model.ribbon_plug()]
    plug_y, plug_z = s.plug_at()
    labels: list[Label] = [
        ("cushion's plug", (-18, plug_y, plug_z), -1),
        ("USB: data and power", (s.usb_at()[0], -2, s.usb_at()[1]), 1),
        ("strap around the chair", (s.INSIDE_MM[0] * 0.75, s.INSIDE_MM[1] + 8, 0), 1),
    ]
    return scene(View((0.3, -1, 1.1)), parts, labels, 5, "The open case with everything in its place")


def case_battery() -> str:
    lift = {"board": 45, "header": 45, "switch": 45, "module": 70, "pack": 100}
    parts = [model.base(battery=True), Pos(0, 0, 135) * model.lid_closed(battery=True)]
    parts += [Pos(0, 0, lift[name]) * make() for name, make in model.INSIDE_BATTERY.items()]
    x, y = s.PACK_AT_MM
    switch_x, switch_z = s.switch_at()
    labels: list[Label] = [
        ("lid with the pack's frame", (0, 0, s.INSIDE_MM[2] + 135), -1),
        ("pack, under the lid", (x, y, s.pack_foot_mm() + 104), -1),
        ("slot for the switch", (switch_x - 4, -2, switch_z), -1),
        ("XIAO ESP32-S3", (70, 1, lift["module"] + 18), 1),
        ("carrier board", (84, 2, lift["board"] + 6), 1),
    ]
    return scene(View((0.45, -1, 0.75)), parts, labels, 5, "Exploded view of the battery variant's case")


def cushion_exploded(body: s.Body = s.BODIES[1]) -> str:
    steps = {"sheet": 120, "seats": 190, "pucks": 240, "foam": 600}
    places = list(s.pucks(body).values())
    parts = [model.base_board(body), Pos(0, 0, steps["sheet"]) * model.sensor_sheet(body)]
    parts.append(Pos(0, 0, steps["foam"]) * model.foam(body))
    for x, y in places:
        parts += [Pos(x, y, steps["seats"]) * model.seat(), Pos(x, y, steps["pucks"]) * (Rot(180, 0, 0) * model.puck())]
    half = body.width_mm / 2
    labels: list[Label] = [
        ("foam, 40 mm or more", (half, 190, steps["foam"] + 20), 1),
        ("pucks", (s.THIGHS_X_MM + 12, s.THIGHS_Y_MM, steps["pucks"]), 1),
        ("seats with sensors", (places[1][0] + 14, places[1][1], steps["seats"]), 1),
        ("sensor sheet, 5 mm", (half, 190, steps["sheet"] + 2), 1),
        ("base board, flat and semi-rigid", (half, 190, 2), 1),
    ]
    return scene(View((0.35, -1, 0.85)), parts, labels, 14, "Exploded view of the cushion's layers")


def placement(body: s.Body = s.BODIES[1]) -> str:
    """The seat from above, front edge up, as one looks at it before sitting down backwards."""
    drawing: Drawing = [cutplan.outline(body)._replace(fill=FOAM), *cutplan.bone_scale()]
    look = {"stroke": GREY, "width_mm": 0.4}
    for channel in cutplan.channels(body):
        drawing.append(channel._replace(stroke="#c9b98f"))
    names = {"LEFT_IT": "left sitting bone", "RIGHT_IT": "right sitting bone",
             "LEFT_THIGH": "left thigh", "RIGHT_THIGH": "right thigh"}  # fmt: skip
    for n, (zone, at) in enumerate(s.pucks(body).items(), 1):
        drawing += [circle(at, s.SEAT_OUTER_MM, fill="#fff", stroke=BLUE, width_mm=0.8), circle(at, s.PUCK_MM, **look)]
        drawing.append(Text((at[0], at[1] - 4), str(n), 11, bold=True, colour=BLUE))
        drawing.append(Text((at[0], at[1] - s.SEAT_OUTER_MM / 2 - 10), names[zone], 9))
    for side, at in s.motors().items():
        drawing.append(circle(at, s.MOTOR_MM + 2, fill=RED, stroke=""))
        drawing.append(Text((at[0], at[1] - 16), f"{side.lower()} motor", 9, colour=RED))
    at = (body.width_mm / 2 + s.BUTTON_MM / 2, s.MOTOR_AT_MM[1])
    drawing.append(circle(at, s.BUTTON_MM, fill=GREEN, stroke=""))
    drawing.append(Text((at[0] + 4, at[1] - 20), "button", 9, "middle", GREEN))
    drawing += measures(body)
    drawing += [Text((0, body.depth_mm + 8), "front edge: knees here", 10), Text((0, -16), "rear edge: backrest", 10)]
    drawing.append(Text((78, 14), "cable", 8, "start", GREY))
    half = body.width_mm / 2
    about = "Seat from above with four sensors and two motors, sitting bones at the rear"
    return svg(drawing, -half - 30, -30, body.width_mm + 60, body.depth_mm + 56, about)


def measures(body: s.Body) -> Drawing:
    half, y = body.sitting_bones_mm / 2, s.SITTING_BONES_Y_MM + 46
    found: Drawing = [line((-half, y), (half, y), stroke=GREEN, width_mm=0.6)]
    found += [line((x, y - 4), (x, y + 4), stroke=GREEN, width_mm=0.6) for x in (-half, half)]
    words = f"your sitting bones: {body.sitting_bones_mm / 10:.0f} cm here"
    found.append(Text((0, y + 5), words, 9, colour=GREEN))
    x = -body.width_mm / 2 - 10
    found.append(line((x, 0), (x, s.SITTING_BONES_Y_MM), stroke=GREEN, width_mm=0.6))
    found += [line((x - 4, end), (x + 4, end), stroke=GREEN, width_mm=0.6) for end in (0, s.SITTING_BONES_Y_MM)]
    return [*found, Text((x + 4, 60), f"{s.SITTING_BONES_Y_MM / 10:.0f} cm", 9, "start", GREEN)]


def stack() -> str:
    """A cut through one sensor, four times its size; the foam is cut off above."""
    k, wide, mid = 4.0, 300.0, 150.0
    base, sheet, foam = s.BASE_MM * k, s.SHEET_MM * k, 15 * k
    seat, rim, floor, wall = (mm * k for mm in (s.SEAT_OUTER_MM, s.RIM_MM, s.SEAT_FLOOR_MM, s.SEAT_WALL_MM))
    sensor, boss, disc = s.SENSOR_THICK_MM * k, s.BOSS_HIGH_MM * k, s.PUCK_THICK_MM * k
    drawing: Drawing = [box(0, 0, wide, base, fill="#c9a06a"), box(0, base + sheet, wide, foam, fill=FOAM)]
    drawing += [box(x, base, mid - seat / 2, sheet, fill="#d8cfe8") for x in (0.0, mid + seat / 2)]
    drawing.append(box(mid - seat / 2, base, seat, floor, fill="#bbb"))
    for x in (mid - seat / 2, mid + seat / 2 - wall):
        drawing.append(box(x, base + floor, wall, rim - floor, fill="#bbb"))
    z = base + floor
    for diameter, high, colour in ((s.SENSOR_MM, sensor, RED), (s.BOSS_MM, boss, "#999"), (s.PUCK_MM, disc, "#999")):
        drawing.append(box(mid - diameter * k / 2, z, diameter * k, high, fill=colour))
        z += high
    names = [
        (f"foam, {s.FOAM_MM:.0f} mm or more", base + sheet + foam / 2, wide - 30),
        (f"puck: {s.PUCK_MM:.0f} mm of foam press on it", z - disc / 2, mid + s.PUCK_MM * k / 2 - 10),
        ("boss, 11.5 mm", z - disc - boss / 2, mid + s.BOSS_MM * k / 2 - 5),
        ("sensor FSR 402", base + floor + sensor / 2, mid + s.SENSOR_MM * k / 2 - 3),
        ("seat with rim", base + floor / 2, mid + seat / 2 - 8),
        ("base board", base / 2, wide - 30),
    ]
    for n, (words, height, x) in enumerate(names):
        y = 112 - 22 * n
        drawing += [line((wide + 12, y + 3), (x, height), stroke=BLUE), circle((x, height), 2.4, fill=BLUE, stroke="")]
        drawing.append(Text((wide + 16, y), words, 10, "start"))
    drawing.append(Text((8, base + 7), "sensor sheet", 9, "start"))
    return svg(drawing, -8, -12, wide + 206, 140, "Cut through one sensor: base board, seat, sensor, puck, foam")


def cover(body: s.Body = s.BODIES[1]) -> str:
    """The cover's pieces: two panels like the base board, and a strip around; the seams' allowance is dashed."""
    sew = s.SEAM_MM
    panel = cutplan.outline(body)
    wide, deep, half = body.width_mm, body.depth_mm, body.width_mm / 2
    high = s.BASE_MM + s.SHEET_MM + s.FOAM_MM
    around = 2 * (wide + deep) - (8 - 2 * pi) * s.CORNER_FOAM_MM + 2 * s.COCCYX_MM[1]
    drawing: Drawing = []
    for n, words in enumerate(("upper panel, with liner", "lower panel")):
        x = n * (wide + 60)
        drawing += cutplan.shifted([panel._replace(fill=FOAM)], x, 0)
        drawing.append(box(x - half - sew, -sew, wide + 2 * sew, deep + 2 * sew, stroke=GREY, dash="4 3"))
        drawing += [Text((x, deep / 2), words, 14), Text((x, deep / 2 - 22), f"{wide:.0f} x {deep:.0f} mm", 12)]
    strip, foot = 2 * wide + 60, -130.0
    drawing.append(box(-half, foot, strip, high, fill=FOAM))
    drawing.append(box(-half - sew, foot - sew, strip + 2 * sew, high + 2 * sew, stroke=GREY, dash="4 3"))
    words = f"strip, {high:.0f} x {around:.0f} mm (not to scale): pin it around the panel, cut to fit"
    drawing.append(Text((-half + strip / 2, foot + high / 2 - 4), words, 12))
    drawing.append(
        Text(
            (-half + strip / 2, foot - 34),
            f"dashed: {sew:.0f} mm to sew on all sides; thicker foam needs a higher strip",
            12,
        )
    )
    drawing.append(line((-150, foot + high), (150, foot + high), stroke=RED, width_mm=2))
    drawing.append(Text((0, foot + high + 16), "zip, 60 cm, and the cable's opening: rear edge", 12, colour=RED))
    return svg(drawing, -half - 30, foot - 50, 2 * wide + 120, deep - foot + 70, "Sewing pattern of the cover")


def dimension(one: tuple[float, float], two: tuple[float, float], words: str, off: float) -> Drawing:
    """A measure between two points: `off` above them when they are level, else beside them."""
    look = {"stroke": GREEN, "width_mm": 0.3}
    level = one[1] == two[1]
    shift = (0.0, off) if level else (off, 0.0)
    a, b = ((x + shift[0], y + shift[1]) for x, y in (one, two))
    found: Drawing = [line(a, b, **look), line(one, a, **look), line(two, b, **look)]
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    if level:
        return [*found, Text((middle[0], middle[1] + 1.5), words, 5, colour=GREEN)]
    return [*found, Text((middle[0] + 2, middle[1] - 1.5), words, 5, "start", GREEN)]


def case_drawing() -> str:
    """The base from above and from the front, with the measures that something else must fit."""
    x, y, z = s.INSIDE_MM
    wall = s.WALL_MM
    base = model.base()
    top = View((0, -1e-6, 1)).lines([base], 0.35)
    foot = -60.0
    front = cutplan.shifted(View((0, -1, 0)).lines([base], 0.35), 0, foot)
    posts = sorted(s.posts())
    drawing = [
        *top,
        *front,
        Text((x / 2, y + 38), "base, from above", 6),
        Text((x / 2, foot - 32), "from the front", 6),
    ]
    drawing += dimension((-wall, -wall), (x + wall, -wall), f"{x + 2 * wall:.1f}", -12)
    drawing += dimension((x + wall, -wall), (x + wall, y + wall), f"{y + 2 * wall:.1f}", 8)
    drawing += dimension(posts[1], posts[3], f"{posts[3][0] - posts[1][0]:.1f}", 16 + y - posts[1][1])
    drawing += dimension(posts[0], posts[1], f"{posts[1][1] - posts[0][1]:.1f}", -posts[0][0] - 28)
    usb_x, usb_z = s.usb_at()
    plug_y, plug_z = s.plug_at()
    drawing += dimension((-wall, foot - wall), (usb_x, foot - wall), f"USB {usb_x + wall:.1f}", -8)
    drawing += dimension((x + wall, foot - s.FLOOR_MM), (x + wall, foot + z), f"{z + s.FLOOR_MM:.1f}", 8)
    words = f"USB opening {s.USB_OPENING_MM[0]} x {s.USB_OPENING_MM[1]}, its middle {usb_z:.1f} over the floor"
    drawing.append(Text((x / 2, foot - 44), words, 3.6))
    wide, high = s.PLUG_OPENING_MM
    words = f"plug opening {wide} x {high} in the left wall: {plug_z:.1f} over the floor, "
    words += f"{plug_y + wall:.1f} from the front"
    drawing.append(Text((x / 2, foot - 50), words, 3.6))
    return svg(
        drawing, -45, foot - 58, x + 80, y + 50 + 58 - foot, "Dimensioned drawing of the case's base, millimetres"
    )


PICTURES = {
    "case-battery": case_battery,
    "case-drawing": case_drawing,
    "case-exploded": case_exploded,
    "case-open": case_open,
    "cover": cover,
    "cushion-exploded": cushion_exploded,
    "placement": placement,
    "stack": stack,
}


def draw(folder: Path) -> None:
    for name, make in PICTURES.items():
        (folder / f"{name}.svg").write_text(make())


if __name__ == "__main__":
    import sys

    draw(Path(sys.argv[1]))
