"""From raw samples to one trusted pressure per zone and second: median, hold, creep, and each zone's own health.

What only a comparison of zones can tell is plausibility.py's.
"""

from array import array

from cushion.core.calibration import LEFT_THIGH, ZONE_COUNT, conductance_ns, creep_divisor_permille, ns_of_ohm
from cushion.core.const import const
from cushion.core.plausibility import HOLD_MS, Plausibility
from cushion.core.records import MISSING, OK, OPEN, PRELOAD, SATURATED, SHORT, UNPLUGGED

_MAX_SAMPLES = const(8)  # a second, per zone
_USUAL_SAMPLES = const(4)
NO_READING = -1

_SHORT_PERMILLE = const(970)  # of the supply: the sensor is a wire
_SATURATED_PERMILLE = const(920)  # of the supply: the ADC is at its end
_SATURATED_MS = const(10000)
_IMPLAUSIBLE_PA = const(60000)  # no seat presses so hard: peaks under a sitting bone on a board are 40 kPa
_IMPLAUSIBLE_MS = const(20000)
_RECOVER_MS = const(30000)  # so long a zone that was at its end must be below it
LOADED_U = 100
_UNLOADED_RESET_MS = const(60000)
_CREEP_STEPS = const(16)  # of the time under load: the creep of so much is under 0.1 %
_SEEN_U = const(50)
_LONG_MS = const(1 << 29)
_SOMEBODY_PA = const(2000)  # on any one zone, whatever the person's references
_SIT_PERMILLE = const(150)
_STIR_PERMILLE = const(15)  # away from the recent mean: a person's small movements, above noise and a bag's settling
_STIR_FLOOR_PA = const(80)
_STIR_MEAN_S = const(16)
_AT_REST_16 = const(24 * 16)  # Pa, in sixteenths: the noise of an empty seat, averaged
_MOVE_PERMILLE = const(25)  # of the zone's pressure, above
_MOVE_FLOOR_PA = const(100)  # the noise of sensor and ADC


