"""One day to look at: a ribbon of sitting and away, breaks, prompts, marks, and the dose against its limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from sitbone.analysis.days import Day, day_of
from sitbone.analysis.ribbon import SLACK_MS, Ribbon, ribbon
from sitbone.analysis.timeline import Array, Break, EpochTable, Timeline, gather
from sitbone.dates import Zone, unix_ms
from sitbone.diary.entries import SIDES
from sitbone.store.store import Store, zone_of

POINTS = 500  # buckets of a day's curve; each keeps its lowest and highest point of both sides


@dataclass(frozen=True, slots=True)
class DoseCurve:
    """The dose counted by one cushion, thinned out but with every peak: arrays of one length, ``at_ms`` int64 UTC ms
    rising, the others float64 seconds. Where unknown, the doses are NaN. ``limit_s``: the limit at that time."""

    cushion: int
    at_ms: Array
    dose_s: dict[str, Array]
    limit_s: dict[str, Array]


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
    for cushion in np.unique(epochs.cushion).tolist():
        mine = epochs.cushion == cushion
        table = EpochTable(epochs.end_ms[mine], epochs.cushion[mine], epochs.fields[mine])
        at_ms, doses = _with_holes(table)
        keep = _thinned((at_ms - start_ms) * POINTS // (end_ms - start_ms), doses)
        at_ms = at_ms[keep]
        limits = {side: timeline.thresholds.of(cushion, f"{side}_dose_limit_s", at_ms).astype(float) for side in SIDES}
        found.append(DoseCurve(cushion, at_ms, {side: doses[side][keep] for side in SIDES}, limits))
    return found


def _with_holes(epochs: EpochTable) -> tuple[Array, dict[str, Array]]:
    """Times and doses, with a NaN wherever an epoch doesn't follow the one before."""
    begin_ms = epochs.end_ms - epochs.fields["seconds"].astype(np.int64) * 1000
    holes = np.flatnonzero(begin_ms[1:] > epochs.end_ms[:-1] + SLACK_MS) + 1
    at_ms = np.insert(epochs.end_ms, holes, epochs.end_ms[holes - 1] + 1)
    doses = {side: epochs.fields[f"{side}_dose_cs"] / 100 for side in SIDES}
    return at_ms, {side: np.insert(values, holes, np.nan) for side, values in doses.items()}


def _thinned(bucket: Array, columns: dict[str, Array]) -> Array:
    """The rows that hold each bucket's lowest and highest value of each column, every hole, and both ends."""
    first = np.flatnonzero(np.diff(bucket, prepend=-1))
    last = np.append(first[1:], len(bucket)) - 1
    keep = [np.array([0, len(bucket) - 1])]
    for values in columns.values():
        keep.append(np.flatnonzero(np.isnan(values)))
        order = np.lexsort((np.nan_to_num(values), bucket))
        keep += [order[first], order[last]]
    return np.unique(np.concatenate(keep))
