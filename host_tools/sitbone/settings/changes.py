"""Changes settings on a connected cushion: sends them, reads them back, records them; and undoes the last change."""

from datetime import datetime
from itertools import takewhile
from typing import Any, Protocol

from sitbone.dates import unix_ms
from sitbone.errors import SitboneError
from sitbone.settings.limits import held, setting_changes
from sitbone.settings.spec import BY_SYNC
from sitbone.store.store import Store


class Link(Protocol):
    """What a change needs from a connected cushion; `device.Cushion` describes it."""

    def call(self, name: str, *args: object) -> dict[str, Any]: ...


def change(cushion: Link, store: Store, asked: dict[str, int], reason: str, now: datetime) -> dict[str, Any]:
    """Sends settings, reads them back and records them in the store; returns ``{"version", "applied", "clamped"}``.

    A dose limit's 7-day rise is already limited here, by the log; the cushion limits it again. Raises SitboneError
    when the cushion's settings are not what it said they were.
    """
    number = store.cushion(cushion.call("status")["cushion"])
    before = cushion.call("settings_show")["values"]
    sent = held(store, number, asked, before, now)
    answer = cushion.call("settings_set", sent, reason)
    values = cushion.call("settings_show")["values"]
    wrong = [name for name, value in answer["applied"].items() if values.get(name) != value]
    if wrong:
        raise SitboneError(
            f"the cushion did not keep the new {', '.join(wrong)}; see sitbone settings show, then try again"
        )
    changes = {name: (asked[name], value) for name, value in answer["applied"].items()}
    store.add_setting_changes(number, unix_ms(now), answer["version"], changes, reason)
    clamped = {name: asked[name] for name, value in answer["applied"].items() if value != asked[name]}
    return answer | {"clamped": clamped}


def undone(store: Store, cushion: Link) -> dict[str, int]:
    """The values before the cushion's last change of settings, by name. Raises SitboneError when the log lacks it."""
    number = store.cushion(cushion.call("status")["cushion"])
    values = cushion.call("settings_show")["values"]
    changes = [item for item in setting_changes(store, number) if item.name not in BY_SYNC and item.was != item.now]
    if not changes:
        raise SitboneError("there is no change to undo; see sitbone settings history")
    last = changes[-1]
    # Settings that were changed together are consecutive records.
    of_last = (last.age_s, last.reason)
    together = list(takewhile(lambda item: (item.age_s, item.reason) == of_last, changes[::-1]))[::-1]
    late = [item.name for item in together if values.get(item.name) != item.now]
    if late:
        raise SitboneError(f"{', '.join(late)} was changed since the last sync; run sitbone sync first")
    return {item.name: item.was for item in together}
