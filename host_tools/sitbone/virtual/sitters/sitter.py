"""Simulated people on the cushion. Seeded: the same seed and the same vibrations make the same day.

A person is an agenda of things to do; doing one may change the load on the four zones and put more on the agenda. The
load between is a list of targets that pressure settles to through foam (``body.py``). ``SitterSeat`` turns it into
readings through ``sensor.py``. The journal receives the truth: sat, stood, and each posture with the sides that it
relieves.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from sitbone.virtual.sitters.body import BREATH_HZ, POSTURES, Foam, neutral_kpa, relieved_sides
from sitbone.virtual.sitters.seat import ROW_MS, ZONE_COUNT, Log, Readings, Seat, Times
from sitbone.virtual.sitters.sensor import ROOM_C, ZoneSensor, batch

_EMPTY_KPA = np.zeros(ZONE_COUNT)
_KEEP_TARGETS = 64
_EPISODE_MS = 90_000  # vibrations closer than this are one prompt to the person
_DEFAULT_START_S = 8 * 3600 + 30 * 60
_MINUTE_MS = 60_000

Action = Callable[[int], None]


class Fault:
    """One zone's reading from ``at_ms`` on. ``open``: none; ``short``, ``high``: at and near full scale; ``stuck``:
    as it was.
    """

    KINDS = ("open", "short", "high", "stuck")

    def __init__(self, zone: int, kind: str, at_ms: int = 0) -> None:
        if kind not in self.KINDS:
            raise ValueError(f"no fault {kind}; there are {', '.join(self.KINDS)}")
        self.zone, self.kind, self.at_ms = zone, kind, at_ms
        self._stuck_mv: float | None = None

    def again(self) -> Fault:
        """The same fault, for another cushion."""
        return Fault(self.zone, self.kind, self.at_ms)

    def reading(self, mv: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
        if self.kind == "open":
            return np.zeros_like(mv)
        if self.kind == "short":
            return np.full_like(mv, 3200.0)
        if self._stuck_mv is None:
            self._stuck_mv = 2900.0 if self.kind == "high" else float(mv[0])
        if not self._stuck_mv:
            return np.zeros_like(mv)
        return np.asarray(self._stuck_mv + rng.normal(0, 1.0, mv.shape))


class Person:
    """Somebody who never comes: the agenda, the load, and what every person does while seated."""

    mass_kg = 75.0
    foam = Foam()
    temperature_c = ROOM_C
    exponents: tuple[float, float] | None = None  # of the sensors; None: as the build guide's stack gives them
    missing_zones: tuple[int, ...] = ()
    fault: Fault | None = None
    fidgets_per_min = 4.0
    fidget_size = 0.04
    breath = 0.006
    shift_every_min = 5.0
    shift_s = (20.0, 240.0)
    """How long a posture other than neutral lasts (log-uniform), before the person sits up again."""
    postures: dict[str, float] = {  # noqa: RUF012
        "leaning left": 0.24,
        "leaning right": 0.24,
        "leaning back": 0.2,
        "leaning forward": 0.16,
        "legs crossed": 0.16,
    }

    def __init__(self, rng: np.random.Generator, start_s: int) -> None:
        self.rng = rng
        self.start_s = start_s
        self.seated = False
        self._agenda: list[tuple[int, int, Action]] = []
        self._order = 0
        self._sit = 0  # counts sits: plans for one sit don't carry over to the next
        self._decided_ms = -_EPISODE_MS
        self._done_until_ms = 0
        self._build = neutral_kpa(self.mass_kg) * rng.lognormal(0.0, 0.06, ZONE_COUNT)
        self._posture = "neutral"
        self._breath_phase = rng.uniform(0, 2 * np.pi, ZONE_COUNT)
        self._target_ms = [0]
        self._targets = [_EMPTY_KPA]
        self._begins = [_EMPTY_KPA]  # what was there when each target was set
        self._loaded_from_ms = [0]
        self.presses: list[tuple[int, bool]] = []
        self.log: Log = lambda t_ms, kind, **facts: None
        self.arrive()

    # ---- what differs between people

    def arrive(self) -> None:
        """Plans the first sit."""

    def feel(self, t_ms: int) -> None:
        """A prompt begins to vibrate while seated."""

    def sat(self, t_ms: int) -> None:
        """Has just sat down: plans for how long."""

    # ---- agenda

    def plan(self, t_ms: float, action: Action) -> None:
        # Never in the past: what the chip has received can't change.
        self._order += 1
        heapq.heappush(self._agenda, (max(round(t_ms), self._done_until_ms), self._order, action))

    def plan_seated(self, t_ms: float, action: Action) -> None:
        """Only if this sit still lasts then."""
        sit = self._sit
        self.plan(t_ms, lambda now_ms: action(now_ms) if self.seated and sit == self._sit else None)

    def live_until(self, end_ms: int) -> None:
        while self._agenda and self._agenda[0][0] < end_ms:
            t_ms, _, action = heapq.heappop(self._agenda)
            action(t_ms)
        self._done_until_ms = max(self._done_until_ms, end_ms)

    def vibration(self, t_ms: int) -> None:
        if not self.seated or t_ms - self._decided_ms < _EPISODE_MS:
            return
        self._decided_ms = t_ms
        self.feel(t_ms)

    # ---- what a body does

    def sit_down(self, t_ms: int) -> None:
        self.seated = True
        self._sit += 1
        self._loaded_from_ms.append(t_ms)
        self._decided_ms = t_ms - _EPISODE_MS
        self._posture = "neutral"
        self.log(t_ms, "sat")
        self._load(t_ms)
        self._plan_fidget(t_ms)
        self._plan_shift(t_ms)
        self.sat(t_ms)

    def stand_up(self, t_ms: int) -> None:
        if not self.seated:
            return
        self.seated = False
        self.log(t_ms, "stood")
        self._add_target(t_ms, _EMPTY_KPA)

    def stand_for(self, t_ms: int, away_ms: float) -> None:
        self.stand_up(t_ms)
        self.plan(t_ms + away_ms, self.sit_down)

    def shift(self, t_ms: int) -> None:
        names = list(self.postures)
        odds = np.array([self.postures[name] for name in names])
        self.take_posture(t_ms, names[self.rng.choice(len(names), p=odds / odds.sum())])
        lasts_s = np.exp(self.rng.uniform(*np.log(self.shift_s)))
        self.plan_seated(t_ms + 1000 * lasts_s, lambda now_ms: self.take_posture(now_ms, "neutral"))

    def take_posture(self, t_ms: int, posture: str) -> None:
        if posture != self._posture:
            self._posture = posture
            self.log(t_ms, "shift", posture=posture, relieved=relieved_sides(posture))
        self._load(t_ms)

    def press(self, t_ms: int, *lengths_ms: int) -> None:
        for length_ms in lengths_ms:
            self.presses += [(t_ms, True), (t_ms + length_ms, False)]
            t_ms += length_ms + 150

    def fidget(self, t_ms: int) -> None:
        """A small movement: the same posture, a little different."""
        self._load(t_ms)

    def _plan_fidget(self, t_ms: int) -> None:
        if not self.fidgets_per_min:
            return

        def fidget(now_ms: int) -> None:
            self.fidget(now_ms)
            self._plan_fidget(now_ms)

        self.plan_seated(t_ms + 1000 + self.rng.exponential(_MINUTE_MS / self.fidgets_per_min), fidget)

    def _plan_shift(self, t_ms: int) -> None:
        if not self.shift_every_min:
            return

        def shift(now_ms: int) -> None:
            self.shift(now_ms)
            self._plan_shift(now_ms + round(1000 * self.shift_s[1]))

        self.plan_seated(t_ms + 20_000 + self.rng.exponential(self.shift_every_min * _MINUTE_MS), shift)

    def _load(self, t_ms: int) -> None:
        wobble = self.rng.lognormal(0.0, self.fidget_size, ZONE_COUNT)
        self._add_target(t_ms, self._build * np.asarray(POSTURES[self._posture]) * wobble)

    def _add_target(self, t_ms: int, kpa: NDArray[np.float64]) -> None:
        self._begins.append(self._settled(np.asarray([t_ms]))[0])
        self._target_ms.append(t_ms)
        self._targets.append(kpa)
        if len(self._targets) > 2 * _KEEP_TARGETS:
            del self._target_ms[:_KEEP_TARGETS], self._targets[:_KEEP_TARGETS], self._begins[:_KEEP_TARGETS]

    # ---- the load

    def settled_empty(self, t_ms: int) -> bool:
        return (
            not self.seated and not self._targets[-1].any() and t_ms - self._target_ms[-1] > 20_000 * self.foam.fast_s
        )

    def _settled(self, t_ms: Times) -> NDArray[np.float64]:
        begins_ms = np.asarray(self._target_ms[-_KEEP_TARGETS:])
        at = np.maximum(np.searchsorted(begins_ms, t_ms, side="right") - 1, 0)
        targets, begins = np.asarray(self._targets[-_KEEP_TARGETS:]), np.asarray(self._begins[-_KEEP_TARGETS:])
        left = np.exp((begins_ms[at] - t_ms) / (1000 * self.foam.fast_s))[:, None]
        return np.asarray(targets[at] + (begins[at] - targets[at]) * left)

    def kpa(self, t_ms: Times) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Pressure on the zones, and for how many seconds they have been loaded."""
        since = np.asarray(self._loaded_from_ms)
        sit = np.maximum(np.searchsorted(since, t_ms, side="right") - 1, 0)
        seated_s = np.maximum(t_ms - since[sit], 0)[:, None] / 1000
        breath = np.sin(2 * np.pi * BREATH_HZ * t_ms[:, None] / 1000 + self._breath_phase)
        kpa = self._settled(t_ms) * self.foam.settled_share(seated_s) * (1 + self.breath * breath)
        kpa[:, list(self.missing_zones)] = 0.0
        return kpa, seated_s


