"""Deep sleep: the chip is off, the world goes on until the timer or a pin wakes it."""

from __future__ import annotations

import json
import time

from sitbone.virtual.world import OPEN, World

EXT0_WAKE = 2
EXT1_WAKE = 3
TIMER_WAKE = 4
_STEP_MS = 1000
_STEPS_A_TURN = 200


class DeepSleep:
    """One sleep, from the chip's order on, with a timer that is too fast by ``drift_permille``. ``go_on`` returns the
    wake reason once there is one."""

    def __init__(self, world: World, t_ms: int, order: bytes, drift_permille: int) -> None:
        wish = json.loads(order)
        self._world = world
        self._t_ms = self._fell_asleep_ms = t_ms
        self._wake_ms = t_ms + wish["ms"] * 1000 // (1000 + drift_permille) if wish["ms"] else None
        self._ext0 = wish["ext0"]
        self._ext1 = wish["ext1"]
        self._ext1_low_means_all = wish["ext1_low_means_all"]
        self._pulled_up = set(wish["pulled_up"])
        self._levels = dict(world.levels())  # as the chip sees them
        self._began_ms = t_ms
        self._began_real_s = time.monotonic()
        self._see_seat(t_ms)

    @staticmethod
    def usage_in(order: bytes) -> bytes:
        """What the chip had used up when it gave the order to sleep."""
        return bytes.fromhex(json.loads(order)["usage"])

    @staticmethod
    def pads_in(order: bytes) -> tuple[list[int], list[int]]:
        """The pads that belong to the RTC from then on, and those that are held besides."""
        wish = json.loads(order)
        return wish["rtc_owned"], wish["rtc_held"]

    @property
    def slept_ms(self) -> int:
        return self._t_ms - self._fell_asleep_ms

    def go_on(self) -> int | None:
        for _ in range(_STEPS_A_TURN):
            woken = self._woken_by_pin()
            if woken or self._world.over(self._t_ms):
                return woken
            if self._wake_ms is not None and self._t_ms >= self._wake_ms:
                return TIMER_WAKE
            if not self._step():
                return None
        return None

    def _step(self) -> bool:
        """Moves the world on; False when real time has not come that far."""
        limits = (self._t_ms + _STEP_MS, self._due_ms(), self._wake_ms, self._world.duration_ms)
        end_ms = min(limit for limit in limits if limit is not None)
        if end_ms <= self._t_ms:
            return False
        self._see_seat(end_ms)
        for edge in self._world.edges(end_ms):
            self._levels[edge.gpio] = edge.level
            if self._woken_by_pin():
                end_ms = max(self._t_ms, edge.t_ms)
                break
        self._t_ms = self._world.seat.stopped_until_ms(end_ms)
        self._world.reach(self._t_ms)
        return True

    def _see_seat(self, t_ms: int) -> None:
        if self._waits_for_sitter():
            self._levels[self._world.wake_gpio or 0] = int(self._world.seat_switch(t_ms))

    def _waits_for_sitter(self) -> bool:
        return self._world.wake_gpio is not None and bool(self._ext1) and self._world.wake_gpio in self._ext1[0]

    def _due_ms(self) -> int:
        """How far the world may go in real time."""
        pace = self._world.pace_milli(self._t_ms)
        if pace == 0:
            # Where the pace changes later, it counts from there.
            self._began_ms, self._began_real_s = self._t_ms, time.monotonic()
            return self._t_ms + _STEP_MS
        return self._began_ms + int((time.monotonic() - self._began_real_s) * pace)

    def _level(self, gpio: int) -> int:
        level = self._levels.get(gpio, OPEN)
        return level if level != OPEN else int(gpio in self._pulled_up)

    def _woken_by_pin(self) -> int | None:
        if self._ext0 and self._level(self._ext0[0]) == self._ext0[1]:
            return EXT0_WAKE
        if self._ext1:
            levels = [self._level(gpio) for gpio in self._ext1[0]]
            if any(levels) if self._ext1[1] else self._low(levels):
                return EXT1_WAKE
        return None

    def _low(self, levels: list[int]) -> bool:
        return not any(levels) if self._ext1_low_means_all else not all(levels)
