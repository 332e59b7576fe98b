"""What tuning does to simulated people (`people.py`) whose true tolerance is known, beside simpler ways.

All people of a world live each day together: arrays hold one value a person. What tunes them is the product's own
`by_belief`; it is asked about a person only on mornings on which the model, the pain of the day before, or too little
data lets it answer anything but "hold". The seated limit is part of it: what counts is the smaller limit, in force.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cushion.core.settings import Settings
from sitbone.analysis.trends import share
from sitbone.diary.entries import Rating, SideDiary
from sitbone.lab.crowds.one_person import DAY0, SLACK
from sitbone.lab.crowds.people import ALWAYS, LEAST_T, MOST_T, WORLDS, Array, Crowd, Flags
from sitbone.settings.params import BY_NAME
from sitbone.tuning import guard, rules
from sitbone.tuning.baseline import BAD_SITTING, Baseline
from sitbone.tuning.decision import Outlook, by_belief
from sitbone.tuning.rules import Change, Load, Proposal
from sitbone.tuning.together import SEATED, together
from sitbone.tuning.tolerance import MISSING, Beliefs

WEEKS = 26
DAYS = WEEKS * 7
NAME = "left_dose_limit_s"
START_S, HIGHEST_S, SEATED_S = BY_NAME[NAME].default, BY_NAME[NAME].high, BY_NAME[SEATED].default
NEAR = 0.2
POLICIES = ("model", "rules", "timer", "never")  # the rules alone; a prompt every 30 min; the first limit for ever
RESUME_DAYS = 28  # after a stop: the visit to a clinician
ANSWERS_S = np.array([0, 120, 300, *range(900, 7200, 600)])  # when each vibration comes, after the first
MOST_SITS = 24
DIARY_DAYS, LOAD_DAYS = 70, 30  # as far back as any rule asks
LONG_AGO = -99

Whole = NDArray[np.int64]


@dataclass
class Lives:
    """What came of a crowd; arrays have one value a person."""

    tolerance_s: Array
    in_force_s: Whole
    worsening: Flags
    stopped: Flags
    stops: Whole
    flares: Whole
    rises: int
    raised_in_flare: int
    rose_too_fast: int
    hours: Array
    prompts: Array

    @property
    def near(self) -> Flags:
        """The limit in force ended within a fifth of the true tolerance."""
        found: Flags = np.abs(self.in_force_s / self.tolerance_s - 1) <= NEAR
        return found

    @property
    def rightly_stopped(self) -> Flags:
        """Tuning stopped and sent to a clinician somebody who gets worse, keeps flaring, or tolerates very little."""
        found: Flags = self.stopped & (self.worsening | (self.flares >= 3) | (self.tolerance_s < 1.25 * LEAST_T))
        return found


def live(crowd: Crowd, policy: str) -> Lives:
    """26 weeks. The same seed draws the same days for each policy; only the limits differ."""
    course = _Course(crowd, policy)
    for index in range(DAYS):
        course.live_day(index)
    return course.lives()


class _Draw:
    """A day's chances, which are the same under each policy."""

    def __init__(self, rng: np.random.Generator, crowd: Crowd) -> None:
        people = crowd.people
        self.chances = rng.random((8, people))
        self.noise = rng.normal(0, 1, (4, people))
        self.elsewhere = np.where(rng.random(people) < crowd.world.other_pain, rng.uniform(1, 4, people), 0.0)
        self.flare_days = rng.integers(4, 10, people)
        self.flare_adds = rng.uniform(*crowd.flare_adds, people)
        sits = np.arange(MOST_SITS) < rng.integers(12, MOST_SITS + 1, people)[:, None]
        self.sits_s = crowd.sits_s[:, None] * np.exp(rng.normal(0, 0.8, (people, MOST_SITS))) * sits
        follows = crowd.follows * (1 + crowd.follows_vary * (2 * self.chances[7] - 1))
        vibrations = rng.geometric(np.clip(follows, 0.02, 1)[:, None], (people, MOST_SITS))
        answers = ANSWERS_S[np.minimum(vibrations, len(ANSWERS_S)) - 1]
        self.answers_s = answers + rng.uniform(0, 60, (people, MOST_SITS))


