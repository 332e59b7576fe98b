"""Trends: week against week, the outcome of prompts, dose, limits and pain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from math import isnan, nan

from sitbone.analysis.recovery.loads import EXPLAINED, Recalibration, load_words, recalibrations
from sitbone.analysis.recovery.months import months
from sitbone.analysis.trends import MEASURES, WEEK_DAYS, Answer, Trends, trends, worse
from sitbone.dashboard.charts import Axis, Series, chart
from sitbone.dashboard.cushions import address, offer_cushions, show_only
from sitbone.dashboard.downloads import card_of_files
from sitbone.dashboard.frame import Page
from sitbone.dashboard.widgets import (
    SIDE_MARKS,
    awaited,
    block,
    card,
    empty,
    link,
    simulated,
    table,
    text,
    unsynced,
)
from sitbone.dashboard.work import now, with_store
from sitbone.dates import Zone
from sitbone.diary.diary_store import DiaryStore, Row
from sitbone.diary.entries import SIDES
from sitbone.store.store import Store, zone_of

CHOICES = (4, 12, 52)
DAILY_WEEKS = 12  # with more, each point is a week
COMPARED = (
    "seated_h",
    "longest_min",
    "breaks",
    "prompts",
    "left_dose_min",
    "right_dose_min",
    "left_over_min",
    "right_over_min",
    "valid_percent",
)


async def build(weeks: int = 4, cushion: str = "") -> None:
    """Fills the page with this many weeks. ``cushion``: a name or an id, all when empty."""
    weeks = weeks if weeks in CHOICES else CHOICES[0]
    today = now().date()
    _choice(weeks, cushion)
    await offer_cushions("/trends", cushion, weeks=weeks)
    asked = with_store(_asked, cushion, today - timedelta(days=7 * weeks - 1), today)
    found = await awaited(asked, "Loading these weeks … The first time takes longer.")
    if not any(found.days) and not found.pains:
        with card("Nothing to show yet"):
            unsynced("No records in these weeks.")
        return
    if found.simulated:
        simulated()
    if weeks > DAILY_WEEKS:
        text(
            "Each point is a week: the mean of its days with records, the limit at its end, and its worst pain.",
            classes="muted",
        )
    with block("div", "charts"):
        shown = _Shown(found, by_week=weeks > DAILY_WEEKS)
        _draw_dose(shown)
        _week_on_week(found)
        _answers(found.answers)
        _draw(shown)
        if weeks == CHOICES[-1]:
            _draw_months(found, await with_store(_scores))
            _loads(*await with_store(_recalibrated, cushion))
        card_of_files()
    text(
        "Dose is seat load over time, not pressure on the tendon. No study has tested it against this pain: lines that"
        " move together are not proof of a cause.",
        classes="muted small",
    )


def _asked(store: Store, cushion: str, first: date, last: date) -> Trends:
    show_only(store, cushion)
    return trends(store, first, last)


def _choice(weeks: int, cushion: str) -> None:
    with block("nav", "row").props('aria-label="How many weeks"'):
        for choice in CHOICES:
            found = link(
                f"{choice} weeks" if choice < 52 else "A year", address("/trends", cushion, weeks=choice), "button"
            )
            if choice == weeks:
                found.classes("main").props("aria-current=page")


def _week_on_week(found: Trends) -> None:
    with card("This week and last week"):
        if len(found.weeks) < 2:
            empty("This needs two weeks of records.", [])
            return
        now_, before = found.weeks[-1], found.weeks[-2]
        text(f"Daily means. {now_.days} and {before.days} of 7 days have records.", classes="muted small")
        rows = [
            (
                f"{MEASURES[name].label}{f', {MEASURES[name].unit}' if MEASURES[name].unit else ''}",
                _figure(now_.means[name]),
                _figure(before.means[name]),
                _change(found.week_change(name)),
            )
            for name in COMPARED
        ]
        table("Week on week", ("", "last 7 days", "7 days before", "change"), rows)


def _answers(answers: Sequence[Answer]) -> None:
    with card("Standing up after a prompt"):
        for answer in answers:
            with block("div", "answer"):
                if answer.share is None:
                    text(f"Within {answer.minutes} min: no prompts yet")
                    continue
                text(f"within {answer.minutes} min", "span", "name")
                _bar("you", answer.share, f"{answer.stood} of {answer.of}")
                _bar("study", answer.published, "of 2,628")
                text(
                    f"95 % interval {100 * (answer.low or 0):.0f} to {100 * (answer.high or 0):.0f} %",
                    "span",
                    "muted small",
                )
        text(
            "Study: 2,628 vibrations at office workers' own desks (Compernolle 2021). Prompts without data for that"
            " long afterwards are left out.",
            classes="muted small",
        )


def _bar(who: str, share: float, of: str) -> None:
    with block("div", f"share {who}"):
        text(who, "span", "muted small")
        with block("span", "bar"):
            block("span", "fill").style(f"width: {100 * share:.1f}%")
        text(f"{100 * share:.0f} %", "span", "value")
        text(of, "span", "muted small")


class _Shown:
    """The figures as they are drawn: per day, or per week as means of its days."""

    def __init__(self, found: Trends, by_week: bool) -> None:
        self._found, self._by_week = found, by_week
        if by_week:
            names = [f"{_short(week.first)}" for week in found.weeks]
            self.axis = Axis("Week from", names, [week.days > 0 for week in found.weeks])
        else:
            self.axis = Axis("Day", [_short(day) for day in found.dates], [day is not None for day in found.days])

    def measure(self, name: str) -> list[float]:
        """One of MEASURES."""
        if not self._by_week:
            return self._found.series(name)
        return [nan if (mean := week.means[name]) is None else mean for week in self._found.weeks]

    def pain(self, moment: str, side: str) -> list[float]:
        """The diary's ratings; for a week, the worst."""
        return self._weekly(self._found.pain(moment, side), worse)

    def limit_min(self, side: str) -> list[float]:
        """The limit, at the end of each day or week."""
        return self._weekly([limit_s / 60 for limit_s in self._found.limit_s[side]], lambda days: days[-1])

    def _weekly(self, values: list[float], of: Callable[[list[float]], float]) -> list[float]:
        if not self._by_week:
            return values
        starts = range(len(values) % WEEK_DAYS, len(values), WEEK_DAYS)
        weeks = (values[at : at + WEEK_DAYS] for at in starts)
        return [nan if all(map(isnan, week)) else of(week) for week in weeks]


