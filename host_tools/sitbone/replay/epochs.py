"""A person's recorded epochs, and the firmware's own core over them: what would other settings have decided?

An epoch holds a side's mean load over about ten seconds and the state of the seat; the replay takes both as constant
for as long. So a replayed sit begins up to 5 s late, reliefs shorter than an epoch are blurred, a shift is measured
against the person's reference, not against their habit, and is seen at its epoch's end, and presses of the button are
not replayed. Behaviour is the recorded one: who got up after a prompt then, gets up at that time here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from cushion.core import records
from cushion.core.dose import Dose
from cushion.core.events import Events
from cushion.core.occupancy import BREAK_ZONE_U, OCCUPIED, VACANT, BreakTimer
from cushion.core.pauses import is_quiet
from cushion.core.prompting import LEFT, OBJECT, QUIET, RIGHT, UNTRUSTED, VEHICLE, Prompter, Situation
from cushion.core.settings import Settings
from cushion.core.shifts import Offload, Shift
from sitbone.analysis.history import epochs_of
from sitbone.dates import Zone, local, unix_ms
from sitbone.store.blocks import fields_of
from sitbone.store.store import Store, zone_of

STATE_OBJECT = 3
GAP_STEP_MS = 5000  # of a gap, however long, the prompts' own timers see so much (engine.MAX_STEP_MS)
LONG_MS = 1 << 29
SLACK_S = 5  # two epochs that are no further apart than this follow each other
LONGEST_S = 900  # an empty seat is logged every ten minutes
VACANT_SECONDS = 255  # where the count of seconds is full

LEVEL, END, SUPPRESSED = 1, 2, 3
Decision = tuple[
    int, int, int, int
]  # (second, LEVEL, level, side), (second, END, outcome, 0), (second, SUPPRESSED, why, 0)


@dataclass(frozen=True)
class Epochs:
    """Epochs in order of time, as arrays of one length.

    ``seconds``: how long; ``gap_s``: unknown time before it; ``left_u``, ``right_u``: permille, -1 unknown; ``state``:
    0 unknown, 1 vacant, 2 occupied, 3 object; ``minute``: of the local day when it began, -1 unknown; ``start_ms``: its
    beginning, UTC.
    """

    seconds: np.ndarray[Any, Any]
    gap_s: np.ndarray[Any, Any]
    left_u: np.ndarray[Any, Any]
    right_u: np.ndarray[Any, Any]
    state: np.ndarray[Any, Any]
    minute: np.ndarray[Any, Any]
    start_ms: np.ndarray[Any, Any]

    def __len__(self) -> int:
        return len(self.seconds)

    @property
    def days(self) -> int:
        """How many local days have somebody on the seat."""
        seated = self.start_ms[self.state == OCCUPIED]
        return len({local(int(at)).date() for at in _thinned(seated)})

    @property
    def seated_s(self) -> int:
        return int(self.seconds[self.state == OCCUPIED].sum())

    def end_s(self) -> np.ndarray[Any, Any]:
        """The replay's second at which each epoch ends."""
        return np.cumsum(self.seconds + self.gap_s)


