"""What zones can tell about each other: a wire that came off, a reading that stands still, a baseline that walked off.

A body can't unload one zone without loading another, can't move without moving most, and can't rest on one zone alone
without ever stirring. Each rule below is one of these sentences.
"""

from array import array

from cushion.core.calibration import LEFT_THIGH, ZONE_COUNT
from cushion.core.const import const
from cushion.core.records import DRIFTING, FROZEN, MISSING, OPEN

_QUIET_U = const(20)  # permille: no load
_SHARE_U = const(40)  # another zone at this or more shares the seat
_LOAD_U = const(80)

# Open: from a good load to none within a second, while no other zone moved. Or dead since somebody sat down.
# Good loads are well above the ADC's dead end, which is about 1 kPa: lighter ones come and go with a thigh's position.
_GOOD_PA = const(2500)
_HELD_MS = const(8000)
_OPEN_MS = const(10000)
_DEAD_MIRROR_PA = const(5000)
_DEAD_MS = const(45000)
_UNMOVED_PERMILLE = const(150)
_UNMOVED_PA = const(150)
_DEAD_THIGH_MS = const(600000)  # thighs differ by a factor of five between postures, sitting bones hardly by three

# Frozen: the level stays in a narrow band while others move. It is called so on a narrower one than it may then take:
# a good zone under a quiet leg comes within 6 mV of it for a minute, and with its mirror dead few can bear it witness.
_FROZEN_MS = const(40000)
_BAND_100UV = const(64)
_BAND_TOLD_100UV = const(48)
_BAND_MOVES = const(4)
_SAME_MOVES = const(2)

# Drifting: loaded alone, having not moved when the others unloaded, or not stirring for long.
_ALONE_TOLD_MS = const(20000)
_ALONE_LATE_MS = const(2000)
_ALONE_CALM_MS = const(60000)  # for a load that may be a baseline
_ALONE_PERCHED_CALM_MS = const(180000)  # for one that may be a person perching
_HEAVY_U = const(600)
_ALONE_MOST_PA = const(45000)  # nobody rests so hard on one zone alone
_LONG_MS = const(1 << 29)


