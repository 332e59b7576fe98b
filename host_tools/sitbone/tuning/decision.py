"""What to do with one side's limit today: the model's answer, inside the rules that stand around it.

The model (`tolerance.py`) says what the side probably tolerates. The rules (`rules.py`) answer while it knows too few
days, and always where pain while sitting lowers the limit or tuning stops. The guard (`guard.py`) and the data gate
have the last word on a rise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from cushion.core.settings import RAISE_PERMILLE
from sitbone.dates import on_day
from sitbone.diary.care import care
from sitbone.diary.entries import SideDiary
from sitbone.tuning import guard, rules
from sitbone.tuning.baseline import Baseline
from sitbone.tuning.rules import CAP_S, FLOOR_S, Change, Load, Proposal, minutes
from sitbone.tuning.tolerance import Array, Beliefs, learnt

Flags = NDArray[np.bool_]

LEAST_DAYS = 8.0  # rated days with a dose, old ones counting less, before the model is asked
LEAST_AGE_DAYS = 21  # of a diary: one that begins in a flare looks calm at first
RAISE_TO, LOWER_TO = 0.5, 0.5  # quantile of tolerance: 0.3 and 0.4 left more limits too low, with as many flares
TOO_HIGH = 1.1  # times the middle of what the side tolerates: from there on the limit is lowered
MOST_CUT = 0.8  # of the limit, at once
# Above them no limit rises: the chances that a flare was on within 7 days, and that one began last night.
FLARE_RISK, FRESH_RISK = 0.001, 0.0001
LIKELY = (0.1, 0.9)
WAIT = "your last ratings leave it open whether a flare has begun or is not over; a few more good days will tell"


def decide(
    today: date, limit_s: int, diary: SideDiary, loads: Mapping[date, Load], changes: Sequence[Change]
) -> tuple[Proposal, Outlook]:
    """What to do with one side's limit, and what it follows from. ``changes`` are those of this side."""
    outlook = Outlook(learnt(today, diary, loads), np.array([limit_s]))
    return by_belief(today, limit_s, diary, loads, changes, outlook, 0), outlook


class Outlook:
    """What the model makes of each person's limit this morning: the questions of `by_belief`, for a whole crowd."""

    def __init__(self, beliefs: Beliefs, limits_s: NDArray[np.int64]) -> None:
        self.beliefs = beliefs
        self.known: Flags = (beliefs.days >= LEAST_DAYS) & (beliefs.age_days >= LEAST_AGE_DAYS)
        self.raise_to_s: Array = beliefs.quantile_s(RAISE_TO)
        self.lower_to_s: Array = np.maximum(beliefs.quantile_s(LOWER_TO), MOST_CUT * limits_s)
        self.too_high: Flags = self.known & (self.raise_to_s * TOO_HIGH < limits_s)
        self.room: Flags = self.known & (self.raise_to_s >= limits_s * (1 + rules.DEAD_BAND))
        self.settled: Flags = (beliefs.flare_risk <= FLARE_RISK) & (beliefs.fresh_risk <= FRESH_RISK)

    def against(self, person: int, today: date, diary: SideDiary, baseline: Baseline) -> list[str]:
        """Why pain rules out a rise; [] where it doesn't."""
        if not self.known[person]:
            return guard.reasons(today, diary, baseline)
        usual = guard.Usual(float(self.beliefs.morning[person]), self.beliefs.off_by(person))
        found = guard.reasons(today, diary, baseline, usual)
        found = [*rules.constant(today, diary), *found]
        return found or ([] if self.settled[person] else [WAIT])


def by_belief(
    today: date,
    limit_s: int,
    diary: SideDiary,
    loads: Mapping[date, Load],
    changes: Sequence[Change],
    outlook: Outlook,
    person: int,
) -> Proposal:
    """The same, with what the model has learnt already."""
    if not outlook.known[person]:
        return rules.propose(today, limit_s, diary, loads, changes)
    baseline = Baseline(diary)
    found = rules.reduction(today, limit_s, diary, loads, changes, baseline, by_mornings=False)
    if found is None:
        found = _lowered(today, limit_s, changes, outlook, person)
    if found is None:
        found = _held_or_raised(today, limit_s, diary, loads, changes, outlook, person, baseline)
    found.care, found.baseline = care(today, diary), baseline.at.get(today)
    return found


def _lowered(today: date, limit_s: int, changes: Sequence[Change], outlook: Outlook, person: int) -> Proposal | None:
    """A reduction to what the side probably tolerates; one a week, as what the model knows moves slowly."""
    cuts = [change.day for change in changes if change.now_s < change.was_s]
    if not outlook.too_high[person] or any((today - day).days < rules.WEEK for day in cuts):
        return None
    to_s = max(FLOOR_S, int(outlook.lower_to_s[person]))
    if not rules.matters(to_s, limit_s):
        return None
    rule = "your days say that you probably tolerate less than the limit"
    return Proposal("down", limit_s, to_s, rule, [said(outlook.beliefs, person)], used_until=today)


def _held_or_raised(
    today: date,
    limit_s: int,
    diary: SideDiary,
    loads: Mapping[date, Load],
    changes: Sequence[Change],
    outlook: Outlook,
    person: int,
    baseline: Baseline,
) -> Proposal:
    days = rules.days_between(today - timedelta(days=rules.WEEK), today - timedelta(days=1))
    evidence = [said(outlook.beliefs, person), *rules.day_lines(days, diary, loads, baseline)]

    def hold(rule: str, *lines: str) -> Proposal:
        return Proposal("hold", limit_s, limit_s, rule, [*lines, *evidence])

    if red := care(today, diary):
        return hold("red flag", *red)
    last = max((change.day for change in changes), default=None)
    if last is not None and (today - last).days < rules.WEEK:
        return hold(
            "one change per week", f"last changed on {on_day(last)}; a rise is possible {rules.WEEK} days later"
        )
    against = outlook.against(person, today, diary, baseline)
    missing = rules.missing(today, days, diary, loads, rules.either)
    if against and not (missing and against == [WAIT]):
        return hold("pain rules out a rise", *against)
    if missing:
        return hold(rules.NOT_ENOUGH, *missing)
    reached = [day for day in days if day in loads and loads[day].dose_s >= rules.TESTED_SHARE * limit_s]
    if len(reached) < rules.TESTED_DAYS:
        tested = f"{len(reached)} days reached 70 % of the limit; {rules.TESTED_DAYS} are needed to test it"
        return hold("limit not tested yet", tested)
    anchor_s, anchored = rules.anchor(today, diary)
    most_s = min(CAP_S, int(outlook.raise_to_s[person]), CAP_S if anchor_s is None else anchor_s)
    to_s = min(limit_s * RAISE_PERMILLE // 1000, most_s)
    if to_s < limit_s * (1 + rules.DEAD_BAND):
        return hold("the limit fits what you tolerate", *([anchored] if anchored else []))
    return Proposal("up", limit_s, to_s, "your days say that you probably tolerate more than the limit", evidence)


def said(beliefs: Beliefs, person: int) -> str:
    """What is believed, in a sentence."""
    low, middle, high = (minutes(beliefs.quantile_s(share)[person]) for share in (LIKELY[0], 0.5, LIKELY[1]))
    return (
        f"what you tolerate is probably near {middle}: 8 in 10 chances that it lies between {low} and {high}"
        f" ({beliefs.days[person]:.0f} days count, recent ones most; one rating is off by about"
        f" {beliefs.off_by(person):.1f} points)"
    )