def _thinned(times_ms: np.ndarray[Any, Any]) -> list[int]:
    """One moment of each half hour: enough to tell the days apart."""
    return [int(slot) * 1_800_000 for slot in np.unique(times_ms // 1_800_000)]


def recorded(store: Store, start: datetime, end: datetime) -> Epochs:
    """The stored epochs of [start, end). Overlapping ones (two cushions) are taken once, by time."""
    from_ms, to_ms = unix_ms(start), unix_ms(end)
    zone = zone_of(store)
    epochs = from_fields(*epochs_of(store, from_ms, to_ms), zone)
    slept = [
        (record.unix_ms // 1000, int(fields_of(record.kind, record.payload)["slept_s"]))
        for record in store.read([records.SLEPT], from_ms, to_ms)
        if record.unix_ms is not None
    ]
    return _with_sleeps(epochs, slept, zone)


def _with_sleeps(epochs: Epochs, slept: list[tuple[int, int]], zone: Zone) -> Epochs:
    """Sleeps of the cushion, (when it woke in UTC s, how long), are an empty seat, not a gap: it sleeps on no other."""
    woke = dict(slept)
    starts_s, gaps_s = epochs.start_ms // 1000, epochs.gap_s
    rows = []
    for row in np.flatnonzero(gaps_s).tolist():
        end_s, gap_s = int(starts_s[row]), int(gaps_s[row])
        if any(abs(gap_s - woke.get(end_s - late_s, -SLACK_S - 1)) <= SLACK_S for late_s in range(SLACK_S + 1)):
            rows.append(row)
    lengths_s, begins_ms = gaps_s[rows], (starts_s[rows] - gaps_s[rows]) * 1000
    gaps_s = gaps_s.copy()
    gaps_s[rows] = 0
    return Epochs(
        np.insert(epochs.seconds, rows, lengths_s),
        np.insert(gaps_s, rows, 0),
        np.insert(epochs.left_u, rows, 0),
        np.insert(epochs.right_u, rows, 0),
        np.insert(epochs.state, rows, VACANT),
        np.insert(epochs.minute, rows, _minutes(begins_ms, zone)),
        np.insert(epochs.start_ms, rows, begins_ms),
    )


def from_fields(ends_ms: np.ndarray[Any, Any], fields: np.ndarray[Any, Any], zone: Zone | None = None) -> Epochs:
    """Epochs from the times they were closed (UTC ms, rising) and their record's fields; days are those of `zone`."""
    if len(ends_ms) == 0:
        none = np.zeros(0, dtype=np.int64)
        return Epochs(none, none, none, none, none, none, none)
    ends_s = ends_ms // 1000
    seconds = fields["seconds"].astype(np.int64)
    before = np.concatenate([[int(ends_s[0]) - int(seconds[0])], ends_s[:-1]])
    since = ends_s - before
    full = (seconds >= VACANT_SECONDS) & (since <= LONGEST_S)
    seconds = np.where(full, np.maximum(since, seconds), seconds)
    near = np.abs(since - seconds) <= SLACK_S
    seconds = np.where(near, since, seconds)
    gap = since - seconds
    overlap = gap < 0
    seconds, gap = np.where(overlap, np.maximum(since, 0), seconds), np.where(overlap, 0, gap)
    starts_ms = (ends_s - seconds) * 1000
    return Epochs(
        seconds,
        gap.astype(np.int64),
        _known(fields["left_u"]),
        _known(fields["right_u"]),
        fields["state"].astype(np.int64),
        _minutes(starts_ms, zone or Zone()),
        starts_ms,
    )


def _known(u: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.where(u == records.UNKNOWN_U, -1, u.astype(np.int64))


def _minutes(starts_ms: np.ndarray[Any, Any], zone: Zone) -> np.ndarray[Any, Any]:
    """Minute of the local day of each moment; the zone's offset is asked for once each quarter of an hour."""
    offsets: dict[int, int] = {}
    quarters, which = np.unique(starts_ms // 900_000, return_inverse=True)
    for quarter in quarters.tolist():
        offset = zone.local(quarter * 900_000).utcoffset()
        assert offset is not None
        offsets[quarter] = round(offset.total_seconds() / 60)
    shift = np.array([offsets[quarter] for quarter in quarters.tolist()], dtype=np.int64)[which]
    return (starts_ms // 60_000 + shift) % 1440


class _Shifts:
    """Weight shifts of both sides, an epoch at a time: whatever the settings, they are the same."""

    def __init__(self) -> None:
        self._left, self._right = Shift(), Shift()

    def step(self, seconds: int, left_u: int, right_u: int, seated: bool) -> bool:
        """Whether a shift became long enough in an epoch of this length."""
        self._left.step(seconds * 1000, left_u, seated)
        self._right.step(seconds * 1000, right_u, seated)
        return bool(self._left.reached or self._right.reached)


class PlainReplay:
    """The core's own objects, second by second: what the fast replay is held to."""

    def __init__(self, settings: Settings) -> None:
        self._values: dict[str, int] = settings.as_dict()
        self.events = Events()
        self.left, self.right = Dose(), Dose()
        self.prompter = Prompter(self.events)
        self.now_s = 0
        self.over_s = [0, 0]
        self.highest_cs = [0, 0]
        self._timer = BreakTimer()
        self._offload = Offload()
        self._shifts = _Shifts()
        self._situation = Situation()
        self._seated_ms = self._bout_ms = self._away_ms = 0

    def run(self, epochs: Epochs) -> Iterator[Decision]:
        """Yields each decision."""
        columns = (epochs.gap_s, epochs.seconds, epochs.left_u, epochs.right_u, epochs.state, epochs.minute)
        for gap_s, seconds, left_u, right_u, state, minute in zip(*(c.tolist() for c in columns), strict=True):
            if gap_s:
                yield from self._gap(gap_s)
            for second in range(1, seconds + 1):
                ended_s = seconds if second == seconds else 0
                yield from self._second(left_u, right_u, state, minute, ended_s)

    def _gap(self, gap_s: int) -> Iterator[Decision]:
        """Unknown time, as the engine takes it: neither load nor rest, a bout is over, a break not proven."""
        self.now_s += gap_s
        self._timer.lose()
        self._bout_ms = self._away_ms = 0
        self._follow(gap_s * 1000, gap_s, -1, -1, False)
        self._situation.due_sides = 0
        yield from self._prompt(GAP_STEP_MS if gap_s > 5 else gap_s * 1000, UNTRUSTED, False, False)

    def _second(self, left_u: int, right_u: int, state: int, minute: int, ended_s: int) -> Iterator[Decision]:
        """One second of an epoch; `ended_s` is the epoch's length in its last second, else 0."""
        self.now_s += 1
        values, seated = self._values, state in (OCCUPIED, STATE_OBJECT)
        off = state == VACANT and 0 <= max(left_u, right_u) < BREAK_ZONE_U
        self._timer.step(1000, off, values["verified_break_s"] * 1000)
        if self._timer.verified:
            self._seated_ms = 0
        if seated:
            self._away_ms = 0
        else:
            self._bout_ms = 0
            self._away_ms = min(self._away_ms + 1000, LONG_MS) if state == VACANT else 0
        if state != STATE_OBJECT:
            self._count(left_u, right_u, seated)
        self._follow(1000, ended_s, left_u, right_u, seated)
        left_due = left_u >= 0 and self.left.cs >= values["left_dose_limit_s"] * 100
        right_due = right_u >= 0 and self.right.cs >= values["right_dose_limit_s"] * 100
        self._situation.due_sides = (LEFT if left_due else 0) | (RIGHT if right_due else 0)
        self._measure(state)
        blocked = QUIET if is_quiet(minute, values["quiet_from_min"], values["quiet_to_min"]) else 0
        blocked |= VEHICLE if values["vehicle_mode"] else 0
        blocked |= OBJECT if state == STATE_OBJECT else 0
        settled = seated and self._bout_ms >= values["settling_s"] * 1000
        yield from self._prompt(1000, blocked, settled, self._timer.verified)

    def _count(self, left_u: int, right_u: int, seated: bool) -> None:
        values = self._values
        if left_u >= 0:
            self.left.step(1000, left_u, values["left_dose_limit_s"], values["recovery_tau_s"])
        if right_u >= 0:
            self.right.step(1000, right_u, values["right_dose_limit_s"], values["recovery_tau_s"])
        if seated:
            self._bout_ms = min(self._bout_ms + 1000, LONG_MS)
            self._seated_ms = min(self._seated_ms + 1000, LONG_MS)

    def _follow(self, dt_ms: int, ended_s: int, left_u: int, right_u: int, seated: bool) -> None:
        self._situation.shift_reached = self._shifts.step(ended_s, left_u, right_u, seated) if ended_s else False
        self._offload.step(dt_ms, left_u, right_u)

    def _measure(self, state: int) -> None:
        limits = (self._values["left_dose_limit_s"], self._values["right_dose_limit_s"])
        for side, (dose, limit_s) in enumerate(zip((self.left, self.right), limits, strict=True)):
            self.highest_cs[side] = max(self.highest_cs[side], dose.cs)
            if state == OCCUPIED and dose.cs >= limit_s * 100:
                self.over_s[side] += 1

    def _prompt(self, dt_ms: int, blocked: int, settled: bool, verified: bool) -> Iterator[Decision]:
        values, situation = self._values, self._situation
        situation.time_due = self._seated_ms >= values["seated_limit_s"] * 1000
        situation.settled = settled
        situation.offload_ms = max(self._offload.run_ms, self._away_ms)
        situation.verified = verified
        left_recovered = self.left.cs <= values["left_dose_limit_s"] * 50
        situation.recovered = left_recovered and self.right.cs <= values["right_dose_limit_s"] * 50
        situation.blocked = blocked
        prompter, events = self.prompter, self.events
        prompter.step(dt_ms, self.now_s, situation)
        if prompter.ended:
            yield (self.now_s, END, prompter.ended, 0)
        for row in range(events.count):
            if events.kind(row) == records.SUPPRESSED:
                yield (self.now_s, SUPPRESSED, events.values(row, 3)[2], 0)
        events.clear()
        if prompter.vibrate_level:
            yield (self.now_s, LEVEL, prompter.vibrate_level, prompter.side)
