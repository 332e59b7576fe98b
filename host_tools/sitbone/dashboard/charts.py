"""Charts over days or weeks, drawn by the framework's ECharts in the page's colours, each with its data as a table.

Missing data is a gap in the line; days without any records are shaded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from nicegui import ui

from sitbone.dashboard.widgets import block, card, details, table, text

HEIGHT_REM = 14
FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif"
FEW = 31  # up to this many points get a dot each


@dataclass(frozen=True)
class Series:
    """A line of figures, one for each place on the axis, NaN where there is none.

    ``shape``: line, bar, step or dots; ``color``: a colour of the style sheet, by name; ``dashed`` distinguishes
    two lines without colour; ``second``: uses the axis on the right.
    """

    label: str
    values: Iterable[float]
    color: str
    shape: str = "line"
    dashed: bool = False
    second: bool = False


@dataclass(frozen=True)
class Axis:
    """The bottom axis: a name for each place, and whether it has records."""

    kind: str
    names: Sequence[str]
    recorded: Sequence[bool]


def chart(
    title: str, axis: Axis, series: Sequence[Series], units: tuple[str, ...], words: str = "", classes: str = ""
) -> None:
    """A card with the chart and its table. ``units``: of the left axis, and of the right one if there is one."""
    columns = {item.label: [None if math.isnan(value) else round(value, 2) for value in item.values] for item in series}
    with card(title, classes=f"chart {classes}"):
        if words:
            text(words, classes="muted small")
        _legend(series, units, all(axis.recorded))
        ui.echart(_options(title, axis, series, columns, units)).style(f"height: {HEIGHT_REM}rem")
        with details("Show as table"):
            rows = zip(axis.names, *([_cell(value) for value in values] for values in columns.values()), strict=True)
            table(title, (axis.kind, *columns), rows)


def _legend(series: Sequence[Series], units: tuple[str, ...], whole: bool) -> None:
    """Outside the picture, so that it wraps on a phone and a screen reader reads it."""
    with block("ul", "legend").props('aria-label="Legend"'):
        for item in series:
            with block("li").style(f"--mark: var(--{item.color})"):
                block("span", f"key {item.shape}{' dashed' if item.dashed else ''}")
                text(item.label, "span")
        if not whole:
            with block("li"):
                block("span", "key gap")
                text("no records", "span")
    with block("div", "row spread units"):
        for unit in units:
            text(unit, "span", "muted small")


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".removesuffix(".0")


def _options(
    title: str, axis: Axis, series: Sequence[Series], columns: dict[str, list[float | None]], units: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "animation": False,
        "aria": {"enabled": True, "label": {"description": f"{title}; a table with the same data follows."}},
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 8, "right": 8, "top": 8, "bottom": 4, "containLabel": True},
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            "textStyle": _colored("color", "ink"),
            **_colored("backgroundColor", "surface"),
            **_colored("borderColor", "line"),
        },
        "xAxis": {
            "type": "category",
            "data": list(axis.names),
            "axisLabel": {"hideOverlap": True, **_colored("color", "muted")},
            "axisLine": {"lineStyle": _colored("color", "line")},
            # A tick at each place, although hidden: ECharts draws the shaded areas from tick to tick.
            "axisTick": {"show": False, "interval": 0},
        },
        "yAxis": [_value_axis(unit, bool(index)) for index, unit in enumerate(units)],
        "series": [_drawn(item, columns[item.label]) for item in series] + _gaps(axis),
    }


def _value_axis(unit: str, second: bool) -> dict[str, Any]:
    return {
        "type": "value",
        "min": 0,
        "max": {"pain, 0 to 10": 10, "%": 100}.get(unit),
        "axisLabel": _colored("color", "muted"),
        "splitLine": {"show": not second, "lineStyle": _colored("color", "grid")},
    }


def _drawn(item: Series, values: list[float | None]) -> dict[str, Any]:
    color = _colored("color", item.color)
    drawn: dict[str, Any] = {"name": item.label, "data": values, "yAxisIndex": int(item.second), "itemStyle": color}
    if item.shape == "bar":
        return drawn | {"type": "bar", "barMaxWidth": 18}
    if item.shape == "dots":
        return drawn | {"type": "scatter", "symbol": "diamond" if item.dashed else "circle", "symbolSize": 7}
    return drawn | {
        "type": "line",
        "step": "middle" if item.shape == "step" else False,
        "symbol": "rect" if item.dashed else "circle",
        "symbolSize": 5,
        # A day between two gaps has no line, only this dot.
        "showAllSymbol": True,
        "showSymbol": (item.shape == "line" and len(values) <= FEW) or _has_single(values),
        "lineStyle": {"width": 1 if item.shape == "step" else 2, "type": "dashed" if item.dashed else "solid", **color},
        "connectNulls": False,
    }


def _has_single(values: list[float | None]) -> bool:
    known = [False, *(value is not None for value in values), False]
    return any(known[at] and not known[at - 1] and not known[at + 1] for at in range(1, len(known) - 1))


def _gaps(axis: Axis) -> list[dict[str, Any]]:
    """A shaded area for each run of places without records."""
    runs = [
        [place for place, _ in run]
        for known, run in groupby(enumerate(axis.recorded), key=lambda item: item[1])
        if not known
    ]
    if not runs:
        return []
    shade = {"silent": True, "itemStyle": {"opacity": 0.6, **_colored("color", "grid")}}
    areas = [[{"xAxis": run[0]}, {"xAxis": run[-1]}] for run in runs]
    return [{"name": "no records", "type": "bar", "data": [], "markArea": shade | {"data": areas}}]


def _colored(name: str, color: str) -> dict[str, str]:
    """An option whose value is a colour of the style sheet: the framework evaluates names that begin with a colon."""
    return {f":{name}": f"token('{color}')"}
