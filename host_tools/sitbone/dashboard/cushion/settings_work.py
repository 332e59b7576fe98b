"""Changes and undoes settings on the connected cushion, each followed by a sync so that the store has it at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sitbone.dashboard.cushion.cushion_link import Connect
from sitbone.dashboard.widgets import listed, text
from sitbone.dashboard.work import now
from sitbone.dates import local
from sitbone.diary.diary_store import DiaryStore
from sitbone.home import store_path
from sitbone.settings.changes import change, undo
from sitbone.settings.limits import SettingChange, setting_changes
from sitbone.settings.params import BY_NAME
from sitbone.settings.spec import BY_SYNC
from sitbone.store.store import Store
from sitbone.store.sync import Sync
from sitbone.tuning.rules import minutes

SHOWN_CHANGES = 12
SHORT_S = 120  # below this, values are shown in seconds


def values_of(connect: Connect) -> dict[str, int]:
    """The settings in force."""
    with connect() as cushion:
        values: dict[str, int] = cushion.call("settings_show")["values"]
    return values


def changed(connect: Connect, asked: dict[str, int], reason: str) -> dict[str, Any]:
    """Changes settings; returns what `settings.change` does."""
    with Store(store_path()) as store:
        with connect() as cushion:
            answer = change(cushion, store, asked, reason, now())
        Sync(store, connect, now).run()
        return answer


def undone_last(connect: Connect) -> dict[str, Any]:
    """Undoes the last change, as far as a limit may rise in a week; returns what `settings.undo` does."""
    with Store(store_path()) as store:
        Sync(store, connect, now).run()  # the last change is read from the log
        with connect() as cushion:
            answer = undo(cushion, store, now())
        Sync(store, connect, now).run()
        return answer


def undone_words(answer: dict[str, Any]) -> str:
    """What was undone, each setting's value now beside that before the change."""
    said = []
    for name, value in answer["applied"].items():
        before = answer["undone"]["before"][name]
        said.append(f"{title_of(name)} is now {value_of(name, value)}")
        if value != before:
            said[-1] += f", not {value_of(name, before)} as before the change"
    less = " A limit may rise by at most 10 % in 7 days." if answer["clamped"] else ""
    return f"Undone: {'; '.join(said)}.{less}"


def changes_of(store: Store) -> list[SettingChange]:
    """Every change by a person, oldest first, each with its full reason, and its cushion where there are several."""
    rules, labels = DiaryStore(store).rules(), {number: store.label(number) for number in store.cushions()}
    several = len(set(labels.values())) > 1

    def why(item: SettingChange) -> str:
        reason = rules.get((item.name, item.was, item.now), item.reason)
        return f"{reason} (cushion {labels[item.cushion]})" if several else reason

    return [
        replace(item, reason=why(item))
        for item in setting_changes(store)
        if item.name not in BY_SYNC and item.was != item.now
    ]


def list_changes(changes: list[SettingChange]) -> None:
    """The newest changes, each with its reason."""
    if not changes:
        text("No changes in the synced records.")
        return
    listed("Newest changes first", [_change_words(item) for item in changes[: -SHOWN_CHANGES - 1 : -1]])


def _change_words(item: SettingChange) -> tuple[str, str]:
    title = title_of(item.name).capitalize()
    at = "time unknown" if item.unix_ms is None else f"{local(item.unix_ms):%Y-%m-%d %H:%M}"
    return (
        f"{title}: {value_of(item.name, item.was)} → {value_of(item.name, item.now)}",
        f"{at}: {item.reason}" if item.reason else at,
    )


def title_of(name: str) -> str:
    """'left dose limit': a setting's name without its unit."""
    return " ".join(part for part in name.split("_") if part not in ("s", "min", "percent"))


def value_of(name: str, value: int) -> str:
    """'20.0 min', '30 s', '100 %': a setting's value as it is read."""
    unit = BY_NAME[name].unit
    return minutes(value) if unit == "s" and value >= SHORT_S else f"{value} {unit}"
