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

import numpy as np

from cushion.core.settings import BY_NAME, Settings
from sitbone.analysis.intervals import mean, share
from sitbone.diary.entries import Rating, SideDiary
from sitbone.tuning.rules import Change, Load, propose

WEEKS = 26
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
        rng = np.random.default_rng(self.seed + 1_000_000)
        other = np.random.default_rng(self.seed + 2_000_000)
        limit_s = TIMER_S if policy == "timer" else START_S
        settings = Settings()
        diary = SideDiary()
        mornings: dict[date, Rating] = {}
        sittings: dict[date, Rating] = {}
        diary.mornings, diary.sittings = mornings, sittings
        onsets: list[tuple[date, float]] = []
        loads: dict[date, Load] = {}
        changes: list[Change] = []
        tolerance, lost, flare_left, flares = self.tolerance_s, 0.0, 0, 0
        flare_days: list[date] = []
        rises = in_flare = too_fast = stops = 0
        stopped_on = DAY0
        stopped, prompts, hours, excess, elsewhere = False, 0.0, 0.0, 0.0, 0.0
        used_share: list[float] = []
        for index in range(WEEKS * 7):
            day = DAY0 + timedelta(days=index)
            draw = rng.random(6)
            noise = rng.normal(0, 1, 4)
            # The morning, after yesterday.
            flare_adds = 3.0 if flare_left else 0.0
            rated = draw[0] >= self.misses
            if rated and index:
                felt = self.usual + 2 * excess + flare_adds + elsewhere + self.world.noise * noise[0]
                mornings[day] = Rating(int(np.clip(round(felt), 0, 10)))
            # Tuned in the morning, by all there is until now.
            if stopped and not self.worsening and (day - stopped_on).days >= RESUME_DAYS:
                stopped, diary.resumed = False, day
            if policy == "tuned" and index:
                recent = {d: loads[d] for d in list(loads)[-RULES_LOOK_BACK_DAYS:]}
                diary.onsets = onsets
                found = propose(day, limit_s, _recent(diary, day), recent, changes)
                if found.action == "stop" and not stopped:
                    stops += 1
                    stopped_on, stopped = day, True
                if found.to_s != limit_s:
                    now_s = settings.change(NAME, found.to_s, index * 86400)
                    if now_s > limit_s:
                        rises += 1
                        in_flare += any((day - at).days < 7 for at in flare_days)
                        week = [c.was_s for c in changes if (day - c.day).days < 7]
                        too_fast += now_s > min([limit_s, *week]) * 1.1
                    changes.append(Change(day, limit_s, now_s, found.used_until))
                    limit_s = now_s
            # The day.
            true_s = tolerance * (1 - lost) * np.exp(0.04 * noise[1])
            count = int(rng.integers(12, 25))
            lengths = self.sits_min * 60 * np.exp(rng.normal(0, 0.8, count))
            vibrations = rng.geometric(self.follows, count)
            answer_s = ANSWERS_S[np.minimum(vibrations, len(ANSWERS_S)) - 1] + rng.uniform(0, 60, count)
            prompted = lengths > limit_s
            doses = np.minimum(lengths, limit_s + answer_s)
            # Pain makes people get up: far over tolerance nobody stays for long.
            doses = np.minimum(doses, true_s * 1.5)
            top_s = float(doses.max())
            prompts += float(prompted.sum())
            hours += float(doses.sum()) / 3600
            excess = float(np.maximum(0.0, doses / true_s - 1 - SLACK).sum())
            used_share.append(top_s / tolerance)
            loads[day] = Load(top_s, 86400.0, 86400.0 if draw[1] > 0.03 else 40000.0)
            onset_s = float(true_s * (1 + 0.3 * draw[5]))
            if top_s > onset_s and draw[2] < 0.2:
                onsets.append((day, onset_s))
            elsewhere = other.uniform(1, 4) if other.random() < self.world.other_pain else 0.0
            if draw[3] >= self.misses:
                felt = 0.5 * self.usual + 2.5 * excess + flare_adds + elsewhere + self.world.noise * noise[2]
                sittings[day] = Rating(int(np.clip(round(felt), 0, 10)))
            # Flares.
            if flare_left:
                flare_left -= 1
                flare_days.append(day)
            elif draw[4] < 0.002 + 0.04 * excess:
                flares += 1
                flare_left = int(rng.integers(4, 10))
                lost = min(0.4, lost + 0.12)
                flare_days.append(day)
            lost = max(0.0, lost - 0.12 / 21)
            if index % 7 == 6:
                week_days = used_share[-7:]
                calm = not any((day - at).days < 7 for at in flare_days)
                if self.worsening or (calm and np.median(week_days) >= 0.6):
                    tolerance = float(np.clip(tolerance * (1 + self.growth), 300, MOST_T))
        return Life(
            tolerance * (1 - lost),
            limit_s,
            stopped,
            stops,
            self.worsening,
            flares,
            rises,
            in_flare,
            too_fast,
            hours / (WEEKS * 7),
            prompts / (WEEKS * 7),
        )


def _recent(diary: SideDiary, day: date) -> SideDiary:
    """The last ten weeks: what is older changes nothing, and 26 weeks of a thousand people are read 182 times each."""
    first = day - timedelta(days=70)
    return SideDiary(
        {at: rating for at, rating in diary.mornings.items() if at >= first},
        {at: rating for at, rating in diary.sittings.items() if at >= first},
        [item for item in diary.onsets if item[0] >= first],
        resumed=diary.resumed,
    )


def measure(people: int, seed: int = 1, world: str = "as assumed") -> dict[str, object]:
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
