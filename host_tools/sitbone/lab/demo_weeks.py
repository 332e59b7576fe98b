"""Example data: weeks of a simulated office worker, to explore without hardware. The same seed gives the same weeks.

Real are the decisions and the log (demo_cushion.py), the store, the rules of tuning. Simulated are the person, the seat
and its sensors (virtual/sitter.py). Made up for the example, all judgement: how the person answers prompts, a tolerance
of each side that grows slowly, and pain by what the day's highest doses exceed it. It shows what the tools show, not
what helps anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from cushion.core.calibration import ZONES, Calibration
from cushion.core.records import DOUBLE_PRESS, SHORT_PRESS, STATE_VACANT
from sitbone.dates import local, midnight, unix_ms, utc_offset_min
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import SIDES, new_pain
from sitbone.diary.rehab import new_exercise
from sitbone.errors import SitboneError
from sitbone.lab.demo_cushion import DemoCushion
from sitbone.replay.trace import Trace
from sitbone.replay.trace_replay import calibration_from
from sitbone.settings.changes import change
from sitbone.store.anchors import Anchor
from sitbone.store.store import Store
from sitbone.tuning import proposal
from sitbone.virtual.sitters.sitter import SITTERS, Office, SitterSeat

HARDWARE = "025174626f6e"  # locally administered: the store says that it is simulated
SITTER = "demo weeks"
BEGIN = timedelta(hours=8, minutes=20)
STEP_MS, CHUNK_MS = 2000, 10_000  # the person feels a vibration at the end of its chunk
LOOK_MS, LOOK_EVERY_MS = 60_000, 2000  # stands in for the wake sensor
LOADED_MV = 100.0
EVENING_H = 17
DEAD_ZONE, DEAD_HOUR = ZONES.index("left_it"), 10
CALIBRATED_WITHIN_MS = 1_800_000
TUNING_DAY = 0  # Mondays, after the sync
FLAG_DAY = 9
LONG_DRIVE = 2.0
SEATED_LIMIT_S = 1500
HEAVY_FROM_WEEK = 3
FORGOTTEN = 0.06
HURTS_AT, MARKED = 1.15, 0.35  # in tolerances; and how often the button is then pressed
NOTES = {
    ("sitting", 2): "long meeting",
    ("sitting", 3): "long meeting, hard chair",
    ("sitting", 5): "five hours in the car",
    ("sitting", 6): "five hours in the car",
    ("morning", 3): "stiff until the first walk",
    ("morning", 4): "stiff until noon",
}

Progress = Callable[[int, int], None]  # (done, of all), days


class Patient(Office):
    """Somebody who wants to get better, and gets up after most vibrations."""

    doc = "an office day; gets up after four of five vibrations, and after half an hour without one"

    def sat(self, t_ms: int) -> None:
        super().sat(t_ms)
        self.plan_seated(t_ms + self.rng.uniform(26, 34) * 60_000, self._pause)

    def feel(self, t_ms: int) -> None:
        mood = self.rng.random()
        if mood < 0.8:
            self.plan_seated(t_ms + self.rng.uniform(5, 150) * 1000, self._obey)
        elif mood < 0.9:
            self.plan_seated(t_ms + self.rng.uniform(5, 60) * 1000, self.shift)
        elif mood < 0.94:
            self.plan_seated(t_ms + self.rng.uniform(3, 20) * 1000, lambda now_ms: self.press(now_ms, 120))


SITTERS[SITTER] = Patient


@dataclass
class Body:
    """What the person tolerates and feels. ``tolerance_s`` by side; ``peaks_s``: the doses of the day's sits."""

    rng: np.random.Generator
    tolerance_s: dict[str, float] = field(default_factory=lambda: {"left": 1180.0, "right": 2200.0})
    peaks_s: dict[str, list[float]] = field(default_factory=lambda: {side: [] for side in SIDES})
    excess: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SIDES, 0.0))

    def end_day(self, elsewhere: float) -> None:
        """Ends the day: an excess is felt tonight and in the next days, a day without one makes the person stronger.
        ``elsewhere``: excess of the left side from sitting without the cushion."""
        for side in SIDES:
            over = [peak_s / self.tolerance_s[side] - 1.1 for peak_s in self.peaks_s[side]]
            fading = 0.4 * self.excess[side] + (elsewhere if side == "left" else 0.0)
            self.excess[side] = fading + sum(part for part in over if part > 0)
            self.peaks_s[side].clear()
            self.tolerance_s[side] *= 1.008 if self.excess[side] < 0.5 else 1.0

    def pain(self, side: str, usual: float, slope: float) -> int:
        """0 to 6: worse pain needs a doctor, not an example."""
        felt = usual + slope * self.excess[side] + 0.35 * self.rng.normal()
        return int(np.clip(round(felt), 0, 6))


