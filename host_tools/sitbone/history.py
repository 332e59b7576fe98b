"""The days: what was sat, how often the user got up, what the cushion said and what came of it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from cushion.core import records
from sitbone.blocks import Fields, fields_of
from sitbone.days import iso, local, midnight, unix_ms
from sitbone.store import Store, Stored

KINDS = (records.SAT, records.STOOD, records.BREAK, records.PROMPT, records.OUTCOME, records.UNKNOWN)
LONGEST_MS = 24 * 3_600_000  # a sit or a gap that began before the range is still found if it is no longer than this
UNKNOWN_STATE = 0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, [start_ms, end_ms) in UTC ms."""

    start_ms: int
    end_ms: int


@dataclass(slots=True)
class Day:
    """One local day. ``bouts`` are cut at midnight; ``prompts`` are (UTC ms, side, level); doses in seconds.

    ``recorded_s`` is the time that the cushion has records of, ``valid_s`` that with every sensor in order, and
    ``unknown_s`` the time that it knows it missed.
    """

    day: date
    bouts: list[Span] = field(default_factory=list)
    breaks_all: int = 0
    breaks_verified: int = 0
    prompts: list[tuple[int, str, int]] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)
    left_dose_max_s: float = 0.0
    right_dose_max_s: float = 0.0
    recorded_s: float = 0.0
    valid_s: float = 0.0
    unknown_s: float = 0.0

    @property
    def seated_s(self) -> float:
        return sum(bout.end_ms - bout.start_ms for bout in self.bouts) / 1000

    @property
    def episodes(self) -> int:
        """How often the cushion began to prompt; levels 2 and 3 only repeat a prompt."""
        return sum(1 for _, _, level in self.prompts if level == 1)

    @property
    def longest_s(self) -> float:
        return max((bout.end_ms - bout.start_ms for bout in self.bouts), default=0) / 1000

    @property
    def valid_share(self) -> float | None:
        """Share of the day's recorded or missed time with every sensor in order; None without any."""
        whole = self.recorded_s + self.unknown_s
        return round(self.valid_s / whole, 4) if whole else None

    def as_json(self) -> dict[str, Any]:
        """The day as `sitbone history --json` prints it."""
        return {
            "date": self.day.isoformat(),
            "seated_s": round(self.seated_s, 1),
            "bouts": [{"start": iso(bout.start_ms), "end": iso(bout.end_ms)} for bout in self.bouts],
            "longest_s": round(self.longest_s, 1),
            "breaks": {"verified": self.breaks_verified, "all": self.breaks_all},
            "prompts": [{"at": iso(at_ms), "side": side, "level": level} for at_ms, side, level in self.prompts],
            "outcomes": dict(sorted(self.outcomes.items())),
            "dose_max_s": {"left": round(self.left_dose_max_s, 1), "right": round(self.right_dose_max_s, 1)},
            "valid_share": self.valid_share,
        }


def history(store: Store, start: datetime, end: datetime) -> list[Day]:
    """The local days that [start, end) touches and that have any data, by date."""
    days = _Days(start, end)
    found = store.read(KINDS, unix_ms(start) - LONGEST_MS, unix_ms(end) + LONGEST_MS)
    decoded = [(record, fields_of(record.kind, record.payload)) for record in found]
    for bout in _merged(_bouts(store, decoded)):
        days.add_bout(bout)
    for record, fields in decoded:
        _count(days, record, fields)
    _add_epochs(days, store, start, end)
    return days.with_data()


def last_days(now: datetime, count: int) -> tuple[datetime, datetime]:
    """The range of the last ``count`` local days, today included."""
    today = now.astimezone().date()
    return midnight(today - timedelta(days=count - 1)), midnight(today + timedelta(days=1))


class _Days:
    """The days of a range, made when first touched."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self._start_ms, self._end_ms = unix_ms(start), unix_ms(end)
        self._days: dict[date, Day] = {}

    def at(self, at_ms: int) -> Day | None:
        """The day of a moment; None outside the range."""
        if not self._start_ms <= at_ms < self._end_ms:
            return None
        day = local(at_ms).date()
        return self._days.setdefault(day, Day(day))

    def add_bout(self, bout: Span) -> None:
        """Adds a bout, cut at the range's ends and at each midnight."""
        start_ms, end_ms = max(bout.start_ms, self._start_ms), min(bout.end_ms, self._end_ms)
        while start_ms < end_ms:
            next_ms = min(end_ms, unix_ms(midnight(local(start_ms).date() + timedelta(days=1))))
            day = self.at(start_ms)
            assert day is not None
            day.bouts.append(Span(start_ms, next_ms))
            start_ms = next_ms

    def with_data(self) -> list[Day]:
        return [self._days[day] for day in sorted(self._days)]


