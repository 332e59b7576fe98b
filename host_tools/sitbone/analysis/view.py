"""One day to look at: a ribbon of sitting and away, breaks, prompts, marks, and the dose against its limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from math import isnan, nan

from sitbone.analysis.days import Day, day_of
from sitbone.analysis.epochs import EpochTable
from sitbone.analysis.ribbon import SLACK_MS, Ribbon, ribbon
from sitbone.analysis.timeline import Break, Timeline, gather
from sitbone.dates import Zone, unix_ms
from sitbone.diary.entries import SIDES
from sitbone.store.store import Store, zone_of

POINTS = 500  # buckets of a day's curve; each keeps its lowest and highest point of both sides


@dataclass(frozen=True, slots=True)
class DoseCurve:
    """The dose counted by one cushion, thinned out but with every peak: columns of one length, ``at_ms`` UTC ms
    rising, the others seconds. Where unknown, the doses are NaN. ``limit_s``: the limit at that time."""

    cushion: int
    at_ms: list[int]
    dose_s: dict[str, list[float]]
    limit_s: dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class DayView:
    """A day, by `day_view`. ``totals`` are the figures of `sitbone history`, with the day's prompts and marks;
    ``breaks`` those that ended in it, the night before included; ``ribbon`` ends now, or with the day;
    ``known_until_ms`` is the end of its data, None without any; ``doses`` has a curve for each
    cushion."""

    totals: Day
    zone: Zone
    ribbon: Ribbon
    known_until_ms: int | None
    breaks: list[Break]
    doses: list[DoseCurve]
    simulated: bool


def day_view(store: Store, day: date, now: datetime) -> DayView:
    """What the store knows about one day of the person, even if nothing. ``now``: aware."""
    zone = zone_of(store)
    start_ms, end_ms = zone.begin_ms(day), zone.begin_ms(date.fromordinal(day.toordinal() + 1))
    timeline = gather(store, start_ms, end_ms)
    parts = ribbon(timeline, start_ms, max(start_ms, min(end_ms, unix_ms(now))))
    known = [span.end_ms for span in (*parts.sitting, *parts.away)]
    totals = day_of(timeline, day, start_ms, end_ms)
    return DayView(
        totals,
        zone,
        parts,
        max(known, default=None),
        [item for item in timeline.breaks if start_ms <= item.end_ms < end_ms],
        _curves(timeline, start_ms, end_ms),
        store.any_simulated(),
    )


def _curves(timeline: Timeline, start_ms: int, end_ms: int) -> list[DoseCurve]:
    epochs = timeline.epochs.between(start_ms, end_ms)
    found = []
    for cushion in sorted(set(epochs.cushion)):
        at_ms, doses = _with_holes(epochs.of(cushion))
        keep = _thinned([(moment_ms - start_ms) * POINTS // (end_ms - start_ms) for moment_ms in at_ms], doses)
        at_ms = [at_ms[row] for row in keep]
        kept = {side: [doses[side][row] for row in keep] for side in SIDES}
        limits = {side: timeline.thresholds.of(cushion, f"{side}_dose_limit_s", at_ms) for side in SIDES}
        found.append(DoseCurve(cushion, at_ms, kept, {side: [*map(float, column)] for side, column in limits.items()}))
    return found


def _with_holes(epochs: EpochTable) -> tuple[list[int], dict[str, list[float]]]:
    """Times and doses, with a NaN wherever an epoch doesn't follow the one before."""
    at_ms: list[int] = []
    doses: dict[str, list[float]] = {side: [] for side in SIDES}
    rows = epochs.rows(*(f"{side}_dose_cs" for side in SIDES))
    for begin_ms, end_ms, row in zip(epochs.begin_ms, epochs.end_ms, rows, strict=True):
        if at_ms and begin_ms > at_ms[-1] + SLACK_MS:
            at_ms.append(at_ms[-1] + 1)
            for column in doses.values():
                column.append(nan)
        at_ms.append(end_ms)
        for column, cs in zip(doses.values(), row, strict=True):
            column.append(cs / 100)
    return at_ms, doses


def _thinned(buckets: list[int], columns: dict[str, list[float]]) -> list[int]:
    """The rows that hold each bucket's lowest and highest value of each column, every hole, and both ends."""
    keep = {0, len(buckets) - 1}
    for values in columns.values():
        for _, group in groupby(range(len(buckets)), key=buckets.__getitem__):
            rows = list(group)
            keep.update(row for row in rows if isnan(values[row]))
            known = [row for row in rows if not isnan(values[row])]
            if known:
                keep |= {min(known, key=values.__getitem__), max(known, key=values.__getitem__)}
    return sorted(keep)
