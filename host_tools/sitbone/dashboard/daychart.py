"""A day as a picture: the ribbon of sitting and away, and below it, over the same hours, each side's dose and limit.

The SVG is made here, so that a page opens at once, follows the theme, and prints. Screen readers skip it: the page's
tables hold the same data.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from sitbone.analysis.spans import Span
from sitbone.analysis.view import DayView, DoseCurve
from sitbone.dates import Zone
from sitbone.diary.entries import SIDES

HOUR_MS = 3_600_000
LEAST_HOURS = 6
MOST_LABELS = 8
CURVE_HEIGHT = 100


@dataclass(frozen=True)
class Window:
    """The hours shown, in UTC ms."""

    start_ms: int
    end_ms: int
    zone: Zone

    def percent(self, at_ms: float) -> float:
        """Where a moment lies between left (0) and right (100)."""
        return 100 * (at_ms - self.start_ms) / (self.end_ms - self.start_ms)

    def hours(self) -> Iterator[tuple[float, str]]:
        """The hour labels and where they go: as many as fit a phone."""
        count = (self.end_ms - self.start_ms) // HOUR_MS
        step = math.ceil(count / MOST_LABELS)
        for at_ms in range(self.start_ms, self.end_ms, step * HOUR_MS):
            yield self.percent(at_ms), f"{self.zone.local(at_ms):%H:%M}"


def window_of(view: DayView) -> Window:
    """From the hour of the first sit to the last hour with data, at least LEAST_HOURS."""
    totals = view.totals
    first = [span.start_ms for span in view.ribbon.sitting[:1]] + [prompt.at_ms for prompt in totals.prompts[:1]]
    start_ms = min(first, default=totals.start_ms + 8 * HOUR_MS)
    last = [span.end_ms for span in view.ribbon.sitting[-1:]] + [prompt.at_ms for prompt in totals.prompts[-1:]]
    end_ms = max([*last, start_ms + LEAST_HOURS * HOUR_MS])
    start_ms -= (start_ms - totals.start_ms) % HOUR_MS
    end_ms += -(end_ms - totals.start_ms) % HOUR_MS
    return Window(start_ms, min(end_ms, max(totals.end_ms, start_ms + HOUR_MS)), view.zone)


def ribbon_svg(view: DayView, window: Window) -> str:
    """The bar of the day."""
    kinds = ((view.ribbon.away, "away"), (view.ribbon.unknown, "unknown"), (view.ribbon.sitting, "sitting"))
    bars = "".join(_bar(span, kind, window) for spans, kind in kinds for span in spans)
    faults = "".join(_bar(span, "faulty", window, y=34, height=6) for span in view.ribbon.faulty)
    return _svg(f'<rect class="away" width="100" height="40"/>{bars}{faults}', 40)


def dose_svg(view: DayView, window: Window) -> tuple[str, float]:
    """The curves of dose and limit, and how many seconds their full height is."""
    peaks = [peak for curve in view.doses for peak in _peaks(curve)]
    height_s = max([*peaks, 600]) * 1.08
    lines = "".join(_curve(curve, side, window, height_s) for curve in view.doses for side in SIDES)
    return _svg(lines, CURVE_HEIGHT), height_s


def _peaks(curve: DoseCurve) -> Iterator[float]:
    for side in SIDES:
        known = [value for value in curve.dose_s[side] if not math.isnan(value)]
        yield max(known, default=0.0)
        yield max(curve.limit_s[side], default=0.0)


def _curve(curve: DoseCurve, side: str, window: Window, height_s: float) -> str:
    dose = _line(curve, curve.dose_s[side], window, height_s)
    limit = _line(curve, curve.limit_s[side], window, height_s)
    return f'<path class="limit {side}" d="{limit}"/><path class="dose {side}" d="{dose}"/>'


def _line(curve: DoseCurve, values: list[float], window: Window, height_s: float) -> str:
    """SVG path data; a NaN breaks the line. Points on a level stretch say nothing that its two ends don't."""
    parts, pen = [], "M"
    for at_ms, before, value, after in zip(curve.at_ms, [-1.0, *values], values, [*values[1:], -1.0], strict=False):
        if before == value == after:
            continue
        if math.isnan(value):
            pen = "M"
            continue
        y = CURVE_HEIGHT * (1 - value / height_s)
        parts.append(f"{pen}{window.percent(at_ms):.2f} {y:.1f}")
        pen = "L"
    return "".join(parts)


def _bar(span: Span, kind: str, window: Window, y: int = 0, height: int = 40) -> str:
    left, right = max(0.0, window.percent(span.start_ms)), min(100.0, window.percent(span.end_ms))
    if right <= left:
        return ""
    return f'<rect class="{kind}" x="{left:.3f}" y="{y}" width="{max(right - left, 0.08):.3f}" height="{height}"/>'


def _svg(content: str, height: int) -> str:
    hatch = '<pattern id="hatch" width="1" height="8" patternUnits="userSpaceOnUse"><path d="M0 2h1M0 6h1"/></pattern>'
    return (
        f'<svg viewBox="0 0 100 {height}" preserveAspectRatio="none" aria-hidden="true"><defs>{hatch}</defs>'
        f"{content}</svg>"
    )
