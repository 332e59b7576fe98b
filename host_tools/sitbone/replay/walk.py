"""Takes the decision machine along stretches of recorded sitting and collects what it decides.

No rule is written here: the machine is `cushion.core.decisions`, and `strides` says how far each step may go.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from cushion.core import records, snapshot
from cushion.core.decisions import Decisions, Seen
from cushion.core.events import Events
from cushion.core.prompting import RESPONSE_MS
from cushion.core.settings import Settings
from sitbone.replay.log_reading import CLOCK, LOW_BATTERY, PRESS, RESTART, SETTING, SHIFTED, Log, Moment
from sitbone.replay.strides import DAY_S, longest_stride_s, quiet_stride_s
from sitbone.settings.spec import in_force

Hear = Callable[[int, int, dict[str, int]], None]  # UTC s, kind, fields
BY_HOST = ("utc_offset_min",)  # where the person is, whatever settings are tried


class Stretch(NamedTuple):
    """Seconds in which the seat shows the same. Loads in permille, -1 unknown; ``unknown``: why nothing was seen."""

    start_s: int
    seconds: int
    left_u: int
    right_u: int
    presence_permille: int
    unknown: int


@dataclass
class Episode:
    """A prompt: its start (UTC s), side, cause, highest level, and outcome (None: not in the records)."""

    at_s: int
    side: int
    cause: int
    level: int = 1
    outcome: int | None = None
    response_ms: int = 0

    @property
    def answered(self) -> bool:
        """A verified break began within five minutes."""
        return self.outcome == records.OUTCOME_BREAK and self.response_ms <= RESPONSE_MS


@dataclass
class Tally:
    """A day's seconds seated over each side's limit, and its highest doses."""

    over_s: list[int] = field(default_factory=lambda: [0, 0])
    highest_cs: list[int] = field(default_factory=lambda: [0, 0])


@dataclass
class Replayed:
    """What was decided from ``from_s`` on; ``held_back``: (UTC s, bits of prompting.WHY_NAMES); tallies by day."""

    from_s: int
    episodes: list[Episode] = field(default_factory=list)
    held_back: list[tuple[int, int]] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)


class Walk:
    """One run of the machine along a log, from its first epoch.

    ``settings``: in force throughout; None: those of the time, with every change in the log. ``edges_s``: the starts of
    the days to tally. ``hear`` gets each event from the log's ``from_s`` on.
    """

    def __init__(
        self, log: Log, edges_s: list[int], settings: Settings | None = None, hear: Hear | None = None
    ) -> None:
        self._follows, self._hear = settings is None, hear
        self._settings = in_force(log.values) if settings is None else in_force(settings.as_dict())
        for name in BY_HOST:
            setattr(self._settings, name, log.values[name])
        self._events, self._seen = Events(), Seen()
        self._edges_s = edges_s
        self._low_battery, self._knows_time, self._changed = False, True, True
        self.now_s = log.epochs[0].end_s - log.epochs[0].seconds if log.epochs else log.from_s
        self._began_s = self.now_s
        self.decisions = Decisions(self._settings, self._events)
        self.replayed = Replayed(log.from_s, tallies=[Tally() for _ in range(len(edges_s) + 1)])
        self._running: Episode | None = None
        self._begin(log)

    def take(self, item: Stretch | Moment) -> None:
        """Takes the next item of the log."""
        if isinstance(item, Stretch):
            self._live(item)
        else:
            self._happen(item)
        self._changed = True

    def _begin(self, log: Log) -> None:
        """Starts the machine as the log says it was: doses, seated time, and how the last prompts ended."""
        for outcome, response_ms in log.outcomes:
            self.decisions.prompter.responses.take(outcome, response_ms)
        if log.epochs:
            first = log.epochs[0]
            snapshot.recall(self.decisions, first.left_cs, first.right_cs, first.seated_s)
            self.decisions.settings_changed()

    def _live(self, stretch: Stretch) -> None:
        seen, self.now_s = self._seen, stretch.start_s
        seen.u[0], seen.u[1] = stretch.left_u, stretch.right_u
        seen.presence_permille, seen.stirred = stretch.presence_permille, True
        seen.unknown, seen.low_battery = stretch.unknown, self._low_battery
        if stretch.unknown == records.GAP_TIME:
            self._step(stretch.seconds)
            return
        left_s = stretch.seconds
        while left_s:
            stride_s = quiet_stride_s(self._settings, self._local_s(0), left_s) if self._knows_time else left_s
            stride_s = longest_stride_s(self.decisions, seen, stride_s, self._changed)
            self._step(stride_s)
            left_s -= stride_s

    def _step(self, seconds: int) -> None:
        seen, decisions = self._seen, self.decisions
        seen.local_minute = self._local_s(seconds) // 60 if self._knows_time else -1
        decisions.step(seconds * 1000, seen)
        seen.shifted = self._changed = False
        tally = self.replayed.tallies[bisect_right(self._edges_s, self.now_s)]
        self.now_s += seconds
        self._measure(tally, seconds)
        if self._events.count:
            self._collect()

    def _local_s(self, ahead_s: int) -> int:
        """The second of the person's day, `ahead_s` from now."""
        return int(self.now_s + ahead_s + self._settings.get("utc_offset_min") * 60) % DAY_S

    def _measure(self, tally: Tally, seconds: int) -> None:
        seated = self.decisions.state() == records.STATE_OCCUPIED
        for index, side in enumerate(self.decisions.sides):
            cs = side.dose.cs
            if cs > tally.highest_cs[index]:
                tally.highest_cs[index] = cs
            if seated and cs >= side.limit_s * 100:
                tally.over_s[index] += seconds

    def _happen(self, moment: Moment) -> None:
        if moment.what == RESTART:
            self._restart(moment.at_s, *moment.value)
        elif moment.what == PRESS:
            self.decisions.press(moment.value)
            self._collect()
        elif moment.what == SETTING:
            name, value = moment.value
            if self._follows or name in BY_HOST:
                setattr(self._settings, name, value)
                self.decisions.settings_changed()
        elif moment.what == LOW_BATTERY:
            self._low_battery = moment.value
        elif moment.what == CLOCK:
            self._knows_time = True
        elif moment.what == SHIFTED:
            self._seen.shifted = True

    def _restart(self, at_s: int, kept: bool, slept_s: int) -> None:
        """Starts a new machine, as the firmware does, with the state of the one before where that was kept."""
        before, self._running = self.decisions, None
        self.decisions = Decisions(self._settings, self._events)
        if kept:
            self.decisions.restore(iter(before.snapshot()))
            if slept_s:
                self.decisions.rest(slept_s * 1000)
            else:
                self.decisions.pass_unseen(max(0, at_s - self.now_s) * 1000)
        elif at_s > self._began_s:  # else the log begins here, with nothing before it
            snapshot.recall(self.decisions, before.left.dose.cs, before.right.dose.cs, before.seated_s())
        self._knows_time = self._low_battery = False
        self.now_s = max(self.now_s, at_s)

    def _collect(self) -> None:
        events, replayed = self._events, self.replayed
        for row in range(events.count):
            kind, values = events.kind(row), events.values(row, 12)
            if self._hear is not None and self.now_s >= replayed.from_s:
                names = records.names_of(kind)
                self._hear(self.now_s, kind, dict(zip(names, values, strict=False)))
            if kind == records.PROMPT:
                _, level, side, cause, *_ = values
                if level > 1 and self._running is not None:
                    self._running.level = level
                    continue
                self._running = Episode(self.now_s, side, cause)
                if self.now_s >= replayed.from_s:
                    replayed.episodes.append(self._running)
            elif kind == records.OUTCOME and self._running is not None:
                _, self._running.outcome, _, self._running.response_ms, *_ = values
                self._running = None
            elif kind == records.SUPPRESSED and self.now_s >= replayed.from_s:
                replayed.held_back.append((self.now_s, values[2]))
        events.clear()
