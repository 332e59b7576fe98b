"""The report's charts as SVG. They work in black and white: shapes and patterns carry the meaning, colour helps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from html import escape
from math import ceil, isnan, nan
from statistics import median

from sitbone.analysis.ribbon import Ribbon
from sitbone.analysis.spans import total_s
from sitbone.analysis.trends import Trends
from sitbone.dates import Zone
from sitbone.diary.entries import SIDES
from sitbone.report.document import Picture

WIDTH, LEFT, RIGHT, TOP = 720, 46, 8, 22
DOSE_HEIGHT, PAIN_HEIGHT, GAP, FOOT = 96, 54, 12, 26
ROW_HEIGHT, TALL_ROW_HEIGHT = 5.0, 12.0
FEW_ROWS = 14  # up to this many days, each row gets a label
MOST_SHIFTED = 30
MONTH_APART = 80  # from the first month's name, which begins at its day, to the next one's middle
HOUR_MS = 3_600_000
FONT = "Libertinus Serif"  # the PDF's; a web page's style sheet sets its own
BLUE, BROWN, INK, GRID, SEAT = "#1f4e8c", "#a85b00", "#1c2430", "#c9ced6", "#8fa6bf"

Scale = Callable[[float], float]


def short(day: date) -> str:
    """'3 Nov'."""
    return f"{day.day} {day:%b}"


def dose_and_pain(trends: Trends) -> Picture:
    """Each day's highest dose per side against its limit, and below it the pain of that day."""
    doses = {side: trends.series(f"{side}_dose_min") for side in SIDES}
    limits = {side: [limit_s / 60 for limit_s in trends.limit_s[side]] for side in SIDES}
    most_min = 10 * ceil(
        max([30.0, *(value for side in SIDES for value in _known([*doses[side], *limits[side]]))]) / 10
    )
    bottom, pain_top = TOP + DOSE_HEIGHT, TOP + DOSE_HEIGHT + GAP
    y_dose = _scale(0, most_min, bottom, TOP)
    y_pain = _scale(0, 10, pain_top + PAIN_HEIGHT, pain_top)
    x = _Columns(len(trends.dates))

    parts = [
        _rect(at - x.width / 2, TOP, x.width, DOSE_HEIGHT, "url(#dose-hatch)")
        for at, day in zip(x.middles, trends.days, strict=True)
        if day is None
    ]
    parts += _grid(range(0, most_min + 1, 10 if most_min <= 60 else 20), y_dose, "min")
    parts += _grid((0, 5, 10), y_pain, "pain")
    parts += [_steps(x, limits["left"], y_dose, BLUE), _steps(x, limits["right"], y_dose, BROWN, dashes="5 3")]
    parts += _points(x, doses["left"], y_dose, "circle", -0.16) + _points(x, doses["right"], y_dose, "square", 0.16)
    parts += _points(x, trends.worst_pain("morning"), y_pain, "diamond", -0.16)
    parts += _points(x, trends.worst_pain("sitting"), y_pain, "cross", 0.16)
    marks = [nan if day is None or not day.marks else 0.0 for day in trends.days]
    parts += _points(x, marks, lambda _: pain_top + PAIN_HEIGHT + 5, "mark", 0)
    parts += _date_axis(trends.dates, x, pain_top + PAIN_HEIGHT + 9)
    shapes = [("circle", "left, highest dose"), ("square", "right"), ("line", "limit left"), ("dashes", "limit right")]
    shapes += [("diamond", "morning pain"), ("cross", "worst while sitting"), ("mark", "“hurts now”")]
    parts += _legend("dose", [*shapes, ("hatch", "no data")])
    return Picture(_svg("dose", pain_top + PAIN_HEIGHT + FOOT, parts), _dose_words(trends, doses))


