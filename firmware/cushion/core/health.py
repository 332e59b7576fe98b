"""What only shows over minutes: one side of the seat far lighter than the other; a load that never stirs."""

from cushion.core.const import const

_RATIO = const(4)
_RATIO_MS = const(600000)
_LAST_SHARE_MS = const(3600000)
_CLEAR_MS = const(60000)
_LIVE_U = const(300)  # the stronger side must carry at least this for the ratio to mean anything


class Imbalance:
    """Left/right ratio over 4 for ten minutes of sitting; ``side`` is 0, or 1 left / 2 right: the weak one.

    A guess of boards without bias resistors, where a sensor that came off its wire reads like an unloaded one: the weak
    side is no longer believed. Posture is not a fault: who protects a sore side sits off it for hours. So a side that
    has carried its share in this bout is left alone, and one that ever did, for an hour of sitting.
    """

    def __init__(self):
        self.side = 0
        self._run_ms = 0
        self._clear_ms = 0
        self._least_ms = _RATIO_MS
        self._shared_bout = False

    def begin_bout(self):
        """Somebody sat down."""
        self._shared_bout = False

    def step(self, dt_ms, left_u, right_u):
        """Takes `dt_ms` of both sides' loads (-1 = unknown: nothing is learnt)."""
        if left_u < 0 or right_u < 0 or max(left_u, right_u) < _LIVE_U:
            return
        if max(left_u, right_u) > _RATIO * min(left_u, right_u):
            self._clear_ms = 0
            self._run_ms = min(self._run_ms + dt_ms, _LAST_SHARE_MS)
            if self._run_ms >= self._least_ms and not self._shared_bout:
                self.side = 1 if left_u < right_u else 2
            return
        self._run_ms = 0
        self._least_ms = _LAST_SHARE_MS
        self._shared_bout = True
        self._clear_ms = min(self._clear_ms + dt_ms, _CLEAR_MS)
        if self._clear_ms >= _CLEAR_MS:
            self.side = 0


class Stillness:
    """No micro-movement above noise for ten minutes: a bag, not a person. ``is_object`` until something stirs.

    ``is_alive`` once something stirred in this bout after it had settled: before, nobody knows that it is a person.
    """

    STILL_MS = 600000
    SETTLED_MS = 30000

    def __init__(self):
        self.is_object = False
        self.is_alive = False
        self.still_ms = 0
        self.loaded_ms = 0

    def step(self, dt_ms, loaded, stirred):
        """Takes `dt_ms`; `loaded` = something is on the seat, `stirred` = a zone changed by more than its noise."""
        self.still_ms = 0 if stirred or not loaded else min(self.still_ms + dt_ms, self.STILL_MS)
        self.loaded_ms = min(self.loaded_ms + dt_ms, self.STILL_MS) if loaded else 0
        self.is_object = self.still_ms >= self.STILL_MS
        self.is_alive = loaded and (self.is_alive or (stirred and self.loaded_ms > self.SETTLED_MS))
