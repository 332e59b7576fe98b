"""Settings as the user enters them, on the command line or in a file, checked by the firmware's own spec."""

import json
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from cushion.core.settings import Settings, check
from sitbone.errors import UsageError
from sitbone.settings.params import BY_NAME, PARAMS
from sitbone.store.blocks import Fields

BY_SYNC = ("utc_offset_min",)  # written by each sync, not by a person


def parse_pairs(pairs: tuple[str, ...]) -> dict[str, int]:
    """``("seated_limit_s=1500",)`` as a dict. Raises UsageError for settings that the spec doesn't allow."""
    asked: dict[str, int] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise UsageError(f"'{pair}' is not name=value; give for example seated_limit_s=1500")
        asked[name] = checked(name, _whole_number(text))
    return asked


def load(path: Path) -> dict[str, int]:
    """The settings in a JSON file of names and whole numbers. Raises UsageError."""
    try:
        content = path.read_text(encoding="utf-8")
    except (ValueError, OSError) as error:
        raise _unreadable(str(path), error) from None
    return parsed(content, str(path))


def parsed(content: str, name: str) -> dict[str, int]:
    """The same from a file's content; ``name``: the file's name in errors."""
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _unreadable(name, error) from None
    if not isinstance(values, dict):
        raise UsageError(f"{name} is not a JSON object; give one of setting names and whole numbers")
    return {name: checked(name, value) for name, value in values.items()}


def in_force(values: dict[str, int]) -> Settings:
    """The defaults with these checked values, for a replay: without the 7-day rise."""
    settings = Settings()
    for name, value in values.items():
        setattr(settings, name, value)
    return settings


def exported(values: dict[str, int]) -> str:
    """The settings in the form that `import` reads."""
    return json.dumps({name: value for name, value in values.items() if name not in BY_SYNC}, indent=2) + "\n"


def setting_of(fields: Fields) -> tuple[str, int, int] | None:
    """(name, value before, value after) of a `setting` record; None where one of them isn't in this version's spec: a
    newer firmware's setting or value, which is shown among the events but counts as nothing."""
    index, was, now = (int(fields[name]) for name in ("index", "was", "now"))
    if index >= len(PARAMS) or check(PARAMS[index].name, was) or check(PARAMS[index].name, now):
        return None
    return PARAMS[index].name, was, now


def differences(old: dict[str, int], new: dict[str, int]) -> list[dict[str, Any]]:
    """Where two sets of settings differ, as ``{"name", "from", "to", "unit"}``."""
    names = [name for name in BY_NAME if name in old and name in new and old[name] != new[name]]
    return [{"name": name, "from": old[name], "to": new[name], "unit": BY_NAME[name].unit} for name in names]


def _whole_number(text: str) -> int | str:
    """The number, or the unchanged text: the spec's check then says what is wrong with it."""
    try:
        return int(text)
    except ValueError:
        return text


def _unreadable(name: str, error: Exception) -> UsageError:
    return UsageError(
        f"cannot read settings from {name} ({error}); give a JSON object of setting names and whole numbers"
    )


def checked(name: str, value: Any) -> int:
    """The value, if the firmware's spec allows it. Raises UsageError, which says what is allowed."""
    near = get_close_matches(name, BY_NAME, n=1, cutoff=0.4)
    if name not in BY_NAME and near:
        raise UsageError(f"unknown setting {name}; did you mean {near[0]}?")
    problem = check(name, value)
    if problem:
        raise UsageError(problem if ";" in problem else f"{problem}; see sitbone settings show")
    return int(value)
