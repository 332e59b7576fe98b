"""The cushion's layers as flat outlines: DXF for a cutter, PDF at 1:1 on A2 or on A4 sheets to tape together."""

import io
from math import ceil

from hardware.case import sizes as s
from hardware.case.drawing import Drawing, Page, Shape, Text, arc, box, circle, line, pdf

LAYERS = ("base board", "sensor sheet", "foam")
A4_MM, A2_MM, MARGIN_MM, OVERLAP_MM = (210.0, 297.0), (420.0, 594.0), 10.0, 10.0
CONTROL_MM = 100.0


def outline(body: s.Body) -> Shape:
    """Rounded corners, and the cut-out for the tail bone in the rear edge."""
    x, y, r = body.width_mm / 2, body.depth_mm, s.CORNER_FOAM_MM
    wide, deep = s.COCCYX_MM
    points = [*arc((x - r, r), r, -90, 0), *arc((x - r, y - r), r, 0, 90)]
    points += [*arc((r - x, y - r), r, 90, 180), *arc((r - x, r), r, 180, 270)]
    points += [(-wide / 2, 0.0), *arc((0, deep - wide / 2), wide / 2, 180, 0), (wide / 2, 0.0)]
    return Shape(tuple(points), width_mm=0.4)


def cuts(body: s.Body, layer: str) -> Drawing:
    """What is cut out of a layer."""
    if layer == "base board":
        return []
    if layer == "foam":
        return [circle(at, s.MOTOR_WELL_MM[0]) for at in s.motors().values()]
    return [*(circle(at, s.SEAT_OUTER_MM + 0.6) for at in s.pucks(body).values()), *channels(body)]


def channels(body: s.Body) -> list[Shape]:
    """Slots for the cables: from every sensor and motor to the middle, and from there out at the rear."""
    half = s.CABLE_WIDE_MM / 2
    centre_x, rear = 60.0, s.COCCYX_MM[1] + 30
    found: list[Shape] = []
    for x, y in [*s.pucks(body).values(), *s.motors().values()]:
        side = 1 if x > 0 else -1
        inner = side * half * 1.5
        start = x - side * (s.SEAT_OUTER_MM / 2 if (x, y) not in s.motors().values() else s.MOTOR_MM / 2)
        low_x, high_x = sorted((inner, start))
        found.append(box(low_x, y - half, high_x - low_x, 2 * half, width_mm=0.25))
    outside_x, y = s.MOTOR_AT_MM[0] + s.MOTOR_MM / 2, s.MOTOR_AT_MM[1]
    found.append(box(outside_x, y - half, body.width_mm / 2 - outside_x, 2 * half, width_mm=0.25))  # to the button
    found.append(box(-half * 1.5, rear, half * 3, s.THIGHS_Y_MM - rear + half, width_mm=0.25))
    found.append(box(half * 1.5, rear, centre_x, 2 * half, width_mm=0.25))
    return [*found, box(centre_x - half, 0, 2 * half, rear, width_mm=0.25)]


def sheet(body: s.Body, layer: str) -> Drawing:
    """A layer with its marks: middle line, a scale for the sitting bones, what it is."""
    drawing: Drawing = [outline(body), *cuts(body, layer)]
    drawing.append(line((0, s.COCCYX_MM[1] + 5), (0, body.depth_mm - 5), dash="4 2", width_mm=0.2))
    drawing.append(Text((0, body.depth_mm - 14), f"{layer}, size {body.name}: front edge", 6))
    if layer == "foam":
        words = f"from below, {s.MOTOR_WELL_MM[1]:.0f} mm deep"
        drawing += [Text((x, y - 14), words, 4) for x, y in s.motors().values()]
    if layer == "sensor sheet":
        drawing += bone_scale()
    return drawing


