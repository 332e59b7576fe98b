"""The architecture's pictures, as SVG, drawn from the tables that tests/test_architecture.py enforces."""

from collections.abc import Callable, Iterable
from html import escape

from tests.test_architecture import LAYERS, ROOMS

WIDTH, BOX_HEIGHT, GAP = 720, 40, 34
STYLE = """<style>
text { font: 15px system-ui, sans-serif; fill: #1b2b34; text-anchor: middle; dominant-baseline: central }
rect { fill: #e3f1ef; stroke: #1f7a6d; stroke-width: 1.5 }
path { fill: none; stroke: #1f7a6d; stroke-width: 1.5; marker-end: url(#tip) }
.note { font-size: 13px; fill: #4a5a63 }
.paper { fill: #fff; stroke: none }
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<polygon points="0,0 8,4 0,8" fill="#1f7a6d"/></marker></defs>"""
# Layers that every other may import, or that import nothing of the package, say nothing in a picture.
LEFT_OUT = {"cushion", "boot"}
SAMPLE = (
    ("the seat", "four zones, four times a second"),
    ("core/sensing.py", "volts become loads, or unknown"),
    ("core/decisions.py", "doses, sits, breaks, prompts"),
    ("monitor.py", "motors through the limiter; then the log"),
    ("storage/", "blocks with checks, on littlefs"),
    ("sitbone sync", "over USB, to SQLite"),
    ("analysis/", "days, and why it buzzed"),
    ("pages, commands, report", "what a person reads"),
)
VIRTUAL = (
    ("a sitter, or a recording", "who presses what, and when"),
    ("world and supervisor", "time, power, wire, flash"),
    ("the chip's modules", "machine, esp32, time: replaced"),
    ("the firmware", "the shipped bytes, on the real Unix port"),
)


def firmware() -> str:
    """The firmware's layers: each above all that it imports, with an arrow to those that nothing between leads to."""
    below = {name: LAYERS[name] - {name} - LEFT_OUT for name in LAYERS if name not in LEFT_OUT}
    floors: dict[str, int] = {}

    def floor_of(name: str) -> int:
        if name not in floors:
            floors[name] = 1 + max((floor_of(other) for other in below[name]), default=-1)
        return floors[name]

    rows: dict[int, list[str]] = {}
    for name in below:
        rows.setdefault(floor_of(name), []).append(name)
    highest = max(rows)
    places = {
        name: (WIDTH * (index + 1) // (len(row) + 1), GAP + (highest - floor) * (BOX_HEIGHT + GAP))
        for floor, row in rows.items()
        for index, name in enumerate(row)
    }
    direct = [
        (name, other)
        for name, others in below.items()
        for other in others
        if not any(other in below[between] for between in others - {other})
    ]
    arrows = [_arrow(*places[name], *places[other]) for name, other in sorted(direct)]
    boxes = [_box(x, y, 108, name) for name, (x, y) in places.items()]
    return _picture((highest + 1) * (BOX_HEIGHT + GAP) + GAP, [*arrows, *boxes])


def host() -> str:
    """The host's rooms, the ground floor at the bottom."""
    boxes = [
        _box(WIDTH // 2, GAP // 2 + index * (BOX_HEIGHT + 4), 260, room) for index, room in enumerate(reversed(ROOMS))
    ]
    height = len(ROOMS) * (BOX_HEIGHT + 4) + GAP
    arrow = f'<path d="M {WIDTH // 2 + 190} {GAP} V {height - GAP}"/>'
    note = f'<text class="note" x="{WIDTH // 2 + 260}" y="{height // 2}">may import</text>'
    return _picture(height, [*boxes, arrow, note])


def chain(steps: Iterable[tuple[str, str]]) -> str:
    """One step below the other, each with what happens there."""
    parts: list[str] = []
    y = GAP // 2
    for index, (name, note) in enumerate(steps):
        if index:
            parts.append(_arrow(200, y - BOX_HEIGHT - GAP, 200, y))
        parts.append(_box(200, y, 260, name))
        parts.append(
            f'<text class="note" style="text-anchor:start" x="350" y="{y + BOX_HEIGHT // 2}">{escape(note)}</text>'
        )
        y += BOX_HEIGHT + GAP
    return _picture(y, parts)


def _box(x: int, y: int, width: int, name: str) -> str:
    return (
        f'<rect x="{x - width // 2}" y="{y}" width="{width}" height="{BOX_HEIGHT}" rx="6"/>'
        f'<text x="{x}" y="{y + BOX_HEIGHT // 2}">{escape(name)}</text>'
    )


def _arrow(from_x: int, from_y: int, to_x: int, to_y: int) -> str:
    """From a box's lower edge to another's upper one; y are the boxes' upper edges."""
    return f'<path d="M {from_x} {from_y + BOX_HEIGHT} L {to_x} {to_y}"/>'


def _picture(height: int, parts: Iterable[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
    paper = f'<rect class="paper" width="{WIDTH}" height="{height}"/>'
    return "\n".join([head, STYLE, paper, *parts, "</svg>\n"])


DRAWINGS: dict[str, Callable[[], str]] = {
    "firmware": firmware,
    "host": host,
    "sample": lambda: chain(SAMPLE),
    "virtual": lambda: chain(VIRTUAL),
}
