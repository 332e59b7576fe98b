"""The stripboard from above, parts' side: strips, cuts, links and parts where they go."""

from hardware.case.drawing import Drawing, Text, box, circle, line, svg
from hardware.circuit.stripboard import COLUMNS, CUTS, KNIFE_ROWS, LINKS, PARTS, ROWS, Fitted, Hole

STEP = 10.0
COPPER, LINK, RED, GREY, BODY = "#e8c9a0", "#2b2b2b", "#b3261e", "#8a8a8a", "#cfe0f2"


def at(hole: Hole) -> tuple[float, float]:
    return hole[0] * STEP, -hole[1] * STEP


def strips() -> Drawing:
    found: Drawing = [box(-STEP, -(ROWS - 0.2) * STEP, (COLUMNS + 1) * STEP, (ROWS + 0.6) * STEP, fill="#f7f1e6")]
    for row in range(ROWS):
        found.append(box(-4, -row * STEP - 3.4, (COLUMNS - 1) * STEP + 8, 6.8, fill=COPPER, stroke=""))
        found.append(Text((-22, -row * STEP - 2.5), str(row), 6.5))
    for column in range(0, COLUMNS, 2):
        found += [Text((column * STEP, y), str(column), 6.5) for y in (12.0, -ROWS * STEP - 4)]
    found += [
        circle(at((column, row)), 2, stroke=GREY, width_mm=0.3) for column in range(COLUMNS) for row in range(ROWS)
    ]
    return found


def cuts() -> Drawing:
    found: Drawing = []
    for x, y in map(at, CUTS):
        found += [line((x - 3, y - 3), (x + 3, y + 3), stroke=RED, width_mm=1.4)]
        found += [line((x - 3, y + 3), (x + 3, y - 3), stroke=RED, width_mm=1.4)]
    for row in KNIFE_ROWS:
        x, y = 5.5 * STEP, -row * STEP
        found.append(line((x, y - 4), (x, y + 4), stroke=RED, width_mm=1.6))
    return found


def links() -> Drawing:
    found: Drawing = []
    for column, one, other in LINKS:
        found.append(line(at((column, one)), at((column, other)), stroke=LINK, width_mm=1.3))
        found += [circle(at((column, row)), 3.4, fill=LINK, stroke="") for row in (one, other)]
    return found


def part(fitted: Fitted) -> Drawing:
    """A body over the part's pins, its plus or anode marked, and its name beside it."""
    holes = [at(hole) for hole, _ in fitted.pins]
    xs, ys = [x for x, _ in holes], [y for _, y in holes]
    grow = 4.2 if len(holes) > 3 else 3.2
    found: Drawing = [
        box(min(xs) - grow, min(ys) - grow, max(xs) - min(xs) + 2 * grow, max(ys) - min(ys) + 2 * grow,
            fill="" if fitted.ref in ("U1", "J1") else BODY, stroke="#1f5fa8", width_mm=0.7)
    ]  # fmt: skip
    found += [circle(hole, 2.6, fill="#1f5fa8", stroke="") for hole in holes]
    if fitted.ref[0] == "D" or fitted.ref == "C7":
        x, y = holes[0]
        found.append(Text((x - 6, y - 2), "+", 7, bold=True, colour=RED))
    if fitted.ref not in ("U1", "J1"):
        low = min(ys) + (max(ys) - min(ys)) / 2
        found.append(Text((max(xs) + 0.2, low - 1.8), fitted.ref, 5.2, bold=True))
    return found


def names() -> Drawing:
    x, y = at((33, 30))
    found: Drawing = [Text((x, y + 2), "ESP32-DevKitC V4", 8), Text((x, y - 8), "its USB socket at this end", 7)]
    found.append(Text((at((5, 0))[0] + 5, 22), "to the cushion", 7))
    return found


def picture() -> str:
    drawing: Drawing = [*strips(), *cuts(), *links()]
    for fitted in PARTS:
        drawing += part(fitted)
    drawing += names()
    about = "Stripboard from the parts' side: strips run from left to right, cuts are red, links black"
    return svg(drawing, -34, -ROWS * STEP - 12, (COLUMNS + 4) * STEP, (ROWS + 5) * STEP, about)
