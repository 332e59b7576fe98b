"""One simulated person at a time, for the cohort: constants, a day's chances, and the body.

The assumptions are those of the first population (`people.py`), where crowds live their days together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Self

import numpy as np

from sitbone.lab.crowds.people import LEAST_T, MOST_T, World

DAY0 = date(2026, 1, 5)
TIMER_S = 1800
SLACK = 0.1  # of tolerance that a sit may exceed it by without consequence
FIRST_LEAST_T = 480.0  # of tolerance when somebody begins


@dataclass
class Person:
    """The constants of one virtual person, and the days they are going to have whatever the policy."""

    seed: int
    world: World = field(default_factory=World)
    tolerance_s: float = 0.0
    growth: float = 0.0
    worsening: bool = False
    follows: float = 0.0
    usual: float = 0.0
    misses: float = 0.0
    sits_min: float = 0.0
    _rng: np.random.Generator = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rng = self._rng = np.random.default_rng(self.seed)
        self.tolerance_s = float(np.clip(1320 * np.exp(rng.normal(0, 0.35)), FIRST_LEAST_T, MOST_T))
        self.worsening = bool(rng.random() < 0.05)
        self.growth = -0.03 if self.worsening else float(rng.uniform(0.005, 0.03))
        self.follows = float(rng.uniform(*self.world.follows))
        self.usual = float(rng.choice([0.0, 1.0, 2.0], p=[0.35, 0.4, 0.25]))
        self.misses = float(rng.uniform(0.03, 0.25))
        self.sits_min = float(np.clip(rng.normal(15, 2), 10, 20))


@dataclass
class Draw:
    """A day's chances, which are the same under each policy."""

    chances: np.ndarray
    noise: np.ndarray

    @classmethod
    def of(cls, rng: np.random.Generator) -> Self:
        """The next day's."""
        return cls(rng.random(6), rng.normal(0, 1, 4))


def draw_sits(rng: np.random.Generator, sits_min: float, follows: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each sit of a day: how long it would last (s), the vibration that the person would get up after (1 is the
    first), and how long after that (s)."""
    count = int(rng.integers(12, 25))
    lengths = sits_min * 60 * np.exp(rng.normal(0, 0.8, count))
    return lengths, rng.geometric(follows, count), rng.uniform(0, 60, count)


class Body:
    """What a person tolerates: weeks of use let it grow, a flare takes some of it away for three weeks."""

    def __init__(self, person: Person) -> None:
        self._worsening, self._growth = person.worsening, person.growth
        self.tolerance_s, self.lost = person.tolerance_s, 0.0
        self.flares = 0
        self._flare_days_left = 0
        self._flare_days: list[date] = []
        self._used_shares: list[float] = []

    @property
    def flare_adds(self) -> float:
        """The points of pain that a flare adds."""
        return 3.0 if self._flare_days_left else 0.0

    def flared_within_a_week(self, day: date) -> bool:
        """Whether a flare's last day is fewer than seven days ago."""
        return any((day - at).days < 7 for at in self._flare_days)

    def tolerance_of_today_s(self, draw: Draw) -> float:
        """Days differ: 4 % around what the person tolerates."""
        return float(self.tolerance_s * (1 - self.lost) * np.exp(0.04 * draw.noise[1]))

    def use(self, top_s: float) -> None:
        """The day's longest sit."""
        self._used_shares.append(top_s / self.tolerance_s)

    def end_day(self, day: date, draw: Draw, excess: float, rng: np.random.Generator) -> None:
        """A flare goes on, or begins by what was too much; what the last one took returns."""
        if self._flare_days_left:
            self._flare_days_left -= 1
            self._flare_days.append(day)
        elif draw.chances[4] < 0.002 + 0.04 * excess:
            self.flares += 1
            self._flare_days_left = int(rng.integers(4, 10))
            self.lost = min(0.4, self.lost + 0.12)
            self._flare_days.append(day)
        self.lost = max(0.0, self.lost - 0.12 / 21)

    def end_week(self, day: date) -> None:
        """A calm week that used most of the tolerance lets it grow; who gets worse loses some whatever the week was."""
        calm = not self.flared_within_a_week(day)
        if self._worsening or (calm and np.median(self._used_shares[-7:]) >= 0.6):
            self.tolerance_s = float(np.clip(self.tolerance_s * (1 + self._growth), LEAST_T, MOST_T))
