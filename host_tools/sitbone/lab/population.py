"""A simulated population for the tuning rules: what they do to people whose true tolerance is known.

Everything is drawn from one seed. **It is a made-up world**: it shows what the rules do under the assumptions below,
not that they help anybody. A virtual person has, all judgement:
- a tolerance T (dose, s): lognormal around 22 min (spread 0.35), 8 to 45 min; it grows by 0.5 to 3 % on each week
  without a flare in which the median day's longest sit used at least 60 % of it, to at most 45 min; one in twenty loses
  3 % a week instead. A day's tolerance is T times lognormal noise of 4 %;
- 12 to 24 sits a day of lognormal length, median 15 min, spread 0.8; each vibration (at the limit, 2 and 5 min later,
  then every 10 min) makes the person get up within a minute in 45 to 90 % of the cases;
- pain: the usual is 0 to 2. What the sits of a day exceed 1.1 times its tolerance by, in tolerances, adds up; each
  whole one adds 2.5 points to the worst while sitting and 2 to the next morning. Noise of 0.3 points, then rounded;
- a flare: 4 % a day for each whole tolerance of excess, or 1 in 500 for no reason. It lasts 4 to 9 days, adds 3 points,
  and takes 12 % off T, which returns over three weeks;
- a diary that misses 3 to 25 % of the entries; onset is felt at 1.0 to 1.3 times the day's tolerance, where a sit lasts
  that long, and the button is pressed on one in five of such days;
- tuning that stopped is resumed four weeks later, after a clinician was seen; by who gets worse, never.

`WORLDS` are other assumptions, to see what the figures hang on; they were chosen before anything was measured in them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Self

import numpy as np

from cushion.core.settings import Settings
from sitbone.analysis.intervals import mean, share
from sitbone.diary.entries import Rating, SideDiary
from sitbone.settings.params import BY_NAME
from sitbone.tuning.rules import Change, Load, propose

WEEKS = 26
DAYS = WEEKS * 7
DAY0 = date(2026, 1, 5)
START_S = BY_NAME["left_dose_limit_s"].default
LEAST_T, MOST_T = 480.0, 2700.0
NEAR = 0.2
POLICIES = ("tuned", "never", "timer")
TIMER_S = 1800
FOLLOWING = 0.7  # of the vibrations: who mostly follows
RESUME_DAYS = 28  # after a stop: the visit to a clinician
SLACK = 0.1  # of tolerance that a sit may exceed it by without consequence
ANSWERS_S = np.array([0, 120, 300, *range(900, 7200, 600)])  # when each vibration comes, after the first
NAME = "left_dose_limit_s"
RULES_LOOK_BACK_DAYS = 30  # the days of load that any rule asks for


@dataclass(frozen=True)
class World:
    """What is assumed of everybody. ``follows``: from and to what share of vibrations is followed; ``noise``: of a
    rating, points; ``other_pain``: share of days with 1 to 4 points of pain that sitting has nothing to do with."""

    follows: tuple[float, float] = (0.45, 0.9)
    noise: float = 0.3
    other_pain: float = 0.0


WORLDS = {
    "as assumed": World(),
    # Office workers got up within 1, 3 and 5 min of 14, 22 and 30 % of vibrations (Compernolle 2021).
    "few prompts followed": World(follows=(0.08, 0.21)),
    # The smallest step of a 0 to 10 scale, as the spread of one rating.
    "noisy ratings": World(noise=1.0),
    # Sport, stress, a bad night: one day in twenty.
    "pain of other causes": World(other_pain=0.05),
}


@dataclass
class Life:
    """What came of one person under one policy."""

    tolerance_s: float
    limit_s: int
    stopped: bool
    stops: int
    worsening: bool
    flares: int
    rises: int
    raised_in_flare: int
    rose_too_fast: int
    hours: float
    prompts: float

    @property
    def near(self) -> bool:
        """The limit ended within a fifth of the true tolerance."""
        return abs(self.limit_s / self.tolerance_s - 1) <= NEAR

    @property
    def rightly_stopped(self) -> bool:
        """Tuning stopped and sent to a clinician somebody who gets worse, keeps flaring, or tolerates very little."""
        return self.stopped and (self.worsening or self.flares >= 3 or self.tolerance_s < 1.25 * 300)


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
        self.tolerance_s = float(np.clip(1320 * np.exp(rng.normal(0, 0.35)), LEAST_T, MOST_T))
        self.worsening = bool(rng.random() < 0.05)
        self.growth = -0.03 if self.worsening else float(rng.uniform(0.005, 0.03))
        self.follows = float(rng.uniform(*self.world.follows))
        self.usual = float(rng.choice([0.0, 1.0, 2.0], p=[0.35, 0.4, 0.25]))
        self.misses = float(rng.uniform(0.03, 0.25))
        self.sits_min = float(np.clip(rng.normal(15, 2), 10, 20))

    def live(self, policy: str) -> Life:
        """26 weeks. The same seed draws the same days for each policy; only the limit differs."""
        course = _Course(self, policy)
        for index in range(DAYS):
            course.live_day(index)
        return course.life()


@dataclass
class Draw:
    """A day's chances, which are the same under each policy."""

    chances: np.ndarray
    noise: np.ndarray

    @classmethod
    def of(cls, rng: np.random.Generator) -> Self:
        """The next day's."""
        return cls(rng.random(6), rng.normal(0, 1, 4))


