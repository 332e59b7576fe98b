"""What pain must allow before a limit rises, whatever proposed the rise.

The rules (and any model) may ask for a rise. The guard looks at pain alone, not at doses, and has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from statistics import median

from sitbone.dates import on_day
from sitbone.diary.entries import SideDiary
from sitbone.tuning.baseline import BAD_SITTING, FLARE_RISE, Baseline

WEEK = timedelta(days=7)
SIX_WEEKS = timedelta(weeks=6)
MOST_MORNING = 3  # the week's median: up to here pain is "acceptable" (pain monitoring, Silbernagel 2007)
LEAST_MORNINGS = 3  # of a week, to take its median


def reasons(today: date, diary: SideDiary, baseline: Baseline) -> list[str]:
    """Why no limit may rise today; [] where pain doesn't rule it out."""
    return [*_flared(today, diary, baseline), *_high(today, diary), *_growing(today, diary)]


def _flared(today: date, diary: SideDiary, baseline: Baseline) -> list[str]:
    """Each day of the last week, and the day a week ago, that was a flare or began one."""
    found = []
    for day in _days(today - WEEK, today):
        usual, lines = baseline.at.get(day), []
        if day in diary.sittings and diary.sittings[day].pain > BAD_SITTING:
            lines.append(f"pain {diary.sittings[day].pain} while sitting")
        if usual is not None and diary.mornings[day].pain >= usual + FLARE_RISE:
            lines.append(f"morning pain {diary.mornings[day].pain}, usual {usual}")
        elif day in baseline.began:
            lines.append("mornings not back to usual after a flare")
        if day in diary.flares:
            lines.append("marked as a flare")
        found += [f"{on_day(day)}: {line}; a rise needs seven days without" for line in lines]
    if baseline.flare and not found:
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
