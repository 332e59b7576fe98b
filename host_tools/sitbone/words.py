"""People's own words, and a log's, made safe to show: they may hold anything."""

from dataclasses import fields, is_dataclass, replace
from typing import Any


def plain(text: str) -> str:
    """The text on one line, without control characters and without those that turn the direction of writing."""
    if text.isprintable():
        return text  # a report's chart has a hundred thousand characters
    return "".join(sign if sign.isprintable() else " " for sign in text)


def all_plain(value: Any) -> Any:
    """The same for every text in dataclasses, lists, tuples and dictionaries."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, (list, tuple)):
        return type(value)(map(all_plain, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{item.name: all_plain(getattr(value, item.name)) for item in fields(value) if item.init}
        )
    return value