@dataclass
class _Diary:
    """What the person wrote down."""

    mornings: dict[date, Rating] = field(default_factory=dict)
    sittings: dict[date, Rating] = field(default_factory=dict)
    onsets: list[tuple[date, float]] = field(default_factory=list)

    def recent(self, day: date, resumed: date | None) -> SideDiary:
        """The last ten weeks: what is older changes nothing, and 26 weeks of a thousand people are read 182 times."""
        first = day - timedelta(days=70)
        return SideDiary(
            {at: rating for at, rating in self.mornings.items() if at >= first},
            {at: rating for at, rating in self.sittings.items() if at >= first},
            [item for item in self.onsets if item[0] >= first],
            resumed=resumed,
        )


class _Course:
    """One person's weeks under one policy: what they tolerate, feel and write down, and the limit that follows from it.

    The order in which anything is drawn is part of what a seed means.
    """

    def __init__(self, person: Person, policy: str) -> None:
        self._person = person
        self._rng = np.random.default_rng(person.seed + 1_000_000)
        self._other = np.random.default_rng(person.seed + 2_000_000)
        self._body = Body(person)
        self._limit = _TunedLimit(person.worsening) if policy == "tuned" else None
        self._fixed_limit_s = TIMER_S if policy == "timer" else START_S
        self._diary = _Diary()
        self._loads: dict[date, Load] = {}
        self._prompts, self._hours, self._excess, self._elsewhere = 0.0, 0.0, 0.0, 0.0

    @property
    def limit_s(self) -> int:
        """The dose limit in force."""
        return self._limit.limit_s if self._limit else self._fixed_limit_s

    def live_day(self, index: int) -> None:
        """A morning with yesterday's pain, the limit tuned by all there is until then, the day's sits, the evening."""
        day, draw = DAY0 + timedelta(days=index), Draw.of(self._rng)
        if index:
            self._rate_morning(day, draw)
        if self._limit and index:
            self._limit.tune(index, self._diary, self._loads, self._body)
        self._sit(day, draw)
        self._rate_sitting(day, draw)
        self._body.end_day(day, draw, self._excess, self._rng)
        if index % 7 == 6:
            self._body.end_week(day)

    def life(self) -> Life:
        """What came of it."""
        limit, body = self._limit or _TunedLimit(self._person.worsening), self._body
        return Life(
            body.tolerance_s * (1 - body.lost),
            self.limit_s,
            limit.stopped,
            limit.stops,
            self._person.worsening,
            body.flares,
            limit.rises,
            limit.raised_in_flare,
            limit.rose_too_fast,
            self._hours / DAYS,
            self._prompts / DAYS,
        )

    def _rate_morning(self, day: date, draw: Draw) -> None:
        if draw.chances[0] >= self._person.misses:
            felt = self._person.usual + 2 * self._excess + self._body.flare_adds + self._elsewhere
            self._diary.mornings[day] = self._rating(felt, draw.noise[0])

    def _sit(self, day: date, draw: Draw) -> None:
        true_s = self._body.tolerance_of_today_s(draw)
        lengths, vibrations, delay_s = draw_sits(self._rng, self._person.sits_min, self._person.follows)
        answer_s = ANSWERS_S[np.minimum(vibrations, len(ANSWERS_S)) - 1] + delay_s
        doses = np.minimum(lengths, self.limit_s + answer_s)
        # Pain makes people get up: far over tolerance nobody stays for long.
        doses = np.minimum(doses, true_s * 1.5)
        top_s = float(doses.max())
        self._prompts += float((lengths > self.limit_s).sum())
        self._hours += float(doses.sum()) / 3600
        self._excess = float(np.maximum(0.0, doses / true_s - 1 - SLACK).sum())
        self._body.use(top_s)
        self._loads[day] = Load(top_s, 86400.0, 86400.0 if draw.chances[1] > 0.03 else 40000.0)
        onset_s = float(true_s * (1 + 0.3 * draw.chances[5]))
        if top_s > onset_s and draw.chances[2] < 0.2:
            self._diary.onsets.append((day, onset_s))

    def _rate_sitting(self, day: date, draw: Draw) -> None:
        other, often = self._other, self._person.world.other_pain
        self._elsewhere = other.uniform(1, 4) if other.random() < often else 0.0
        if draw.chances[3] >= self._person.misses:
            felt = 0.5 * self._person.usual + 2.5 * self._excess + self._body.flare_adds + self._elsewhere
            self._diary.sittings[day] = self._rating(felt, draw.noise[2])

    def _rating(self, felt: float, noise: float) -> Rating:
        return Rating(int(np.clip(round(felt + self._person.world.noise * noise), 0, 10)))


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
            self.tolerance_s = float(np.clip(self.tolerance_s * (1 + self._growth), 300, MOST_T))