class Zone:
    """What is known of one zone: its pressure, health, time under load, and whether it just moved.

    ``quality`` is the verdict; ``readable`` that this second gave a voltage to make a pressure from, whatever the
    verdict; ``lost_ms`` for how long there was none: up to HOLD_MS the last pressure and verdict stand. ``is_open``:
    its wire is off right now. ``doubted``: another zone contradicts it, so it proves nothing. ``seen``: it has been
    loaded at least once since the start.
    """

    def __init__(self):
        self.pressure_pa = 0
        self.before_pa = 0
        self.u = 0
        self.g_ns = 0
        self.quality = MISSING
        self.readable = False
        self.moved = False
        self.stirred = False
        self.seen = False
        self.doubted = False
        self.is_open = False
        self.level_100uv = NO_READING
        self.lost_ms = _LONG_MS  # nothing was read before the start
        self._is_first = True
        self.mean_16 = 0  # recent mean pressure, sixteenths of a pascal
        self._loaded_ms = 0
        self._unloaded_ms = 0
        self._creep_divisor = 1000
        self._creep_until_s = 0
        self._end_ms = 0
        self._over_ms = 0

    def take(self, dt_ms, level_100uv, supply_mv, open_100uv):
        """Takes the second's median level (NO_READING when there was none); judges what a level alone can tell.

        Below `open_100uv` the wire is off: the bias resistor lifts an empty seat to twice that.
        """
        self.moved = self.stirred = False
        self.readable = False
        self.is_open = is_open = NO_READING < level_100uv < open_100uv
        if is_open or level_100uv == NO_READING:
            self.lost_ms = min(self.lost_ms + dt_ms, _LONG_MS)
            if self.lost_ms > HOLD_MS:
                self.quality = OPEN if is_open else MISSING
                self._is_first = True
            return
        self.level_100uv = level_100uv
        self.lost_ms = 0
        at_end = level_100uv >= supply_mv * _SATURATED_PERMILLE // 100
        if at_end or self._end_ms:
            self._end_ms = _spell_ms(dt_ms, self._end_ms, at_end, _SATURATED_MS)
        if at_end and level_100uv >= supply_mv * _SHORT_PERMILLE // 100:
            self.quality = SHORT
        elif self._end_ms > _SATURATED_MS:
            self.quality = SATURATED
        else:
            self.quality = OK
            self.readable = True
        self._is_first = self._is_first or not self.readable

    def press(self, dt_ms, zone, calibration, creep_permille):
        """Turns the level's conductance into a creep-compensated pressure and notes whether it moved."""
        raw_pa = calibration.pressure_pa(zone, self.g_ns)
        if raw_pa * 1000 < LOADED_U * calibration.ref_pa[zone]:
            self._unload(dt_ms)
        elif self._loaded_ms < _LONG_MS:
            self._loaded_ms += dt_ms
            self._unloaded_ms = 0
        loaded_s = self._loaded_ms // 1000
        if loaded_s >= self._creep_until_s:
            self._creep_divisor = creep_divisor_permille(loaded_s, creep_permille)
            self._creep_until_s = loaded_s + 1 + loaded_s // _CREEP_STEPS
        pressure_pa = raw_pa * 1000 // self._creep_divisor
        if calibration.step_pa:
            pressure_pa = calibration.bent_pa(zone, pressure_pa)
        self._compare(pressure_pa)
        self.before_pa = pressure_pa if self._is_first else self.pressure_pa
        self.pressure_pa = pressure_pa
        if raw_pa >= _IMPLAUSIBLE_PA or self._over_ms:
            self._over_ms = _spell_ms(dt_ms, self._over_ms, raw_pa >= _IMPLAUSIBLE_PA, _IMPLAUSIBLE_MS)
        if self._over_ms > _IMPLAUSIBLE_MS:
            self.quality = SATURATED
        self.u = calibration.relative_u(zone, pressure_pa)
        self.seen = self.seen or self.u >= _SEEN_U
        self._is_first = False

    def _compare(self, pressure_pa):
        """Did it move since the last second, or stir against the mean of the last quarter minute?"""
        if self._is_first:
            self.mean_16 = pressure_pa * 16
            return
        change_pa = abs(pressure_pa - self.pressure_pa)
        self.moved = change_pa > pressure_pa * _MOVE_PERMILLE // 1000 + _MOVE_FLOOR_PA
        mean_pa = self.mean_16 // 16
        self.stirred = self.moved or abs(pressure_pa - mean_pa) > mean_pa * _STIR_PERMILLE // 1000 + _STIR_FLOOR_PA
        if self.moved:
            self.mean_16 = pressure_pa * 16
        else:
            self.mean_16 += (pressure_pa * 16 - self.mean_16) // _STIR_MEAN_S

    def pressure_of(self, g_ns, zone, calibration):
        """What one sample alone makes of the zone, Pa: for a picture of the seat; nothing is decided by it."""
        pressure_pa = self.nominal_of(g_ns, zone, calibration)
        return calibration.bent_pa(zone, pressure_pa) if calibration.step_pa else pressure_pa

    def nominal_of(self, g_ns, zone, calibration):
        """The same without the zone's curve, for a calibration that is to get a new one."""
        return calibration.pressure_pa(zone, g_ns) * 1000 // self._creep_divisor

    def is_trusted(self):
        """Its pressure may be used."""
        return self.quality == OK and not self.doubted

    def _unload(self, dt_ms):
        self._unloaded_ms = min(self._unloaded_ms + dt_ms, _UNLOADED_RESET_MS)
        if self._loaded_ms and self._unloaded_ms >= _UNLOADED_RESET_MS:
            self._loaded_ms = self._creep_until_s = 0


def _spell_ms(dt_ms, spell_ms, on, least_ms):
    """How long something has lasted; beyond `least_ms` it takes _RECOVER_MS to be over."""
    if on:
        return min(spell_ms + dt_ms, least_ms + _RECOVER_MS)
    return spell_ms - dt_ms if spell_ms > least_ms else 0


