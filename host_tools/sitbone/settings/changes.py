"""Changes settings on a connected cushion: sends them, reads them back, records them; undoes the last change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from cushion.core.settings import DOSE_LIMITS
from sitbone.dates import unix_ms
from sitbone.errors import DamagedData, SitboneError
from sitbone.settings.limits import SettingChange, held, setting_changes
from sitbone.settings.person import most_over_boards
from sitbone.settings.spec import BY_SYNC
from sitbone.store.store import Store


class Link(Protocol):
    """What a change needs from a connected cushion; `device.Cushion` describes it."""

    def call(self, name: str, *args: object) -> dict[str, Any]: ...


def change(
    cushion: Link, store: Store, asked: dict[str, int], reason: str | dict[str, str], now: datetime, undoes: int = 0
) -> dict[str, Any]:
    """Sends settings, reads them back and records them in the store; returns ``{"version", "applied", "clamped"}``.

    They are one change, also for `undo`; ``reason``: one text, or one for each name. A dose limit's 7-day rise is
    already limited here, by the log; the cushion limits it again. Raises SitboneError when the cushion's settings are
    not what it said they were.
    """
    number = store.cushion(cushion.call("status")["cushion"])
    before = cushion.call("settings_show")["values"]
    sent = held(store, number, asked, before, now)
    for name in DOSE_LIMITS:
        if name in sent:
            sent[name] = min(sent[name], max(before[name], most_over_boards(store, name, unix_ms(now))))
    answer = cushion.call("settings_set", sent, reason, undoes)
    if answer["applied"].keys() != sent.keys():
        raise DamagedData("the cushion answered about other settings than were sent; see sitbone settings show")
    values = cushion.call("settings_show")["values"]
    wrong = [name for name, value in answer["applied"].items() if values.get(name) != value]
    if wrong:
        raise SitboneError(
            f"the cushion did not keep the new {', '.join(wrong)}; see sitbone settings show, then try again"
        )
    changes = {name: (asked[name], value) for name, value in answer["applied"].items()}
    reasons = {name: reason if isinstance(reason, str) else reason.get(name, "") for name in changes}
    store.add_setting_changes(number, unix_ms(now), answer["version"], changes, reasons)
    clamped = {name: asked[name] for name, value in answer["applied"].items() if value != asked[name]}
    return answer | {"clamped": clamped}


def undo(cushion: Link, store: Store, now: datetime) -> dict[str, Any]:
    """Undoes the last change that was not undone before, all of it, as far as a limit may rise in a week; returns what
    `change` does, with ``undone``: ``{"change", "reason", "before": {name: value before that change}}``.

    The store must have the cushion's whole log. Raises SitboneError when there is nothing to undo, or the log lacks it.
    """
    number = store.cushion(cushion.call("status")["cushion"])
    values = cushion.call("settings_show")["values"]
    changes = setting_changes(store, number)
    last = _last(changes)
    logged = {item.name: item.now for item in changes}
    late = [name for name in last.before if values.get(name) != logged[name]]
    if late:
        raise SitboneError(f"{', '.join(late)} was changed since the last sync; run sitbone sync first")
    answer = change(cushion, store, last.before, "undo", now, last.number)
    return answer | {"undone": {"change": last.number, "reason": last.reason, "before": last.before}}


@dataclass(frozen=True, slots=True)
class _Change:
    """Settings changed together: the cushion's number of it, and the values before it."""

    number: int
    reason: str
    before: dict[str, int]


def _last(changes: list[SettingChange]) -> _Change:
    """The last change that no later one undid. An undo can't be undone: the next one goes further back."""
    left: list[_Change] = []
    for parts in _sets(changes):
        undoes = parts[0].undoes
        if undoes:
            at = next((at for at in reversed(range(len(left))) if left[at].number == undoes), None)
            left = left if at is None else left[:at] + left[at + 1 :]
            continue
        before: dict[str, int] = {}
        for item in parts:
            if item.name not in BY_SYNC and item.was != item.now:
                before.setdefault(item.name, item.was)
        if before:
            left.append(_Change(parts[0].change, parts[0].reason, before))
    if not left:
        raise SitboneError("there is no change to undo; see sitbone settings history")
    return left[-1]


def _sets(changes: list[SettingChange]) -> list[list[SettingChange]]:
    """The records of each change together."""
    sets: list[list[SettingChange]] = []
    for item in changes:
        if sets and _is_of(sets[-1], item):
            sets[-1].append(item)
        else:
            sets.append([item])
    return sets


def _is_of(parts: list[SettingChange], item: SettingChange) -> bool:
    """Whether a record belongs to the change before it: by its number; in older logs, which wrote the settings of a
    change one after the other, by the time."""
    if item.change or parts[-1].change:
        return item.change == parts[-1].change
    return item.age_s - parts[-1].age_s <= 1 and all(part.name != item.name for part in parts)
