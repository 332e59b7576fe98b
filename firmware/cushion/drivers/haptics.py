"""Vibration on two motors, or on one for both sides: patterns within the limiter's budgets, off whenever in doubt.

Pulses are timed by a hardware timer, so that a motor goes off on time even while something else holds the event loop.
Its callback waits until a call into C returns, and the chip drops it where eight others wait: `watch` looks after it.
"""

import asyncio
import time

from cushion.core import patterns
from cushion.core.const import const
from cushion.core.records import SIDE_LEFT, SIDE_RIGHT
from cushion.drivers.limiter import Limiter

_FULL_DUTY = const(65535)
_LATE_MS = const(20)  # a pulse may end so late, while the flash is written; it is counted as if it did
_OVERDUE_MS = const(50)  # so late, the callback is lost or was held up: the pattern is over
_LOOK_MS = const(40)  # between two looks for that


class Haptics:
    """`motors`: (left, right), or one for both: objects with the `duty_u16` and `deinit` of a PWM; `timer`: a
    machine.Timer; `one_shot`: its mode constant.

    ``granted`` is called, if there is one, with the limiter after each grant and before the motor runs: a start in
    between must not forget it. ``failures`` counts starts of a motor that its driver refused.
    """

    def __init__(self, motors, timer, one_shot):
        self.limiter = Limiter()
        self.granted = None
        self.failures = 0
        self._motors = motors
        self._timer = timer
        self._one_shot = one_shot
        self._times_ms: tuple = ()
        self._next = 0
        self._side = 0
        self._duty = 0
        self._ringing = False
        self._quiet_ticks = self._due_ticks = time.ticks_ms()
        self._callback = self._on_timer
        self._started = asyncio.Event()
        self.off()

    def play(self, pattern, side, strength_percent, habituated):
        """Starts a pattern on the motors of `side` (records.SIDES); False when the limiter refuses it."""
        level_percent = patterns.PATTERNS[pattern][0]
        times_ms = patterns.times_of(pattern, habituated)
        late_ms = _LATE_MS * ((len(times_ms) + 1) // 2)
        if not self.limiter.grant(patterns.on_ms(times_ms) + late_ms, patterns.longest_on_ms(times_ms)):
            return False
        self.off()
        if self.granted is not None:
            self.granted(self.limiter)
        self._duty = _FULL_DUTY * level_percent // 100 * min(100, strength_percent) // 100
        self._side = side
        self._times_ms = times_ms
        self._next = 0
        self._due_ticks = time.ticks_ms()
        self._on_timer(None)
        self._started.set()
        return len(self._times_ms) > 0

    def off(self):
        """Both motors off, now; what was playing is over."""
        self._timer.deinit()
        if self._times_ms:
            self._ringing = True
            self._quiet_ticks = time.ticks_add(time.ticks_ms(), patterns.SETTLE_MS)
        self._times_ms = ()
        self._next = 0
        for motor in self._motors:
            motor.duty_u16(0)

    def service(self, dt_ms):
        """Lets `dt_ms` pass: budgets come back, ringing fades."""
        self.limiter.advance(dt_ms)
        self._end_overdue()
        if self._ringing and time.ticks_diff(time.ticks_ms(), self._quiet_ticks) >= 0:
            self._ringing = False

    def plays(self):
        """Whether a pattern runs."""
        return len(self._times_ms) > 0

    async def watch(self):
        """A task: ends, for ever, what its timer forgot."""
        while True:
            await self._started.wait()
            self._started.clear()
            while self.plays():
                await asyncio.sleep_ms(_LOOK_MS)
                self._end_overdue()

    def _end_overdue(self):
        if self.plays() and self._over_ms() >= _OVERDUE_MS:
            self._on_timer(None)

    def _over_ms(self):
        return time.ticks_diff(time.ticks_ms(), self._due_ticks)

    def disturbs(self):
        """Whether samples taken now are spoilt by a motor that runs or has just stopped."""
        return self.plays() or self._ringing

    def close(self):
        """Motors off for good."""
        self.off()
        for motor in self._motors:
            motor.deinit()

    def _on_timer(self, _timer):
        over_ms = self._over_ms()
        if self._next % 2 and over_ms > _LATE_MS:
            self.limiter.charge(over_ms - _LATE_MS)
        if over_ms >= _OVERDUE_MS or self._next >= len(self._times_ms):
            self.off()
            return
        duty = self._duty if self._next % 2 == 0 else 0
        try:
            self._drive(duty)
        except OSError:
            self.failures += 1
            self.off()
            return
        period_ms = self._times_ms[self._next]
        self._due_ticks = time.ticks_add(time.ticks_ms(), period_ms)
        self._next += 1
        self._timer.init(mode=self._one_shot, period=period_ms, callback=self._callback)

    def _drive(self, duty):
        if len(self._motors) == 1:
            self._motors[0].duty_u16(duty)
            return
        if self._side & SIDE_LEFT:
            self._motors[0].duty_u16(duty)
        if self._side & SIDE_RIGHT:
            self._motors[1].duty_u16(duty)
