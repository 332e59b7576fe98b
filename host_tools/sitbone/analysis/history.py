"""The days of a range, whole or in part: what `sitbone history` shows and tuning reads."""

from datetime import datetime, timedelta

from sitbone.analysis.day_cache import whole_days
from sitbone.analysis.days import Day, day_of
from sitbone.analysis.timeline import gather
from sitbone.dates import Zone, unix_ms
from sitbone.store.store import Store, zone_of


def history(store: Store, start: datetime, end: datetime) -> list[Day]:
    """The person's days in [start, end) that have any data, by date; the first and last may be cut short."""
    zone, from_ms, to_ms = zone_of(store), unix_ms(start), unix_ms(end)
    days = whole_days(store, zone.day(from_ms), zone.day(to_ms - 1))
    return [day for day in (_cut(store, day, from_ms, to_ms) for day in days) if day.has_data]


def _cut(store: Store, day: Day, from_ms: int, to_ms: int) -> Day:
    """The day, or the part of it in [from_ms, to_ms)."""
    start_ms, end_ms = max(day.start_ms, from_ms), min(day.end_ms, to_ms)
    if (start_ms, end_ms) == (day.start_ms, day.end_ms):
        return day
    if start_ms >= end_ms:
        return Day(day.day, start_ms, start_ms)
    return day_of(gather(store, start_ms, end_ms), day.day, start_ms, end_ms)


def last_days(now: datetime, count: int, zone: Zone | None = None) -> tuple[datetime, datetime]:
    """The range of the last ``count`` days of ``zone`` (else of this computer's), today included."""
    zone, today = zone or Zone(), now.astimezone().date()
    first, after = today - timedelta(days=count - 1), today + timedelta(days=1)
    return zone.local(zone.begin_ms(first)), zone.local(zone.begin_ms(after))
