"""What zones say about each other: a reading that stands still and, without a bias resistor, a wire that came off.

A body can't move without moving most zones, and can't leave three of them without changing the fourth. Nothing here
judges a posture: a zone that carries nothing is a zone that carries nothing.
"""

from array import array

from cushion.core.calibration import LEFT_THIGH, ZONE_COUNT
from cushion.core.const import const
from cushion.core.records import FROZEN, OPEN, PRELOAD

_QUIET_U = const(20)  # permille: no load
_SHARE_U = const(40)  # another zone at this or more shares the seat
_LOAD_U = const(80)
_FREEZE_PA = const(2000)  # a lighter load may not move enough to be seen to

# Frozen: the level stays in a narrow band while others move. It is called so on a narrower one than it may then take:
# a good zone under a quiet leg comes within 6 mV of it for a minute, and with its mirror dead few can bear it witness.
_FROZEN_MS = const(40000)
_CHANGED_100UV = const(96)  # beyond the noise of any converter
_BAND_100UV = const(64)
_BAND_TOLD_100UV = const(48)
_BAND_MOVES = const(4)  # movements of others; as many seconds in a row beyond the band end it
_SAME_MOVES = const(2)

# Alone: loaded, while all others unloaded and it did not move with them, or since the start.
_ALONE_TOLD_MS = const(20000)
_ALONE_LATE_MS = const(2000)
_ALONE_LEAST_PA = const(2000)
_ALONE_SHARED_PA = const(5000)  # or as much as it carries itself: what the others must have carried to bear witness
_PRELOAD_SHARE = const(8)  # so near to its load since the start it is that again
_ALONE_MOST_PA = const(45000)  # nobody rests so hard on one zone alone

# Guesses of a board without bias: a wire that came off under a good load, a sensor that never showed any.
_GOOD_PA = const(2500)
_HELD_MS = const(8000)
_OPEN_MS = const(10000)
_DEAD_MIRROR_PA = const(5000)
_DEAD_MS = const(600000)
_UNMOVED_PERMILLE = const(150)
_UNMOVED_PA = const(150)
_LONG_MS = const(1 << 29)
HOLD_MS = 5000  # without a reading, for which the last one stands


