# The chip's select module: polls real streams, but waits in the chip's time. asyncio waits through this one too.
import clock
import sys
import uselect
from uselect import POLLERR, POLLHUP, POLLIN, POLLOUT


class poll:
    def __init__(self):
        self._real = uselect.poll()
        self._members = {}

    def register(self, stream, events=POLLIN | POLLOUT):
        self._members[id(stream)] = stream
        self._real.register(stream, events)

    def modify(self, stream, events):
        self._real.modify(stream, events)

    def unregister(self, stream):
        self._members.pop(id(stream), None)
        self._real.unregister(stream)

    def poll(self, timeout_ms=-1, flags=0):
        return self._wait(timeout_ms)

    def ipoll(self, timeout_ms=-1, flags=0):
        return iter(self._wait(timeout_ms))

    def _wait(self, timeout_ms):
        deadline_us = clock.NEVER_US if timeout_ms < 0 else clock.now() + timeout_ms * 1000
        real = self._real if self._members else None
        while True:
            ready = real.poll(0) if real else ()
            if not ready and not clock.now_us_reaches(deadline_us):
                ready = clock.step(deadline_us, real) or ()
            if ready:
                _listen(ready)
                return ready
            if clock.now_us_reaches(deadline_us):
                return ready


def _listen(ready):
    for event in ready:
        if event[1] & POLLIN and event[0] in (sys.stdin, sys.stdin.buffer):
            clock.heard_host()