class _Course:
    """A crowd's weeks under one policy: what they tolerate, feel and write down, and the limits that follow from it."""

    def __init__(self, crowd: Crowd, policy: str) -> None:
        self._crowd, people = crowd, crowd.people
        self._rng = np.random.default_rng(crowd.seed + 1_000_000)
        self._body = _Body(crowd)
        self._diaries = [_Diary() for _ in range(people)]
        self._limits = _Limits(crowd, policy)
        self._excess, self._excess_before = np.zeros(people), np.zeros(people)
        self._elsewhere, self._weather = np.zeros(people), np.zeros(people)
        self._felt = np.zeros((3, people))
        self._hours, self._prompts = np.zeros(people), np.zeros(people)
        self._top_s = np.full(people, np.nan)
        self._sat = np.full(people, MISSING)

    def live_day(self, index: int) -> None:
        """A morning with yesterday's pain, the limit tuned by all there is until then, the day's sits, the evening."""
        day, draw = DAY0 + timedelta(days=index), _Draw(self._rng, self._crowd)
        keeps = np.exp(-0.1)
        self._weather = keeps * self._weather + np.sqrt(1 - keeps**2) * self._crowd.weather * draw.noise[3]
        if index:
            woke = self._rate_morning(day, index, draw)
            agreed = draw.chances[5] <= self._crowd.agrees
            self._limits.tune(index, self._diaries, self._body, (self._top_s, self._sat, woke), agreed)
        self._sit(day, draw)
        self._rate_sitting(day, index, draw)
        self._body.end_day(index, draw, self._excess, self._top_s)
        if index % 7 == 6:
            self._body.end_week(index, self._rng)

    def lives(self) -> Lives:
        """What came of it."""
        limits, body = self._limits, self._body
        return Lives(
            body.tolerance_now_s,
            limits.in_force_s,
            self._crowd.worsening,
            limits.stopped,
            limits.stops,
            body.flares,
            limits.rises,
            limits.raised_in_flare,
            limits.rose_too_fast,
            self._hours / DAYS,
            self._prompts / DAYS,
        )

    def _rate_morning(self, day: date, index: int, draw: _Draw) -> Whole:
        crowd = self._crowd
        excess = (1 - crowd.late_share) * self._excess + crowd.late_share * self._excess_before
        felt = crowd.usual + self._weather + self._elsewhere
        felt += 2 * self._body.sensitised * excess + self._body.flare_adds
        fine = felt < crowd.usual + 1
        return self._written(
            [diary.mornings for diary in self._diaries], day, index, felt, draw.noise[0], draw.chances[0], fine
        )

    def _rate_sitting(self, day: date, index: int, draw: _Draw) -> None:
        crowd, self._elsewhere = self._crowd, draw.elsewhere
        felt = 0.5 * (crowd.usual + self._weather) + 2.5 * self._body.sensitised * self._excess
        felt += self._body.flare_adds + self._elsewhere
        self._felt[index % 3] = felt
        fine = felt < 0.5 * crowd.usual + 1
        felt = (1 - crowd.recalls) * felt + crowd.recalls * self._felt.mean(axis=0)
        sittings = [diary.sittings for diary in self._diaries]
        self._sat = self._written(sittings, day, index, felt, draw.noise[2], draw.chances[3], fine)

    def _written(
        self,
        where: list[dict[date, Rating]],
        day: date,
        index: int,
        felt: Array,
        noise: Array,
        chances: Array,
        fine: Flags,
    ) -> Whole:
        """Rates, writes it down unless it is left out, and returns it."""
        crowd = self._crowd
        rated = np.clip(np.rint(felt + crowd.world.noise * noise), 0, 10).astype(np.int64)
        rated = np.where(crowd.constant, ALWAYS, rated)
        misses = crowd.misses + crowd.misses_more * index / DAYS
        misses = np.where(crowd.skips_when_fine & fine, 1 - (1 - misses) * 0.4, misses)
        rated = np.where(chances < misses, MISSING, rated)
        for person in np.flatnonzero(rated != MISSING):
            where[person][day] = Rating(int(rated[person]))
        return rated

    def _sit(self, day: date, draw: _Draw) -> None:
        true_s = self._body.tolerance_now_s * np.exp(0.04 * draw.noise[1])
        limit_s = self._limits.in_force_s[:, None]
        doses = np.minimum(draw.sits_s, limit_s + draw.answers_s)
        # Pain makes people get up: far over tolerance nobody stays for long.
        doses = np.minimum(doses, 1.5 * true_s[:, None])
        self._top_s = doses.max(axis=1)
        self._prompts += (draw.sits_s > limit_s).sum(axis=1)
        self._hours += doses.sum(axis=1) / 3600
        self._excess_before = self._excess
        self._excess = np.maximum(0.0, doses / true_s[:, None] - 1 - SLACK).sum(axis=1)
        onset_s = true_s * (1 + 0.3 * draw.chances[4])
        marked = (self._top_s > onset_s) & (draw.chances[2] < 0.2)
        valid_s = np.where(draw.chances[1] > 0.03, 86400.0, 40000.0)
        for person, diary in enumerate(self._diaries):
            diary.loads[day] = Load(float(self._top_s[person]), 86400.0, float(valid_s[person]))
            if marked[person]:
                diary.onsets.append((day, float(onset_s[person])))