def bone_scale() -> Drawing:
    """Marks from 90 to 150 mm, on both sides of the middle: a puck's middle goes where its person's sitting bone is."""
    found: Drawing = []
    for distance in range(90, 151, 10):
        for side in (-1, 1):
            x = side * distance / 2
            found.append(line((x, s.SITTING_BONES_Y_MM + 20), (x, s.SITTING_BONES_Y_MM + 26), width_mm=0.25))
            found.append(Text((x, s.SITTING_BONES_Y_MM + 28), str(distance // 10), 3.5))
    return found


def control() -> Drawing:
    """A line to measure: a printer that scales is seen before anything is cut."""
    words = f"must measure {CONTROL_MM:.0f} mm: print at 100 %, without fitting to the page"
    return [line((0, 0), (CONTROL_MM, 0), width_mm=0.4), line((0, -3), (0, 3)), line((CONTROL_MM, -3), (CONTROL_MM, 3)),
            Text((0, 5), words, 4, "start")]  # fmt: skip


def a2(body: s.Body, layer: str) -> bytes:
    high = A2_MM[1]
    drawing = sheet(body, layer) + shifted(control(), -body.width_mm / 2 + 20, body.depth_mm + 25)
    return pdf([Page(A2_MM[0], high, drawing, (A2_MM[0] / 2, 60))])


def shifted(drawing: Drawing, dx: float, dy: float) -> Drawing:
    found: Drawing = []
    for item in drawing:
        if isinstance(item, Text):
            found.append(item._replace(at=(item.at[0] + dx, item.at[1] + dy)))
        else:
            found.append(item._replace(points=tuple((x + dx, y + dy) for x, y in item.points)))
    return found


def a4(body: s.Body, layer: str) -> bytes:
    """Sheets in rows from the rear left corner; each overlaps its neighbours by a centimetre along thin lines."""
    step_x, step_y = A4_MM[0] - 2 * MARGIN_MM - OVERLAP_MM, A4_MM[1] - 2 * MARGIN_MM - OVERLAP_MM
    columns, rows = ceil((body.width_mm + 2) / step_x), ceil((body.depth_mm + 2) / step_y)
    drawing = sheet(body, layer)
    pages = [
        tile(drawing, body, column, row, (step_x, step_y), f"{layer} {body.name}: row {row + 1}, sheet {column + 1}")
        for row in range(rows)
        for column in range(columns)
    ]
    return pdf(pages)


def tile(drawing: Drawing, body: s.Body, column: int, row: int, step: tuple[float, float], words: str) -> Page:
    left, low = -body.width_mm / 2 - 1 + column * step[0], -1 + row * step[1]
    wide, high = step[0] + OVERLAP_MM, step[1] + OVERLAP_MM
    marks: Drawing = [box(left, low, wide, high, width_mm=0.1), Text((left + wide / 2, low + 3), words, 4)]
    marks.append(line((left + step[0], low), (left + step[0], low + high), width_mm=0.1, dash="1"))
    marks.append(line((left, low + step[1]), (left + wide, low + step[1]), width_mm=0.1, dash="1"))
    if not column and not row:
        marks += shifted(control(), left + 30, low + 30)
    origin = (MARGIN_MM - left, MARGIN_MM - low)
    window = (MARGIN_MM - 0.2, MARGIN_MM - 0.2, MARGIN_MM + wide + 0.2, MARGIN_MM + high + 0.2)
    return Page(*A4_MM, [*drawing, *marks], origin, window)


def dxf(body: s.Body) -> str:
    """All three layers in one file, each on a layer of its own, in millimetres."""
    import ezdxf
    from ezdxf import units

    ezdxf.options.write_fixed_meta_data_for_testing = True  # no date and no random identifier: the same bytes each time
    document = ezdxf.new("R2000", units=units.MM)
    space = document.modelspace()
    for n, layer in enumerate(LAYERS):
        document.layers.add(layer.upper().replace(" ", "_"))
        look = {"layer": layer.upper().replace(" ", "_")}
        for shape in shifted([outline(body), *cuts(body, layer)], n * (body.width_mm + 40), 0):
            assert isinstance(shape, Shape), "no words are cut"
            if shape.radius_mm:
                space.add_circle(shape.points[0], shape.radius_mm, dxfattribs=look)
            else:
                space.add_lwpolyline(shape.points, close=shape.closed, dxfattribs=look)
    out = io.StringIO()
    document.write(out)
    return out.getvalue()
