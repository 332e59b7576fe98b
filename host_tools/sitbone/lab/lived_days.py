"""Days at a desk that the firmware's own machine decided, to draw many people's weeks from.

A day takes the machine tens of milliseconds: too long for a thousand people and half a year. So of each way to sit
(arm, obedience, tolerance) some days are lived through `cushion.core.decisions`, second by second where anything can
change, and people who sit that way draw from these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import ClassVar

import numpy as np

from cushion.core import records
from cushion.core.decisions import Decisions, Seen
from cushion.core.events import Events
from cushion.core.settings import DOSE_LIMITS, Settings
from sitbone.lab.crowds.one_person import TIMER_S, draw_sits
from sitbone.replay.strides import longest_stride_s
from sitbone.settings.params import BY_NAME
from sitbone.store.blocks import name_of

ARMS = ("stopwatch", "dose")
DAYS_OF_A_WAY = 20
FOLLOWS = (0.5, 0.675, 0.85)
TOLERANCES_S = (900, 1320, 1900)
SITS_MIN = 15.0
BEGIN_S, END_S = 8 * 3600 + 1800, 18 * 3600  # of the local day
PAUSE_S, PAUSE_SPREAD = 420.0, 0.7
LEAVES_AT = 1.5  # tolerances: pain makes people get up
SEATED_PERMILLE = 1000


@dataclass(frozen=True)
class Way:
    """How somebody sits: ``arm`` says by what the cushion prompts, ``follows`` which share of vibrations is obeyed."""

    arm: str
    follows: float
    tolerance_s: int


@dataclass
class Prompted:
    """A prompt; ``at_s`` of the day, ``stood_s`` after it, ``outcome`` and ``response_s`` as the machine logs them."""

    at_s: int
    side: str
    cause: str
    level: int = 1
    outcome: str | None = None
    response_s: float | None = None
    stood_s: float | None = None


@dataclass
class LivedDay:
    """What a day's log would hold. ``sits``: (start, end), s of the day; ``peaks_s``: each sit's highest dose on the
    worse side; ``epochs``: (end, length, left and right load in permille, left and right dose in s)."""

    sits: list[tuple[int, int]] = field(default_factory=list)
    prompts: list[Prompted] = field(default_factory=list)
    peaks_s: list[float] = field(default_factory=list)
    epochs: list[tuple[int, int, int, int, float, float]] = field(default_factory=list)
    breaks: list[tuple[int, int, bool]] = field(default_factory=list)
    top_s: list[float] = field(default_factory=lambda: [0.0, 0.0])
    over_s: list[int] = field(default_factory=lambda: [0, 0])
    _arrays: dict[str, np.ndarray] = field(default_factory=dict)

    FIGURES: ClassVar[tuple[str, ...]] = ("seated_s", "sits", "longest_s", "breaks", "breaks_verified", "prompts")
    FIGURES += ("dose_left_max_s", "dose_right_max_s", "over_left_s", "over_right_s", "recorded_s")

    @cached_property
    def figures(self) -> tuple[float, ...]:
        """What the table of days says of it, as named in FIGURES."""
        spans = [end_s - start_s for start_s, end_s in self.sits]
        counts = (len(self.breaks), sum(verified for *_, verified in self.breaks), len(self.prompts))
        covered_s = self.sits[-1][1] - self.sits[0][0]
        return (sum(spans), len(spans), max(spans), *counts, *self.top_s, *self.over_s, covered_s)

    def array(self, name: str) -> np.ndarray:
        """Sits, breaks or epochs, one row each."""
        if name not in self._arrays:
            self._arrays[name] = np.array(getattr(self, name), dtype=float).reshape(len(getattr(self, name)), -1)
        return self._arrays[name]


def way_of(arm: str, follows: float, tolerance_s: float) -> Way:
    """The nearest way that days are lived for."""
    return Way(
        arm,
        min(FOLLOWS, key=lambda value: abs(value - follows)),
        min(TOLERANCES_S, key=lambda value: abs(value - tolerance_s)),
    )


@cache
def days_of(way: Way) -> tuple[LivedDay, ...]:
    """The days of a way: always the same ones."""
    seed = (ARMS.index(way.arm), FOLLOWS.index(way.follows), TOLERANCES_S.index(way.tolerance_s))
    rng = np.random.default_rng(seed)
    return tuple(_Desk(way, rng).live() for _ in range(DAYS_OF_A_WAY))


def settings_of(arm: str) -> Settings:
    """What is in force in an arm: the defaults, or a plain time limit with the dose limits out of reach."""
    settings = Settings()
    if arm == "stopwatch":
        values = {name: BY_NAME[name].high for name in DOSE_LIMITS} | {"seated_limit_s": TIMER_S}
        for name, value in values.items():
            setattr(settings, name, value)
    return settings


class _Desk:
    """One day: sits and pauses by the population's model, and what the machine makes of them."""

    def __init__(self, way: Way, rng: np.random.Generator) -> None:
        self._way, self._rng = way, rng
        self._events, self._seen = Events(), Seen()
        self._decisions = Decisions(settings_of(way.arm), self._events)
        self._loads_u = [int(value) for value in rng.integers(850, 1150, 2)]
        self._day, self._now_s = LivedDay(), BEGIN_S
        self._running: Prompted | None = None

    def live(self) -> LivedDay:
        """From the morning to the evening."""
        for length_s, vibration, delay_s in zip(*draw_sits(self._rng, SITS_MIN, self._way.follows), strict=True):
            if self._day.sits:
                self._pause(int(np.clip(PAUSE_S * np.exp(self._rng.normal(0, PAUSE_SPREAD)), 30, 5400)))
            self._sit(max(60, int(length_s)), int(vibration), int(delay_s))
            if self._now_s >= END_S:
                break
        return self._day

    def _sit(self, length_s: int, gets_up_after: int, delay_s: int) -> None:
        start_s, vibrations, peak_s = self._now_s, 0, 0.0
        end_s = start_s + length_s
        self._show(self._loads_u, SEATED_PERMILLE)
        changed = True
        while self._now_s < end_s:
            vibrated = self._step(end_s - self._now_s, changed)
            changed = False
            peak_s = max(peak_s, *(side.dose.cs / 100 for side in self._decisions.sides))
            if vibrated:
                vibrations += 1
                if vibrations == gets_up_after:
                    end_s = min(end_s, self._now_s + delay_s)
            if peak_s > LEAVES_AT * self._way.tolerance_s:
                end_s = self._now_s
        self._day.sits.append((start_s, self._now_s))
        self._day.peaks_s.append(peak_s)
        self._note_epoch(self._now_s - start_s)
        if self._running is not None:
            self._running.stood_s = float(self._now_s - self._running.at_s)

    def _pause(self, length_s: int) -> None:
        start_s, changed = self._now_s, True
        self._show([0, 0], 0)
        while self._now_s < start_s + length_s:
            self._step(start_s + length_s - self._now_s, changed)
            changed = False
        self._day.breaks.append((start_s, self._now_s, length_s >= self._decisions.settings.verified_break_s))

    def _show(self, loads_u: list[int], presence_permille: int) -> None:
        self._seen.u[0], self._seen.u[1] = loads_u
        self._seen.presence_permille, self._seen.stirred = presence_permille, presence_permille > 0

    def _step(self, most_s: int, changed: bool) -> bool:
        decisions, seen = self._decisions, self._seen
        seen.local_minute = self._now_s // 60
        stride_s = longest_stride_s(decisions, seen, most_s, changed)
        decisions.step(stride_s * 1000, seen)
        self._now_s += stride_s
        for index, side in enumerate(decisions.sides):
            self._day.top_s[index] = max(self._day.top_s[index], side.dose.cs / 100)
            if seen.presence_permille and side.dose.cs >= side.limit_s * 100:
                self._day.over_s[index] += stride_s
        if self._events.count:
            self._collect()
        return bool(decisions.prompter.vibrate_level)

    def _note_epoch(self, length_s: int) -> None:
        left, right = self._decisions.sides
        loads_u, doses_s = (left.u, right.u), (left.dose.cs / 100, right.dose.cs / 100)
        self._day.epochs.append((self._now_s, length_s, *loads_u, *doses_s))

    def _collect(self) -> None:
        for row in range(self._events.count):
            kind, values = self._events.kind(row), self._events.values(row, 12)
            if kind == records.PROMPT:
                _, level, side, cause, *_ = values
                if level > 1 and self._running is not None:
                    self._running.level = level
                    continue
                self._running = Prompted(self._now_s, name_of(records.SIDES, side), name_of(records.CAUSES, cause))
                self._day.prompts.append(self._running)
            elif kind == records.OUTCOME and self._running is not None:
                _, outcome, _, response_ms, *_ = values
                self._running.outcome = name_of(records.OUTCOMES, outcome)
                self._running.response_s = response_ms / 1000 if response_ms else None
                self._running = None
        self._events.clear()