class Plausibility:
    """Judges all zones together, once a second; sets their ``doubted`` and ``quality``.

    `guesses`: nothing proves the wires, so that a zone without load may be one without a wire.
    """

    def __init__(self, guesses):
        self._guesses = guesses
        self._low = array("i", [0] * ZONE_COUNT)
        self._high = array("i", [-1] * ZONE_COUNT)
        self._band_ms = array("i", [0] * ZONE_COUNT)
        self._moves = array("i", [0] * ZONE_COUNT)
        self._others_pa = array("i", [0] * ZONE_COUNT)  # the most that the others carried meanwhile
        self._frozen = array("i", [0] * ZONE_COUNT)
        self._proven = array("i", [0] * ZONE_COUNT)  # its level was seen to change since the start
        self._held_ms = array("i", [0] * ZONE_COUNT)
        self._suspect_ms = array("i", [0] * ZONE_COUNT)
        self._dead_ms = array("i", [0] * ZONE_COUNT)
        self._preload_pa = array("i", [0] * ZONE_COUNT)  # what it carried alone since the start: a strap, a fold
        self._alone = -1
        self._alone_ms = 0
        self._total_pa = 0
        self._moved = 0

    def step(self, dt_ms, zones):
        """Takes `dt_ms` with the zones' new pressures."""
        self._compare(dt_ms, zones)
        for zone in range(ZONE_COUNT):
            state = zones[zone]
            if 0 < state.lost_ms <= HOLD_MS:
                continue  # what was said of its last reading stands with it
            state.doubted = False
            if not state.readable:
                self._high[zone] = -1
                self._frozen[zone] = self._suspect_ms[zone] = 0
            elif self._is_frozen(dt_ms, zone, zones):
                state.quality = PRELOAD if self._is_preload(zone, state.pressure_pa) else FROZEN
            elif zone == self._alone and self._is_contradicted(zone, zones):
                state.doubted = True
                sure = state.pressure_pa >= _FREEZE_PA or self._is_preload(zone, state.pressure_pa)
                if sure and self._alone_ms >= _ALONE_TOLD_MS:
                    self._frozen[zone] = 1
            elif self._guesses and (state.u < _QUIET_U or self._held_ms[zone] < _HELD_MS):
                self._guess(dt_ms, zone, zones)

    def _is_frozen(self, dt_ms, zone, zones):
        state = zones[zone]
        level = state.level_100uv
        low, high = self._low[zone], self._high[zone]
        if level < low:
            low = level
        if level > high:
            high = level
        changed = state.u < _LOAD_U or (self._high[zone] >= 0 and high - low > _CHANGED_100UV)
        if changed and not self._proven[zone]:
            self._proven[zone] = 1
            if zone == self._alone:  # it changes by itself: somebody is there
                self._preload_pa[zone] = 0
        if self._high[zone] < 0 or high - low > _BAND_100UV or (state.u < _LOAD_U and not self._frozen[zone]):
            return self._leave_band(zone, level)
        self._low[zone], self._high[zone] = low, high
        if self._band_ms[zone] < _LONG_MS:
            self._band_ms[zone] += dt_ms
        others_pa = self._total_pa - state.pressure_pa
        if others_pa > self._others_pa[zone] and self._band_ms[zone] >= _ALONE_LATE_MS:
            self._others_pa[zone] = others_pa
        if self._frozen[zone]:
            self._moves[zone] = _BAND_MOVES
            return True
        if self._moves[zone] < _BAND_MOVES and self._moved > state.moved:
            self._moves[zone] += 1
        if self._band_ms[zone] < _FROZEN_MS or high - low > _BAND_TOLD_100UV or state.pressure_pa < _FREEZE_PA:
            return False
        if self._moves[zone] >= (_SAME_MOVES if high == low else _BAND_MOVES):
            self._frozen[zone] = 1
        return self._frozen[zone] != 0

    def _leave_band(self, zone, level):
        """The level left its band; what was called frozen stays so for four seconds: a bad channel makes jumps, too."""
        if self._frozen[zone] and self._moves[zone] > 1:
            self._moves[zone] -= 1
            return True
        self._low[zone] = self._high[zone] = level
        self._band_ms[zone] = self._moves[zone] = self._frozen[zone] = self._others_pa[zone] = 0
        return False

    def _believes(self, zone, zones):
        """What it shows may bear witness for or against the others."""
        return zones[zone].readable and not self._frozen[zone]

    def _compare(self, dt_ms, zones):
        """How many zones that can be believed moved (one near full scale makes steps out of noise), what they carry,
        and which is loaded while all others are not; no zone's number when there is none."""
        alone, others_rest, total_pa, moved = -1, False, 0, 0
        for zone in range(ZONE_COUNT):
            state = zones[zone]
            if not state.readable or self._frozen[zone]:
                continue
            total_pa += state.pressure_pa
            moved += state.moved
            if state.u >= _LOAD_U and alone < 0:
                alone = zone
            elif state.u >= _SHARE_U:
                alone = ZONE_COUNT
            else:
                others_rest = True
        if not others_rest:
            alone = -1
        self._total_pa = total_pa
        self._moved = -1 if moved and self._moved else moved  # foam that lets go slowly makes one long movement of it
        self._alone_ms = min(self._alone_ms + dt_ms, _LONG_MS) if alone == self._alone else dt_ms
        self._alone = alone

    def _is_contradicted(self, zone, zones):
        """It was as it is before the others unloaded, or before anybody came: a load, but nobody's."""
        pressure_pa = zones[zone].pressure_pa
        if not self._proven[zone]:
            self._preload_pa[zone] = pressure_pa
        if pressure_pa >= _ALONE_MOST_PA or self._is_preload(zone, pressure_pa):
            return True
        return self._others_pa[zone] >= max(_ALONE_LEAST_PA, min(pressure_pa, _ALONE_SHARED_PA))

    def _is_preload(self, zone, pressure_pa):
        """It carries again, or still, what it carried alone since the start, and something may press so hard."""
        return (
            pressure_pa < _ALONE_MOST_PA and abs(pressure_pa - self._preload_pa[zone]) < pressure_pa // _PRELOAD_SHARE
        )

    def forgets_preload(self, zone):
        """Whether a preload was seen to change with a person and to come back: what is there now is the empty seat.
        It begins anew then, and whoever asks tares it."""
        if not self._proven[zone]:
            return False
        self._preload_pa[zone] = self._frozen[zone] = 0
        self._high[zone] = -1
        return True

    def _guess(self, dt_ms, zone, zones):
        """No load where there must be some: doubted at once, called open once it is sure."""
        state = zones[zone]
        if state.u >= _QUIET_U:
            self._suspect_ms[zone] = self._dead_ms[zone] = 0
            if self._held_ms[zone] < _HELD_MS:
                self._held_ms[zone] += dt_ms
            return
        if self._held_ms[zone] >= _HELD_MS and state.before_pa >= _GOOD_PA and self._nobody_moved(zone, zones):
            self._suspect_ms[zone] = 1
        self._held_ms[zone] = 0
        if self._suspect_ms[zone]:
            state.doubted = self._carries(zone ^ 1, zones, _GOOD_PA)
            if state.doubted:
                self._suspect_ms[zone] = min(self._suspect_ms[zone] + dt_ms, _LONG_MS)
        elif not state.seen and zones[zone ^ 2].u >= _LOAD_U:
            state.doubted = self._carries(zone ^ 1, zones, _DEAD_MIRROR_PA if zone < LEFT_THIGH else _GOOD_PA)
            if state.doubted:
                self._dead_ms[zone] = min(self._dead_ms[zone] + dt_ms, _LONG_MS)
        if self._suspect_ms[zone] > _OPEN_MS or self._dead_ms[zone] >= _DEAD_MS:
            state.quality = OPEN

    def _carries(self, zone, zones, least_pa):
        return self._believes(zone, zones) and zones[zone].pressure_pa >= least_pa

    def _nobody_moved(self, zone, zones):
        """All others carry what they carried: who leaves one zone presses differently on the rest."""
        for other in range(ZONE_COUNT):
            state = zones[other]
            if other != zone and state.readable:
                change_pa = abs(state.pressure_pa - state.before_pa)
                if change_pa > state.before_pa * _UNMOVED_PERMILLE // 1000 + _UNMOVED_PA:
                    return False
        return True
