"""From raw samples to one trusted pressure per zone and second: median, hold, creep, and each zone's own health.

What only a comparison of zones can tell (open, frozen, drifting) is plausibility.py's.
"""

from array import array

from cushion.core.calibration import LEFT_THIGH, ZONE_COUNT, conductance_ns, creep_divisor_permille, ns_of_ohm
from cushion.core.const import const
from cushion.core.plausibility import Plausibility
from cushion.core.records import MISSING, OK, SATURATED, SHORT

_MAX_SAMPLES = const(8)  # a second, per zone
NO_READING = -1
HOLD_MS = 5000

_SHORT_PERMILLE = const(970)  # of the supply: the sensor is a wire
_SATURATED_PERMILLE = const(920)  # of the supply: the ADC is at its end
_SATURATED_MS = const(10000)
_IMPLAUSIBLE_PA = const(60000)  # no seat presses so hard: peaks under a sitting bone on a board are 40 kPa
_IMPLAUSIBLE_MS = const(20000)
LOADED_U = 100
_UNLOADED_RESET_MS = const(60000)
_SEEN_U = const(50)
_LONG_MS = const(1 << 29)
_DEAD_EDGE_100UV = const(1700)  # the ADC's dead end is a little below
_STIR_PERMILLE = const(15)  # away from the recent mean: a person's small movements, above noise and a bag's settling
_STIR_FLOOR_PA = const(80)
_STIR_MEAN_S = const(16)
_MOVE_PERMILLE = const(25)  # of the zone's pressure, above
_MOVE_FLOOR_PA = const(100)  # the noise of sensor and ADC


class Zone:
    """What is known of one zone: its pressure, health, time under load, and when it last moved.

    ``quality`` is the verdict; ``readable`` that there is a voltage to make a pressure from, whatever the verdict.
    ``doubted``: its load is contradicted by all other zones, so it proves nobody's presence. ``seen``: it has been
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
        self.level_100uv = NO_READING
        self.still_ms = _LONG_MS  # nothing is known to have moved before the start
        self._is_first = True
        self._mean_16 = 0  # recent mean pressure, sixteenths of a pascal
        self._loaded_ms = 0
        self._unloaded_ms = 0
        self.calm_ms = _LONG_MS
        self._end_ms = 0
        self._over_ms = 0

    def take(self, dt_ms, level_100uv, supply_mv):
        """Takes the second's median level (NO_READING when there was none); judges what a level alone can tell."""
        self.moved = self.stirred = False
        self.level_100uv = level_100uv
        at_end = level_100uv >= supply_mv * _SATURATED_PERMILLE // 100
        self._end_ms = min(self._end_ms + dt_ms, _LONG_MS) if at_end else 0
        self.readable = False
        if level_100uv == NO_READING:
            self.quality = MISSING
        elif level_100uv >= supply_mv * _SHORT_PERMILLE // 100:
            self.quality = SHORT
        elif self._end_ms > _SATURATED_MS:
            self.quality = SATURATED
        else:
            self.quality = OK
            self.readable = True
        if not self.readable:
            self._is_first = True

    def press(self, dt_ms, zone, calibration, creep_permille, edge_ns):
        """Turns the level's conductance into a creep-compensated pressure and notes whether it moved.

        `edge_ns` is the conductance below which a load flickers between none and some: nothing moves down there.
        """
        raw_pa = calibration.pressure_pa(zone, self.g_ns)
        self._count_load(dt_ms, calibration.relative_u(zone, raw_pa))
        pressure_pa = raw_pa * 1000 // creep_divisor_permille(self._loaded_ms // 1000, creep_permille)
        edge_pa = calibration.pressure_pa(zone, edge_ns)
        self._compare(max(edge_pa, pressure_pa), max(edge_pa, self.pressure_pa))
        self.still_ms = 0 if self.moved else min(self.still_ms + dt_ms, _LONG_MS)
        self.calm_ms = 0 if self.stirred else min(self.calm_ms + dt_ms, _LONG_MS)
        self.before_pa = pressure_pa if self._is_first else self.pressure_pa
        self.pressure_pa = pressure_pa
        self._over_ms = min(self._over_ms + dt_ms, _LONG_MS) if raw_pa >= _IMPLAUSIBLE_PA else 0
        if self._over_ms >= _IMPLAUSIBLE_MS:
            self.quality = SATURATED
        self.u = calibration.relative_u(zone, pressure_pa)
        self.seen = self.seen or self.u >= _SEEN_U
        self._is_first = False

    def _compare(self, pressure_pa, before_pa):
        """Did it move since the last second, or stir against the mean of the last quarter minute?"""
        if self._is_first:
            self._mean_16 = pressure_pa * 16
            return
        change_pa = abs(pressure_pa - before_pa)
        self.moved = change_pa > pressure_pa * _MOVE_PERMILLE // 1000 + _MOVE_FLOOR_PA
        mean_pa = self._mean_16 // 16
        self.stirred = self.moved or abs(pressure_pa - mean_pa) > mean_pa * _STIR_PERMILLE // 1000 + _STIR_FLOOR_PA
        if self.moved:
            self._mean_16 = pressure_pa * 16
        else:
            self._mean_16 += (pressure_pa * 16 - self._mean_16) // _STIR_MEAN_S

    def pressure_of(self, level_100uv, zone, calibration, creep_permille, supply_mv, divider_ns):
        """What one sample alone makes of the zone, Pa: for a picture of the seat; nothing is decided by it."""
        raw_pa = calibration.pressure_pa(zone, conductance_ns(level_100uv, supply_mv, divider_ns))
        return raw_pa * 1000 // creep_divisor_permille(self._loaded_ms // 1000, creep_permille)

    def is_trusted(self):
        """Its pressure may be used."""
        return self.quality == OK and not self.doubted

    def _count_load(self, dt_ms, u):
        if u >= LOADED_U:
            self._loaded_ms = min(self._loaded_ms + dt_ms, _LONG_MS)
            self._unloaded_ms = 0
            return
        self._unloaded_ms = min(self._unloaded_ms + dt_ms, _UNLOADED_RESET_MS)
        if self._unloaded_ms >= _UNLOADED_RESET_MS:
            self._loaded_ms = 0


