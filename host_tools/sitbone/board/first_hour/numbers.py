"""The first limit, from what a person can sit today."""

from __future__ import annotations

from cushion.core.settings import Settings
from sitbone.settings.params import BY_NAME
from sitbone.tuning.rules import minutes

SHARE = 0.8  # of the time until it hurts, as for recorded onsets
SIDES = {"left": ("left",), "right": ("right",), "both": ("left", "right")}


def first_limits(side: str, can_sit_min: int) -> dict[str, int]:
    """Each sore side's first limit (s), by the setting's name: four fifths of what it bears, within the setting's range
    and no more than the firmware's own start."""
    names = [f"{each}_dose_limit_s" for each in SIDES[side]]
    start = Settings().as_dict()
    return {name: min(start[name], max(BY_NAME[name].low, int(SHARE * 60 * can_sit_min))) for name in names}


def why(limits: dict[str, int], can_sit_min: int) -> str:
    """The limit, and where it comes from."""
    limit_s = next(iter(limits.values()))
    if limit_s >= Settings().as_dict()[next(iter(limits))]:
        reason = "that is where everybody begins; it may grow from your own days, by at most a tenth a week"
    elif limit_s > SHARE * 60 * can_sit_min:
        reason = "the lowest limit there is; stand up before it where that is too long for you"
    else:
        reason = f"four fifths of the {can_sit_min} min, so that it asks before it hurts"
    return f"first limit: {minutes(limit_s)} ({reason})"
