"""The motors' own limits, below every policy: whoever asks, however often, they never run longer than this.

Each window is kept in buckets, one more than it needs, so that what was granted stays below the limit in any window of
that length, wherever it begins. A limiter that isn't advanced grants less and less: time that nobody counted gives
nothing back.
"""

from array import array

EPISODE_MS = 3000  # in ten minutes: a prompt's three levels span five, and the next prompt is ten away
HOUR_MS = 10000
DAY_MS = 60000
PULSE_MS = 1000

MINUTE = 60000


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


class Limiter:
    """Budgets of motor on-time over ten minutes, an hour and a day."""

    def __init__(self):
        self._windows = (
            Window(EPISODE_MS, MINUTE, 10),
            Window(HOUR_MS, MINUTE, 60),
            Window(DAY_MS, 60 * MINUTE, 24),
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
