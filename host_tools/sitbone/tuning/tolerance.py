"""What one side tolerates, learnt from the dose that each day reached and the pain that followed: a Bayesian model.

A person's *tolerance* is the dose (s) from which pain grows. The model holds a probability for each combination of
tolerance, how steeply pain grows, whether it comes on the next morning or a morning later, how much one rating is off
by, and the usual pain in the morning and while sitting. Each day's ratings make some of them likelier:

- a rating is rounded, off by some noise, and now and then means something else altogether (`OUTLIER`);
- the day's highest *recorded* dose counts, not the limit: a prompt that wasn't followed spoils nothing;
- what is older counts less, by half in `HALF_LIFE_DAYS`, because tolerance and usual pain move;
- a rating that is missing says nothing, and a day without a recorded dose neither. Who rates only bad days can't be
  told from who has only bad days, so silence never supports a rise (the data gate in `decision.py`);
- ratings deep inside a flare say little of the day's dose, so they weigh less; the first of them weighs in full.

`Beliefs` holds many people at once, for the simulation; a real person is a crowd of one. All numbers are judgement.
Exact sums over a grid: no sampling, so the same diary gives the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from math import erf
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sitbone.diary.entries import Rating, SideDiary

Array = NDArray[np.float32 | np.float64]

TOLERANCES_S = np.geomspace(300, 3600, 30)
USUAL_S, SPREAD = 1320.0, 0.5  # before any data: 22 min, give or take half of it (an entry criterion of trials)
STEEPNESS = np.array([2.5, 8.0])  # points per tolerance of excess; the sum over a day's sits is part of it
SLACK, MOST_EXCESS = 0.05, 0.6  # of tolerance: where pain begins to grow, and stops growing
LATE_SHARES = np.array([0.0, 0.7])  # of a day's reaction that comes a morning later
MORNING_SHARE = 0.8  # of the reaction while sitting
NOISES, NOISE_PRIOR = np.array([0.35, 0.7, 1.05]), np.array([0.3, 0.4, 0.3])  # points: published error about 0.6
LEVELS = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])
LEVEL_PRIOR = np.exp(-LEVELS / 3) * np.gradient(LEVELS)
OUTLIER = 0.03
HALF_LIFE_DAYS = 28
FLARE_WEIGHT = 0.3  # of a rating that is surely inside a flare

MEAN_STEP = 0.25
MISSING = -1

# A flare, as its own small model: it comes on one evening in 250, adds three points, and lasts three days at least and
# mostly a week. One bad rating between good ones is then no flare.
FLARE_COMES, FLARE_GOES, FLARE_ADDS = 0.004, 0.2, 3.0
FLARE_DAYS, SINCE_FLARE_DAYS = 3, 7
_FLARE = slice(1, 1 + FLARE_DAYS)


class DayLoad(Protocol):
    """What a day reached, s."""

    @property
    def dose_s(self) -> float:
        """The side's highest dose of the day."""


def _chances(outlier: float) -> Array:
    """(noise, rating + 1, mean in steps): the chance of a rating. Row 0 is a rating that is missing: 1."""
    means = np.arange(0, 16 + MEAN_STEP, MEAN_STEP)
    edges = np.array([-np.inf, *np.arange(0.5, 10), np.inf])
    z = (edges[None, :, None] - means[None, None, :]) / NOISES[:, None, None]
    below = 0.5 * (1 + np.vectorize(erf)(np.clip(z, -9, 9) / np.sqrt(2)))
    table = np.maximum((1 - outlier) * np.diff(below, axis=1) + outlier / 11, 1e-12)
    return np.concatenate([np.ones((len(NOISES), 1, len(means))), table], axis=1)


_CHANCES, _CLEAR_CHANCES = _chances(OUTLIER), _chances(1e-6)
_LOG_CHANCES = np.log(_CHANCES).astype(np.float32)
_PRIOR = (
    np.log(NOISE_PRIOR)[:, None, None]
    + (-0.5 * (np.log(TOLERANCES_S / USUAL_S) / SPREAD) ** 2)[None, :, None]
    + np.zeros(len(STEEPNESS))
)
_LEVEL_LOG_PRIOR = np.log(LEVEL_PRIOR / LEVEL_PRIOR.sum()).astype(np.float32)
_FORGET = np.float32(0.5 ** (1 / HALF_LIFE_DAYS))


