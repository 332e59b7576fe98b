"""The settings that are in force as far as this computer knows: by the log, and by what it has sent since."""

from __future__ import annotations

from cushion.core.settings import Settings
from sitbone.diary.diary_store import DiaryStore, Row
from sitbone.settings.limits import setting_changes
from sitbone.settings.person import elsewhere
from sitbone.store.store import Store


def limit_name(side: str) -> str:
    """The setting that limits a side's dose."""
    return f"{side}_dose_limit_s"


def last_values(store: Store, cushion: int | None) -> dict[str, int]:
    """The current settings: those in the log, and what this computer has sent since."""
    values: dict[str, int] = Settings().as_dict()
    for item in setting_changes(store, cushion):
        values[item.name] = item.now
    for row in unsynced(store):
        if cushion is not None and row["cushion"] == store.hardware_id(cushion):
            values[limit_name(row["side"])] = row["now_s"]
    # On a cushion that is new, or not in force with them yet: the person's, which it is to have.
    return values | ({} if cushion is None else elsewhere(store, cushion, values))


def unsynced(store: Store) -> list[Row]:
    """What tuning has applied since the last change in its cushion's synced log."""
    last_ms = {store.hardware_id(number): 0 for number in store.cushions()}
    for item in setting_changes(store):
        hardware = store.hardware_id(item.cushion)
        last_ms[hardware] = max(last_ms[hardware], item.unix_ms or 0)
    rows = [row for row in DiaryStore(store).tunings() if row["what"] == "applied" and row["cushion"] in last_ms]
    return [row for row in rows if row["unix_ms"] > last_ms[row["cushion"]] + 60_000]