class Sensing:
    """The four zones. `supply_mv` and `divider_ohm` (of each zone) are the board's; `present`: which zones it has.

    `dead_mv`: the converter's dead end. `bias_ohm`: a resistor parallel to each sensor, at the sensor's end, which
    proves the wire at each sample; 0 where the board has none.
    """

    def __init__(self, supply_mv, divider_ohm, present, dead_mv=0, bias_ohm=0):
        self.zones = [Zone() for _ in range(ZONE_COUNT)]
        self.present = present
        self.moved = False
        self.stirred = False
        self.leaving = False
        self.plausibility = Plausibility(not bias_ohm)
        self._supply_mv = supply_mv
        self._divider_ns = tuple(ns_of_ohm(ohm) for ohm in divider_ohm)
        self._bias_ns = ns_of_ohm(bias_ohm) if bias_ohm else 0
        self._edge_ns = tuple(0 if bias_ohm else conductance_ns(dead_mv * 10, supply_mv, ns) for ns in self._divider_ns)
        self._open_100uv = tuple(supply_mv * 5 * ohm // (ohm + bias_ohm) if bias_ohm else 0 for ohm in divider_ohm)
        self._samples = array("i", [0] * (ZONE_COUNT * _MAX_SAMPLES))
        self._sorted = array("i", [0] * _MAX_SAMPLES)
        self._count = 0

    def sample(self, levels_100uv):
        """Takes one sample of every zone, in units of 100 uV over the divider's lower resistor, NO_READING = none."""
        if self._count == _MAX_SAMPLES:
            return
        for zone in range(ZONE_COUNT):
            self._samples[zone * _MAX_SAMPLES + self._count] = levels_100uv[zone]
        self._count += 1

    def close_second(self, dt_ms, calibration, creep_permille):
        """Ends a decision period of `dt_ms`: medians, quality and pressures of all zones are up to date after it."""
        self.moved = self.stirred = False
        for zone in range(ZONE_COUNT):
            state = self.zones[zone]
            state.take(dt_ms, self._median(zone), self._supply_mv, self._open_100uv[zone])
            if state.readable:
                state.g_ns = self._sensor_ns(zone, state.level_100uv)
                state.press(dt_ms, zone, calibration, creep_permille)
        self.plausibility.step(dt_ms, self.zones)
        for state in self.zones:
            if state.stirred and state.is_trusted():  # what moved has stirred, too
                self.moved = self.moved or state.moved
                self.stirred = True
        self.leaving = self._is_leaving()
        self._count = 0

    def _sensor_ns(self, zone, level_100uv):
        """Conductance of the sensor alone.

        Without a bias, what is below the converter's dead end can't be seen: twice the edge is true, the edge is
        nothing, and straight in between, so that a load that comes or goes there makes no jump.
        """
        g_ns = conductance_ns(level_100uv, self._supply_mv, self._divider_ns[zone]) - self._bias_ns
        edge_ns = self._edge_ns[zone]
        if g_ns >= 2 * edge_ns:
            return g_ns if g_ns > 0 else 0
        return max(0, 2 * (g_ns - edge_ns))

    def pressures_of(self, levels_100uv, calibration):
        """Pa per zone by this one sample; where it has none, or one that is no load, what the last second said."""
        pressures_pa = [state.pressure_pa for state in self.zones]
        for zone in range(ZONE_COUNT):
            level_100uv, state = levels_100uv[zone], self.zones[zone]
            if state.readable and NO_READING < level_100uv < self._supply_mv * _SHORT_PERMILLE // 100:
                g_ns = self._sensor_ns(zone, level_100uv)
                pressures_pa[zone] = state.pressure_of(g_ns, zone, calibration)
        return pressures_pa

    def quality(self, zone):
        """A zone's health as it is reported (records.QUALITIES): a wire that is off right now is, however short."""
        if not self.zones[zone].is_open:
            return self.zones[zone].quality
        for other in range(ZONE_COUNT):
            if self.present[other] and not self.zones[other].is_open:
                return OPEN
        return UNPLUGGED

    def is_blind(self):
        """Nothing can be said about the seat: no zone works, or the only load is one that contradicts what was seen."""
        doubted = proven = False
        for zone in range(ZONE_COUNT):
            state = self.zones[zone]
            if state.is_trusted():
                proven = True
                if state.seen:
                    return False
            doubted = doubted or (state.doubted and state.u >= LOADED_U)
        return doubted or not proven

    def proves_empty(self):
        """Nobody may be on the seat unseen: every zone is trusted. With one that isn't, somebody may sit on it alone.
        Then the others must be exactly at rest, which takes a bias resistor to see."""
        whole = at_rest = True
        for zone in range(ZONE_COUNT):
            state = self.zones[zone]
            if state.is_trusted():
                at_rest = at_rest and state.mean_16 <= _AT_REST_16
            elif self.present[zone] and state.quality != PRELOAD:  # who sat on that one would press it harder
                whole = False
        return whole or (at_rest and self._bias_ns > 0)

    def is_held(self):
        """Not one zone gave a reading just now: the last ones stand, and are no new evidence."""
        for zone in range(ZONE_COUNT):
            if self.zones[zone].lost_ms == 0:
                return False
        return True

    def presence_permille(self, calibration):
        """How much of a person is on the seat, permille of their references.

        The largest of three shares: of all zones; half of that of the thighs alone, so that somebody who leans forward
        off both sitting bones is still there whatever those carried when they were calibrated; and of two kPa on any
        one zone, which nothing but a body makes. Only zones that are trusted and were ever loaded count: a cushion of
        two zones, or one with a dead one, needs no setting.
        """
        pressure_pa = ref_pa = highest_pa = 0
        thigh_permille = 0
        for zone in range(ZONE_COUNT - 1, -1, -1):
            state = self.zones[zone]
            if state.seen and state.quality == OK and not state.doubted:
                pressure_pa += state.pressure_pa
                ref_pa += calibration.ref_pa[zone]
                if state.pressure_pa > highest_pa:
                    highest_pa = state.pressure_pa
            if zone == LEFT_THIGH and ref_pa:
                thigh_permille = pressure_pa * 500 // ref_pa
        if not ref_pa:
            return 0
        return max(thigh_permille, pressure_pa * 1000 // ref_pa, highest_pa * _SIT_PERMILLE // _SOMEBODY_PA)

    def _is_leaving(self):
        """In the last sample every zone had lost half of its load: somebody is getting up in this very moment. A zone
        that the sample lacks has not lost anything."""
        leaving = False
        for zone in range(ZONE_COUNT if self._count else 0):
            state = self.zones[zone]
            last_100uv = self._samples[zone * _MAX_SAMPLES + self._count - 1]
            if last_100uv != NO_READING and state.is_trusted() and state.level_100uv > 0:
                if last_100uv * 2 > state.level_100uv:
                    return False
                leaving = True
        return leaving

    def _median(self, zone):
        """The lower middle of the second's valid samples: a touch of half a second is then no load at all."""
        if self._count == _USUAL_SAMPLES:
            samples, at = self._samples, zone * _MAX_SAMPLES
            a, b = samples[at], samples[at + 1]
            c, d = samples[at + 2], samples[at + 3]
            if a > b:
                a, b = b, a
            if c > d:
                c, d = d, c
            if a > c:  # the lowest is out of it, and the next one is the lower of its neighbour and the other pair's
                a, b, c = c, d, a
            if a != NO_READING:
                return b if b < c else c
        count = self._sort_valid(zone)
        return self._sorted[(count - 1) // 2] if count else NO_READING

    def _sort_valid(self, zone):
        """Insertion sort of the zone's valid samples into the scratch array; returns how many there are."""
        count = 0
        for index in range(self._count):
            value = self._samples[zone * _MAX_SAMPLES + index]
            if value == NO_READING:
                continue
            at = count
            while at > 0 and self._sorted[at - 1] > value:
                self._sorted[at] = self._sorted[at - 1]
                at -= 1
            self._sorted[at] = value
            count += 1
        return count
