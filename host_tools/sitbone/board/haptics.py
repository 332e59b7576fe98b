"""Finds the weakest vibration that the person feels: a staircase over the strength, on the cushion's own motors."""

from collections.abc import Callable
from typing import Any

from sitbone.errors import Refused

FIRST_PERCENT = 60
FIRST_STEP, LATER_STEP = 20, 10
LOWEST, HIGHEST = 10, 100
REVERSALS = 4
MOST_TRIALS = 11  # of 250 ms each: the motors' limit of 3 s in ten minutes allows no more
MARGIN_PERCENT = 20  # above the threshold: felt clearly, not just detected
LOWEST_SETTING = 30

Play = Callable[[int], bool]
Felt = Callable[[int], bool]


def find_threshold(play: Play, felt: Felt) -> dict[str, Any]:
    """``{"threshold_percent", "strength_percent", "trials"}``: the mean of the last turning points, and what to set.

    ``play`` plays one pulse of a given strength and returns whether it was allowed; ``felt`` asks the person. Raises
    Refused when the motors' limit ends it too early, or when even the strongest pulse is not felt.
    """
    percent, step = FIRST_PERCENT, FIRST_STEP
    trials: list[tuple[int, bool]] = []
    turns: list[int] = []
    while len(turns) < REVERSALS and len(trials) < MOST_TRIALS:
        if not play(percent):
            break
        answer = felt(percent)
        if trials and answer != trials[-1][1]:
            turns.append(percent)
            step = LATER_STEP
        trials.append((percent, answer))
        following = min(HIGHEST, max(LOWEST, percent - step if answer else percent + step))
        if following == percent:
            break  # at an end: there is nothing weaker or stronger
        percent = following
    return _judge(trials, turns)


def _judge(trials: list[tuple[int, bool]], turns: list[int]) -> dict[str, Any]:
    if len(trials) < 2:
        raise Refused("the motors have reached their limit for now; wait ten minutes, then try again")
    if trials[-1] == (HIGHEST, False):
        raise Refused("you did not feel even the strongest vibration; check the motors and their position under you")
    if trials[-1] == (LOWEST, True):
        turns = [*turns, LOWEST]
    if not turns:
        raise Refused("could not find the weakest vibration you feel; wait ten minutes, then try again")
    used = turns[-3:]
    threshold = round(sum(used) / len(used))
    strength = min(HIGHEST, max(LOWEST_SETTING, threshold + MARGIN_PERCENT))
    return {"threshold_percent": threshold, "strength_percent": strength, "trials": len(trials)}
