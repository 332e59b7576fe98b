"""Whom to see, and when: what comes before any limit or exercise, on every page and in every proposal."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sitbone.dates import on_day
from sitbone.diary.entries import RED_PAIN, RED_PAIN_DAYS, SIDES, SideDiary, side_diary
from sitbone.diary.long_view import physician
from sitbone.store.store import Store

SEEK_CARE = (
    "seek care; no limit is raised while a red flag is open (sitbone pain flags --clear), nor for"
    f" {RED_PAIN_DAYS} days after pain of {RED_PAIN} or more"
)


def care(today: date, diary: SideDiary) -> list[str]:
    """Open red flags, pain severe enough to count as one, and what to do. [] on most days."""
    found = [f"{on_day(day)}: {text}" for day, text in diary.red if day <= today]
    since = today - timedelta(days=RED_PAIN_DAYS)
    for name, ratings in (("while sitting", diary.sittings), ("in the morning", diary.mornings)):
        strong = [day for day in sorted(ratings) if since < day <= today and ratings[day].pain >= RED_PAIN]
        found += [f"{on_day(day)}: pain {ratings[day].pain} {name}" for day in strong]
    return [*found, SEEK_CARE] if found else []


def first_of_all(store: Store, now: datetime) -> dict[str, list[str]]:
    """``care``: what needs somebody soon; ``physician``: what to discuss with one. Of both sides together."""
    diaries = {side: side_diary(store, side, now) for side in SIDES}
    return merged(now.date(), diaries)


def merged(today: date, diaries: dict[str, SideDiary]) -> dict[str, list[str]]:
    """The same, from diaries already read."""
    urgent = dict.fromkeys(line for diary in diaries.values() for line in care(today, diary) if line != SEEK_CARE)
    long = {side: physician(today, diary) for side, diary in diaries.items()}
    both = len(set(long.values())) == 1
    named = {"both sides": long["left"]} if both else {f"{side} side": text for side, text in long.items()}
    return {
        "care": [*urgent, SEEK_CARE] if urgent else [],
        "physician": [f"{name}: {text}" for name, text in named.items() if text],
    }