@dataclass
class _Diary:
    """What a person wrote down, and the cushion recorded."""

    mornings: dict[date, Rating] = field(default_factory=dict)
    sittings: dict[date, Rating] = field(default_factory=dict)
    onsets: list[tuple[date, float]] = field(default_factory=list)
    loads: dict[date, Load] = field(default_factory=dict)

    def recent(self, day: date, resumed: date | None) -> SideDiary:
        """The last ten weeks: what is older changes nothing that the rules ask for."""
        first = day - timedelta(days=DIARY_DAYS)
        return SideDiary(
            {at: rating for at, rating in self.mornings.items() if at >= first},
            {at: rating for at, rating in self.sittings.items() if at >= first},
            [item for item in self.onsets if item[0] >= first],
            resumed=resumed,
        )

    def recent_loads(self) -> dict[date, Load]:
        """The last weeks' loads."""
        return {at: self.loads[at] for at in list(self.loads)[-LOAD_DAYS:]}


class _Body:
    """What people tolerate: weeks of use let it grow, a flare takes some of it away for three weeks."""

    def __init__(self, crowd: Crowd) -> None:
        people = crowd.people
        self._crowd = crowd
        self._tolerance_s, self._lost = crowd.tolerance_s.copy(), np.zeros(people)
        self.flares, self.last_flare = np.zeros(people, np.int64), np.full(people, LONG_AGO)
        self.sensitised = np.ones(people)
        self._days_left, self._adds = np.zeros(people, np.int64), np.zeros(people)
        self._used = np.zeros((7, people))

    @property
    def flare_adds(self) -> Array:
        """The points of pain that a flare adds."""
        return np.where(self._days_left > 0, self._adds, 0.0)

    @property
    def tolerance_now_s(self) -> Array:
        """Of the side that tolerates less."""
        found: Array = self._tolerance_s * (1 - self._lost) * self._crowd.worse_side
        return found

    def flared_within_a_week(self, index: int) -> Flags:
        """Whether a flare's last day is fewer than seven days ago."""
        found: Flags = index - self.last_flare < 7
        return found

    def end_day(self, index: int, draw: _Draw, excess: Array, top_s: Array) -> None:
        """A flare goes on, or begins by what was too much; what the last one took returns."""
        self._used[index % 7] = top_s / self._tolerance_s
        going = self._days_left > 0
        begins = ~going & (draw.chances[6] < 0.002 + 0.04 * excess)
        self._days_left = np.where(begins, draw.flare_days, np.maximum(0, self._days_left - 1))
        self._adds = np.where(begins, draw.flare_adds, self._adds)
        self.flares += begins
        self.last_flare = np.where(going | begins, index, self.last_flare)
        self._lost = np.where(begins, np.minimum(0.4, self._lost + 0.12), self._lost)
        self._lost = np.maximum(0.0, self._lost - 0.12 / 21)
        sensitised = np.where(begins, np.minimum(2.0, self.sensitised * self._crowd.sensitised), self.sensitised)
        self.sensitised = 1 + (sensitised - 1) * 0.5 ** (1 / 30)

    def end_week(self, index: int, rng: np.random.Generator) -> None:
        """A calm week that used most of the tolerance lets it grow; who gets worse loses some whatever the week was."""
        used = np.median(self._used, axis=0) >= 0.6
        moves = self._crowd.worsening | (~self.flared_within_a_week(index) & used)
        drift = np.exp(self._crowd.drift * rng.normal(0, 1, self._crowd.people))
        grown = self._tolerance_s * np.where(moves, 1 + self._crowd.growth, 1.0) * drift
        self._tolerance_s = np.clip(grown, LEAST_T, MOST_T)


