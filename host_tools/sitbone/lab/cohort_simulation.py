"""A study of simulated people, written as a lake: who sits, hurts and rates by the population's model (population.py),
and is prompted by the firmware's own machine (lived_days.py). **A made-up world**, as there.

Beside that model, all judgement: people were recruited with pain, so the usual is 1.5 to 3.5 points higher than
there, and their mornings have noise of 0.8 points and a course of their own (0.3 points per four weeks). They sit at
their desk from Monday to Friday and leave the cushion off on 6 % of these days; 1 % a week drop out, one in twenty has
a sensor that fails for two weeks, one in thirty a clock that was wrong for some days. Arms are drawn by lot, in pairs.

The arm "stopwatch" prompts by sitting time, "dose" by dose. With ``effect`` (points of morning pain per four weeks)
both arms are prompted alike, by dose, and the arm "dose" feels that much more or less as weeks pass: what a right
analysis has to find is then known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from cushion import VERSION
from sitbone.cohort.add import EPOCH, lake_table
from sitbone.cohort.lake import Lake
from sitbone.cohort.privacy import Mask
from sitbone.lab.cohort_tables import LoggedDay, tables_of
from sitbone.lab.crowds.one_person import DAY0, SLACK, Body, Draw, Person
from sitbone.lab.crowds.people import WORLDS
from sitbone.lab.lived_days import ARMS, days_of, settings_of, way_of
from sitbone.settings.params import BY_NAME

Rows = dict[str, list[dict[str, Any]]]
Progress = Callable[[int, int], None]
RECRUITED_WITH = (1.5, 3.5)
NOISE, COURSE = 0.8, 0.3
LEFT_OFF, DROPS_OUT_A_WEEK = 0.06, 0.01
SENSOR_FAILS, SENSOR_DAYS = 0.05, 14
CLOCK_WRONG, CLOCK_DAYS, CLOCK_OFF = 1 / 30, 4, timedelta(days=8000)


@dataclass(frozen=True)
class Trial:
    """``people`` and ``weeks`` of follow-up; ``effect``: planted, points of morning pain per four weeks, or None."""

    people: int
    weeks: int
    seed: int = 1
    effect: float | None = None


def simulate(lake: Lake, mask: Mask, trial: Trial, progress: Progress | None = None) -> int:
    """Writes every participant that isn't there yet; returns how many. Repeating it after a cut completes it."""
    there = lake.manifests().keys()
    lots = np.random.default_rng((trial.seed, 7))
    written = 0
    for pair in range((trial.people + 1) // 2):
        first = int(lots.integers(2))
        for place in range(2):
            number = 2 * pair + place
            name = f"p{number:05}"
            pseudonym = mask.pseudonym(name)
            if number < trial.people and pseudonym not in there:
                _write(lake, mask, name, ARMS[first ^ place], trial, number)
                written += 1
                if progress is not None:
                    progress(number + 1, trial.people)
    return written


def _write(lake: Lake, mask: Mask, name: str, arm: str, trial: Trial, number: int) -> None:
    life = _Participant(arm, trial, number, mask.cushion(name, name))
    life.live()
    about: dict[str, Any] = {
        "arm": arm,
        "consents": [],
        "provenance": {"kind": "simulation", "seed": trial.seed, "sitbone": VERSION},
        "added": None,
        "dates_shifted": False,
        "enrolled_day": (DAY0 - EPOCH).days,
        "until_day": (DAY0 - EPOCH).days + 7 * trial.weeks - 1,
    }
    tables = {table: lake_table(table, rows) for table, rows in life.rows.items()}
    lake.write(mask.pseudonym(name), tables | tables_of(life.days, mask.cushion(name, name)), about)


class _Participant:
    """One person's weeks in the study: ``days`` that their cushion logged, ``rows`` of the other tables."""

    def __init__(self, arm: str, trial: Trial, number: int, cushion: str) -> None:
        self.rows: Rows = {name: [] for name in ("pain", "settings", "exercises")}
        self.days: list[LoggedDay] = []
        self._arm, self._trial, self._cushion = arm, trial, cushion
        person = self._person = Person(trial.seed * 10_000_000 + number, WORLDS["as assumed"])
        rng = self._rng = np.random.default_rng((trial.seed, number, 11))
        self._body, self._excess = Body(person), 0.0
        self._usual = person.usual + float(rng.uniform(*RECRUITED_WITH))
        self._course = float(rng.normal(0, COURSE))
        self._effect = (trial.effect or 0.0) if arm == ARMS[1] else 0.0
        # With a planted effect nothing else may differ between the arms.
        self._prompted_by = arm if trial.effect is None else ARMS[1]
        days = 7 * trial.weeks
        self._last_day = min(days, 7 * int(rng.geometric(DROPS_OUT_A_WEEK)))
        self._failed = self._some_days(SENSOR_FAILS, SENSOR_DAYS, days)
        self._misplaced = self._some_days(CLOCK_WRONG, CLOCK_DAYS, days)

    def live(self) -> None:
        """From enrolment until the follow-up ends or the person drops out."""
        self._note_settings()
        for index in range(self._last_day):
            day, draw = DAY0 + timedelta(days=index), Draw.of(self._rng)
            flares = self._body.flares
            self._sit(day, index, draw)
            self._body.end_day(day, draw, self._excess, self._rng)
            if index % 7 == 6:
                self._body.end_week(day)
            self._rate_morning(day + timedelta(days=1), index + 1, draw, self._body.flares > flares)

    def _some_days(self, probability: float, count: int, days: int) -> range:
        first = int(self._rng.integers(max(1, days - count)))
        return range(first, first + count) if self._rng.random() < probability else range(0)

    def _sit(self, day: date, index: int, draw: Draw) -> None:
        self._excess = 0.0
        if day.weekday() > 4 or self._rng.random() < LEFT_OFF:
            self._body.use(0.0)
            return
        person = self._person
        choices = days_of(way_of(self._prompted_by, person.follows, self._body.tolerance_s))
        lived = choices[int(self._rng.integers(len(choices)))]
        true_s = self._body.tolerance_of_today_s(draw)
        self._excess = sum(max(0.0, peak_s / true_s - 1 - SLACK) for peak_s in lived.peaks_s)
        self._body.use(max(lived.peaks_s))
        placed = day - CLOCK_OFF if index in self._misplaced else day
        self.days.append(LoggedDay((placed - EPOCH).days, lived, index in self._failed))

    def _rate_morning(self, day: date, index: int, draw: Draw, flare: bool) -> None:
        if draw.chances[0] < self._person.misses or index >= 7 * self._trial.weeks:
            return
        weeks4 = index / 28
        felt = self._usual + 2 * self._excess + self._body.flare_adds + (self._course + self._effect) * weeks4
        pain = int(np.clip(round(felt + NOISE * draw.noise[0]), 0, 10))
        at = {"at_utc": _utc(day, 7 * 3600), "at_local": _local(day, 7 * 3600)}
        row = {"date": day.isoformat(), "moment": "morning", "side": "both", "pain": pain, "note": ""}
        self.rows["pain"].append(row | at | {"flare": "start" if flare else None})

    def _note_settings(self) -> None:
        at = {"at_utc": _utc(DAY0, 0), "at_local": _local(DAY0, 0), "cushion": self._cushion}
        for name, value in settings_of(self._prompted_by).as_dict().items():
            default = BY_NAME[name].default
            if value != default:
                row = {"name": name, "unit": BY_NAME[name].unit, "before": default, "after": value, "reason": ""}
                self.rows["settings"].append(at | row | {"change": 1})


def _moment(day: date, second: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)


def _utc(day: date, second: int) -> str:
    return _moment(day, second).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _local(day: date, second: int) -> str:
    return _moment(day, second).isoformat(timespec="milliseconds")