def sitting_times(dates: list[date], ribbons: list[Ribbon], prompts: list[list[int]], zone: Zone) -> Picture:
    """A row for each day: when the person sat, when the seat was empty, and what is unknown. ``prompts``: UTC ms."""
    begins = [zone.begin_ms(day) for day in dates]
    sat = [(s, begin) for ribbon, begin in zip(ribbons, begins, strict=True) for s in ribbon.sitting]
    first = min([8, *((span.start_ms - begin) // HOUR_MS for span, begin in sat)])
    last = max([18, *(-(-(span.end_ms - begin) // HOUR_MS) for span, begin in sat)])
    scale = _scale(first * HOUR_MS, last * HOUR_MS, LEFT, WIDTH - RIGHT)

    def x(since_ms: float) -> float:
        return min(max(scale(since_ms), LEFT), WIDTH - RIGHT)

    few = len(dates) <= FEW_ROWS
    row_height = TALL_ROW_HEIGHT if few else ROW_HEIGHT
    parts, bottom = [], TOP + row_height * len(dates)
    for row, (day, ribbon, begin) in enumerate(zip(dates, ribbons, begins, strict=True)):
        y = TOP + row * row_height
        for spans, fill in ((ribbon.unknown, "url(#times-hatch)"), (ribbon.sitting, SEAT)):
            ends = [(x(span.start_ms - begin), x(span.end_ms - begin)) for span in spans]
            parts += [_rect(low, y + 0.6, high - low, row_height - 1.2, fill) for low, high in ends if high > low]
        parts += [f'<path d="M{x(at_ms - begin):.1f} {y:.1f}v{row_height}" stroke="#000"/>' for at_ms in prompts[row]]
        if few or day.weekday() == 0 or row == 0:
            parts.append(_text(LEFT - 4, y + row_height / 2 + 3, short(day), "end"))
    for hour in range(first, last + 1, 2):
        at_x = x(hour * HOUR_MS)
        parts.append(f'<path d="M{at_x:.1f} {TOP}V{bottom:.1f}" stroke="{GRID}" stroke-width=".5"/>')
        parts.append(_text(at_x, bottom + 11, f"{hour:02d}:00", "end" if hour == last else "middle"))
    parts += _legend(
        "times", (("seat", "sitting"), ("prompt", "prompt"), ("empty", "empty seat"), ("hatch", "unknown"))
    )
    alt = f"When the person sat on each of {len(dates)} days, from {first:02d}:00 to {last:02d}:00:"
    alt += f" {total_s(span for span, _ in sat) / 3600:.0f} hours in all, {sum(map(len, prompts))} prompts."
    return Picture(_svg("times", bottom + 16, parts), alt)


# --- scales


class _Columns:
    """One column a day."""

    def __init__(self, count: int) -> None:
        self.width = (WIDTH - LEFT - RIGHT) / count
        self.middles = [LEFT + self.width * (index + 0.5) for index in range(count)]


def _scale(low: float, high: float, at_low: float, at_high: float) -> Scale:
    return lambda value: at_low + (value - low) / (high - low) * (at_high - at_low)


def _known(values: list[float]) -> list[float]:
    return [value for value in values if not isnan(value)]


# --- shapes


def _points(x: _Columns, values: list[float], y: Scale, shape: str, shift: float) -> list[str]:
    pairs = zip(x.middles, values, strict=True)
    aside = shift * min(x.width, MOST_SHIFTED)
    return [_shape(shape, at + aside, y(value)) for at, value in pairs if not isnan(value)]


def _shape(shape: str, x: float, y: float) -> str:
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.7" fill="{BLUE}"/>'
    if shape == "square":
        return f'<rect x="{x - 2.4:.1f}" y="{y - 2.4:.1f}" width="4.8" height="4.8" fill="#fff" stroke="{BROWN}"/>'
    if shape == "diamond":
        return f'<path d="M{x:.1f} {y - 3.4:.1f}l3.4 3.4-3.4 3.4-3.4-3.4z" fill="{INK}"/>'
    if shape == "cross":
        return f'<path d="M{x - 2.5:.1f} {y - 2.5:.1f}l5 5m0-5l-5 5" stroke="{INK}" fill="none"/>'
    return f'<path d="M{x:.1f} {y - 3:.1f}l-3 5h6z" fill="{INK}"/>'


def _steps(x: _Columns, values: list[float], y: Scale, colour: str, dashes: str = "") -> str:
    """A line that is level within each day, with a gap where nothing is known."""
    path, pen = "", False
    for at, value in zip(x.middles, values, strict=True):
        if isnan(value):
            pen = False
            continue
        path += f"{'L' if pen else 'M'}{at - x.width / 2:.1f} {y(value):.1f}H{at + x.width / 2:.1f}"
        pen = True
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.2" stroke-dasharray="{dashes or "none"}"/>'


def _grid(values: Iterable[int], y: Scale, unit: str) -> list[str]:
    parts = []
    for value in values:
        line = f'<path d="M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}" stroke="{GRID}" stroke-width=".5"/>'
        parts += [line, _text(LEFT - 5, y(value) + 3, str(value), "end")]
    low, high = y(min(values)), y(max(values))
    middle = (low + high) / 2
    turned = f'<text x="10" y="{middle:.1f}" transform="rotate(-90 10 {middle:.1f})" text-anchor="middle">{unit}</text>'
    return [*parts, turned]


def _date_axis(dates: list[date], x: _Columns, y: float) -> list[str]:
    every = max(1, -(-len(dates) // 56))
    parts = []
    for index, (day, at) in enumerate(zip(dates, x.middles, strict=True)):
        if x.width * every > 11 and index % every == 0:
            parts.append(_text(at, y + 7, f"{day.day}", "middle"))
        room = index == 0 and all(later.day != 1 for later in dates[1 : int(MONTH_APART / x.width) + 1])
        if room or day.day == 1:
            parts.append(_text(at, y + 16, f"{day:%b %Y}", "middle" if index else "start"))
    return parts


def _legend(name: str, entries: Iterable[tuple[str, str]]) -> list[str]:
    """Above the chart, each shape with its word."""
    parts, x = [], float(LEFT)
    for shape, word in entries:
        if shape == "line" or shape == "dashes":
            colour, dashes = (BLUE, "none") if shape == "line" else (BROWN, "5 3")
            parts.append(f'<path d="M{x} 8h16" stroke="{colour}" stroke-width="1.2" stroke-dasharray="{dashes}"/>')
            x += 12
        elif shape in ("seat", "hatch", "empty"):
            fill = {"seat": SEAT, "hatch": f"url(#{name}-hatch)", "empty": "#fff"}[shape]
            parts.append(f'<rect x="{x}" y="4" width="14" height="8" fill="{fill}" stroke="{GRID}"/>')
            x += 10
        elif shape == "prompt":
            parts.append(f'<path d="M{x + 3} 4v8" stroke="#000"/>')
        else:
            parts.append(_shape(shape, x + 3, 8))
        parts.append(_text(x + 9, 11, word))
        x += 18 + 5.1 * len(word)
    return parts


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'


def _svg(name: str, height: float, parts: list[str]) -> str:
    hatch = (
        f'<defs><pattern id="{name}-hatch" width="4" height="4" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><path d="M0 0V4" stroke="#aab1bb" stroke-width="1.2"/></pattern></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" font-family="{FONT}"'
        f' font-size="9" fill="{INK}">{hatch}{"".join(parts)}</svg>'
    )


def _dose_words(trends: Trends, doses: dict[str, list[float]]) -> str:
    """The chart's text alternative."""
    ranges = []
    for side in SIDES:
        if known := _known(doses[side]):
            ranges.append(f"{side} {min(known):.0f} to {max(known):.0f} minutes, median {median(known):.0f}")
    missing = sum(day is None for day in trends.days)
    pains = {moment: _known(trends.worst_pain(moment)) for moment in ("morning", "sitting")}
    rated = [
        f"{moment} pain {min(known):.0f} to {max(known):.0f} on {len(known)} days"
        for moment, known in pains.items()
        if known
    ]
    dose = f"Highest dose a day: {'; '.join(ranges) or 'no data'}. {missing} of {len(trends.days)} days without data."
    return f"{dose} {'; '.join(rated).capitalize() or 'No pain was rated'}."