class Beliefs:
    """What is believed of each of ``people``, morning by morning. Axes: person, noise, tolerance, steepness, ...

    ``tolerance``: (person, tolerance) probabilities; ``morning``, ``sitting``: usual levels, points; ``noise``:
    (person, noise); ``days``: rated days with a dose, old ones counting less; ``age_days``: since the first rating.
    """

    def __init__(self, people: int) -> None:
        shape = (people, len(NOISES), len(TOLERANCES_S), len(STEEPNESS))
        self._mornings = np.zeros((*shape, len(LATE_SHARES), len(LEVELS)), np.float32)
        self._sittings = np.zeros((*shape, len(LEVELS)), np.float32)
        self._flare = np.zeros((people, 1 + FLARE_DAYS + SINCE_FLARE_DAYS))
        self._flare[:, 0] = 1.0
        self._excess_before: Array = np.zeros((people, len(TOLERANCES_S)), np.float32)
        self.days = np.zeros(people)
        self.age_days = np.zeros(people, np.int64)
        self._read()

    @property
    def flare_risk(self) -> Array:
        """The probability that a flare is on, or ended within the last 7 days."""
        risk: Array = self._flare[:, 1:].sum(axis=1)
        return risk

    @property
    def fresh_risk(self) -> Array:
        """The probability that a flare began last night: one morning is all there is to see of it."""
        risk: Array = self._flare[:, 1]
        return risk

    @property
    def in_flare(self) -> Array:
        """The probability that a flare is on."""
        risk: Array = self._flare[:, _FLARE].sum(axis=1)
        return risk

    def quantile_s(self, share: float) -> Array:
        """(person,): the tolerance that is reached with probability 1 - ``share``, s; between grid points by line."""
        below = np.cumsum(self.tolerance, axis=1)
        at = np.argmax(below >= share, axis=1)
        rows = np.arange(len(at))
        before = np.where(at > 0, below[rows, at - 1], 0.0)
        part = (share - before) / np.maximum(below[rows, at] - before, 1e-12)
        step = np.log(TOLERANCES_S[1] / TOLERANCES_S[0])
        found: Array = TOLERANCES_S[at] * np.exp(step * (part - 0.5))
        return found

    def off_by(self, person: int) -> float:
        """How far one rating of this person is off, points (standard deviation)."""
        return float(self.noise[person] @ NOISES)

    def learn(self, dose_s: Array, sitting: NDArray[np.int64], morning: NDArray[np.int64]) -> None:
        """One more day: its highest dose (nan: not recorded), its worst pain, the next morning's (-1: missing)."""
        known = np.isfinite(dose_s)
        ratio = np.where(known, dose_s, 0.0)[:, None] / TOLERANCES_S
        excess: Array = np.clip(ratio - 1 - SLACK, 0, MOST_EXCESS).astype(np.float32)
        before = np.where(self._excess_before < 0, excess, self._excess_before)
        weight = np.where(known, 1 - (1 - FLARE_WEIGHT) * self.in_flare, 0.0).astype(np.float32)
        self._watch(sitting, morning)
        grown = STEEPNESS * excess[..., None]
        late = LATE_SHARES * before[..., None] + (1 - LATE_SHARES) * excess[..., None]
        late = MORNING_SHARE * STEEPNESS[:, None] * late[:, :, None, :]
        self._mornings *= _FORGET
        self._sittings *= _FORGET
        _add(self._mornings, late, morning, weight)
        _add(self._sittings, grown, sitting, weight)
        self._excess_before = np.where(known[:, None], excess, -1).astype(np.float32)
        self.days = self.days * _FORGET + (known & (morning != MISSING))
        self.age_days += (self.age_days > 0) | (morning != MISSING) | (sitting != MISSING)
        self._read()

    def _watch(self, sitting: NDArray[np.int64], morning: NDArray[np.int64]) -> None:
        """The flare's model: the day's pain, the night in which a flare may come or go, the morning's pain."""
        self._felt(sitting, self.sitting)
        state, moved = self._flare, np.zeros_like(self._flare)
        calm, last = 1 - FLARE_COMES, FLARE_DAYS
        moved[:, 0] = calm * (state[:, 0] + state[:, -1])
        moved[:, 1] = FLARE_COMES * (1 - state[:, _FLARE].sum(axis=1))
        moved[:, 2 : last + 1] = state[:, 1:last]
        moved[:, last] += (1 - FLARE_GOES) * state[:, last]
        moved[:, last + 1] = FLARE_GOES * state[:, last]
        moved[:, last + 2 :] = calm * state[:, last + 1 : -1]
        self._flare = moved
        self._felt(morning, self.morning)

    def _felt(self, rating: NDArray[np.int64], usual: Array) -> None:
        calm = _mixed(_CHANCES, rating, usual, self.noise)
        flare = _mixed(_CLEAR_CHANCES, rating, usual + FLARE_ADDS, self.noise)
        # Above what a flare adds it is a flare all the same.
        flare = np.where((rating >= usual + FLARE_ADDS) & (rating != MISSING), np.maximum(flare, 0.2), flare)
        self._flare *= calm[:, None]
        self._flare[:, _FLARE] *= (flare / calm)[:, None]
        self._flare /= self._flare.sum(axis=1, keepdims=True)

    def _read(self) -> None:
        """The sums over everything that isn't asked about."""
        mornings = self._mornings + _LEVEL_LOG_PRIOR
        mornings = mornings.reshape(*mornings.shape[:4], -1)
        sittings = self._sittings + _LEVEL_LOG_PRIOR
        morning, morning_level = _summed(mornings, np.tile(LEVELS, len(LATE_SHARES)))
        sitting, sitting_level = _summed(sittings, LEVELS)
        whole = morning + sitting + _PRIOR
        whole = np.exp(whole - whole.max(axis=(1, 2, 3), keepdims=True))
        whole /= whole.sum(axis=(1, 2, 3), keepdims=True)
        self.tolerance: Array = whole.sum(axis=(1, 3))
        self.noise: Array = whole.sum(axis=(2, 3))
        self.morning: Array = (whole * morning_level).sum(axis=(1, 2, 3))
        self.sitting: Array = (whole * sitting_level).sum(axis=(1, 2, 3))