class _Limits:
    """The limits as a policy changes them, and what the cushion allows of that."""

    def __init__(self, crowd: Crowd, policy: str) -> None:
        people = crowd.people
        self._policy, self._worsening = policy, crowd.worsening
        self._limits_s = np.full(people, HIGHEST_S if policy == "timer" else START_S)
        self._seated_s = np.full(people, SEATED_S)
        self._seated_changed = np.full(people, LONG_AGO)
        self._changed = np.full(people, LONG_AGO)
        self._beliefs = Beliefs(people) if policy == "model" else None
        self._settings = [Settings() for _ in range(people)]
        self._changes: list[list[Change]] = [[] for _ in range(people)]
        self._stopped_on = [DAY0] * people
        self._resumed: list[date | None] = [None] * people
        self.stopped, self.stops = np.zeros(people, np.bool_), np.zeros(people, np.int64)
        self.rises = self.raised_in_flare = self.rose_too_fast = 0

    @property
    def in_force_s(self) -> Whole:
        """The limit that is felt."""
        found: Whole = np.minimum(self._limits_s, self._seated_s)
        return found

    def tune(
        self,
        index: int,
        diaries: list[_Diary],
        body: _Body,
        yesterday: tuple[Array, Whole, Whole],
        agreed: Flags,
    ) -> None:
        """One morning: the proposals, if agreed to. ``yesterday``: dose, pain, and the pain this morning."""
        if self._policy not in ("model", "rules"):
            return
        outlook, due = None, np.ones(len(diaries), np.bool_)
        if self._beliefs is not None:
            self._beliefs.learn(*yesterday)
            outlook = Outlook(self._beliefs, self._limits_s)
            due = self._due(index, outlook, *yesterday[1:])
        flared = body.flared_within_a_week(index)
        for person in np.flatnonzero(due):
            self._tune_one(index, int(person), diaries[person], outlook, bool(agreed[person]), bool(flared[person]))

    def _due(self, index: int, outlook: Outlook, sat: Whole, woke: Whole) -> Flags:
        """Who has to be asked about: for the others the answer is "hold"."""
        rated = woke != MISSING
        up = outlook.room & outlook.settled & rated & (index - self._changed >= rules.WEEK)
        both = (self._limits_s > self._seated_s) & (index - self._seated_changed >= rules.WEEK)
        both &= outlook.settled & rated
        # Five onsets can lower a limit on any day; asking once a week is enough to see that here.
        weekly = index % rules.WEEK == 0
        found: Flags = up | both | outlook.too_high | ~outlook.known | (sat > BAD_SITTING) | weekly
        return found

    def _tune_one(
        self, index: int, person: int, diary: _Diary, outlook: Outlook | None, agreed: bool, flared: bool
    ) -> None:
        day, limit_s = DAY0 + timedelta(days=index), int(self._limits_s[person])
        self._resume_if_due(person, day)
        recent, loads, changes = diary.recent(day, self._resumed[person]), diary.recent_loads(), self._changes[person]
        if outlook is None:
            found = rules.propose(day, limit_s, recent, loads, changes)
        else:
            found = by_belief(day, limit_s, recent, loads, changes, outlook, person)
        if found.action == "stop" and not self.stopped[person]:
            self.stops[person] += 1
            self.stopped[person], self._stopped_on[person] = True, day
        if not agreed:
            return
        if found.to_s != limit_s:
            now_s = self._settings[person].change(NAME, found.to_s, index * 86400)
            week = [change.was_s for change in changes if (day - change.day).days < rules.WEEK]
            self._count(now_s - limit_s, flared, now_s > min([limit_s, *week]) * 1.1)
            changes.append(Change(day, limit_s, now_s, found.used_until))
            self._limits_s[person], self._changed[person] = now_s, index
        if not self.stopped[person]:
            self._move_seated(index, person, recent, found, outlook, flared)

    def _move_seated(
        self, index: int, person: int, diary: SideDiary, found: Proposal, outlook: Outlook | None, flared: bool
    ) -> None:
        """Both limits, as the proposal offers it."""
        day, seated_s = DAY0 + timedelta(days=index), int(self._seated_s[person])
        if self._limits_s[person] <= seated_s or index - self._seated_changed[person] < rules.WEEK:
            return
        baseline = Baseline(diary)
        if outlook is None:
            against = guard.reasons(day, diary, baseline)
        else:
            against = outlook.against(person, day, diary, baseline)
        to_s = together(seated_s, {"left": found.to_s}, bool(found.care or against))["to_s"]
        if to_s > seated_s:
            self._count(to_s - seated_s, flared, to_s > seated_s * 1.1)
            self._seated_s[person], self._seated_changed[person] = to_s, index

    def _count(self, more_s: int, flared: bool, too_fast: bool) -> None:
        if more_s > 0:
            self.rises += 1
            self.raised_in_flare += flared
            self.rose_too_fast += too_fast

    def _resume_if_due(self, person: int, day: date) -> None:
        """Four weeks after a stop a clinician was seen; for who gets worse tuning is not resumed."""
        rested = (day - self._stopped_on[person]).days >= RESUME_DAYS
        if self.stopped[person] and not self._worsening[person] and rested:
            self.stopped[person], self._resumed[person] = False, day