class Ignores(Person):
    """Sits down after 30 s and stays, whatever vibrates."""

    def arrive(self) -> None:
        self.plan(30_000, self.sit_down)


class Stands(Ignores):
    """Sits; stands up 20-40 s after each vibration, for 150-240 s."""

    def feel(self, t_ms: int) -> None:
        self.plan_seated(
            t_ms + self.rng.uniform(20_000, 40_000),
            lambda now_ms: self.stand_for(now_ms, self.rng.uniform(150_000, 240_000)),
        )


# Minutes at the quantiles of 75 days of 9 office workers (thigh-worn accelerometer); the ends are judgement.
_QUANTILES = (0.0, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 1.0)
_SIT_MIN = (0.2, 0.4, 1.3, 5.2, 15.8, 40.0, 64.0, 95.0)
_BREAK_MIN = (0.1, 0.4, 1.0, 3.2, 9.2, 23.0, 37.0, 50.0)


class Office(Person):
    """An office day, 08:40 to 17:15: bouts, breaks, lunch, shifts; obeys about half of the vibrations."""

    def arrive(self) -> None:
        self._leave_ms = self._at(17, 15) + self.rng.normal(0, 10) * _MINUTE_MS
        self._lunch_ms = self._at(12, 15) + self.rng.normal(0, 10) * _MINUTE_MS
        come_ms = self._at(8, 40) + self.rng.normal(0, 2) * _MINUTE_MS
        already_there = self._leave_ms < come_ms  # power came on during office hours
        self.plan(5_000 if already_there else max(come_ms, 5_000), self.sit_down)

    def _at(self, hour: int, minute: int) -> float:
        """World time of the next such time of day."""
        return ((hour * 3600 + minute * 60 - self.start_s) % 86_400) * 1000.0

    def _drawn_ms(self, minutes: tuple[float, ...]) -> float:
        return float(np.exp(np.interp(self.rng.random(), _QUANTILES, np.log(minutes)))) * _MINUTE_MS

    def sat(self, t_ms: int) -> None:
        self.plan_seated(t_ms + self._drawn_ms(_SIT_MIN), self._pause)

    def _pause(self, t_ms: int) -> None:
        self._go(t_ms, self._drawn_ms(_BREAK_MIN))

    def _go(self, t_ms: int, away_ms: float) -> None:
        if t_ms > self._leave_ms:
            self.stand_up(t_ms)
            away_ms = self._next_morning_ms(t_ms)
        elif t_ms > self._lunch_ms:
            self._lunch_ms += 86_400_000
            away_ms = self.rng.uniform(25, 45) * _MINUTE_MS
        self.stand_for(t_ms, away_ms)

    def _next_morning_ms(self, t_ms: int) -> float:
        self._leave_ms += 86_400_000
        tomorrow_ms = (self._at(8, 40) - t_ms) % 86_400_000
        return tomorrow_ms + self.rng.normal(0, 5) * _MINUTE_MS

    def feel(self, t_ms: int) -> None:
        mood = self.rng.random()
        if mood < 0.45:
            self.plan_seated(t_ms + self.rng.uniform(10, 150) * 1000, self._obey)
        elif mood < 0.65:
            self.plan_seated(t_ms + self.rng.uniform(5, 60) * 1000, self.shift)
        elif mood < 0.72:
            self.plan_seated(t_ms + self.rng.uniform(3, 20) * 1000, lambda now_ms: self.press(now_ms, 120))
        elif mood < 0.74:
            self.plan_seated(t_ms + self.rng.uniform(3, 20) * 1000, lambda now_ms: self.press(now_ms, 120, 120))

    def _obey(self, t_ms: int) -> None:
        # Mostly long enough to count; now and then just up and down again.
        away_s = self.rng.uniform(20, 55) if self.rng.random() < 0.1 else self.rng.uniform(130, 420)
        self._go(t_ms, away_s * 1000)