def run_weeks(home: Path, weeks: int, now: datetime, seed: int = 7, progress: Progress | None = None) -> dict[str, Any]:
    """Writes a store of so many simulated weeks until ``now`` (aware) into ``home``; returns what it contains.

    Raises SitboneError when there is a store already.
    """
    path = home / "sitbone.sqlite"
    if path.exists():
        raise SitboneError(f"{path} already exists; choose another folder with --into")
    home.mkdir(parents=True, exist_ok=True)
    with Store(path) as store:
        life = _Weeks(store, weeks, now, seed)
        life.live(progress)
        return {"home": str(home), "weeks": weeks, "records": store.count(), "seed": seed, "simulated": True}


class _Weeks:
    """The world of the example, and the person's hand on the host tools. ``t_ms`` counts from the first morning."""

    def __init__(self, store: Store, weeks: int, now: datetime, seed: int) -> None:
        self._store, self._now = store, now.astimezone()
        self._days = 7 * weeks
        self._first = self._now.date() - timedelta(days=self._days - 1)
        begin = midnight(self._first) + BEGIN
        self._begin_ms = unix_ms(begin)
        self._seat = SitterSeat(SITTER, seed=seed, start=begin)
        self._seat.attach(lambda *_, **__: None)
        self._cushion = DemoCushion(HARDWARE, _calibration(seed, begin), self._begin_ms)
        self._awake, self._off, self._unsynced, self._evenings = False, False, False, 0
        self._number = store.cushion(HARDWARE)
        self._diary, self._body = DiaryStore(store), Body(np.random.default_rng(seed))
        self._forgets = np.random.default_rng(seed + 1)
        self._peak_cs = dict.fromkeys(SIDES, 0)
        self._without = _working_day(self._first + timedelta(days=self._days // 2))
        self._drive = self._without - timedelta(days=self._without.weekday() + 8)  # a Sunday, the week before
        self._dead = _working_day(self._without + timedelta(days=2))

    def live(self, progress: Progress | None) -> None:
        """All days, one after the other."""
        self._sync(local(self._begin_ms))
        self._cushion.sleep()
        for index in range(self._days):
            day = self._first + timedelta(days=index)
            if self._t_ms(day, BEGIN) >= unix_ms(self._now) - self._begin_ms:
                break
            self._morning(day, index)
            if day == self._without:
                self._off, self._awake = True, False
                self._rest(midnight(day) + timedelta(hours=20))
            elif day.weekday() < 5:
                self._work(day)
            else:
                self._rest(midnight(day) + timedelta(hours=20))
            if progress is not None:
                progress(index + 1, self._days)
        if self._unsynced:
            if not self._awake:  # the cable wakes it
                self._cushion.wake(unix_ms(self._now), self._off)
            self._sync(self._now)

    def _t_ms(self, day: date, time: timedelta) -> int:
        return unix_ms(midnight(day) + time) - self._begin_ms

    def _work(self, day: date) -> None:
        """Until the person has gone home, or until now. The cushion sleeps in each longer break."""
        t_ms = self._t_ms(day, BEGIN)
        end_ms = min(self._t_ms(day, timedelta(days=1)), unix_ms(self._now) - self._begin_ms)
        while t_ms + CHUNK_MS <= end_ms:
            if not self._awake:
                looks_ms = np.arange(t_ms, t_ms + LOOK_MS, LOOK_EVERY_MS)
                loaded = np.flatnonzero(self._seat.zones_mv(looks_ms).max(axis=1) > LOADED_MV)
                t_ms = int(looks_ms[loaded[0]]) if len(loaded) else t_ms + LOOK_MS
                if not len(loaded):
                    continue
                self._cushion.wake(self._begin_ms + t_ms, self._off)
                if self._off:
                    self._sync(local(self._begin_ms + t_ms))  # otherwise its time would be unknown
                self._awake, self._off = True, False
            self._sit(day, t_ms)
            t_ms += CHUNK_MS
            if self._cushion.may_sleep:
                evening = local(self._begin_ms + t_ms)
                if evening.hour >= EVENING_H:
                    self._evening(evening)
                self._cushion.sleep()
                self._awake = False
                if evening.hour >= EVENING_H:
                    return

    def _sit(self, day: date, t_ms: int) -> None:
        """One chunk of seconds: the sensors' readings, the cushion's reaction, and the person's reaction to that."""
        times_ms = np.arange(t_ms + STEP_MS, t_ms + CHUNK_MS + 1, STEP_MS)
        levels = np.rint(self._seat.zones_mv(times_ms) * 10).astype(np.int64)
        if day == self._dead:
            hours = (times_ms - self._t_ms(day, timedelta())) // 3_600_000
            levels[hours == DEAD_HOUR, DEAD_ZONE] = 0
        vibrates, self._unsynced = False, True
        for at_ms, row in zip(times_ms.tolist(), levels.tolist(), strict=True):
            vibrates |= self._cushion.step(self._begin_ms + at_ms, row) > 0
        if vibrates:
            self._seat.motor("left", True, 1.0, int(times_ms[-1]))
        pushed = sum(down for _, down in self._seat.presses_ms(t_ms, t_ms + CHUNK_MS))
        if pushed:
            self._cushion.press(SHORT_PRESS)
        self._follow_doses()

    def _follow_doses(self) -> None:
        engine = self._cushion.engine
        for side, dose in (("left", engine.decisions.left.dose), ("right", engine.decisions.right.dose)):
            before_cs, self._peak_cs[side] = self._peak_cs[side], max(self._peak_cs[side], dose.cs)
            hurts_cs = HURTS_AT * self._body.tolerance_s[side] * 100
            if before_cs < hurts_cs <= dose.cs and self._body.rng.random() < MARKED:
                self._cushion.press(DOUBLE_PRESS)
            if engine.decisions.state() == STATE_VACANT and self._peak_cs[side]:
                self._body.peaks_s[side].append(self._peak_cs[side] / 100)
                self._peak_cs[side] = 0

    def _rest(self, at: datetime) -> None:
        """A day without the cushion ends."""
        self._body.end_day(LONG_DRIVE if at.date() == self._drive else 0.0)
        self._rate(at, "sitting", 0.5, 2.5)

    def _evening(self, at: datetime) -> None:
        self._rest(at)
        self._sync(at)
        # Changes made here reach the store with the next sync, as with a real cushion.
        self._evenings += 1
        if self._evenings == 1:
            change(self._cushion, self._store, {"seated_limit_s": SEATED_LIMIT_S}, "shorter sits at the start", at)
        elif at.weekday() == TUNING_DAY:
            proposal.apply(self._cushion, self._store, at)

    def _morning(self, day: date, index: int) -> None:
        at = midnight(day) + timedelta(hours=7, minutes=40)
        self._rate(at, "morning", 1.0, 2.0)
        if day.weekday() in (1, 3, 5):
            self._exercise(at + timedelta(hours=12), index // 7)
        if index == FLAG_DAY:
            row = {"day": day.isoformat(), "entered_ms": unix_ms(at), "what": "night-pain", "note": "woke up twice"}
            self._diary.add("red_flag", row)
        elif index == FLAG_DAY + 2:
            self._diary.clear_flags("seen by the physiotherapist: caused by the new mattress", unix_ms(at))

    def _rate(self, at: datetime, moment: str, usual: float, slope: float) -> None:
        """Rates the pain in the diary; one evening or morning in ten is forgotten."""
        left, right = (self._body.pain(side, usual, slope) for side in SIDES)
        if at > self._now or self._forgets.random() < FORGOTTEN:
            return
        note = NOTES.get((moment, max(left, right)), "")
        sides = {"both": left} if left == right else {"left": left, "right": right}
        for side, pain in sides.items():
            self._diary.add("pain", new_pain(pain, at, at, moment, side, note=note if pain == max(left, right) else ""))

    def _exercise(self, at: datetime, week: int) -> None:
        if at > self._now:
            return
        if week < HEAVY_FROM_WEEK:
            row = new_exercise(at, "isometric", "bridge hold", sets=4, hold_s=30 + 5 * week, pain_during=2, pain_next=1)
        else:
            kg = 40.0 + 5 * (week - HEAVY_FROM_WEEK)
            row = new_exercise(at, "heavy-slow", "hip thrust", sets=4, reps=8, load_kg=kg, pain_during=2, pain_next=1)
        self._diary.add("rehab", row)

    def _sync(self, at: datetime) -> None:
        """Does to the store what `sitbone sync` does, with a cushion in memory."""
        self._unsynced = False
        cushion, now_ms = self._cushion, unix_ms(at)
        cushion.set_clock(now_ms)
        anchor = Anchor(cushion.mono_ms, now_ms)
        self._store.add_clock_pair(self._number, cushion.session, anchor, utc_offset_min(at))
        new, _ = self._store.add_blocks(self._number, cushion.blocks())
        self._store.add_sync(self._number, now_ms, {"cushion": HARDWARE, "records": new, "complete": True})


def _working_day(day: date) -> date:
    """The day, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def _calibration(seed: int, start: datetime) -> Calibration:
    """The guided capture on the same person and sensors, sitting still for some minutes."""
    seat = SitterSeat("ignores", seed=seed, start=start)
    seat.attach(lambda *_, **__: None)
    times_ms = np.arange(0, CALIBRATED_WITHIN_MS, 250)
    mv = np.concatenate([seat.zones_mv(part) for part in np.split(times_ms, 60)])
    return calibration_from(Trace(times_ms, mv, ZONES))
