# The chip's select module: polls real streams, but waits in the chip's time. asyncio waits through this one too.
import sys

import clock
import uselect
from uselect import POLLERR, POLLHUP, POLLIN, POLLOUT  # noqa: F401  for others to import

_IOCTL_POLL = 3


class poll:
    def __init__(self):
        self._files = uselect.poll()  # streams with a descriptor
        self._has_files = False
        self._objects = {}  # id: [stream, events]; written in Python: only the firmware itself can make them ready

    def register(self, stream, events=POLLIN | POLLOUT):
        if hasattr(stream, "fileno"):
            self._files.register(stream, events)
            self._has_files = True
        else:
            # Among real ones, the Unix port would wait a real millisecond at each poll for these.
            self._objects[id(stream)] = [stream, events]

    def modify(self, stream, events):
        if id(stream) in self._objects:
            self._objects[id(stream)][1] = events
        else:
            self._files.modify(stream, events)

    def unregister(self, stream):
        if not self._objects.pop(id(stream), None):
            self._files.unregister(stream)

    def poll(self, timeout_ms=-1, flags=0):
        deadline_us = clock.NEVER_US if timeout_ms < 0 else clock.now() + timeout_ms * 1000
        files = self._files if self._has_files else None
        while True:
            ready = self._ready()
            if not ready and not clock.reached(deadline_us):
                ready = clock.step(deadline_us, files)
            if ready:
                _listen(ready)
                return ready
            if clock.reached(deadline_us):
                return ()

    def ipoll(self, timeout_ms=-1, flags=0):
        return iter(self.poll(timeout_ms, flags))

    def _ready(self):
        ready = self._files.poll(0) if self._has_files else ()
        for stream, events in self._objects.values():
            happened = stream.ioctl(_IOCTL_POLL, events)
            if happened:
                ready = list(ready)
                ready.append((stream, happened))
        return ready


def _listen(ready):
    for event in ready:
        if event[1] & POLLIN and event[0] in (sys.stdin, sys.stdin.buffer):
            clock.heard_host()
