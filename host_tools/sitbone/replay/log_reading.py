"""Reads from a cushion's log what the decision machine needs to live through that time again.

Times are whole seconds, UTC. An epoch has each side's mean load over some seconds and the dose at their end. Other
records give, to the second, when somebody sat down, stood up, off-loaded, shifted or pressed the button, and when the
cushion slept, restarted, lost its sensors or got other settings.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cushion.core import records
from cushion.core.charge import LOG_ONLY
from cushion.core.settings import Settings
from cushion.core.shifts import SHIFT_MS
from sitbone.analysis.epochs import epoch_table
from sitbone.analysis.timeline import LONGEST_MS, SAME_MS
from sitbone.settings.limits import setting_changes
from sitbone.store.blocks import Fields, fields_of, in_table
from sitbone.store.store import Store, Stored, readable

POWER_ON = 1  # the ESP32's number of the reset that forgets everything
SHIFT_S = SHIFT_MS // 1000
MEMORY_MS = 14 * 86_400_000

RESTART, PRESS, SETTING, LOW_BATTERY, CLOCK, SHIFTED = range(6)


Seconds = tuple[int, int]  # from, to


class Moment(NamedTuple):
    """Something that happens between two seconds.

    ``value`` by ``what``: RESTART whether the state was kept, and for how long the cushion had slept on an empty seat;
    PRESS a gesture; SETTING (name, value); LOW_BATTERY whether it is low; CLOCK that the time is known; SHIFTED that a
    weight shift has become long enough.
    """

    at_s: int
    what: int
    value: Any


class Epoch(NamedTuple):
    """One epoch: it ends with ``end_s`` and lasted ``seconds``; loads in permille, -1 unknown; doses at its end."""

    end_s: int
    seconds: int
    left_u: int
    right_u: int
    left_cs: int
    right_cs: int
    seated_s: int
    state: int


@dataclass
class Log:
    """One cushion's log of [from_s, to_s), and of some time before it.

    Spans are in seconds, sorted: ``sits``, ``offloads`` (both sides relieved while seated), ``things`` (on the seat,
    while nobody was), ``blind`` (sensors lost). ``values``: the settings at the start; ``outcomes``: how the prompts
    before that ended.
    """

    cushion: int
    from_s: int
    to_s: int
    values: dict[str, int]
    epochs: list[Epoch]
    sits: list[Seconds] = field(default_factory=list)
    offloads: list[Seconds] = field(default_factory=list)
    things: list[Seconds] = field(default_factory=list)
    blind: list[Seconds] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    last_s: int = 0  # when the last record was written
    outcomes: list[tuple[int, int]] = field(default_factory=list)  # (outcome, response_ms) of prompts before from_s


def read_log(store: Store, cushion: int, from_ms: int, to_ms: int, lead_ms: int = 0) -> Log:
    """The log of one cushion in [from_ms, to_ms), UTC, and of `lead_ms` before it, which has effects in the range."""
    begin_ms = from_ms - lead_ms
    epochs = _epochs(store, cushion, begin_ms, to_ms)
    log = Log(cushion, from_ms // 1000, to_ms // 1000, _values_at(store, cushion, begin_ms), epochs)
    reader = _Reader(log)
    for record in store.read(None, begin_ms - LONGEST_MS, to_ms):
        if record.cushion == cushion and record.unix_ms is not None:
            reader.take(record, record.unix_ms, fields_of(record.kind, record.payload))
    reader.close()
    log.outcomes = _outcomes_before(store, cushion, begin_ms)
    log.moments += _setting_moments(store, cushion, begin_ms, to_ms)
    log.moments = sorted((item for item in log.moments if begin_ms // 1000 <= item.at_s), key=lambda item: item.at_s)
    return log


def seconds_of(at_ms: int) -> int:
    """The nearest second."""
    return (at_ms + 500) // 1000


def _epochs(store: Store, cushion: int, from_ms: int, to_ms: int) -> list[Epoch]:
    table = epoch_table(store, from_ms, to_ms).of(cushion)
    rows = table.rows("seconds", "left_u", "right_u", "left_dose_cs", "right_dose_cs", "seated_s", "state")
    return [
        Epoch(seconds_of(end_ms), seconds, _known(left_u), _known(right_u), *rest)
        for end_ms, (seconds, left_u, right_u, *rest) in zip(table.end_ms, rows, strict=True)
        if seconds > 0
    ]


def _outcomes_before(store: Store, cushion: int, at_ms: int) -> list[tuple[int, int]]:
    """How the prompts of the two weeks before ended: the machine remembers the last 20."""
    found = readable(store.read([records.OUTCOME], at_ms - MEMORY_MS, at_ms))
    fields = [fields for record, fields in found if record.cushion == cushion]
    return [(int(f["outcome"]), int(f["response_ms"])) for f in fields if in_table(records.OUTCOMES, f["outcome"])]


def _known(u: int) -> int:
    return -1 if u == records.UNKNOWN_U else u


def _values_at(store: Store, cushion: int, at_ms: int) -> dict[str, int]:
    """The settings in force at a moment. Where none changed before, the first later change says what it was."""
    values: dict[str, int] = Settings().as_dict()
    later: dict[str, int] = {}
    for item in setting_changes(store, cushion):
        if item.unix_ms is None or item.unix_ms < at_ms:
            values[item.name] = item.now
            later.setdefault(item.name, item.now)
        elif item.name not in later:
            values[item.name] = item.was
            later[item.name] = item.was
    return values


def _setting_moments(store: Store, cushion: int, from_ms: int, to_ms: int) -> Iterable[Moment]:
    for item in setting_changes(store, cushion):
        if item.unix_ms is not None and from_ms <= item.unix_ms < to_ms:
            yield Moment(seconds_of(item.unix_ms), SETTING, (item.name, item.now))


class _Reader:
    """Reads records by time into a Log."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._sat_s: int | None = None
        self._object_s: int | None = None

    def take(self, record: Stored, at_ms: int, fields: Fields) -> None:
        """Adds one placed record; one that this version can't read is skipped."""
        self._log.last_s = max(self._log.last_s, seconds_of(at_ms + int(fields.get("ago_ms", 0))))
        handler = _HANDLERS.get(record.kind)
        if fields and handler is not None:
            handler(self, seconds_of(at_ms), {k: v for k, v in fields.items() if isinstance(v, int)})

    def close(self) -> None:
        """Ends the reading: a sit or an object that is still there lasts to the end."""
        if self._sat_s is not None:
            self._log.sits.append((self._sat_s, self._log.to_s))
        if self._object_s is not None:
            self._log.things.append((self._object_s, self._log.to_s))
        for spans in (self._log.sits, self._log.offloads, self._log.things, self._log.blind):
            spans.sort(key=lambda span: span[0])

    def _boot(self, at_s: int, fields: dict[str, int]) -> None:
        self._log.moments.append(Moment(at_s, RESTART, (fields["reset_cause"] != POWER_ON, 0)))
        if self._sat_s is not None:  # it ended with the session, whenever that was
            ends = [epoch.end_s for epoch in self._log.epochs[: bisect_right(self._log.epochs, (at_s,))]]
            self._log.sits.append((self._sat_s, max(self._sat_s, ends[-1] if ends else at_s)))
        self._sat_s = None
        self._object(at_s, {"on": 0})

    def _sat(self, at_s: int, _: dict[str, int]) -> None:
        self._sat_s = at_s

    def _stood(self, at_s: int, fields: dict[str, int]) -> None:
        self._log.sits.append((at_s - (fields["bout_ms"] + 500) // 1000, at_s))
        self._sat_s = None

    def _object(self, at_s: int, fields: dict[str, int]) -> None:
        if fields["on"]:
            self._object_s = at_s
            if self._sat_s is not None and abs(self._sat_s - at_s) <= SAME_MS // 1000:
                self._sat_s = None  # it was the thing that came
        elif self._object_s is not None:
            self._log.things.append((self._object_s, at_s))
            self._object_s = None

    def _shift(self, at_s: int, fields: dict[str, int]) -> None:
        self._log.moments.append(Moment(at_s - fields["shift_ms"] // 1000 + SHIFT_S, SHIFTED, True))

    def _offload(self, at_s: int, fields: dict[str, int]) -> None:
        self._log.offloads.append((at_s - fields["offload_ms"] // 1000, at_s))

    def _unknown(self, at_s: int, fields: dict[str, int]) -> None:
        if fields["why"] == records.GAP_SENSORS:
            self._log.blind.append((at_s - fields["unknown_ms"] // 1000, at_s))

    def _slept(self, at_s: int, fields: dict[str, int]) -> None:
        moments = self._log.moments
        for index in range(len(moments) - 1, -1, -1):
            if moments[index].what == RESTART:
                moments[index] = Moment(moments[index].at_s, RESTART, (True, fields["slept_s"]))
                return

    def _button(self, at_s: int, fields: dict[str, int]) -> None:
        if in_table(records.GESTURES, fields["gesture"]):
            self._log.moments.append(Moment(at_s, PRESS, fields["gesture"]))

    def _battery(self, at_s: int, fields: dict[str, int]) -> None:
        self._log.moments.append(Moment(at_s, LOW_BATTERY, fields["stage"] >= LOG_ONLY))

    def _clock(self, at_s: int, _: dict[str, int]) -> None:
        self._log.moments.append(Moment(at_s, CLOCK, True))


_HANDLERS = {
    records.BOOT: _Reader._boot,
    records.SAT: _Reader._sat,
    records.STOOD: _Reader._stood,
    records.OBJECT: _Reader._object,
    records.SHIFT: _Reader._shift,
    records.OFFLOAD: _Reader._offload,
    records.UNKNOWN: _Reader._unknown,
    records.SLEPT: _Reader._slept,
    records.BUTTON: _Reader._button,
    records.BATTERY: _Reader._battery,
    records.CLOCK: _Reader._clock,
}
