"""What the battery's voltage means for the cushion: warn, then only log, then off while nothing is lost yet."""

from cushion.core.const import const

FINE, WARN, LOG_ONLY, OFF = 0, 1, 2, 3
STAGE_NAMES = ("fine", "low", "log only", "off")
# WARN is a fifth left; below OFF a LiPo falls fast and the flash may not be written.
_STAGES_BELOW_MV = ((OFF, 3300), (LOG_ONLY, 3500), (WARN, 3690))
_RISE_MV = const(80)  # a cell recovers by itself when its load goes; only a charger brings more
_READINGS = const(2)  # in a row: a motor's current makes the voltage dip


class Charge:
    """The stage, from readings in mV; 0 = no battery, which is always FINE."""

    def __init__(self):
        self.stage = FINE
        self._lower = 0
        self._higher = 0

    def step(self, mv):
        """Takes a reading."""
        stage = _stage_of(mv, 0)
        if stage > self.stage:
            self._lower, self._higher = self._lower + 1, 0
            if self._lower >= _READINGS:
                self.stage, self._lower = stage, 0
        elif _stage_of(mv, _RISE_MV) < self.stage:
            self._lower, self._higher = 0, self._higher + 1
            if self._higher >= _READINGS:
                self.stage, self._higher = _stage_of(mv, _RISE_MV), 0
        else:
            self._lower = self._higher = 0


def _stage_of(mv, margin_mv):
    if mv == 0:
        return FINE
    for stage, below_mv in _STAGES_BELOW_MV:
        if mv < below_mv + margin_mv:
            return stage
    return FINE