def _draw_dose(shown: _Shown) -> None:
    axis, measure = shown.axis, shown.measure
    chart(
        "Dose, limit and pain",
        axis,
        [
            *(_sided(f"highest dose, {side}", measure(f"{side}_dose_min"), side) for side in SIDES),
            *(_sided(f"limit, {side}", shown.limit_min(side), side, "step") for side in SIDES),
            Series("pain on waking up", _worst(shown, "morning"), "prompt", "dots", second=True),
            Series("pain while sitting", _worst(shown, "sitting"), "warn", "dots", dashed=True, second=True),
        ],
        ("minutes", "pain, 0 to 10"),
        "Each side's highest dose of the day, its limit, and the pain ratings from your diary.",
        "wide",
    )


def _draw(shown: _Shown) -> None:
    axis, measure = shown.axis, shown.measure
    chart("Seated time", axis, [Series("seated", measure("seated_h"), "accent", "bar")], ("hours",))
    chart("Longest sit", axis, [Series("longest sit", measure("longest_min"), "accent")], ("minutes",))
    chart(
        "Prompts and breaks",
        axis,
        [
            Series("prompts", measure("prompts"), "prompt", "bar"),
            Series("verified breaks", measure("breaks"), "good", dashed=True),
        ],
        ("per day",),
    )
    chart(
        "Time over the limit",
        axis,
        [_sided(side, measure(f"{side}_over_min"), side, "bar") for side in SIDES],
        ("minutes",),
    )
    chart(
        "Balance",
        axis,
        [Series("◀ left side's share of the load", measure("left_percent"), "left")],
        ("%",),
        "Each side relative to your own neutral sit: 50\u00a0% is even.",
    )
    chart(
        "Slow dose",
        axis,
        [Series("after the last sit", measure("slow_dose_min"), "accent")],
        ("minutes",),
        "A second dose, which fades over 6.5 hours. Chosen by analogy; for information only.",
    )
    chart(
        "Valid data",
        axis,
        [Series("time with all sensors working", measure("valid_percent"), "good", "bar")],
        ("%",),
        "How complete the data behind these charts is. Shaded days have no records.",
        "wide",
    )


def _draw_months(found: Trends, scores: list[Row]) -> None:
    shown = months(found, scores)
    axis = Axis(
        "Four weeks from", [_short(month.first) for month in shown], [month.pain is not None for month in shown]
    )
    chart(
        "The long view",
        axis,
        [
            Series("longest comfortable sit, minutes", _known(month.comfortable_min for month in shown), "good"),
            Series("minutes until pain began", _known(month.onset_min for month in shown), "prompt", dashed=True),
            Series("VISA-H score", _known(month.visa_h for month in shown), "accent", "dots"),
            Series("worst pain of the day", _known(month.pain for month in shown), "warn", "step", second=True),
        ],
        ("minutes; score, 0 to 100", "pain, 0 to 10"),
        "Four weeks each: recovery takes 6 to 12 months, and single weeks say little. A sit is comfortable on a day on"
        " which sitting hurt 2 at most. VISA-H: sitbone pain score.",
        "wide",
    )


def _loads(found: list[Recalibration], zone: Zone) -> None:
    if not found:
        return
    with card("Load before and after a calibration", classes="wide"):
        rows = [
            (f"{_short(zone.day(item.at_ms))} {SIDE_MARKS[side]} {side}", f"{load.ref_kpa:.1f} kPa", load_words(load))
            for item in found
            for side, load in item.sides.items()
        ]
        table("Load before and after a calibration", ("calibrated", "neutral sit", "while seated"), rows)
        text(EXPLAINED, classes="muted small")


def _recalibrated(store: Store, cushion: str) -> tuple[list[Recalibration], Zone]:
    show_only(store, cushion)
    return recalibrations(store), zone_of(store)


def _known(values: Iterable[float | None]) -> list[float]:
    return [nan if value is None else value for value in values]


def _scores(store: Store) -> list[Row]:
    return DiaryStore(store).scores()


def _sided(label: str, values: list[float], side: str, shape: str = "line") -> Series:
    return Series(f"{SIDE_MARKS[side]} {label}", values, side, shape, dashed=side == "right")


def _worst(shown: _Shown, moment: str) -> list[float]:
    """Of either side."""
    return [worse(pair) for pair in zip(shown.pain(moment, "left"), shown.pain(moment, "right"), strict=True)]


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _change(value: float | None) -> str:
    if value is None:
        return "–"
    return "±0.0" if abs(value) < 0.05 else f"{'▲' if value > 0 else '▼'} {value:+.1f}"


PAGE = Page("/trends", "Trends", "M4 19V5M4 19h16M8 15l4-5 3 3 5-7", build)
