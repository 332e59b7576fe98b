"""The seat from above with its current load: four zones, each a disc that grows and darkens with its load."""

from __future__ import annotations

from math import sqrt
from typing import Any

from sitbone.analysis.events import ZONE_TITLES
from sitbone.board.live import Row
from sitbone.dashboard.platform import elements
from sitbone.dashboard.platform.elements import Element
from sitbone.dashboard.widgets import block, text

# The build guide's foam from above, in mm; the person faces the top of the page.
OUTLINE = (
    "M70 26H390A40 40 0 0 1 430 66V366A40 40 0 0 1 390 406H260V366A30 30 0 0 0 200 366V406H70"
    "A40 40 0 0 1 30 366V66A40 40 0 0 1 70 26Z"
)
CENTRES = ((152, 278), (308, 278), (130, 126), (330, 126))
RADIUS = 64
FULL_KPA = 15.0  # fills the circle; few people sit harder on foam
FAINTEST = 0.25
QUALITY_WORDS = {
    "missing": "no sensor",
    "short": "short circuit",
    "saturated": "off the scale",
    "frozen": "frozen",
    "imbalance": "uneven",
    "open": "wire open",
    "drifting": "drifting",
}


class SeatPicture:
    """The picture on a page; ``show`` updates it with each sample."""

    def __init__(self) -> None:
        self._svg = elements.element("svg").classes("seat").props('viewBox="20 16 420 400" role=img')
        self._svg.props["aria-label"] = "The seat from above. The text beside it has the figures."
        with self._svg:
            _svg("path", "foam", d=OUTLINE)
            _label("front", 230, 46, "where")
            _label("back", 230, 324, "where")
            self._zones = [_Zone(index) for index in range(len(ZONE_TITLES))]

    def show(self, number: int, now: Row, before: Row | None) -> None:
        """``now``: `live.figures`; ``before``: the marked ones, drawn as rings; ``number`` counts the pictures."""
        self._svg.props["data-number"] = str(number)
        self._svg.props["data-mono-ms"] = str(now["mono_ms"])
        self._svg.props["data-steps"] = str(now.get("steps", ""))
        for index, zone in enumerate(self._zones):
            ring_pa = None if before is None else before["pa"][index]
            zone.show(now["sample_pa"][index], now["pa"][index], now["quality"][index], ring_pa)
        self._svg.update()

    def fade(self, is_old: bool) -> None:
        """Shows that the picture is out of date."""
        self._svg.classes(add="old" if is_old else "", remove="" if is_old else "old")


class _Zone:
    def __init__(self, index: int) -> None:
        x, y = CENTRES[index]
        title = ZONE_TITLES[index]
        with _svg("g", f"zone {title.split()[0]}"):
            _svg("circle", "socket", cx=x, cy=y, r=RADIUS)
            self._disc = _svg("circle", "disc", cx=x, cy=y, r=0)
            self._ring = _svg("circle", "ring", cx=x, cy=y, r=0)
            _label(title, x, y - RADIUS - 9, "title")
            self._value = _label("–", x, y + 6, "value")
            self._unit = _label("kPa", x, y + 26, "unit")

    def show(self, sample_pa: int, pa: int, quality: str, ring_pa: int | None) -> None:
        is_ok = quality == "ok"
        share = min(1.0, sample_pa / 1000 / FULL_KPA) if is_ok else 0.0
        self._disc.props["r"] = f"{RADIUS * sqrt(share):.1f}"
        self._disc.props["fill-opacity"] = f"{FAINTEST + (1 - FAINTEST) * share:.2f}"
        self._ring.props["r"] = f"{0 if ring_pa is None else RADIUS * sqrt(min(1.0, ring_pa / 1000 / FULL_KPA)):.1f}"
        self._value.text = f"{pa / 1000:.1f}" if is_ok else "?"
        self._unit.text = "kPa" if is_ok else QUALITY_WORDS.get(quality, quality)
        self._disc.update()
        self._ring.update()


class Balance:
    """A bar of two parts as wide as their shares; ``left`` and ``right`` are their labels, with {} for the figure."""

    def __init__(self, label: str, left: str, right: str, classes: str) -> None:
        self._words = (left, right)
        with block("div", f"balance {classes}"):
            with block("div", "row spread"):
                self._left = text("", "span", "of-left")
                self._right = text("", "span", "of-right")
            self._bar = block("div", "track").props(
                f'role=meter aria-valuemin=0 aria-valuemax=100 aria-label="{label}"'
            )
            with self._bar:
                self._fill = block("span", "part")

    def show(self, share: float | None, moving: float | None) -> None:
        """``share``: of the left part in the last second, for the figures; ``moving``: in this sample, for the bar."""
        percent = None if share is None else round(100 * share)
        figures = ("–", "–") if percent is None else (f"{percent} %", f"{100 - percent} %")
        self._left.text, self._right.text = map(str.format, self._words, figures)
        self._bar.props["aria-valuenow"] = f"{50 if share is None else 100 * share:.0f}"
        self._bar.props["aria-valuetext"] = f"{self._left.text}, {self._right.text}"
        self._bar.classes(add="unknown" if share is None else "", remove="" if share is None else "unknown")
        self._bar.update()
        self._fill.style(f"width: {50 if moving is None else 100 * moving:.1f}%")


def _svg(tag: str, classes: str, **attributes: Any) -> Element:
    found = block(tag, classes)
    for name, value in attributes.items():
        found.props[name] = str(value)
    return found


def _label(words: str, x: float, y: float, classes: str) -> Any:
    found = text(words, "text", classes)
    found.props["x"], found.props["y"] = str(x), str(y)
    return found
