"""The long view: whether months of it have helped, and when to discuss that with a physician.

Improvement is a fall of the day's worst rating, on average over four weeks, by one point: the smallest change that
patients call better (Salaffi 2004). Chance moves such a mean less: where pain does not change and single days differ by
a point (standard deviation), two means of 28 days differ by less than 0.6 in 19 of 20 cases.
"""

from __future__ import annotations

from datetime import date, timedelta
from statistics import fmean

from sitbone.dates import on_day
from sitbone.diary.entries import SideDiary

MARKS_WEEKS = (26, 12)  # the advice is to see a physician after 3 to 6 months without improvement
SCORED_WEEKS = (4, 12, 26, 52)
MEAN_DAYS = 28
LEAST_RATED = 8  # days of the four weeks
SMALLEST = 1.0  # point
MILD = 2.0  # below it on average, there is little left to improve


def physician(today: date, diary: SideDiary) -> str:
    """What to discuss with a physician, "" where pain improved, is mild, or has not been rated for 12 weeks."""
    now = _worst(diary, today)
    if len(now) < LEAST_RATED or fmean(now) < MILD:
        return ""
    for weeks in MARKS_WEEKS:
        until = today - timedelta(weeks=weeks) + timedelta(days=MEAN_DAYS)
        then = _worst(diary, until)
        if len(then) >= LEAST_RATED and round(fmean(then) - fmean(now), 2) < SMALLEST:
            return (
                f"no improvement in {weeks} weeks. Discuss this with a physician: the advice for this pain is to see"
                " one after 3 to 6 months without improvement. Your worst pain of the day was"
                f" {fmean(then):.1f} on average in the 4 weeks to {on_day(until)}, and {fmean(now):.1f} in the last 4"
                f" ({len(then)} and {len(now)} days rated); {SMALLEST:g} point less counts as improvement"
            )
    return ""


def score_due(today: date, days: list[date]) -> date:
    """When to fill in the questionnaire next: at once, then so many weeks after the first time, then once a year.
    ``days``: when it was, in order. One filled in up to a week early counts."""
    if not days:
        return today
    years = (today - days[0]).days // (52 * 7) + 1
    weeks = [*SCORED_WEEKS, *(52 * year for year in range(2, years + 2))]
    due = [days[0] + timedelta(weeks=week) for week in weeks]
    return next(day for day in due if days[-1] < day - timedelta(days=7))


def _worst(diary: SideDiary, until: date) -> list[int]:
    """The worst rating of each rated day of the four weeks to this one."""
    worst: dict[date, int] = {}
    for ratings in (diary.mornings, diary.sittings):
        for day, rating in ratings.items():
            if until - timedelta(days=MEAN_DAYS) < day <= until:
                worst[day] = max(rating.pain, worst.get(day, 0))
    return list(worst.values())
