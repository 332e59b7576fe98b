"""The load under the sitting bones before and after each calibration, in kPa: what a wedge or a softer seat takes away.

Doses and limits are relative to the last calibration, so that after it the same share of a smaller load counts as
whole. The pressures in the log are not: they are what the sensors read, whatever the reference.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from cushion.core import records
from sitbone.analysis.epochs import epoch_table
from sitbone.diary.entries import SIDES
from sitbone.store.blocks import Fields
from sitbone.store.store import Store, readable, zone_of

DAYS = 14  # on either side, no further than the next calibration
DAY_MS = 86_400_000
LEAST_SEATED_S = 1800  # of a day, to count
LEAST_DAYS = 2
ONE_SITTING_MS = 3_600_000  # the steps of one calibration, and another try
NEVER: tuple[int, Fields] = (1 << 62, {})
RESAMPLED, INTERVAL = 1000, (0.05, 0.95)
DRIFT_PERCENT = 10  # by which sensors may read differently after weeks: creep, warmth, foam [judgement]
BY_HAND = {records.CALIBRATION_SOURCES.index(name) for name in ("guided", "host", "leans")}


@dataclass(frozen=True, slots=True)
class SideLoad:
    """A side's mean load while seated, in kPa, and its change in percent with the 90 % interval over days; None where
    there are too few days. ``ref_kpa``: what the calibration found in the neutral sit."""

    ref_kpa: float
    before_kpa: float | None
    after_kpa: float | None
    change_percent: float | None = None
    low_percent: float | None = None
    high_percent: float | None = None

    @property
    def is_clear(self) -> bool:
        """Whether the change is more than days and sensors differ by."""
        if self.low_percent is None or self.high_percent is None:
            return False
        return self.low_percent > DRIFT_PERCENT or self.high_percent < -DRIFT_PERCENT


@dataclass(frozen=True, slots=True)
class Recalibration:
    """A calibration of a cushion (the store's number) at a time (UTC ms). ``days``: with data, before and after."""

    cushion: int
    at_ms: int
    days: tuple[int, int]
    sides: dict[str, SideLoad]


def recalibrations(store: Store) -> list[Recalibration]:
    """Each cushion's calibrations by hand, by time. The first of a cushion shows what it was sat on without one."""
    found = []
    for cushion in store.cushions():
        last_ms = 0
        for (at_ms, fields), (next_ms, _) in pairwise([*_calibrations(store, cushion), NEVER]):
            before = _days(store, cushion, max(last_ms, at_ms - DAYS * DAY_MS), at_ms)
            after = _days(store, cushion, at_ms, min(next_ms, at_ms + DAYS * DAY_MS))
            sides = {
                side: _compared(int(fields[f"{side}_it_ref_pa"]), [day[n] for day in before], [day[n] for day in after])
                for n, side in enumerate(SIDES)
            }
            last_ms = at_ms
            found.append(Recalibration(cushion, at_ms, (len(before), len(after)), sides))
    return sorted(found, key=lambda item: item.at_ms)


def _calibrations(store: Store, cushion: int) -> list[tuple[int, Fields]]:
    """When, and the record's fields; of the steps of one calibration the last."""
    rows = [
        (record.unix_ms, fields)
        for record, fields in readable(store.read([records.CALIBRATION]))
        if record.unix_ms is not None and record.cushion == cushion and fields["source"] in BY_HAND
    ]
    return [row for row, (after_ms, _) in pairwise([*rows, NEVER]) if after_ms - row[0] > ONE_SITTING_MS]


def _days(store: Store, cushion: int, from_ms: int, to_ms: int) -> list[tuple[float, float]]:
    """Each day's mean pressure while seated, left and right, in kPa."""
    zone, sums = zone_of(store), dict[object, list[int]]()
    epochs = epoch_table(store, from_ms, to_ms).of(cushion)
    columns = ("state", "seconds", "bad_zones", "left_it_pa", "right_it_pa")
    for end_ms, row in zip(epochs.end_ms, epochs.rows(*columns), strict=True):
        state, seconds, bad_zones, left_pa, right_pa = row
        if state != records.STATE_OCCUPIED or bad_zones & 3:
            continue
        total = sums.setdefault(zone.day(end_ms), [0, 0, 0])
        total[0] += seconds
        total[1] += seconds * left_pa
        total[2] += seconds * right_pa
    return [
        (left / seconds / 1000, right / seconds / 1000)
        for seconds, left, right in sums.values()
        if seconds >= LEAST_SEATED_S
    ]


def _compared(ref_pa: int, before: Sequence[float], after: Sequence[float]) -> SideLoad:
    means = [fmean(days) if len(days) >= LEAST_DAYS else None for days in (before, after)]
    if means[0] is None or means[1] is None or not means[0]:
        return SideLoad(ref_pa / 1000, means[0], means[1])
    rng = random.Random(1)
    changes = sorted(
        100 * fmean(rng.choices(after, k=len(after))) / max(1e-9, fmean(rng.choices(before, k=len(before)))) - 100
        for _ in range(RESAMPLED)
    )
    low, high = (changes[int(share * (RESAMPLED - 1))] for share in INTERVAL)
    return SideLoad(ref_pa / 1000, means[0], means[1], 100 * means[1] / means[0] - 100, low, high)


def load_words(load: SideLoad) -> str:
    """'6.0 kPa before, 4.6 after: -23 % (-27 to -19)', and whether that is more than chance."""
    if load.change_percent is None:
        return "too few days before or after it to compare"
    shown = f"{load.before_kpa:.1f} kPa before, {load.after_kpa:.1f} after: {load.change_percent:+.0f} %"
    shown += f" ({load.low_percent:+.0f} to {load.high_percent:+.0f})"
    if not load.is_clear:
        return f"{shown}, no clear change"
    return f"{shown}, {'less' if load.change_percent < 0 else 'more'} load than before"


EXPLAINED = (
    "The mean while seated in the two weeks on either side, with its 90 % interval over days. A limit counts from the"
    " last calibration, so the same minutes stand for another load after it. Sensors alone may differ by"
    f" {DRIFT_PERCENT} %."
)
