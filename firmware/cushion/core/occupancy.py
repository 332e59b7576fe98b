"""Is somebody on the seat? Hysteresis and debounce over the load that proves presence, and the breaks in between."""

from cushion.core.records import STATE_OCCUPIED, STATE_UNKNOWN, STATE_VACANT

SIT_PERMILLE = 150
SIT_MS = 3000
LEAVE_PERMILLE = 80
LEAVE_MS = 5000
BREAK_ZONE_U = 100
BREAK_TOTAL_PERMILLE = 100
BLIP_MS = 5000


class Occupancy:
    """Seat state from the presence that sensing.py measures, permille of the person's reference.

    ``state`` is unknown until three seconds of load or five without were seen. A step that changes it sets ``sat`` or
    ``left``, and ``ago_ms``: how long before this moment it really happened.
    """

    def __init__(self):
        self.state = STATE_UNKNOWN
        self.sat = False
        self.left = False
        self.ago_ms = 0
        self.above_ms = 0
        self.below_ms = 0

    def step(self, dt_ms, presence_permille):
        """Takes `dt_ms` with the presence that was seen in it."""
        self.sat = self.left = False
        self.above_ms = self.above_ms + dt_ms if presence_permille >= SIT_PERMILLE else 0
        self.below_ms = self.below_ms + dt_ms if presence_permille < LEAVE_PERMILLE else 0
        if self.above_ms >= SIT_MS and self.state != STATE_OCCUPIED:
            self.state = STATE_OCCUPIED
            self.sat = True
            self.ago_ms = self.above_ms
        elif self.below_ms >= LEAVE_MS and self.state != STATE_VACANT:
            self.left = self.state == STATE_OCCUPIED
            self.state = STATE_VACANT
            self.ago_ms = self.below_ms

    def lose(self):
        """Nothing was seen for too long: the state is unknown until it is seen again."""
        self.sat = self.left = False
        self.state = STATE_UNKNOWN
        self.above_ms = self.below_ms = 0


class BreakTimer:
    """Counts off-loaded time: both ischial zones below 100 permille and presence below 10 %; blips up to 5 s pass.

    Blips do not count as rest. ``verified`` is true in the one step in which the break grew long enough.
    """

    def __init__(self):
        self.off_ms = 0
        self.verified = False
        self._blip_ms = 0

    def step(self, dt_ms, off, verified_ms):
        """Takes `dt_ms`, `off` saying whether the seat was off-loaded; `verified_ms` is the length that counts."""
        self.verified = False
        if off:
            self.verified = self.off_ms < verified_ms <= self.off_ms + dt_ms
            self.off_ms = min(self.off_ms + dt_ms, 1 << 29)
            self._blip_ms = 0
            return
        self._blip_ms += dt_ms
        if self._blip_ms > BLIP_MS:
            self.off_ms = 0

    def lose(self):
        """Unknown time is not rest: the count starts anew."""
        self.verified = False
        self.off_ms = 0
        self._blip_ms = 0