SITTERS: dict[str, type[Person]] = {"office": Office, "ignores": Ignores, "stands": Stands, "empty": Person}
"""By name; `scenarios` adds its own."""


class SitterSeat(Seat):
    """A simulated person on sensors. ``start`` is the local time of power-on: it decides when the office day begins."""

    longest_chunk_ms = 1000  # a person feels vibrations

    def __init__(
        self, name: str, *, seed: int = 0, start: datetime | None = None, sensor: ZoneSensor | None = None
    ) -> None:
        if name not in SITTERS:
            raise ValueError(f"no sitter is called {name}; choose from {', '.join(sorted(SITTERS))}")
        person_rng, self._rng, sensor_rng = np.random.default_rng(seed).spawn(3)
        start_s = _DEFAULT_START_S if start is None else start.hour * 3600 + start.minute * 60 + start.second
        self._person = SITTERS[name](person_rng, start_s)
        person = self._person
        self._sensor = sensor or batch(
            sensor_rng, ZONE_COUNT, temperature_c=person.temperature_c, exponents=person.exponents
        )
        self._held: NDArray[np.float64] = np.zeros(ZONE_COUNT)
        self._faults = [self._person.fault.again()] if self._person.fault else []

    def wire(self, bias_ohm: float, supply_mv: float) -> None:
        super().wire(bias_ohm, supply_mv)
        self._sensor = replace(self._sensor, bias_ohm=bias_ohm, supply_mv=supply_mv)

    def attach(self, log: Log) -> None:
        self._person.log = log

    def moments_ms(self, start_ms: int, end_ms: int) -> Times:
        self._person.live_until(end_ms)
        if self._person.settled_empty(start_ms):
            return np.array([start_ms], dtype=np.int64)
        return np.arange(start_ms, end_ms, ROW_MS, dtype=np.int64)

    def zones_mv(self, t_ms: Times) -> Readings:
        self._person.live_until(int(t_ms[-1]) + 1)
        if self._person.settled_empty(int(t_ms[0])):
            nothing = np.full((len(t_ms), ZONE_COUNT), self.empty_mv)  # without a bias, in the converter's dead end
            return self._break(nothing, t_ms)
        kpa, loaded_s = self._person.kpa(t_ms)
        pin_mv = self._sensor.divider_mv(self._lag(kpa), loaded_s)
        return self._break(self._sensor.reported_mv(pin_mv, self._rng), t_ms)

    def _lag(self, kpa: NDArray[np.float64]) -> NDArray[np.float64]:
        """Hysteresis: the sensor follows a rise from below and a fall from above."""
        half = self._sensor.hysteresis
        if not half:
            return kpa
        low, high = kpa * (1 - half), kpa * (1 + half)
        held = np.empty_like(kpa)
        for row in range(len(kpa)):
            self._held = np.minimum(np.maximum(self._held, low[row]), high[row])
            held[row] = self._held
        return held

    def fail(self, fault: Fault) -> None:
        """A zone breaks."""
        self._faults.append(fault)

    def _break(self, mv: Readings, t_ms: Times) -> Readings:
        for fault in self._faults:
            broken = t_ms >= fault.at_ms
            if broken.any():
                mv[broken, fault.zone] = fault.reading(mv[broken, fault.zone], self._rng)
        return mv

    def presses_ms(self, start_ms: int, end_ms: int) -> list[tuple[int, bool]]:
        self._person.live_until(end_ms)
        due = [press for press in self._person.presses if press[0] < end_ms]
        self._person.presses = [press for press in self._person.presses if press[0] >= end_ms]
        return due

    def motor(self, side: str, on: bool, strength: float, t_ms: int) -> None:
        if on:
            self._person.vibration(t_ms)
