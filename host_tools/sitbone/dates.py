"""Dates, times and durations as the user types and reads them; `Zone` is the local time at any moment."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from sitbone.errors import UsageError

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2199, 12, 31)
DURATION_UNITS_S = {"d": 86400, "h": 3600, "m": 60, "min": 60, "s": 1}


class Zone:
    """The person's local time, past and present: the one rule that assigns moments to days.

    It is this computer's zone, daylight saving included, until a sync recorded another offset (``offsets``: the UTC ms
    of each sync and its computer's offset in minutes). That offset holds until the next sync, as it does on the
    cushion; before the first sync, the first sync's offset holds. A day begins when its date is first reached, so that
    days neither overlap nor leave a gap, wherever somebody travels: an evening lived twice belongs to the later day.
    """

    def __init__(self, offsets: Iterable[tuple[int, int]] = ()) -> None:
        self._begins_ms = [-(1 << 62)]
        self._zones: list[tzinfo | None] = [None]  # None: this computer's
        self._reached = [date.min]  # the latest date before each begin
        for index, (at_ms, offset_min) in enumerate(sorted(offsets)):
            here = utc_offset_min(local(at_ms)) == offset_min
            zone = None if here else timezone(timedelta(minutes=offset_min))
            if index == 0:
                self._zones[0] = zone
            elif zone != self._zones[-1]:
                self._reached.append(self.day(at_ms - 1))
                self._begins_ms.append(at_ms)
                self._zones.append(zone)

    def local(self, at_ms: int) -> datetime:
        """ms since 1970 as local, aware time."""
        zone = self._zones[bisect_right(self._begins_ms, at_ms) - 1]
        return local(at_ms) if zone is None else datetime.fromtimestamp(at_ms / 1000, zone)

    def iso(self, at_ms: int) -> str:
        """ms since 1970 as local ISO 8601 with offset, to the millisecond."""
        return self.local(at_ms).isoformat(timespec="milliseconds")

    def day(self, at_ms: int) -> date:
        """The day that a moment belongs to."""
        return max(self._reached[bisect_right(self._begins_ms, at_ms) - 1], self.local(at_ms).date())

    def begin_ms(self, day: date) -> int:
        """When a day begins, UTC ms; it ends where the next one begins."""
        for begin_ms, end_ms, zone in zip(self._begins_ms, [*self._begins_ms[1:], 1 << 62], self._zones, strict=True):
            at_ms = unix_ms(midnight(day) if zone is None else datetime.combine(day, time(), zone))
            if max(begin_ms, at_ms) < end_ms:
                return max(begin_ms, at_ms)
        raise AssertionError("the last zone never ends")


def parse_when(text: str, now: datetime, end: bool = False, zone: Zone | None = None) -> datetime:
    """A local, aware time from a date, an ISO time, 'today', 'yesterday' or 'now'.

    A whole day means its beginning, or with ``end`` that of the next day: ``--to`` includes the day it names. Days are
    those of ``zone``, else of this computer. ``now`` is aware. Raises UsageError.
    """
    word = text.strip().lower()
    if word == "now":
        return now
    day = _parse_day(word, now.astimezone().date())
    if day is not None:
        zone = zone or Zone()
        return zone.local(zone.begin_ms(_within_calendar(day) + timedelta(days=end)))
    try:
        # Weeks and the like are not taken: their first day would pass for all of them.
        moment = datetime.fromisoformat(text.strip() if DAY.match(word) else "")
        _within_calendar(moment.date())
        return moment.astimezone()
    except (ValueError, OverflowError):
        raise UsageError(
            f"'{text}' is not a date or time; give 2026-03-31, 2026-03-31T14:30, today or yesterday"
        ) from None


def _within_calendar(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UsageError(f"{day} is too far away; give a day from {FIRST_DAY} to {LAST_DAY}")
    return day


def _parse_day(word: str, today: date) -> date | None:
    if word in ("today", "yesterday"):
        return today - timedelta(days=word == "yesterday")
    try:
        return date.fromisoformat(word if DAY.fullmatch(word) else "")
    except ValueError:
        return None


def parse_duration_s(text: str) -> float:
    """Seconds from '90s', '30m', '8h', '1h30m', '2d' or a bare number of seconds. Raises UsageError."""
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text.strip().lower())
    joined = "".join(number + unit for number, unit in parts)
    known = all(unit in DURATION_UNITS_S or (unit == "" and len(parts) == 1) for _, unit in parts)
    if not parts or not known or joined != re.sub(r"\s+", "", text.strip().lower()):
        raise UsageError(f"'{text}' is not a duration; give 90s, 30m or 8h, for example")
    return sum(float(number) * DURATION_UNITS_S.get(unit, 1) for number, unit in parts)


def midnight(day: date) -> datetime:
    """The local beginning of a day, aware; correct also on days when the clocks change."""
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


def next_offset(moment: datetime) -> tuple[int, int] | None:
    """When this computer's UTC offset changes next within 400 days, in Unix seconds to the minute, and to what."""
    day_min, start_min, offset_min = 1440, unix_ms(moment) // 60_000, utc_offset_min(moment)
    for day in range(1, 401):
        if _offset_at(start_min + day * day_min) != offset_min:
            minutes = range(start_min + (day - 1) * day_min, start_min + day * day_min + 1)
            at_min = minutes[bisect_left(minutes, True, key=lambda minute: _offset_at(minute) != offset_min)]
            return at_min * 60, _offset_at(at_min)
    return None


def _offset_at(unix_min: int) -> int:
    return utc_offset_min(local(unix_min * 60_000))


def local(at_unix_ms: int) -> datetime:
    """ms since 1970 as local, aware time."""
    return datetime.fromtimestamp(at_unix_ms / 1000, UTC).astimezone()


def iso(at_unix_ms: int) -> str:
    """ms since 1970 as local ISO 8601 with offset, to the millisecond."""
    return local(at_unix_ms).isoformat(timespec="milliseconds")


def on_day(day: date) -> str:
    """'Mon 23 Mar'."""
    return f"{day:%a %d %b}"


def counted(count: int, what: str) -> str:
    """'1 record', '2 records'."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def off_text(seconds: float) -> str:
    """'0.3 s', '2 h 05 min': how far a clock is off, either way."""
    return f"{abs(seconds):.1f} s" if abs(seconds) < 10 else duration_text(abs(seconds))


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
