"""What pain must allow before a limit rises, whatever proposed the rise.

The rules (and any model) may ask for a rise. The guard looks at pain alone, not at doses, and has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median, median_low

from sitbone.dates import on_day
from sitbone.diary.entries import SideDiary
from sitbone.tuning.baseline import BAD_SITTING, FLARE_RISE, Baseline

WEEK = timedelta(days=7)
SIX_WEEKS = timedelta(weeks=6)
MOST_MORNING = 3  # the week's median: up to here pain is "acceptable" (pain monitoring, Silbernagel 2007)
LEAST_MORNINGS = 3  # of a week, to take its median
LATELY, FAR = 3, 2.5  # mornings; times the noise of a rating, and FLARE_RISE at least


@dataclass(frozen=True, slots=True)
class Usual:
    """What the model has learnt of a side's mornings: the usual one, and how far a rating is off, in points."""

    morning: float
    noise: float


def reasons(today: date, diary: SideDiary, baseline: Baseline, usual: Usual | None = None) -> list[str]:
    """Why no limit may rise today; [] where pain doesn't rule it out. ``usual``: once the model knows it. A median of
    few noisy mornings is often a point too low; and the model itself knows when a flare ends."""
    fell = [] if usual is None else _fell(today, diary, usual.noise)
    level = None if usual is None else usual.morning
    found = _flared(today, diary, baseline, level) or fell
    return [*found, *_high(today, diary), *_growing(today, diary)]


def _fell(today: date, diary: SideDiary, noise: float) -> list[str]:
    """Mornings of the last week far above the last three. Somebody whose diary begins in a flare has learnt a usual
    morning from it; that it was a flare is known once it is over."""
    last = sorted(day for day in diary.mornings if day <= today)[-LATELY:]
    lately = median_low([diary.mornings[day].pain for day in last]) if len(last) == LATELY else None
    if lately is None:
        return []
    far = lately + max(FLARE_RISE, round(FAR * noise))
    days = [day for day in _days(today - WEEK, today) if day in diary.mornings and diary.mornings[day].pain >= far]
    return [
        f"{on_day(day)}: morning pain {diary.mornings[day].pain}, lately {lately}; a rise needs seven days without"
        for day in days
    ]


def _flared(today: date, diary: SideDiary, baseline: Baseline, level: float | None) -> list[str]:
    """Each day of the last week, and the day a week ago, that was a flare or began one."""
    found = []
    for day in _days(today - WEEK, today):
        usual, lines = baseline.at.get(day), []
        if usual is not None and level is not None:
            usual = max(usual, round(level))
        if day in diary.sittings and diary.sittings[day].pain > BAD_SITTING:
            lines.append(f"pain {diary.sittings[day].pain} while sitting")
        if usual is not None and diary.mornings[day].pain >= usual + FLARE_RISE:
            lines.append(f"morning pain {diary.mornings[day].pain}, usual {usual}")
        elif level is None and day in baseline.began:
            lines.append("mornings not back to usual after a flare")
        if day in diary.flares:
            lines.append("marked as a flare")
        found += [f"{on_day(day)}: {line}; a rise needs seven days without" for line in lines]
    if level is None and baseline.flare and not found:
        found.append("the last flare is not over: your mornings are not back to usual yet")
    return found


def _high(today: date, diary: SideDiary) -> list[str]:
    now = _median(diary, today - WEEK, today)
    if now is None or now <= MOST_MORNING:
        return []
    return [f"this week's middle morning was {now:g}; above {MOST_MORNING} no limit rises"]


def _growing(today: date, diary: SideDiary) -> list[str]:
    """Mornings worse than six weeks ago; than in the first week on record, where the diary is younger or has a gap."""
    now = _median(diary, today - WEEK, today)
    then_on, when = today - SIX_WEEKS, "six weeks ago"
    then = _median(diary, then_on - WEEK, then_on)
    if then is None:
        first = min((day for day in diary.mornings if day > then_on), default=today)
        then_on, when = first + WEEK - timedelta(days=1), f"in the week from {on_day(first)}"
        then = _median(diary, then_on - WEEK, min(then_on, today - WEEK))
    if now is None or then is None or now <= then:
        return []
    return [f"this week's middle morning was {now:g}, {when} it was {then:g}: no limit rises while mornings get worse"]


def _median(diary: SideDiary, after: date, until: date) -> float | None:
    """Of the mornings in (after, until]; None where too few are rated."""
    pains = [rating.pain for day, rating in diary.mornings.items() if after < day <= until]
    return median(pains) if len(pains) >= LEAST_MORNINGS else None


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=index) for index in range((last - first).days + 1))
