"""Two simulated populations for tuning: who the people are, and what their world is like.

**Made-up worlds**: they show what tuning does under the assumptions below, not that it helps anybody. All judgement:

- tolerance T (dose, s): lognormal around 22 min (spread 0.35), 8 to 45 min; it grows by 0.5 to 3 % on each week without
  a flare in which the median day's longest sit used at least 60 % of it; one in twenty loses 3 % a week instead. A
  day's tolerance is T times lognormal noise of 4 %;
- 12 to 24 sits a day of lognormal length, median 15 min, spread 0.8; each vibration (at the limit, 2 and 5 min later,
  then every 10 min) makes the person get up within a minute with the chance `follows`;
- pain: the usual is 0 to 2. What the sits of a day exceed 1.1 times its tolerance by, in tolerances, adds up; each
  whole one adds 2.5 points to the worst while sitting and 2 to the next morning. Then noise and rounding;
- a flare: 4 % a day for each whole tolerance of excess, or 1 in 500 for no reason. It lasts 4 to 9 days, adds 3 points,
  and takes 12 % off T, which returns over three weeks;
- a diary that misses 3 to 25 % of the entries; onset is felt at 1.0 to 1.3 times the day's tolerance, where a sit lasts
  that long, and the button is pressed on one in five of such days;
- tuning that stopped is resumed four weeks later, after a clinician was seen; by who gets worse, never.

The *second population* was written from a description by others, before anything was measured in it. It adds:

- drift: T moves by 2 % a week (standard deviation) for no reason;
- lag: in six of ten, 30 to 100 % of a day's reaction comes a morning later;
- weather: usual pain wanders by up to 0.9 points (standard deviation), over ten days;
- sensitisation: each flare makes excess hurt a third more, at most twice as much; half of that is gone in a month;
- flares that add 2 to 4 points; pain of other causes on 3 % of the days;
- one in 25 enters 3 whatever happens; one in ten leaves out half to 70 % of the ratings when fine;
- recall: three in ten mix the last three days into what they rate;
- adherence: prompts followed vary from day to day, half to one and a half times; up to 15 % more of the diary is
  missing by the end; a proposal is agreed to in 60 to 100 % of the mornings;
- one in four has two sore sides, and feels the worse one; with the others the healthy side follows the sore one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_T, MOST_T = 300.0, 2700.0
ALWAYS = 3


@dataclass(frozen=True)
class World:
    """What is assumed of everybody. ``follows``: from and to what share of vibrations is followed; ``noise``: of a
    rating, points; ``other_pain``: share of days with 1 to 4 points of pain that sitting has nothing to do with."""

    follows: tuple[float, float] = (0.45, 0.9)
    noise: float = 0.6
    other_pain: float = 0.0
    second: bool = False


def _worlds() -> dict[str, World]:
    found = {
        "as assumed": World(),  # noise of 0.6: the published error of the pain scale
        "as assumed, noise 0.3": World(noise=0.3),
        "as assumed, noise 1.0": World(noise=1.0),
        # Office workers got up within 1, 3 and 5 min of 14, 22 and 30 % of vibrations (Compernolle 2021).
        "few prompts followed": World(follows=(0.08, 0.21)),
        # Sport, stress, a bad night: one day in twenty.
        "pain of other causes": World(other_pain=0.05),
    }
    for second in (False, True):
        for percent in (100, 50, 20):
            for noise in (0.3, 0.6, 1.0):
                name = f"{'second' if second else 'first'}, {percent} % followed, noise {noise}"
                share = percent / 100
                found[name] = World((share, share), noise, 0.03 if second else 0.0, second)
    return found


WORLDS = _worlds()


class Crowd:
    """The constants of so many people; each array has one value a person."""

    def __init__(self, people: int, seed: int, world: World) -> None:
        rng = np.random.default_rng(seed)
        self.people, self.seed, self.world = people, seed, world
        self.tolerance_s: Array = np.clip(1320 * np.exp(rng.normal(0, 0.35, people)), 480, MOST_T)
        self.worsening: Flags = rng.random(people) < 0.05
        self.growth: Array = np.where(self.worsening, -0.03, rng.uniform(0.005, 0.03, people))
        self.follows: Array = rng.uniform(*world.follows, people)
        self.usual: Array = rng.choice([0.0, 1.0, 2.0], people, p=[0.35, 0.4, 0.25])
        self.misses: Array = rng.uniform(0.03, 0.25, people)
        self.sits_s: Array = 60 * np.clip(rng.normal(15, 2, people), 10, 20)
        self._second(rng, people, world.second)

    def _second(self, rng: np.random.Generator, people: int, second: bool) -> None:
        """What only the second population has; drawn in both, so that a seed's people are otherwise the same."""

        def some(share: float) -> Flags:
            return (rng.random(people) < share) & second

        self.late_share: Array = np.where(some(0.6), rng.uniform(0.3, 1, people), 0.0)
        self.weather: Array = rng.uniform(0, 0.9, people) * second
        self.drift = 0.02 * second
        self.sensitised = 1.3 if second else 1.0
        self.flare_adds = (2.0, 4.0) if second else (3.0, 3.0)
        self.constant: Flags = some(0.04)
        self.skips_when_fine: Flags = some(0.1)
        self.recalls: Array = np.where(some(0.3), 0.5, 0.0)
        self.follows_vary = 0.5 * second
        self.misses_more: Array = rng.uniform(0, 0.15, people) * second
        self.agrees: Array = np.where(second, rng.uniform(0.6, 1, people), 1.0)
        other = np.exp(rng.normal(0, 0.15, people))
        self.worse_side: Array = np.where(some(0.25), np.minimum(1.0, other), 1.0)
