"""The motors' own limits, below every policy: whoever asks, however often, they never run longer than this.

Windows slide by whole minutes and hours, so what is granted stays below each limit in any window of that length. A
limiter that isn't advanced grants less and less: time that nobody counted gives nothing back.
"""

from array import array

EPISODE_MINUTES = 10  # a prompt's three levels span five minutes; the next one is ten away
EPISODE_MS = 3000
HOUR_MS = 10000
DAY_MS = 60000
PULSE_MS = 1000


class Limiter:
    """Budgets of motor on-time."""

    def __init__(self):
        self._minutes_ms = array("H", [0] * 60)
        self._hours_ms = array("H", [0] * 24)
        self._minute = 0
        self._hour = 0
        self._rest_ms = 0

    def advance(self, dt_ms):
        """Lets `dt_ms` of real time pass."""
        self._rest_ms += dt_ms
        while self._rest_ms >= 60000:
            self._rest_ms -= 60000
            self._next_minute()

    def grant(self, on_ms, longest_pulse_ms):
        """Whether a pattern of so much on-time may run now; if so, it is counted."""
        if longest_pulse_ms > PULSE_MS or on_ms > EPISODE_MS - self._recent_ms(EPISODE_MINUTES + 1):
            return False
        if on_ms > HOUR_MS - self._recent_ms(60) or on_ms > DAY_MS - sum(self._hours_ms):
            return False
        self._minutes_ms[self._minute] += on_ms
        self._hours_ms[self._hour] += on_ms
        return True

    def _recent_ms(self, minutes):
        return sum(self._minutes_ms[(self._minute - ago) % 60] for ago in range(minutes))

    def _next_minute(self):
        self._minute = (self._minute + 1) % 60
        if self._minute == 0:
            self._hour = (self._hour + 1) % 24
            self._hours_ms[self._hour] = 0
        self._minutes_ms[self._minute] = 0
