"""The one button: an interrupt wakes the task, which then reads out the gesture.

The interrupt switches itself off until that is done: a bad contact's edges would fill the chip's scheduler, whose eight
places the motors' timer needs too.
"""

import asyncio

from cushion.core.const import const
from cushion.core.records import LONG_PRESS, TRIPLE_PRESS

_POLL_MS = const(20)
_LONG_MS = const(1000)
_BETWEEN_MS = const(400)


class Button:
    """`pin`: input with pull-up, low while pressed; `falling`: its interrupt's trigger constant."""

    def __init__(self, pin, falling):
        self._pin = pin
        self._falling = falling
        self.active = False  # a gesture is being read
        self._flag = asyncio.ThreadSafeFlag()
        self._on_edge = self._set

    def poke(self):
        """For a press during light sleep, when no interrupt was heard."""
        if self.is_pressed():
            self._flag.set()

    def is_pressed(self):
        """Whether it is held down now."""
        return self._pin.value() == 0

    async def gesture(self):
        """Waits for a press; returns its number in records.GESTURES. Contacts are polled, which debounces them."""
        while True:
            self._pin.irq(handler=self._on_edge, trigger=self._falling)
            await self._flag.wait()
            await asyncio.sleep_ms(_POLL_MS)
            self.active = True
            gesture = await self._read_gesture() if self.is_pressed() else 0
            self.active = False
            self._flag.clear()
            if gesture:
                return gesture

    async def _read_gesture(self):
        presses = 0
        while True:
            held_ms = await self._while_level(True, _LONG_MS)
            if held_ms >= _LONG_MS and presses == 0:
                await self._while_level(True, 1 << 29)
                return LONG_PRESS
            presses += 1
            if presses == TRIPLE_PRESS or await self._while_level(False, _BETWEEN_MS) >= _BETWEEN_MS:
                await self._while_level(True, _LONG_MS)
                return presses

    async def _while_level(self, pressed, most_ms):
        """How long the button stays in this state, up to `most_ms`."""
        passed_ms = 0
        while passed_ms < most_ms and self.is_pressed() == pressed:
            await asyncio.sleep_ms(_POLL_MS)
            passed_ms += _POLL_MS
        return passed_ms

    def _set(self, pin):
        pin.irq(handler=None)
        self._flag.set()
