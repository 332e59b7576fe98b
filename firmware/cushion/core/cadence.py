"""When to sample and when to decide. The monitor on the cushion and the host's replay keep time by the same rule."""

from cushion.core.const import const

SAMPLE_MS = 250
_DECIDE_MS = const(1000)


class Cadence:
    """Collects the time between samples into decision periods of at least a second."""

    def __init__(self):
        self._since_ms = 0

    def advance(self, dt_ms):
        """Takes the time since the last sample; returns the length of a decision period that is now full, or 0."""
        self._since_ms += dt_ms
        if self._since_ms < _DECIDE_MS:
            return 0
        period_ms, self._since_ms = self._since_ms, 0
        return period_ms


def until_next_ms(now_ms, sample_ms=SAMPLE_MS):
    """How long to wait at `now_ms` for the next sample: samples lie on a grid, so that seconds do too."""
    return sample_ms - now_ms % sample_ms
