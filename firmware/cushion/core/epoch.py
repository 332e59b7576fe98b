"""The log's regular record while seated: mean pressures and relative loads, doses and state of some seconds."""

from array import array

from cushion.core import records
from cushion.core.calibration import ZONE_COUNT


class Epoch:
    """Collects one epoch, second by second, and puts it into the events queue when it is full or cut short."""

    def __init__(self, events):
        self._events = events
        self._sum_pa = array("i", [0] * ZONE_COUNT)
        self._sum_u = array("i", [0, 0])
        self._u_seconds = array("i", [0, 0])
        self._seconds = 0
        self._bad_zones = 0
        self._state = 0
        self.age_ms = 0

    def take(self, dt_ms, state, zones, left_u, right_u, bad_zones):
        """Adds one decision period. Zones that are bad count with their last pressure and are named in `bad_zones`."""
        self._state = state
        self.age_ms += dt_ms
        self._seconds += 1
        self._bad_zones |= bad_zones
        for zone in range(ZONE_COUNT):
            self._sum_pa[zone] += zones[zone].pressure_pa
        self._add_u(0, left_u)
        self._add_u(1, right_u)

    def close(self, left_dose_cs, right_dose_cs, seated_s):
        """Emits the epoch, if anything was collected, and begins the next."""
        if self._seconds:
            count, pa = self._seconds, self._sum_pa
            self._events.add(
                records.EPOCH,
                pa[0] // count,
                pa[1] // count,
                pa[2] // count,
                pa[3] // count,
                self._mean_u(0),
                self._mean_u(1),
                left_dose_cs,
                right_dose_cs,
                seated_s,
                self._state,
                self._bad_zones,
                min((self.age_ms + 500) // 1000, 255),
            )
        self.reset()

    def reset(self):
        """Forgets what was collected."""
        for zone in range(ZONE_COUNT):
            self._sum_pa[zone] = 0
        self._sum_u[0] = self._sum_u[1] = 0
        self._u_seconds[0] = self._u_seconds[1] = 0
        self._seconds = self._bad_zones = self.age_ms = 0

    def _add_u(self, side, u):
        if u >= 0:
            self._sum_u[side] += u
            self._u_seconds[side] += 1

    def _mean_u(self, side):
        """Mean relative load of a side; UNKNOWN_U when it was never known."""
        if self._u_seconds[side] == 0:
            return records.UNKNOWN_U
        return self._sum_u[side] // self._u_seconds[side]
