"""Raw samples on their way to a host: kept for some seconds, given once, numbered so that a gap shows."""

from array import array

from cushion.core.const import const

_ROWS = const(64)
ZONES = 4


class RawStream:
    """A ring of samples. Filled without allocating, from the monitor's step; emptied by the console's stream."""

    def __init__(self, begin_s, begin_ms):
        self._cells = array("i", [0] * (_ROWS * (1 + ZONES)))
        self._begin_s, self._begin_ms = begin_s, begin_ms
        self.count = 0  # samples taken
        self.given = 0  # or overtaken by new ones
        self.now_ms = 0

    def take(self, mono_s, mono_ms, levels_100uv):
        """One sample of all zones, in 100 uV, or NO_READING."""
        self.now_ms = (mono_s - self._begin_s) * 1000 + mono_ms - self._begin_ms
        at = self.count % _ROWS * (1 + ZONES)
        self._cells[at] = self.now_ms
        for zone in range(ZONES):
            self._cells[at + 1 + zone] = levels_100uv[zone]
        self.count += 1

    def give(self):
        """``[number, ms since the beginning, a level per zone]`` of the oldest sample not given yet, or None."""
        if self.given == self.count:
            return None
        self.given = max(self.given, self.count - _ROWS)
        at = self.given % _ROWS * (1 + ZONES)
        self.given += 1
        return [self.given] + list(self._cells[at : at + 1 + ZONES])
