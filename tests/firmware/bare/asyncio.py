"""In the event loop's place: runs the first of several tasks, which is the monitor."""

import time

end_ms = 0
visit = None  # called now and then, as a host does
visit_every_ms = 0


class Over(BaseException):
    """The day is done."""


async def sleep_ms(ms):
    before = time.ticks_ms() // visit_every_ms
    time.advance(ms)
    if time.ticks_ms() >= end_ms:
        raise Over
    if time.ticks_ms() // visit_every_ms != before:
        visit()


async def gather(first, *others):
    await first


def run(task):
    try:
        task.send(None)
    except Over:
        pass


class ThreadSafeFlag:
    def set(self):
        pass


class StreamReader:
    def __init__(self, stream):
        self._stream = stream