class Sensing:
    """The four zones. `supply_mv` and `divider_ohm` (of each zone) are the board's; `present`: which zones it has.

    ``blind_ms`` is how long no zone could be read: up to HOLD_MS the last pressures stand (a motor was running).
    """

    def __init__(self, supply_mv, divider_ohm, present):
        self.zones = [Zone() for _ in range(ZONE_COUNT)]
        self.present = present
        self.blind_ms = 0
        self.moved = False
        self.stirred = False
        self.leaving = False
        self.plausibility = Plausibility()
        self._supply_mv = supply_mv
        self._divider_ns = tuple(ns_of_ohm(ohm) for ohm in divider_ohm)
        self._edge_ns = tuple(conductance_ns(_DEAD_EDGE_100UV, supply_mv, ns) for ns in self._divider_ns)
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
        if self._count == 0:
            self.blind_ms = min(self.blind_ms + dt_ms, 1 << 29)
            return
        self.blind_ms = 0
        for zone in range(ZONE_COUNT):
            state = self.zones[zone]
            state.take(dt_ms, self._median(zone), self._supply_mv)
            if state.readable:
                state.g_ns = conductance_ns(state.level_100uv, self._supply_mv, self._divider_ns[zone])
                state.press(dt_ms, zone, calibration, creep_permille, self._edge_ns[zone])
        self.plausibility.step(dt_ms, self.zones)
        for zone in range(ZONE_COUNT):
            state = self.zones[zone]
            if state.is_trusted():
                self.moved = self.moved or state.moved
                self.stirred = self.stirred or state.stirred
        self.leaving = self._is_leaving()
        self._count = 0

    def pressures_of(self, levels_100uv, calibration, creep_permille):
        """Pa per zone by this one sample; where it has none, or one that is no load, what the last second said."""
        pressures_pa = [state.pressure_pa for state in self.zones]
        for zone in range(ZONE_COUNT):
            level_100uv, state = levels_100uv[zone], self.zones[zone]
            if state.readable and NO_READING < level_100uv < self._supply_mv * _SHORT_PERMILLE // 100:
                pressures_pa[zone] = state.pressure_of(
                    level_100uv, zone, calibration, creep_permille, self._supply_mv, self._divider_ns[zone]
                )
        return pressures_pa

    def is_blind(self):
        """Nothing can be said about the seat: no sample for longer than a hold, or no zone that works."""
        if self.blind_ms > HOLD_MS:
            return True
        for zone in range(ZONE_COUNT):
            if self.zones[zone].quality == OK:
                return False
        return True

    def presence_permille(self, calibration):
        """How much of a person is on the seat, permille of their references.

        The larger of two shares: of all zones, and half of that of the thighs alone, so that somebody who leans
        forward off both sitting bones is still there whatever those carried when they were calibrated. Only zones that
        are trusted and were ever loaded count: a cushion of two zones, or one with a dead one, needs no setting.
        """
        pressure_pa = ref_pa = 0
        thigh_permille = 0
        for zone in range(ZONE_COUNT - 1, -1, -1):
            state = self.zones[zone]
            if state.seen and state.is_trusted():
                pressure_pa += state.pressure_pa
                ref_pa += calibration.ref_pa[zone]
            if zone == LEFT_THIGH and ref_pa:
                thigh_permille = pressure_pa * 500 // ref_pa
        return max(thigh_permille, pressure_pa * 1000 // ref_pa if ref_pa else 0)

    def _is_leaving(self):
        """In the last sample every zone had lost half of its load: somebody is getting up in this very moment."""
        last = self._count - 1
        loaded = 0
        for zone in range(ZONE_COUNT):
            state = self.zones[zone]
            if state.is_trusted() and state.level_100uv > 0:
                loaded += 1
                if self._samples[zone * _MAX_SAMPLES + last] * 2 > state.level_100uv:
                    return False
        return loaded > 0

    def _median(self, zone):
        """The lower middle of the second's valid samples: a touch of half a second is then no load at all."""
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
