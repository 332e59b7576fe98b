"""Settings from the user to the cushion: checked by the firmware's own spec, sent, read back, noted."""

import json
from datetime import datetime
from difflib import get_close_matches
from itertools import takewhile
from pathlib import Path
from typing import Any, Protocol

from cushion.core.settings import BY_NAME, Settings, check
from sitbone.days import unix_ms
from sitbone.errors import SitboneError, UsageError
from sitbone.limits import held, setting_changes
from sitbone.store import Store

BY_SYNC = ("utc_offset_min",)  # written by each sync, not by a person


class Link(Protocol):
    """What is needed of a connected cushion, as `device.Cushion` describes it."""

    def call(self, name: str, *args: object) -> dict[str, Any]: ...


def parse_pairs(pairs: tuple[str, ...]) -> dict[str, int]:
    """``("seated_limit_s=1500",)`` as a dict. Raises UsageError for what the spec doesn't allow."""
    asked: dict[str, int] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise UsageError(f"'{pair}' is no setting; give name=value, for example seated_limit_s=1500")
        asked[name] = checked(name, _whole_number(text))
    return asked


def load(path: Path) -> dict[str, int]:
    """The settings in a JSON file of names and whole numbers. Raises UsageError."""
    try:
        content = path.read_text()
    except (ValueError, OSError) as error:
        raise _unreadable(str(path), error) from None
    return parsed(content, str(path))


def parsed(content: str, name: str) -> dict[str, int]:
    """The same from a file's content; ``name``: the file, as an error calls it."""
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _unreadable(name, error) from None
    if not isinstance(values, dict):
        raise UsageError(f"{name} holds no JSON object; give names and whole numbers")
    return {name: checked(name, value) for name, value in values.items()}


def in_force(values: dict[str, int]) -> Settings:
    """The defaults with these checked values in their place, as a replay wants them: no 7-day rise to count."""
    settings = Settings()
    for name, value in values.items():
        setattr(settings, name, value)
    return settings


def change(cushion: Link, store: Store, asked: dict[str, int], reason: str, now: datetime) -> dict[str, Any]:
    """Sends settings, reads them back and notes them in the store; returns ``{"version", "applied", "clamped"}``.

    A dose limit is held to its 7-day rise here already, by the log; the cushion holds it again. Raises SitboneError
    when the cushion's settings are not what it said they were.
    """
    number = store.cushion(cushion.call("status")["cushion"])
    before = cushion.call("settings_show")["values"]
    sent = held(store, number, asked, before, now)
    answer = cushion.call("settings_set", sent, reason)
    values = cushion.call("settings_show")["values"]
    wrong = [name for name, value in answer["applied"].items() if values.get(name) != value]
    if wrong:
        raise SitboneError(f"the cushion did not keep {', '.join(wrong)}; run sitbone settings show, then try again")
    changes = {name: (asked[name], value) for name, value in answer["applied"].items()}
    store.add_setting_changes(number, unix_ms(now), answer["version"], changes, reason)
    clamped = {name: asked[name] for name, value in answer["applied"].items() if value != asked[name]}
    return answer | {"clamped": clamped}


def undone(store: Store, cushion: Link) -> dict[str, int]:
    """What the cushion's last change of settings was from, by name. Raises SitboneError when the log here lacks it."""
    number = store.cushion(cushion.call("status")["cushion"])
    values = cushion.call("settings_show")["values"]
    changes = [item for item in setting_changes(store, number) if item.name not in BY_SYNC and item.was != item.now]
    if not changes:
        raise SitboneError("the log tells of no change that could be taken back; see sitbone settings history")
    last = changes[-1]
    # Settings that were set at once are records one after the other.
    of_last = (last.age_s, last.reason)
    together = list(takewhile(lambda item: (item.age_s, item.reason) == of_last, changes[::-1]))[::-1]
    late = [item.name for item in together if values.get(item.name) != item.now]
    if late:
        raise SitboneError(f"{', '.join(late)} was changed since the last sync; run sitbone sync first")
    return {item.name: item.was for item in together}


def exported(values: dict[str, int]) -> str:
    """The settings as `import` reads them."""
    return json.dumps({name: value for name, value in values.items() if name not in BY_SYNC}, indent=2) + "\n"


def differences(old: dict[str, int], new: dict[str, int]) -> list[dict[str, Any]]:
    """Where two sets of settings differ, as ``{"name", "from", "to", "unit"}``."""
    names = [name for name in BY_NAME if name in old and name in new and old[name] != new[name]]
    return [{"name": name, "from": old[name], "to": new[name], "unit": BY_NAME[name].unit} for name in names]


def _whole_number(text: str) -> int | str:
    """The number, or the text as it is: the spec's check says what is wrong with that."""
    try:
        return int(text)
    except ValueError:
        return text


def _unreadable(name: str, error: Exception) -> UsageError:
    return UsageError(f"cannot read settings from {name} ({error}); give a JSON object of names and numbers")


def checked(name: str, value: Any) -> int:
    """The value, if the firmware's spec allows it. Raises UsageError, which says what it does allow."""
    near = get_close_matches(name, BY_NAME, n=1, cutoff=0.4)
    if name not in BY_NAME and near:
        raise UsageError(f"unknown setting {name}; did you mean {near[0]}?")
    problem = check(name, value)
    if problem:
        raise UsageError(problem if ";" in problem else f"{problem}; see sitbone settings show")
    return int(value)