class Plausibility:
    """Judges all zones together, once a second; sets their ``doubted`` and ``quality``."""

    def __init__(self):
        self._touched = array("i", [0] * ZONE_COUNT)
        self._suspect = array("i", [0] * ZONE_COUNT)
        self._open_ms = array("i", [0] * ZONE_COUNT)
        self._held_ms = array("i", [0] * ZONE_COUNT)
        self._dead_ms = array("i", [0] * ZONE_COUNT)
        self._low = array("i", [0] * ZONE_COUNT)
        self._high = array("i", [-1] * ZONE_COUNT)
        self._band_ms = array("i", [0] * ZONE_COUNT)
        self._moves = array("i", [0] * ZONE_COUNT)
        self._frozen = array("i", [0] * ZONE_COUNT)
        self._drifted = array("i", [0] * ZONE_COUNT)
        self._alone = -1
        self._alone_ms = 0

    def step(self, dt_ms, zones):
        """Takes `dt_ms` with the zones' new pressures."""
        self._find_alone(dt_ms, zones)
        for zone in range(ZONE_COUNT):
            state = zones[zone]
            state.doubted = False
            if not state.readable:
                self._forget(zone)
                continue
            if self._is_frozen(dt_ms, zone, zones):
                state.quality = FROZEN
            elif self._is_open(dt_ms, zone, zones):
                state.quality = OPEN
            elif self._is_drifting(zone, zones):
                state.quality = DRIFTING

    def _forget(self, zone):
        self._high[zone] = -1
        self._frozen[zone] = self._suspect[zone] = self._drifted[zone] = 0
        self._open_ms[zone] = self._dead_ms[zone] = 0

    def _is_frozen(self, dt_ms, zone, zones):
        state = zones[zone]
        level = state.level_100uv
        low, high = min(self._low[zone], level), max(self._high[zone], level)
        if self._high[zone] < 0 or high - low > _BAND_100UV or (state.u < _LOAD_U and not self._frozen[zone]):
            self._low[zone] = self._high[zone] = level
            self._band_ms[zone] = self._moves[zone] = self._frozen[zone] = 0
            return False
        self._low[zone], self._high[zone] = low, high
        self._band_ms[zone] = min(self._band_ms[zone] + dt_ms, _LONG_MS)
        if self._others_moved(zone, zones):
            self._moves[zone] = min(self._moves[zone] + 1, _BAND_MOVES)
        enough = _SAME_MOVES if high == low else _BAND_MOVES
        if high - low <= _BAND_TOLD_100UV and self._band_ms[zone] >= _FROZEN_MS and self._moves[zone] >= enough:
            self._frozen[zone] = 1
        return self._frozen[zone] != 0

    def _others_moved(self, zone, zones):
        """Another zone that can be believed did: one near full scale makes steps out of noise."""
        for other in range(ZONE_COUNT):
            if other != zone and zones[other].moved and self._believes(other, zones):
                return True
        return False

    def _believes(self, zone, zones):
        """What it shows may bear witness for or against the others."""
        return zones[zone].readable and not self._frozen[zone] and not self._drifted[zone]

    def _is_open(self, dt_ms, zone, zones):
        """No load, where there must be some: it fell off while nobody moved, or never came since the seat was empty."""
        state = zones[zone]
        if state.u >= _QUIET_U:
            self._suspect[zone] = self._open_ms[zone] = self._dead_ms[zone] = 0
            self._touched[zone] = 1
            self._held_ms[zone] = min(self._held_ms[zone] + dt_ms, _LONG_MS)
            return False
        if self._held_ms[zone] >= _HELD_MS and state.before_pa >= _GOOD_PA and self._nobody_moved(zone, zones):
            self._suspect[zone] = 1
        self._held_ms[zone] = 0
        if self._suspect[zone]:
            if self._carries(zone ^ 1, zones, _GOOD_PA):
                self._open_ms[zone] = min(self._open_ms[zone] + dt_ms, _OPEN_MS)
        elif self._should_be_loaded(zone, zones):
            self._dead_ms[zone] = min(self._dead_ms[zone] + dt_ms, _LONG_MS)
        return self._is_dead(zone)

    def _is_dead(self, zone):
        dead_ms = _DEAD_MS if zone < LEFT_THIGH else _DEAD_THIGH_MS
        return self._open_ms[zone] >= _OPEN_MS or self._dead_ms[zone] >= dead_ms

    def _should_be_loaded(self, zone, zones):
        """Its mirror carries a lot; and it never showed anything, or the other pair is even on both sides."""
        mirror, neighbour, across = zones[zone ^ 1], zones[zone ^ 2], zones[zone ^ 3]
        if neighbour.u < _SHARE_U and across.u < _SHARE_U and mirror.u < _SHARE_U:
            self._touched[zone] = 0  # nobody is there
            if self._dead_ms[zone] < _DEAD_MS:
                self._dead_ms[zone] = 0
        if not neighbour.readable or neighbour.u < _LOAD_U:
            return False
        if zone >= LEFT_THIGH:
            return not zones[zone].seen and self._carries(zone ^ 1, zones, _GOOD_PA)
        if not self._carries(zone ^ 1, zones, _DEAD_MIRROR_PA):
            return False
        even = across.readable and neighbour.pressure_pa * 3 >= across.pressure_pa * 2
        return not zones[zone].seen or (even and not self._touched[zone])

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

    def _find_alone(self, dt_ms, zones):
        """Which zone is loaded while all others that can be read are not; -1 when there is no such zone."""
        alone, others = -1, 0
        for zone in range(ZONE_COUNT):
            state = zones[zone]
            if not state.readable or self._drifted[zone]:
                continue
            if state.u >= _LOAD_U and alone < 0:
                alone = zone
            elif state.u >= _SHARE_U:
                alone = ZONE_COUNT
            else:
                others += 1
        if alone >= ZONE_COUNT or others == 0:
            alone = -1
        self._alone_ms = min(self._alone_ms + dt_ms, _LONG_MS) if alone == self._alone else dt_ms
        self._alone = alone

    def _is_drifting(self, zone, zones):
        state = zones[zone]
        if self._drifted[zone]:
            if state.u < _SHARE_U:
                self._drifted[zone] = 0
            return self._drifted[zone] != 0
        if zone != self._alone:
            return False
        unmoved = state.still_ms >= self._alone_ms + _ALONE_LATE_MS and not self._is_beside_bad(zone, zones)
        if unmoved or state.pressure_pa >= _ALONE_MOST_PA:
            state.doubted = True
            if self._alone_ms >= _ALONE_TOLD_MS:
                self._drifted[zone] = 1
        elif self._is_calm(zone, zones) and self._another_was_seen(zone, zones):
            self._drifted[zone] = 1
        return self._drifted[zone] != 0

    def _is_calm(self, zone, zones):
        """Longer than a person is who may perch there."""
        state = zones[zone]
        may_perch = state.u >= _HEAVY_U or self._is_beside_bad(zone, zones)
        return state.calm_ms >= (_ALONE_PERCHED_CALM_MS if may_perch else _ALONE_CALM_MS)

    def _is_beside_bad(self, zone, zones):
        """The other zone of its side is there, but tells nothing: what the rest lost may rest on it, unseen."""
        beside = zones[zone ^ 2]
        if not beside.readable:
            return beside.quality != MISSING
        return not self._believes(zone ^ 2, zones) or self._is_dead(zone ^ 2)

    def _another_was_seen(self, zone, zones):
        for other in range(ZONE_COUNT):
            if other != zone and zones[other].readable and zones[other].seen:
                return True
        return False
