"""`sitbone tune --explore`: the person's own weeks under a grid of settings, and how prompts were answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from cushion.core import records
from sitbone.analysis.history import last_days
from sitbone.dates import local, unix_ms
from sitbone.errors import SitboneError
from sitbone.files import whole
from sitbone.replay.recording import replay_many
from sitbone.replay.weeks import by_day, recorded_weeks, total
from sitbone.settings.params import BY_NAME
from sitbone.settings.spec import in_force
from sitbone.store.blocks import in_table
from sitbone.store.store import Store, readable
from sitbone.tuning.last_known import last_values

LIMITS_S = (600, 900, 1200, 1500, 1800, 2100, 2400, 2700)
SEATED_S = (1200, 1800, 2400, 3000, 3600)
Progress = Callable[[int, int], None]  # settings done, and how many there are
PARTS_OF_DAY = ((0, 12, "before noon"), (12, 17, "afternoon"), (17, 24, "evening"))
RESPONSE_MS = 300_000
NEAR = 0.1  # of the plot's size: labels closer together than this would overlap


def explore(store: Store, now: datetime, days: int, progress: Progress | None = None) -> dict[str, Any]:
    """``{"days", "grid": [{limit_s, seated_limit_s, prompts, over_min, in_force}], "response"}``, all a day."""
    weeks = recorded_weeks(store, last_days(now, days)[0], now)
    if not weeks.days:
        raise SitboneError("there are no recorded days to explore; run sitbone sync")
    values = last_values(store, store.latest_cushion())
    mine = (values["left_dose_limit_s"], values["right_dose_limit_s"], values["seated_limit_s"])
    pairs = [(limit, limit, seated) for limit in LIMITS_S for seated in SEATED_S]
    grid = [mine, *(pair for pair in pairs if pair != mine)]
    names = ("left_dose_limit_s", "right_dose_limit_s", "seated_limit_s")
    settings = [in_force(values | dict(zip(names, pair, strict=True))) for pair in grid]
    rows, count = [], len(weeks.days)
    for done, (pair, replays) in enumerate(zip(grid, replay_many(weeks.recordings, settings), strict=True), 1):
        if progress is not None:
            progress(done, len(grid))
        outlook = total(list(by_day(weeks, replays).values()))
        row = dict(zip(names, pair, strict=True)) | {"in_force": pair == mine}
        over_s = max(outlook.over_s)
        rows.append(
            row
            | {
                "prompts": round(outlook.prompts / count, 2),
                "missed": round(outlook.missed / count, 2),
                "over_min": round(over_s / 60 / count, 2),
            }
        )
    low, high = BY_NAME["left_dose_limit_s"].low, BY_NAME["left_dose_limit_s"].high
    return {
        "days": count,
        "grid": rows,
        "response": response(store, now, days),
        "says": f"Replayed with your recorded sitting. A dose limit may be {_min(low)} to {_min(high)} min and may rise"
        " by at most 10 % in 7 days.",
    }


def response(store: Store, now: datetime, days: int) -> dict[str, Any]:
    """How the recorded prompts were answered: a verified break begun within 5 minutes, by level and part of the day."""
    found = store.read([records.PROMPT, records.OUTCOME], unix_ms(last_days(now, days)[0]), unix_ms(now))
    began: dict[tuple[int, int, int], int] = {}
    counts: dict[str, list[int]] = {}
    for record, fields in readable(found):
        key = (record.cushion, record.session, int(fields["episode"]))
        if record.kind == records.PROMPT:
            began.setdefault(key, record.unix_ms or 0)
        elif key in began and _counts(int(fields["outcome"])):
            hour = local(began[key]).hour
            answered = fields["outcome"] == records.OUTCOME_BREAK and int(fields["response_ms"]) <= RESPONSE_MS
            part = next(name for start, end, name in PARTS_OF_DAY if start <= hour < end)
            for name in (f"reached level {fields['level']}", part):
                pair = counts.setdefault(name, [0, 0])
                pair[0] += answered
                pair[1] += 1
    rows = [{"when": name, "answered": pair[0], "prompts": pair[1]} for name, pair in sorted(counts.items())]
    lines = [
        f"{row['when']}: {row['answered']} of {row['prompts']} prompts led to a break within 5 min" for row in rows
    ]
    return {"rows": rows, "lines": lines}


def _counts(outcome: int) -> bool:
    return in_table(records.OUTCOMES, outcome) and outcome != records.OUTCOME_SUPPRESSED


def table(found: dict[str, Any]) -> Table:
    """The grid, one row per setting."""
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for name in (
        "dose limit, min",
        "seated limit, min",
        "prompts per day",
        "missed per day",
        "min per day over the limit",
        "",
    ):
        shown.add_column(name, justify="right", no_wrap=True)
    for row in found["grid"]:
        left, right = row["left_dose_limit_s"], row["right_dose_limit_s"]
        limit = _min(left) if left == right else f"{_min(left)} / {_min(right)}"
        cells = (f"{row[name]:.1f}" for name in ("prompts", "missed", "over_min"))
        shown.add_row(limit, _min(row["seated_limit_s"]), *cells, "in force" if row["in_force"] else "")
    return shown


def _min(seconds: int) -> str:
    return f"{seconds / 60:.1f}"


def _places(found: dict[str, Any]) -> list[tuple[tuple[float, float], str]]:
    """Where the dose limits of the longest seated limit are in the plot; those close together share a label."""
    rows = [row for row in found["grid"] if row["seated_limit_s"] == SEATED_S[-1]]
    rows = [row for row in rows if row["left_dose_limit_s"] == row["right_dose_limit_s"]]
    rows.sort(key=lambda row: row["left_dose_limit_s"])
    spans = [max(row[name] for row in rows) or 1.0 for name in ("prompts", "over_min")]
    groups: list[tuple[tuple[float, float], list[int]]] = []
    for row in rows:
        place = (row["prompts"], row["over_min"])
        last = groups[-1][0] if groups else (-1e9, -1e9)
        if sum(abs(now - was) / span for now, was, span in zip(place, last, spans, strict=True)) > NEAR:
            groups.append((place, []))
        groups[-1][1].append(row["left_dose_limit_s"] // 60)
    return [(place, " to ".join(str(limit) for limit in dict.fromkeys((of[0], of[-1])))) for place, of in groups]


def save_plot(found: dict[str, Any], path: Path) -> None:
    """Plots prompts per day against minutes over the limit, a line for each seated limit. Raises SitboneError."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise SitboneError("the plot needs matplotlib; run pip install 'sitbone[plot]'") from None
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    for index, seated_s in enumerate(SEATED_S):
        rows = [row for row in found["grid"] if row["seated_limit_s"] == seated_s and not row["in_force"]]
        rows.sort(key=lambda row: row["left_dose_limit_s"])
        x, y = [row["prompts"] for row in rows], [row["over_min"] for row in rows]
        # Lines that coincide are drawn over each other, each narrower than the one below.
        width = 1.5 + 1.5 * (len(SEATED_S) - index)
        label = f"seated limit {seated_s // 60} min"
        axes.plot(x, y, marker="o", linewidth=width, markersize=2 * width, label=label, clip_on=False)
    for place, limits in _places(found):
        text = f"dose limit {limits} min"
        axes.annotate(text, place, textcoords="offset points", xytext=(12, -14), fontsize=8)
    for row in found["grid"]:
        if row["in_force"]:
            axes.plot([row["prompts"]], [row["over_min"]], marker="*", markersize=16, color="black", label="in force")
    axes.set_xlabel("prompts per day")
    axes.set_ylabel("minutes per day over the dose limit")
    axes.set_title(f"{found['days']} days, replayed: dose limits {LIMITS_S[0] // 60} to {LIMITS_S[-1] // 60} min")
    axes.margins(0.2, 0.1)
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=8)
    try:
        with whole(path) as part:
            figure.savefig(part)
    except ValueError as error:
        raise SitboneError(f"cannot write {path} ({error}); name a .png file") from None
