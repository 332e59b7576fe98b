"""The motors' own limits, below every policy: whoever asks, however often, they never run longer than this.

Each window is kept in buckets, one more than it needs, so that what was granted stays below the limit in any window of
that length, wherever it begins. A limiter that isn't advanced grants less and less: time that nobody counted gives
nothing back.
"""

import struct
from array import array

from cushion.core.const import const

EPISODE_MS = 3000  # in ten minutes: a prompt's three levels span five, and the next prompt is ten away
HOUR_MS = 10000
DAY_MS = 60000
PULSE_MS = 1000

_MINUTE = const(60000)
_DAY_MOST_MS = const(25 * 60 * _MINUTE)  # after so long every window is empty


class Window:
    """On-time granted in the last `buckets` times `bucket_ms`, at most `most_ms`."""

    def __init__(self, most_ms, bucket_ms, buckets):
        self._most_ms = most_ms
        self._bucket_ms = bucket_ms
        self._granted_ms = array("H", [0] * (buckets + 1))
        self._sum_ms = 0
        self._now = 0
        self._rest_ms = 0

    def advance(self, dt_ms):
        """Lets `dt_ms` pass."""
        self._rest_ms += dt_ms
        while self._rest_ms >= self._bucket_ms:
            self._rest_ms -= self._bucket_ms
            self._now = (self._now + 1) % len(self._granted_ms)
            self._sum_ms -= self._granted_ms[self._now]
            self._granted_ms[self._now] = 0

    def has_room(self, on_ms):
        """Whether so much more fits."""
        return self._sum_ms + on_ms <= self._most_ms

    def take(self, on_ms):
        """Counts what was granted."""
        self._granted_ms[self._now] += on_ms
        self._sum_ms += on_ms

    def to_bytes(self):
        """What `from_bytes` reads back."""
        return struct.pack("<HI", self._now, self._rest_ms) + bytes(self._granted_ms)

    def from_bytes(self, data):
        """Goes on where `to_bytes` was called."""
        self._now, self._rest_ms = struct.unpack_from("<HI", data, 0)
        self._now %= len(self._granted_ms)
        self._sum_ms = 0
        for index in range(len(self._granted_ms)):
            self._granted_ms[index] = struct.unpack_from("<H", data, 6 + 2 * index)[0]
            self._sum_ms += self._granted_ms[index]

    def state_bytes(self):
        """The length of `to_bytes`."""
        return 6 + 2 * len(self._granted_ms)


class Limiter:
    """Budgets of motor on-time over ten minutes, an hour and a day."""

    def __init__(self):
        self._windows = (
            Window(EPISODE_MS, _MINUTE, 10),
            Window(HOUR_MS, _MINUTE, 60),
            Window(DAY_MS, 60 * _MINUTE, 24),
        )

    def advance(self, dt_ms):
        """Lets `dt_ms` of real time pass."""
        for window in self._windows:
            window.advance(dt_ms)

    def grant(self, on_ms, longest_pulse_ms):
        """Whether a pattern of so much on-time may run now; if so, it is counted."""
        if longest_pulse_ms > PULSE_MS:
            return False
        for window in self._windows:
            if not window.has_room(on_ms):
                return False
        for window in self._windows:
            window.take(on_ms)
        return True

    def charge(self, over_ms):
        """Counts what ran beyond its grant."""
        for window in self._windows:
            window.take(min(over_ms, HOUR_MS))

    def exhaust(self):
        """Nothing is known of what was granted before: the most that can have been, was."""
        left_ms = HOUR_MS
        while left_ms and self._windows[1].has_room(1):
            for window in self._windows:
                window.take(1000)
            left_ms -= 1000

    def to_bytes(self):
        """All windows, for `restore`."""
        return b"".join(window.to_bytes() for window in self._windows)

    def restore(self, data, elapsed_ms):
        """Takes back what `to_bytes` gave, `elapsed_ms` later (0: nobody knows). Raises ValueError for other bytes."""
        if len(data) != sum(window.state_bytes() for window in self._windows):
            raise ValueError("not a limiter's state")
        start = 0
        for window in self._windows:
            end = start + window.state_bytes()
            window.from_bytes(data[start:end])
            start = end
        self.advance(min(max(0, elapsed_ms), _DAY_MOST_MS))