def measure(
    people: int, seed: int = 1, world: str = "as assumed", policies: tuple[str, ...] = POLICIES
) -> dict[str, Any]:
    """The figures over so many people, by policy: shares and rates with 95 % intervals."""
    crowd = Crowd(people, seed * 10_000_000, WORLDS[world])
    found = {policy: _figures(live(crowd, policy)) for policy in policies}
    return {"world": world, "people": people, "weeks": WEEKS, "seed": seed} | found


def _figures(lives: Lives) -> dict[str, Any]:
    good = lives.near | lives.rightly_stopped
    return {
        "near": share(list(lives.near)),
        "near_or_rightly_stopped": share(list(good)),
        "too_low": share(list(lives.in_force_s < (1 - NEAR) * lives.tolerance_s)),
        "stopped": share(list(lives.stopped)),
        "ever_sent_to_a_clinician": share(list(lives.stops > 0)),
        "flares_a_person": _mean(lives.flares),
        "rises": lives.rises,
        "raised_within_7_days_of_a_flare": lives.raised_in_flare,
        "rose_more_than_a_tenth_in_7_days": lives.rose_too_fast,
        "seated_h_a_day": _mean(lives.hours),
        "prompts_a_day": _mean(lives.prompts),
    }


def _mean(values: np.ndarray[Any, Any]) -> dict[str, float]:
    """A mean with the interval of 2,000 resamplings."""
    picks = np.random.default_rng(1).integers(0, len(values), (2000, len(values)))
    low, high = np.percentile(values[picks].mean(axis=1), [2.5, 97.5])
    return {"mean": round(float(values.mean()), 3), "low": round(float(low), 3), "high": round(float(high), 3)}
