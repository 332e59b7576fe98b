"""Flat drawings in millimetres, as SVG (for a page) or PDF (for paper, 1:1). The same calls give the same bytes."""

from collections.abc import Callable
from math import cos, pi, sin
from typing import Any, NamedTuple

Point = tuple[float, float]
POINTS_PER_MM = 72 / 25.4
CIRCLE = 0.5522847498  # control points of a quarter circle as a cubic


class Shape(NamedTuple):
    """A closed or open line through points (y upwards); `fill` and `stroke` are CSS colours, "" for none."""

    points: tuple[Point, ...]
    stroke: str = "#222"
    fill: str = ""
    width_mm: float = 0.3
    closed: bool = True
    dash: str = ""
    radius_mm: float = 0.0  # above 0: a circle around the one point


class Text(NamedTuple):
    """Words at a point; `anchor` is start, middle or end."""

    at: Point
    words: str
    size_mm: float = 5.0
    anchor: str = "middle"
    colour: str = "#222"
    bold: bool = False


Drawing = list[Shape | Text]


def circle(at: Point, diameter_mm: float, **look: Any) -> Shape:
    return Shape((at,), radius_mm=diameter_mm / 2, **look)


def box(x: float, y: float, wide: float, high: float, **look: Any) -> Shape:
    return Shape(((x, y), (x + wide, y), (x + wide, y + high), (x, y + high)), **look)


def line(*points: Point, **look: Any) -> Shape:
    return Shape(points, closed=False, **look)


def arrow(tail: Point, tip: Point, width_mm: float, colour: str) -> list[Shape]:
    """A leader line with a dot at its tip."""
    return [line(tail, tip, stroke=colour, width_mm=width_mm), circle(tip, 6 * width_mm, fill=colour, stroke="")]


def arc(centre: Point, radius: float, from_deg: float, to_deg: float, steps: int = 16) -> list[Point]:
    turns = [(from_deg + (to_deg - from_deg) * n / steps) * pi / 180 for n in range(steps + 1)]
    return [(round(centre[0] + radius * cos(t), 3), round(centre[1] + radius * sin(t), 3)) for t in turns]


def number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


# ---- SVG


def svg(drawing: Drawing, left: float, bottom: float, wide: float, high: float, about: str) -> str:
    """A picture of that window; it scales to the page. `about` is its text for those who can't see it."""

    def place(point: Point) -> Point:
        return point[0] - left, high - (point[1] - bottom)

    window = f'viewBox="0 0 {number(wide)} {number(high)}" role="img" aria-label="{about}"'
    fonts = 'font-family="Helvetica, Arial, DejaVu Sans, sans-serif"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {window} {fonts}>',
        f"<title>{about}</title>",
        f'<rect width="{number(wide)}" height="{number(high)}" fill="#fff"/>',
    ]
    lines += [_svg_item(item, place) for item in drawing]
    return "\n".join([*lines, "</svg>", ""])


def _svg_item(item: Shape | Text, place: Callable[[Point], Point]) -> str:
    if isinstance(item, Text):
        x, y = place(item.at)
        words = item.words.replace("&", "&amp;").replace("<", "&lt;")
        weight = ' font-weight="bold"' if item.bold else ""
        return (
            f'<text x="{number(x)}" y="{number(y)}" font-size="{number(item.size_mm)}" text-anchor="{item.anchor}"'
            f' fill="{item.colour}"{weight}>{words}</text>'
        )
    look = f'fill="{item.fill or "none"}" stroke="{item.stroke or "none"}" stroke-width="{number(item.width_mm)}"'
    if item.dash:
        look += f' stroke-dasharray="{item.dash}"'
    if item.radius_mm:
        x, y = place(item.points[0])
        return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(item.radius_mm)}" {look}/>'
    points = " ".join(f"{number(x)},{number(y)}" for x, y in map(place, item.points))
    return f'<{"polygon" if item.closed else "polyline"} points="{points}" {look}/>'


# ---- PDF


class Page(NamedTuple):
    """A sheet of paper: its size, what is drawn, and where the drawing's origin lies on it."""

    wide_mm: float
    high_mm: float
    drawing: Drawing
    origin_mm: Point
    window_mm: tuple[float, float, float, float] | None = None  # left, bottom, right, top: nothing outside is drawn


def pdf(pages: list[Page]) -> bytes:
    """A PDF with lines, circles and words in Helvetica; nothing in it depends on the day or the machine."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for page in pages:
        stream = "\n".join(_page_stream(page))
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        size = f"[0 0 {number(page.wide_mm * POINTS_PER_MM)} {number(page.high_mm * POINTS_PER_MM)}]"
        resources = "<< /Font << /F1 3 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox {size} /Contents {len(objects)} 0 R /Resources {resources} >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    return _pdf_file(objects)


def _pdf_file(objects: list[str]) -> bytes:
    out, offsets = "%PDF-1.4\n", []
    for n, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{n} 0 obj\n{body}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{o:010d} 00000 n \n" for o in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return out.encode("latin-1", "replace")


def _page_stream(page: Page) -> list[str]:
    scale = POINTS_PER_MM
    lines = [f"{scale:.6f} 0 0 {scale:.6f} 0 0 cm"]
    if page.window_mm:
        left, low, right, top = page.window_mm
        lines.append(f"{number(left)} {number(low)} {number(right - left)} {number(top - low)} re W n")
    lines.append(f"1 0 0 1 {number(page.origin_mm[0])} {number(page.origin_mm[1])} cm")
    for item in page.drawing:
        lines += _pdf_text(item) if isinstance(item, Text) else _pdf_shape(item)
    return lines


def _pdf_shape(shape: Shape) -> list[str]:
    lines = [f"{number(shape.width_mm)} w", "[2 1.5] 0 d" if shape.dash else "[] 0 d", "0.1 G"]
    if shape.radius_mm:
        lines += _pdf_circle(shape.points[0], shape.radius_mm)
    else:
        (x, y), *rest = shape.points
        lines.append(f"{number(x)} {number(y)} m " + " ".join(f"{number(a)} {number(b)} l" for a, b in rest))
    return [*lines, "s" if shape.closed else "S"]


def _pdf_circle(at: Point, r: float) -> list[str]:
    x, y = at
    k = r * CIRCLE
    corners = (
        (x + r, y + k, x + k, y + r, x, y + r),
        (x - k, y + r, x - r, y + k, x - r, y),
        (x - r, y - k, x - k, y - r, x, y - r),
        (x + k, y - r, x + r, y - k, x + r, y),
    )
    return [f"{number(x + r)} {number(y)} m", *(" ".join(map(number, c)) + " c" for c in corners)]


def _pdf_text(text: Text) -> list[str]:
    width = len(text.words) * text.size_mm * 0.5  # good enough to centre Helvetica
    shift = {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
    words = text.words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    at = f"{number(text.at[0] - shift)} {number(text.at[1])}"
    return [f"BT /F1 {number(text.size_mm)} Tf 1 0 0 1 {at} Tm 0.1 g ({words}) Tj ET"]
