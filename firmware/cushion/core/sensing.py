"""From raw samples to one trusted pressure per zone and second: median, hold, creep, and each zone's health."""

from array import array

from cushion.core.calibration import ZONE_COUNT, conductance_ns, creep_divisor_permille

MAX_SAMPLES = 8  # a second, per zone
NO_READING = -1
HOLD_MS = 5000

OK, MISSING, SHORT, SATURATED, FROZEN, IMBALANCE = 0, 1, 2, 3, 4, 5
SHORT_PERMILLE = 970  # of the supply: the sensor is a wire
SATURATED_PERMILLE = 920  # of the supply: the ADC is at its end
SATURATED_MS = 10000
STATIC_MS = 600000  # no movement for so long: frozen zone, or an object on the seat
LOADED_U = 100
UNLOADED_RESET_MS = 60000
MOVE_PERMILLE = 25  # of the zone's pressure, above
MOVE_FLOOR_PA = 100  # the noise of sensor and ADC


class Zone:
    """What is known of one zone: its pressure, health, time under load, and when it last moved."""

    def __init__(self):
        self.pressure_pa = 0
        self.g_ns = 0
        self.quality = MISSING
        self.moved = False
        self.level_100uv = NO_READING
        self._loaded_ms = 0
        self._unloaded_ms = 0
        self._static_ms = 0
        self._end_ms = 0
        self._frozen = False

    def take(self, dt_ms, level_100uv, supply_mv):
        """Takes the second's median level (NO_READING when there was none); updates `quality`."""
        self.moved = False
        if level_100uv == NO_READING:
            self.quality = MISSING
            return
        same = level_100uv == self.level_100uv
        self._static_ms = min(self._static_ms + dt_ms, STATIC_MS) if same else 0
        self._frozen = self._frozen and same
        self.level_100uv = level_100uv
        at_end = level_100uv >= supply_mv * SATURATED_PERMILLE // 100
        self._end_ms = self._end_ms + dt_ms if at_end else 0
        if level_100uv >= supply_mv * SHORT_PERMILLE // 100:
            self.quality = SHORT
        elif self._end_ms > SATURATED_MS:
            self.quality = SATURATED
        elif self._frozen:
            self.quality = FROZEN
        else:
            self.quality = OK

    def press(self, dt_ms, zone, calibration, creep_permille):
        """Turns the level's conductance into a creep-compensated pressure and notes whether it moved."""
        raw_pa = calibration.pressure_pa(zone, self.g_ns)
        self._count_load(dt_ms, calibration.relative_u(zone, raw_pa))
        pressure_pa = raw_pa * 1000 // creep_divisor_permille(self._loaded_ms // 1000, creep_permille)
        change_pa = abs(pressure_pa - self.pressure_pa)
        self.moved = change_pa > pressure_pa * MOVE_PERMILLE // 1000 + MOVE_FLOOR_PA
        self.pressure_pa = pressure_pa

    def judge_frozen(self):
        """Called when another zone moved: the very same level for ten minutes, though loaded, is no living zone."""
        if self.quality == OK and self.level_100uv > 0 and self._static_ms >= STATIC_MS:
            self._frozen = True
            self.quality = FROZEN

    def _count_load(self, dt_ms, u):
        if u >= LOADED_U:
            self._loaded_ms = min(self._loaded_ms + dt_ms, 1 << 29)
            self._unloaded_ms = 0
            return
        self._unloaded_ms = min(self._unloaded_ms + dt_ms, UNLOADED_RESET_MS)
        if self._unloaded_ms >= UNLOADED_RESET_MS:
            self._loaded_ms = 0


class Sensing:
    """The four zones. `supply_mv` and `divider_ohm` are the board's; `present` says which zones it has.

    ``blind_ms`` is how long no zone could be read: up to HOLD_MS the last pressures stand (a motor was running).
    """

    def __init__(self, supply_mv, divider_ohm, present):
        self.zones = [Zone() for _ in range(ZONE_COUNT)]
        self.present = present
        self.blind_ms = 0
        self.moved = False
        self._supply_mv = supply_mv
        self._divider_ohm = divider_ohm
        self._samples = array("i", [0] * (ZONE_COUNT * MAX_SAMPLES))
        self._sorted = array("i", [0] * MAX_SAMPLES)
        self._count = 0

    def sample(self, levels_100uv):
        """Takes one sample of every zone, in units of 100 uV over the divider's lower resistor, NO_READING = none."""
        if self._count == MAX_SAMPLES:
            return
        for zone in range(ZONE_COUNT):
            self._samples[zone * MAX_SAMPLES + self._count] = levels_100uv[zone]
        self._count += 1

    def close_second(self, dt_ms, calibration, creep_permille):
        """Ends a decision period of `dt_ms`: medians, quality and pressures of all zones are up to date after it."""
        self.moved = False
        if self._count == 0:
            self.blind_ms = min(self.blind_ms + dt_ms, 1 << 29)
            return
        self.blind_ms = 0
        for zone in range(ZONE_COUNT):
            state = self.zones[zone]
            state.take(dt_ms, self._median(zone), self._supply_mv)
            if state.quality == OK:
                state.g_ns = conductance_ns(state.level_100uv, self._supply_mv, self._divider_ohm)
                state.press(dt_ms, zone, calibration, creep_permille)
                self.moved = self.moved or state.moved
        if self.moved:
            for zone in range(ZONE_COUNT):
                self.zones[zone].judge_frozen()
        self._count = 0

    def is_blind(self):
        """Nothing can be said about the seat: no sample for longer than a hold, or no zone that works."""
        if self.blind_ms > HOLD_MS:
            return True
        for zone in range(ZONE_COUNT):
            if self.zones[zone].quality == OK:
                return False
        return True

    def total_permille(self, calibration):
        """Load of all working zones in permille of their references' sum."""
        pressure_pa = ref_pa = 0
        for zone in range(ZONE_COUNT):
            if self.zones[zone].quality == OK:
                pressure_pa += self.zones[zone].pressure_pa
                ref_pa += calibration.ref_pa[zone]
        return pressure_pa * 1000 // ref_pa if ref_pa else 0

    def bad_zones(self):
        """Bit mask of the zones that the board has and that can't be trusted now."""
        mask = 0
        for zone in range(ZONE_COUNT):
            if self.present[zone] and self.zones[zone].quality != OK:
                mask |= 1 << zone
        return mask

    def _median(self, zone):
        """The lower middle of the second's valid samples: a touch of half a second is then no load at all."""
        count = self._sort_valid(zone)
        return self._sorted[(count - 1) // 2] if count else NO_READING

    def _sort_valid(self, zone):
        """Insertion sort of the zone's valid samples into the scratch array; returns how many there are."""
        count = 0
        for index in range(self._count):
            value = self._samples[zone * MAX_SAMPLES + index]
            if value == NO_READING:
                continue
            at = count
            while at > 0 and self._sorted[at - 1] > value:
                self._sorted[at] = self._sorted[at - 1]
                at -= 1
            self._sorted[at] = value
            count += 1
        return count
