"""The side that doesn't hurt, and that nobody rates: it follows the other one, at the distance it had at first.

Its own pain, a red flag or a change this week hold it back before this is asked; ratings of its own replace it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from cushion.core.settings import RAISE_PERMILLE
from sitbone.dates import on_day
from sitbone.tuning import rules
from sitbone.tuning.rules import CAP_S, NOT_ENOUGH, WEEK, Change, Load, Proposal, minutes


def following(
    found: Proposal,
    sore: Proposal,
    side: str,
    since: date,
    changes: tuple[Sequence[Change], Sequence[Change]],
    loads: Mapping[date, Load],
    today: date,
) -> Proposal:
    """The verdict on the other side, given that on ``side``, which hurts and was set on the day ``since``. ``changes``:
    of the other one and of the sore one, by day.

    Its limit stays in the same ratio to the sore one's as on that day: as far up, never further, by at most a tenth a
    week. It is not lowered with it.
    """
    if (found.action, found.rule) != ("hold", NOT_ENOUGH) or sore.action == "stop":
        return found
    days = rules.days_between(today - timedelta(days=WEEK), today - timedelta(days=1))
    if rules.unmeasured(days, loads):
        return found
    own_s, sore_s = limit_on(since, changes[0], found.from_s), limit_on(since, changes[1], sore.from_s)
    most_s = min(CAP_S, sore.to_s * own_s // sore_s)
    to_s = min(found.from_s * RAISE_PERMILLE // 1000, most_s)
    distance = f"{minutes(own_s)} beside {minutes(sore_s)} on {on_day(since)}, when you set which side hurts"
    if to_s < found.from_s * (1 + rules.DEAD_BAND):
        return replace(found, rule=f"nothing to follow on the {side} side, and no ratings of its own")
    rule = f"no ratings of its own: it follows the {side} side"
    return replace(found, action="up", to_s=to_s, rule=rule, evidence=[f"at the distance it had: {distance}"])


def limit_on(day: date, changes: Sequence[Change], now_s: int) -> int:
    """A side's limit at the end of a day."""
    return next((change.was_s for change in changes if change.day > day), now_s)
