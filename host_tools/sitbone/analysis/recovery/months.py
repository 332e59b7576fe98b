"""Months side by side: pain, what a person can sit, and the questionnaire's score. Slow figures for a slow recovery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median

from sitbone.analysis.trends import Trends
from sitbone.diary.diary_store import Row

MONTH_DAYS = 28
COMFORTABLE = 2  # the most that a comfortable day's worst pain while sitting may be
LEAST_RATED = 4  # days of a month, for its mean


@dataclass(frozen=True, slots=True)
class Month:
    """28 days from ``first``; None where too little is known.

    ``pain``: the mean of the days' worst ratings, 0 to 10. ``onset_min``: the median of the minutes until pain began.
    ``comfortable_min``: the longest sit of the days on which sitting hurt at most 2. ``visa_h``: the last total, 0 to
    100, more is better.
    """

    first: date
    pain: float | None
    onset_min: float | None
    comfortable_min: float | None
    visa_h: int | None


def months(found: Trends, scores: list[Row]) -> list[Month]:
    """The whole months that end with the last of these days, the oldest first. ``scores``: as the diary has them."""
    last = found.dates[-1]
    ends = [last - timedelta(days=MONTH_DAYS * back) for back in range(len(found.dates) // MONTH_DAYS)]
    return [_month(found, scores, end - timedelta(days=MONTH_DAYS - 1)) for end in reversed(ends)]


def _month(found: Trends, scores: list[Row], first: date) -> Month:
    within = [first + timedelta(days=index) for index in range(MONTH_DAYS)]
    names = {day.isoformat() for day in within}
    pains = [row for row in found.pains if row["day"] in names]
    worst: dict[str, int] = {}
    sitting: dict[str, int] = {}
    for row in pains:
        worst[row["day"]] = max(worst.get(row["day"], 0), row["pain"])
        if row["moment"] == "sitting":
            sitting[row["day"]] = max(sitting.get(row["day"], 0), row["pain"])
    onsets = [row["onset_min"] for row in pains if row["onset_min"] is not None]
    comfortable = [
        day.longest_s / 60
        for day in found.days
        if day is not None and sitting.get(day.day.isoformat(), COMFORTABLE + 1) <= COMFORTABLE
    ]
    totals = [row["total"] for row in scores if row["day"] in names]
    return Month(
        first,
        fmean(worst.values()) if len(worst) >= LEAST_RATED else None,
        median(onsets) if onsets else None,
        max(comfortable, default=None),
        totals[-1] if totals else None,
    )
