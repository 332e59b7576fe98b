"""The columns of the lake, their version, and how files of an older version become the present one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sitbone.report.tidy import TABLES, Field, arrow_schema

VERSION = 1
FREE_TEXT = ("note", "reason", "exercise")  # a person's own words
DAY = ("epoch_day", "integer", "the local day, counted from 1970-01-01: both engines compute alike with whole numbers")
PARTITIONS = (
    ("study", "string", "name of the study"),
    ("participant", "string", "pseudonym"),
    ("month", "string", "local month"),
)
# Where a row's local day comes from.
DAY_OF = dict.fromkeys(("days", "pain", "exercises"), "date")
DAY_OF |= {"sits": "start_local", "breaks": "start_local", "prompts": "at_local", "settings": "at_local"}
DAY_OF |= {"epochs": "at_local"}

Migration = Callable[[str, Any], Any]  # (table, pyarrow.Table of version n) -> pyarrow.Table of version n + 1
# Step n makes version n + 1 of a file. Steps are never edited once released: add another.
MIGRATIONS: dict[int, Migration] = {}


def fields_of(table: str) -> tuple[Field, ...]:
    """A table's columns in the lake: those of `sitbone export --tidy`, and the day as a number."""
    return (*TABLES[table][1], DAY)


def schema_of(table: str) -> Any:
    """The columns inside a file, as a `pyarrow.Schema`."""
    return arrow_schema(fields_of(table))


def migrated(name: str, table: Any, version: int) -> Any:
    """A table of an older version, in the present one."""
    for step in range(version, VERSION):
        table = MIGRATIONS[step](name, table)
    return table
