"""A cache of whole days: derived once from their records, and again when these change (triggers in schema.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sitbone.analysis.days import Day, day_of
from sitbone.analysis.spans import Span
from sitbone.analysis.timeline import LONGEST_MS, Mark, Prompt, gather
from sitbone.dates import Zone
from sitbone.store.store import Store, zone_of

VERSION = 2  # increase it with each change in what a day's figures mean or contain
LONG_DAYS = 3 * 366
RECENT_DAYS = 400  # a year of trends, and some more
BATCH_DAYS = 31  # derived at once: bounds the memory, and the work lost when interrupted

BOUNDS = ("day", "start_ms", "end_ms")
PARTS: dict[str, type] = {"bouts": Span, "prompts": Prompt, "marks": Mark}  # stored as lists of their fields

Bounds = tuple[date, int, int]


def whole_days(store: Store, first: date, last: date) -> list[Day]:
    """The days first..last that have any data, by date."""
    reach = store.reach_ms()
    if reach is None:
        return []
    zone = zone_of(store)
    first, last = max(first, zone.day(reach[0] - LONGEST_MS)), min(last, zone.day(reach[1]))
    bounds = list(_bounds(zone, first, last) if (last - first).days <= LONG_DAYS else _sparse(store, zone, first, last))
    if not bounds:
        return []
    known = store.day_facts(VERSION, bounds[0][1], bounds[-1][2])
    days = [_from_facts(item, known[item[1:]]) for item in bounds if item[1:] in known]
    for batch in _runs([item for item in bounds if item[1:] not in known]):
        days += _derived(store, batch)
    return [day for day in sorted(days, key=lambda day: day.start_ms) if day.has_data]


def derive_recent(store: Store, today: date) -> None:
    """Call it after a sync, when the user is waiting anyway: the next question is then answered quickly."""
    whole_days(store, today - timedelta(days=RECENT_DAYS), today)


def _bounds(zone: Zone, first: date, last: date) -> Iterator[Bounds]:
    """Each day with its bounds. A day skipped by crossing the date line has no length and is left out."""
    for index in range((last - first).days + 1):
        day = first + timedelta(days=index)
        start_ms, end_ms = zone.begin_ms(day), zone.begin_ms(day + timedelta(days=1))
        if end_ms > start_ms:
            yield day, start_ms, end_ms


def _sparse(store: Store, zone: Zone, first: date, last: date) -> Iterator[Bounds]:
    """The same for a range of years, only around days with records: a wrong clock may place some a century away."""
    days: set[date] = set()
    at_ms = store.next_record_ms(zone.begin_ms(first))
    while at_ms is not None and (day := zone.day(at_ms)) <= last:
        days |= {day - timedelta(days=1), day, day + timedelta(days=1)}
        at_ms = store.next_record_ms(zone.begin_ms(day + timedelta(days=1)))
    for day in sorted(days):
        if first <= day <= last:
            yield from _bounds(zone, day, day)


def _runs(bounds: list[Bounds]) -> Iterator[list[Bounds]]:
    """Runs of consecutive days, at most a month each: one read of the log per run."""
    for _, run in groupby(enumerate(bounds), key=lambda item: item[1][0].toordinal() - item[0]):
        days = [bound for _, bound in run]
        for at in range(0, len(days), BATCH_DAYS):
            yield days[at : at + BATCH_DAYS]


def _derived(store: Store, bounds: list[Bounds]) -> list[Day]:
    seen = store.changes_seen()
    timeline = gather(store, bounds[0][1], bounds[-1][2])
    days = [day_of(timeline, *item) for item in bounds]
    store.keep_day_facts(VERSION, {(day.start_ms, day.end_ms): _to_facts(day) for day in days}, seen)
    return days


def _to_facts(day: Day) -> str:
    facts = {name: getattr(day, name) for name in _names(Day) if name not in BOUNDS}
    for name, kind in PARTS.items():
        facts[name] = [[getattr(part, field) for field in _names(kind)] for part in facts[name]]
    return json.dumps(facts, separators=(",", ":"))


def _from_facts(bounds: Bounds, text: str) -> Day:
    facts: dict[str, Any] = json.loads(text)
    for name, kind in PARTS.items():
        facts[name] = [kind(*part) for part in facts[name]]
    for prompt in facts["prompts"]:
        prompt.levels = [tuple(vibration) for vibration in prompt.levels]
    return Day(*bounds, **facts)


def _names(kind: type) -> list[str]:
    """A dataclass's field names, in order."""
    return [item.name for item in fields(kind)]