class _TunedLimit:
    """The dose limit as the rules change it, and what the cushion allows of that."""

    def __init__(self, worsening: bool) -> None:
        self._worsening = worsening
        self._settings = Settings()
        self._changes: list[Change] = []
        self._stopped_on = DAY0
        self._resumed: date | None = None
        self.limit_s: int = START_S
        self.stopped, self.stops = False, 0
        self.rises = self.raised_in_flare = self.rose_too_fast = 0

    def tune(self, index: int, diary: _Diary, loads: dict[date, Load], body: Body) -> None:
        """One morning: the rules' proposal, agreed to."""
        day = DAY0 + timedelta(days=index)
        self._resume_if_due(day)
        recent = {at: loads[at] for at in list(loads)[-RULES_LOOK_BACK_DAYS:]}
        found = propose(day, self.limit_s, diary.recent(day, self._resumed), recent, self._changes)
        if found.action == "stop" and not self.stopped:
            self.stops += 1
            self._stopped_on, self.stopped = day, True
        if found.to_s != self.limit_s:
            now_s = self._settings.change(NAME, found.to_s, index * 86400)
            self._count_rise(day, now_s, body)
            self._changes.append(Change(day, self.limit_s, now_s, found.used_until))
            self.limit_s = now_s

    def _resume_if_due(self, day: date) -> None:
        """Four weeks after a stop a clinician was seen; for who gets worse tuning is not resumed."""
        if self.stopped and not self._worsening and (day - self._stopped_on).days >= RESUME_DAYS:
            self.stopped, self._resumed = False, day

    def _count_rise(self, day: date, now_s: int, body: Body) -> None:
        if now_s > self.limit_s:
            self.rises += 1
            self.raised_in_flare += body.flared_within_a_week(day)
            week = [change.was_s for change in self._changes if (day - change.day).days < 7]
            self.rose_too_fast += now_s > min([self.limit_s, *week]) * 1.1


def measure(people: int, seed: int = 1, world: str = "as assumed") -> dict[str, Any]:
    """The figures over so many people: shares and rates with 95 % intervals, for tuning and both baselines."""
    crowd = [Person(seed * 10_000_000 + index, WORLDS[world]) for index in range(people)]
    lives = {policy: [person.live(policy) for person in crowd] for policy in POLICIES}
    tuned = lives["tuned"]
    good = [life.near or life.rightly_stopped for life in tuned]
    flares = {policy: np.array([life.flares for life in lives[policy]]) for policy in POLICIES}
    return {
        "world": world,
        "people": people,
        "weeks": WEEKS,
        "seed": seed,
        "near_or_rightly_stopped": share(good),
        "near_or_rightly_stopped_who_follow": share(
            [hit for hit, person in zip(good, crowd, strict=True) if person.follows >= FOLLOWING]
        ),
        "of_the_others_too_low": share(
            [life.limit_s < life.tolerance_s for life, hit in zip(tuned, good, strict=True) if not hit]
        ),
        "near": share([life.near for life in tuned]),
        "stopped": share([life.stopped for life in tuned]),
        "ever_sent_to_a_clinician": share([life.stops > 0 for life in tuned]),
        "stopped_wrongly": share([life.stopped and not life.rightly_stopped and not life.near for life in tuned]),
        "near_never": share([life.near for life in lives["never"]]),
        "near_timer": share([life.near for life in lives["timer"]]),
        "rises": sum(life.rises for life in tuned),
        "raised_within_7_days_of_a_flare": sum(life.raised_in_flare for life in tuned),
        "rose_more_than_a_tenth_in_7_days": sum(life.rose_too_fast for life in tuned),
        "flares_a_person": {policy: mean(flares[policy]) for policy in POLICIES},
        "fewer_flares_than_never": mean(flares["never"] - flares["tuned"]),
        "fewer_flares_than_timer": mean(flares["timer"] - flares["tuned"]),
        "prompts_a_day": {p: mean(np.array([life.prompts for life in lives[p]])) for p in POLICIES},
        "seated_h_a_day": {p: mean(np.array([life.hours for life in lives[p]])) for p in POLICIES},
    }
