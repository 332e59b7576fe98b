"""Invariant 2 on the host: how far a dose limit may rise, by the firmware's own rule over its changes in the log.

Counted twice, and the lower answer holds: in the cushion's powered time by its log, which no clock can change, and in
wall-clock time. The cushion counts again when it receives the change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cushion.core import records
from cushion.core.settings import DOSE_LIMITS, Settings, slept_that_counts_s
from sitbone.dates import unix_ms
from sitbone.settings.spec import setting_of
from sitbone.store.store import Store, readable


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A `setting` record. ``age_s``: powered seconds of the log before it; ``unix_ms`` is None while unknown.

    ``change``: the cushion's number of the change that it is a part of, ``undoes`` that of the change which this one
    undoes; 0 for none, and in logs from before changes had numbers.
    """

    name: str
    was: int
    now: int
    reason: str
    age_s: int
    unix_ms: int | None
    cushion: int
    change: int = 0
    undoes: int = 0


def setting_changes(store: Store, cushion: int | None = None) -> list[SettingChange]:
    """Every change of a setting in the log, oldest first; of one cushion, or of all."""
    found: list[SettingChange] = []
    ages = _ages(store)
    change = undoes = left = 0
    for record, fields in readable(store.all_of(records.SETTING, records.CHANGES)):
        if cushion not in (None, record.cushion):
            continue
        if record.kind == records.CHANGES:
            change, undoes, left = (int(fields[name]) for name in ("change", "undoes", "count"))
            continue
        if not left:
            change = undoes = 0
        left = max(0, left - 1)
        if (setting := setting_of(fields)) is not None:
            age_s = (ages[record.cushion, record.session] + record.at_mono_ms) // 1000
            name, was, now = setting
            about = (age_s, record.unix_ms, record.cushion, change, undoes)
            found.append(SettingChange(name, was, now, str(fields["reason"]), *about))
    return found


def highest(store: Store, cushion: int, values: dict[str, int], now: datetime) -> dict[str, int]:
    """The highest value allowed for each dose limit now, given the current values."""
    ages = _ages(store)
    age_s = max([(start + _length_ms(store, *key)) // 1000 for key, start in ages.items() if key[0] == cushion] + [0])
    now_s = unix_ms(now) // 1000
    by_age = _followed(store, cushion, values, in_wall_time=False)
    by_wall = _followed(store, cushion, values, in_wall_time=True)
    return {name: min(by_age.highest(name, age_s), by_wall.highest(name, now_s)) for name in DOSE_LIMITS}


def held(store: Store, cushion: int, asked: dict[str, int], values: dict[str, int], now: datetime) -> dict[str, int]:
    """The settings asked for, with each dose limit cut to what is allowed."""
    most = highest(store, cushion, values, now)
    return {name: min(value, most[name]) if name in most else value for name, value in asked.items()}


def _followed(store: Store, cushion: int, values: dict[str, int], in_wall_time: bool) -> Settings:
    """The firmware's settings after the changes in the log, counted as it would count them."""
    settings = Settings()
    changes = [change for change in setting_changes(store, cushion) if change.name in DOSE_LIMITS]
    first = {change.name: change for change in reversed(changes)}
    last_s = 0
    for name in DOSE_LIMITS:
        start = first[name].was if name in first else values[name]
        setattr(settings, name, start)
        settings.raise_base[name] = [start, 0]
    for change in changes:
        wall_s = last_s if change.unix_ms is None else change.unix_ms // 1000
        last_s = max(last_s, wall_s)
        settings.change(change.name, change.now, last_s if in_wall_time else change.age_s)
        setattr(settings, change.name, change.now)  # what was in force counts, whoever allowed it
    for name in DOSE_LIMITS:
        if values[name] != settings.get(name):
            # Changed since the last sync: the next rise starts from the current value.
            settings.raise_base[name][0] = min(settings.raise_base[name][0], values[name])
            setattr(settings, name, values[name])
    return settings


def _ages(store: Store) -> dict[tuple[int, int], int]:
    """Powered ms of the log before each (cushion, session), including the deep sleep that ended with its start."""
    slept: dict[tuple[int, int], int] = {}
    for record, fields in readable(store.all_of(records.SLEPT)):
        slept[record.cushion, record.session] = slept_that_counts_s(int(fields["slept_s"])) * 1000
    ages: dict[tuple[int, int], int] = {}
    total_ms: dict[int, int] = {}
    for cushion, session, end_ms in store.session_ends():
        ages[cushion, session] = total_ms.get(cushion, 0) + slept.get((cushion, session), 0)
        total_ms[cushion] = ages[cushion, session] + end_ms
    return ages


def _length_ms(store: Store, cushion: int, session: int) -> int:
    return store.session_end_ms(cushion, session)
