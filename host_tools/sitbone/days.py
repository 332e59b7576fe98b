"""Dates, times and durations as the user types and reads them, in the zone of the computer."""

import re
from datetime import UTC, date, datetime, time, timedelta

from sitbone.errors import UsageError

DURATION_UNITS_S = {"d": 86400, "h": 3600, "m": 60, "min": 60, "s": 1}


def parse_when(text: str, now: datetime, end: bool = False) -> datetime:
    """A local, aware time from a date, an ISO time, 'today', 'yesterday' or 'now'.

    A whole day means its midnight, or with ``end`` the next one: ``--to`` includes the day that is named. ``now`` is
    aware. Raises UsageError.
    """
    word = text.strip().lower()
    if word == "now":
        return now
    day = _parse_day(word, now.astimezone().date())
    if day is not None:
        return midnight(day + timedelta(days=1) if end else day)
    try:
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError):
        raise UsageError(
            f"'{text}' is no date or time; give 2026-03-31, 2026-03-31T14:30, today or yesterday"
        ) from None


def _parse_day(word: str, today: date) -> date | None:
    if word in ("today", "yesterday"):
        return today - timedelta(days=word == "yesterday")
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def parse_duration_s(text: str) -> float:
    """Seconds from '90s', '30m', '8h', '1h30m', '2d' or a bare number of seconds. Raises UsageError."""
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text.strip().lower())
    joined = "".join(number + unit for number, unit in parts)
    known = all(unit in DURATION_UNITS_S or (unit == "" and len(parts) == 1) for _, unit in parts)
    if not parts or not known or joined != re.sub(r"\s+", "", text.strip().lower()):
        raise UsageError(f"'{text}' is no duration; give for example 90s, 30m or 8h")
    return sum(float(number) * DURATION_UNITS_S.get(unit, 1) for number, unit in parts)


def midnight(day: date) -> datetime:
    """The local beginning of a day, aware; right on days when the clock changes, too."""
    return datetime.combine(day, time()).astimezone()


def unix_ms(moment: datetime) -> int:
    """An aware time in ms since 1970."""
    return round(moment.timestamp() * 1000)


def utc_offset_min(moment: datetime) -> int:
    """Local time minus UTC of an aware time, in minutes."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("an aware time is needed")
    return round(offset.total_seconds() / 60)


def local(at_unix_ms: int) -> datetime:
    """ms since 1970 as local, aware time."""
    return datetime.fromtimestamp(at_unix_ms / 1000, UTC).astimezone()


def iso(at_unix_ms: int) -> str:
    """ms since 1970 as local ISO 8601 with offset, to the millisecond."""
    return local(at_unix_ms).isoformat(timespec="milliseconds")


def duration_text(seconds: float) -> str:
    """'45 s', '7 min 30 s', '2 h 05 min'."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min"