def _summed(logs: Array, levels: Array) -> tuple[Array, Array]:
    """The log of the sum over the last axis, and the mean level in it."""
    most = logs.max(axis=-1, keepdims=True)
    chances = np.exp(logs - most)
    total = chances.sum(axis=-1)
    return np.log(total) + most[..., 0], chances @ levels.astype(np.float32) / total


def _add(logs: Array, grown: Array, rating: NDArray[np.int64], weight: Array) -> None:
    """Adds each rating's log chance, given what pain has grown by, at every noise and usual level."""
    steps = np.rint((grown[..., None] + LEVELS) / MEAN_STEP).astype(np.intp)
    rows = (rating + 1).reshape(-1, *[1] * (steps.ndim - 1))
    for noise in range(len(NOISES)):
        logs[:, noise] += weight.reshape(rows.shape) * _LOG_CHANCES[noise][rows, steps]


def _mixed(table: Array, rating: NDArray[np.int64], mean: Array, noise: Array) -> Array:
    """(person,): the chance of each rating around a mean, over what is believed of the noise."""
    steps = np.rint(mean / MEAN_STEP).astype(np.intp)
    found: Array = (noise * table[:, rating + 1, steps].T).sum(axis=1)
    return found


def learnt(today: date, diary: SideDiary, loads: Mapping[date, DayLoad]) -> Beliefs:
    """A crowd of one: everything up to this morning, from the first rating or dose on."""
    beliefs = Beliefs(1)
    first = min([*diary.mornings, *diary.sittings, *loads], default=today)
    for index in range((today - first).days):
        day = first + timedelta(days=index)
        dose_s = loads[day].dose_s if day in loads else np.nan
        sitting, morning = diary.sittings.get(day), diary.mornings.get(day + timedelta(days=1))
        beliefs.learn(
            np.array([dose_s]),
            np.array([_counted(sitting, float(beliefs.sitting[0]))]),
            np.array([_counted(morning, float(beliefs.morning[0]))]),
        )
    return beliefs


def _counted(rating: Rating | None, usual: float) -> int:
    """A rating for the model. One that was entered late counts only if it is worse than usual."""
    late = rating is not None and not rating.timely and rating.pain <= round(usual)
    return MISSING if rating is None or late else rating.pain