def _bouts(store: Store, decoded: list[tuple[Stored, Fields]]) -> list[Span]:
    """Sits: a ``stood`` record knows how long it was; a ``sat`` that none follows lasts to its session's end. Lengths
    are in device time, so that a clock that is set in the middle makes no sit longer."""
    spans = []
    still_open: dict[tuple[int, int], Stored] = {}
    for record, fields in decoded:
        assert record.unix_ms is not None
        session = (record.cushion, record.session)
        if record.kind == records.SAT:
            still_open[session] = record
        elif record.kind == records.STOOD:
            still_open.pop(session, None)
            spans.append(Span(record.unix_ms - int(fields["bout_ms"]), record.unix_ms))
    return spans + [_open_bout(store, sat) for sat in still_open.values()]


def _open_bout(store: Store, sat: Stored) -> Span:
    assert sat.unix_ms is not None
    length_ms = store.session_end_ms(sat.cushion, sat.session) - sat.at_mono_ms
    return Span(sat.unix_ms, sat.unix_ms + length_ms)


def _merged(spans: list[Span]) -> list[Span]:
    """The spans without overlaps: two cushions, or two placements of one clock, don't make a sit longer."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda item: item.start_ms):
        if merged and span.start_ms < merged[-1].end_ms:
            merged[-1] = Span(merged[-1].start_ms, max(merged[-1].end_ms, span.end_ms))
        elif span.end_ms > span.start_ms:
            merged.append(span)
    return merged


def _count(days: _Days, record: Stored, fields: Fields) -> None:
    assert record.unix_ms is not None
    day = days.at(record.unix_ms)
    if day is None or not fields:
        return
    if record.kind == records.BREAK:
        _count_break(day, record.unix_ms, fields)
    elif record.kind == records.PROMPT:
        day.prompts.append((record.unix_ms, records.SIDES[int(fields["side"])], int(fields["level"])))
    elif record.kind == records.OUTCOME:
        name = records.OUTCOMES[int(fields["outcome"])]
        day.outcomes[name] = day.outcomes.get(name, 0) + 1
    elif record.kind == records.UNKNOWN:
        day.unknown_s += int(fields["unknown_ms"]) / 1000
    if "left_dose_cs" in fields:
        day.left_dose_max_s = max(day.left_dose_max_s, int(fields["left_dose_cs"]) / 100)
        day.right_dose_max_s = max(day.right_dose_max_s, int(fields["right_dose_cs"]) / 100)


def _count_break(day: Day, end_ms: int, fields: Fields) -> None:
    """A night between two days is no break of either."""
    if local(end_ms - int(fields["break_ms"])).date() == day.day:
        day.breaks_all += 1
        day.breaks_verified += int(fields["verified"])


def _add_epochs(days: _Days, store: Store, start: datetime, end: datetime) -> None:
    """Doses and sensor health, from the regular records: a year has a million, so whole days at once."""
    times_ms, epochs = epochs_of(store, unix_ms(start), unix_ms(end))
    at = 0
    while at < len(times_ms):
        day = days.at(int(times_ms[at]))
        assert day is not None
        until_ms = unix_ms(midnight(day.day + timedelta(days=1)))
        stop = int(np.searchsorted(times_ms, until_ms))
        _add_days_epochs(day, epochs[at:stop])
        at = stop


def _add_days_epochs(day: Day, epochs: np.ndarray[Any, Any]) -> None:
    seconds = epochs["seconds"].astype(float)
    valid = (epochs["bad_zones"] == 0) & (epochs["state"] != UNKNOWN_STATE)
    day.recorded_s += float(seconds.sum())
    day.valid_s += float(seconds[valid].sum())
    day.left_dose_max_s = max(day.left_dose_max_s, float(epochs["left_dose_cs"].max()) / 100)
    day.right_dose_max_s = max(day.right_dose_max_s, float(epochs["right_dose_cs"].max()) / 100)


def epochs_of(store: Store, from_ms: int, to_ms: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Times (int64, UTC ms, rising) and fields (a structured array, named as in `records`) of the epochs in a range."""
    shape = _epoch_dtype()
    rows = [row for row in store.payloads(records.EPOCH, from_ms, to_ms) if len(row[1]) >= shape.itemsize]
    times_ms = np.array([row[0] for row in rows], dtype=np.int64)
    return times_ms, np.frombuffer(b"".join(row[1][: shape.itemsize] for row in rows), dtype=shape)


def _epoch_dtype() -> np.dtype[Any]:
    """The epoch record's own format table, as numpy says it."""
    _, form, names = records.KINDS[records.EPOCH]
    return np.dtype([(name, form[0] + letter) for name, letter in zip(names, form[1:], strict=True)])
