"""The person's own limits. They belong to whoever sits, not to the board: a new one starts with the defaults."""

from __future__ import annotations

from typing import NamedTuple

from cushion.core.settings import DOSE_LIMITS, RAISE_PERMILLE, RAISE_WINDOW_S
from sitbone.settings.limits import SettingChange, setting_changes
from sitbone.settings.params import BY_NAME
from sitbone.store.store import Store


class Choice(NamedTuple):
    """A limit as it was put in force at a moment (UTC ms), on one cushion (the store's number)."""

    at_ms: int
    cushion: int
    value: int


def choices(store: Store, name: str) -> list[Choice]:
    """A limit's changes on all cushions, oldest first: those in their logs, and those that this computer has sent."""
    logged = [
        Choice(item.unix_ms, item.cushion, item.now)
        for item in setting_changes(store)
        if item.name == name and item.unix_ms is not None
    ]
    sent = store.rows("SELECT unix_ms, cushion, in_force FROM setting_change WHERE name = ?", name)
    return sorted([*logged, *(Choice(*row) for row in sent)])


def changes_made(store: Store, name: str) -> list[SettingChange]:
    """The person's changes of a setting, on whichever cushion, oldest first, those of unknown time last. One that only
    gave another cushion the value that the person has already is not among them."""
    found = [item for item in setting_changes(store) if item.name == name and item.was != item.now]
    made: list[SettingChange] = []
    for item in sorted(found, key=lambda item: (item.unix_ms is None, item.unix_ms or 0)):
        if not made or item.cushion == made[-1].cushion or item.now != made[-1].now:
            made.append(item)
    return made


def elsewhere(store: Store, cushion: int, values: dict[str, int]) -> dict[str, int]:
    """The person's limits, by name, where they were last changed on another cushion, and this one has others."""
    found = {}
    for name in DOSE_LIMITS:
        chosen = choices(store, name)
        if chosen and chosen[-1].cushion != cushion and chosen[-1].value != values[name]:
            found[name] = chosen[-1].value
    return found


def in_log(store: Store, cushion: int) -> dict[str, int]:
    """The limits in force on a cushion, by its log: the defaults on a new one."""
    values = {name: BY_NAME[name].default for name in DOSE_LIMITS}
    return values | {item.name: item.now for item in setting_changes(store, cushion) if item.name in DOSE_LIMITS}


def most_over_boards(store: Store, name: str, now_ms: int) -> int:
    """How high a limit may be on any cushion: a tenth above the lowest that the person had within 7 days, wherever."""
    since_ms = now_ms - RAISE_WINDOW_S * 1000
    chosen = choices(store, name)
    before = [item.value for item in chosen if item.at_ms <= since_ms][-1:]
    week = [item.value for item in chosen if item.at_ms > since_ms]
    return min([*before, *week]) * RAISE_PERMILLE // 1000 if chosen else BY_NAME[name].high


def notice(limits: dict[str, int], yours: dict[str, int]) -> list[str]:
    """What to say about a cushion that isn't in force with the person's limits; [] where it is."""
    if not yours:
        return []
    said = [
        f"{name.split('_')[0]} {limits[name] / 60:.1f} min, yours is {value / 60:.1f} min"
        for name, value in yours.items()
    ]
    pairs = " ".join(f"{name}={value}" for name, value in yours.items())
    return [
        f"this cushion has other limits than yours: {'; '.join(said)}",
        f"to use yours, as far as a week's rise allows: sitbone settings set {pairs}",
    ]
