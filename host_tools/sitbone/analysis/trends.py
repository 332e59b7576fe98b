"""Many days side by side: series, weeks, answers to prompts, pain from the diary, and the limits over time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import isnan, nan, sqrt
from statistics import fmean

from sitbone.analysis.day_cache import whole_days
from sitbone.analysis.days import Day
from sitbone.analysis.thresholds import Step, Thresholds
from sitbone.analysis.timeline import Prompt
from sitbone.dates import Zone
from sitbone.diary.diary_store import DiaryStore, Row
from sitbone.diary.entries import SIDES
from sitbone.store.store import Store, zone_of

WEEK_DAYS = 7
# Standing up within so many minutes of a vibration, in 2,628 vibrations of a field study (Compernolle 2021).
PUBLISHED = {1: 0.144, 3: 0.217, 5: 0.304}


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a day: its label, its unit, and how to get it; NaN where it isn't known."""

    label: str
    unit: str
    of: Callable[[Day], float | None]


MEASURES = {
    "seated_h": Measure("seated", "h", lambda day: day.seated_s / 3600),
    "sits": Measure("sits", "", lambda day: len(day.bouts)),
    "longest_min": Measure("longest sit", "min", lambda day: day.longest_s / 60),
    "breaks": Measure("verified breaks", "", lambda day: day.breaks_verified),
    "prompts": Measure("prompts", "", lambda day: day.episodes),
    "left_dose_min": Measure("highest dose, left", "min", lambda day: day.dose_max_s["left"] / 60),
    "right_dose_min": Measure("highest dose, right", "min", lambda day: day.dose_max_s["right"] / 60),
    "left_load_min": Measure("dose gathered, left", "min", lambda day: day.load_s["left"] / 60),
    "right_load_min": Measure("dose gathered, right", "min", lambda day: day.load_s["right"] / 60),
    "left_over_min": Measure("time over the limit, left", "min", lambda day: day.over_s["left"] / 60),
    "right_over_min": Measure("time over the limit, right", "min", lambda day: day.over_s["right"] / 60),
    "left_percent": Measure("left side's share of the load", "%", lambda day: _percent(day.left_share)),
    "slow_dose_min": Measure("slow dose after the last sit", "min", lambda day: day.slow_dose_s / 60),
    "valid_percent": Measure("valid data", "%", lambda day: _percent(day.valid_share)),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """How many of ``of`` prompts the person stood up after within so many minutes: ``share`` with its 95 % interval
    (Wilson), None without any; ``published`` is the field study's share."""

    minutes: int
    stood: int
    of: int
    share: float | None
    low: float | None
    high: float | None
    published: float


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from ``first``: how many have data, and each measure's mean over them, None without any."""

    first: date
    days: int
    means: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Trends:
    """The days first..last, by `trends`. ``dates`` has every date, ``days`` the same with None where nothing was
    recorded. ``limit_s``: each side's limit at each day's end, on the cushion used last, NaN before its first record.
    ``steps``: the changes of any setting in these days, by time. ``pains``: the diary's entries of these days."""

    zone: Zone
    dates: list[date]
    days: list[Day | None]
    weeks: list[Week]
    answers: list[Answer]
    limit_s: dict[str, list[float]]
    steps: list[Step]
    pains: list[Row]
    simulated: bool

    def series(self, name: str) -> list[float]:
        """One of MEASURES over ``dates``, NaN where unknown."""
        return [_value(name, day) for day in self.days]

    def pain(self, moment: str, side: str) -> list[float]:
        """The worst rating of a side (left, right) at a moment (morning, sitting) over ``dates``, NaN without any."""
        rated = [row for row in self.pains if row["moment"] == moment and row["side"] in (side, "both")]
        worst: dict[str, int] = {}
        for row in rated:
            worst[row["day"]] = max(worst.get(row["day"], 0), row["pain"])
        return [float(worst.get(day.isoformat(), nan)) for day in self.dates]

    def worst_pain(self, moment: str) -> list[float]:
        """The same of either side."""
        return [worse(pair) for pair in zip(self.pain(moment, "left"), self.pain(moment, "right"), strict=True)]

    def week_change(self, name: str) -> float | None:
        """The last week's mean minus the week before's; None unless both have data."""
        if len(self.weeks) < 2:
            return None
        now, before = self.weeks[-1].means[name], self.weeks[-2].means[name]
        return None if now is None or before is None else now - before


def trends(store: Store, first: date, last: date) -> Trends:
    """The person's days first..last, both included, whether or not they have data."""
    dates = [first + timedelta(days=index) for index in range((last - first).days + 1)]
    known = {day.day: day for day in whole_days(store, first, last)}
    days = [known.get(day) for day in dates]
    zone, thresholds = zone_of(store), Thresholds(store)
    start_ms, end_ms = zone.begin_ms(first), zone.begin_ms(last + timedelta(days=1))
    prompts = [prompt for day in known.values() for prompt in day.prompts]
    return Trends(
        zone=zone,
        dates=dates,
        days=days,
        weeks=_weeks(dates, days),
        answers=[answered(prompts, minutes) for minutes in PUBLISHED],
        limit_s=_limits(store, thresholds, zone, dates),
        steps=[step for step in thresholds.steps if start_ms <= step.at_ms < end_ms],
        pains=[row for row in DiaryStore(store).pains() if first.isoformat() <= row["day"] <= last.isoformat()],
        simulated=store.any_simulated(),
    )


def answered(prompts: list[Prompt], minutes: int) -> Answer:
    """The share of prompts followed by standing up within 1, 3 or 5 minutes; prompts during gaps don't count."""
    seen = [hit for prompt in prompts if (hit := prompt.stood_within(minutes * 60)) is not None]
    if not seen:
        return Answer(minutes, 0, 0, None, None, None, PUBLISHED[minutes])
    found = share(seen)
    low = max(0.0, found["low"])  # rounding may have made it -0
    return Answer(minutes, sum(seen), len(seen), found["share"], low, found["high"], PUBLISHED[minutes])


def share(hits: list[bool]) -> dict[str, float]:
    """A share with its Wilson interval; nothing is known about an empty group."""
    if not hits:
        return {"share": 0.0, "low": 0.0, "high": 1.0}
    n, p, z = len(hits), sum(hits) / len(hits), 1.96
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return {"share": round(p, 4), "low": round(low, 4), "high": round(high, 4)}


def worse(ratings: Iterable[float]) -> float:
    """The highest that is known, NaN where none is."""
    return max((rating for rating in ratings if not isnan(rating)), default=nan)


def _value(name: str, day: Day | None) -> float:
    value = None if day is None else MEASURES[name].of(day)
    return float("nan") if value is None else float(value)


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _weeks(dates: list[date], days: list[Day | None]) -> list[Week]:
    """Whole weeks back from the last day; remaining days are left out."""
    found = []
    for at in range(len(dates) % WEEK_DAYS, len(dates), WEEK_DAYS):
        week = days[at : at + WEEK_DAYS]
        found.append(
            Week(dates[at], sum(day is not None for day in week), {name: _mean(name, week) for name in MEASURES})
        )
    return found


def _mean(name: str, days: list[Day | None]) -> float | None:
    values = [value for day in days if not isnan(value := _value(name, day))]
    return fmean(values) if values else None


def _limits(store: Store, thresholds: Thresholds, zone: Zone, dates: list[date]) -> dict[str, list[float]]:
    cushion, reach = store.latest_cushion(), store.reach_ms()
    if cushion is None or reach is None:
        return {side: [nan] * len(dates) for side in SIDES}
    ends_ms = [zone.begin_ms(day + timedelta(days=1)) - 1 for day in dates]
    limits = {side: thresholds.of(cushion, f"{side}_dose_limit_s", ends_ms) for side in SIDES}
    return {
        side: [nan if end_ms < reach[0] else float(value) for end_ms, value in zip(ends_ms, values, strict=True)]
        for side, values in limits.items()
    }
