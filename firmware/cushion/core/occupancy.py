"""Is somebody on the seat? Hysteresis and debounce over the load that proves presence, and the breaks in between."""

from cushion.core.const import const
from cushion.core.records import STATE_OCCUPIED, STATE_UNKNOWN, STATE_VACANT

SIT_PERMILLE = 150
SIT_MS = 3000
LEAVE_PERMILLE = 80
LEAVE_MS = 5000
BREAK_ZONE_U = 100
BREAK_TOTAL_PERMILLE = 100
BLIP_MS = 5000
_RISE_PERMILLE = const(70)  # a sit-down above what was there; it rises by one a second while nobody comes
_MOST_REST_PERMILLE = const(200)
_FADE_PERMILLE = const(2)  # a second: what falls more slowly is no leave
EMPTY_PERMILLE = 30  # above rest: less is nobody, more is little, from a light lean or left in the foam
LITTLE_MS = 60000  # so long what is little must neither rise nor drop before it counts as nobody
_STIR_PERMILLE = const(12)
_USUAL_SHARE = const(3)  # a fall from less than a third of what this person usually shows proves no leave
_USUAL_RISE_32 = const(320)  # a second, in 32nds of a permille: a minute and a half to learn somebody
_USUAL_FALL_32 = const(1)  # a second: 900 permille in an eight-hour day of sitting
_SINK_SHARE = const(128)  # of the presence, a second
_SINKING_MS = const(2000)
_LONG_MS = const(1 << 29)


class Occupancy:
    """Seat state from the presence that sensing.py measures, permille of the person's reference.

    Sitting down and leaving are quick: what comes or goes over many minutes is a drift. It makes nobody sit, and whom
    it hides is ``lost``, neither seated nor away, until somebody is seen to sit down. Leaving ends at rest: what lay on
    the sensors before the sit-down (``rest_permille``). A little more than that is left in foam and sensors if it
    neither rises nor drops for a minute, or else somebody who leans.

    Sensors that lose their signal over hours turn a change of posture into a fall to nothing. So a fall from less than
    a third of what the person usually shows proves no leave either.

    ``state`` is unknown until three seconds of load or five without were seen. A step that changes it sets ``sat``,
    ``left`` or ``faded``, and ``ago_ms``: how long before this moment it really happened. ``falling``: the load is
    going right now; ``collapsed``: three quarters of it are gone as of this second; ``disturbed``: on the vacant seat
    something has come, if only little, and hasn't quite gone.
    """

    def __init__(self):
        self.state = STATE_UNKNOWN
        self.sat = False
        self.left = False
        self.faded = False
        self.lost = False
        self.ago_ms = 0
        self.above_ms = 0
        self.below_ms = 0
        self.rest_permille = 0
        self._trough = 0
        self._peak = 0
        self._low = 0
        self.empty_ms = 0
        self.falling = False
        self.disturbed = False
        self.presence_permille = 0
        self.collapsed = self._is_low = False
        self._sinking_ms = self._usual_32 = 0

    def step(self, dt_ms, presence_permille):
        """Takes `dt_ms` with the presence that was seen in it."""
        self.sat = self.left = self.faded = False
        seated = self.state == STATE_OCCUPIED
        self._peak = max(presence_permille, self._peak - _FADE_PERMILLE * (dt_ms // 1000))
        came = presence_permille > self._trough + _STIR_PERMILLE
        if not seated and self.above_ms == 0:
            self._trough = min(presence_permille, self._trough + dt_ms // 1000)
        above = presence_permille >= max(SIT_PERMILLE, self._trough + _RISE_PERMILLE)
        self.above_ms = self.above_ms + dt_ms if above else 0
        self._count_below(dt_ms, presence_permille - self.rest_permille, came)
        self._follow_fall(dt_ms, presence_permille)
        if seated:
            self._learn_usual(dt_ms // 1000, (presence_permille - self.rest_permille) * 32)
        if self.above_ms >= SIT_MS and not seated:
            self._sit()
        elif self.state != STATE_VACANT and not self.lost and self._is_gone():
            self._leave(seated, presence_permille)

    def _count_below(self, dt_ms, over_permille, came):
        """For how long there has been little, and for how long nothing."""
        rose = over_permille > self._low + _STIR_PERMILLE
        if over_permille < EMPTY_PERMILLE:
            self.empty_ms += dt_ms
            self.disturbed = self.disturbed and over_permille >= _STIR_PERMILLE
        else:
            self.empty_ms = 0
            self.disturbed = self.state == STATE_VACANT and (self.disturbed or came)
        if over_permille >= LEAVE_PERMILLE:
            self.below_ms = 0
            self._low = over_permille
            return
        if rose or over_permille < self._low - _STIR_PERMILLE:
            self.below_ms = 0
            self._low = over_permille
        self._low = min(self._low, over_permille)
        self.below_ms += dt_ms

    def _learn_usual(self, seconds, over_32):
        usual_32 = self._usual_32
        if over_32 > usual_32:
            usual_32 += _USUAL_RISE_32 * seconds
            self._usual_32 = usual_32 if usual_32 < over_32 else over_32
        else:
            usual_32 -= _USUAL_FALL_32 * seconds
            self._usual_32 = usual_32 if usual_32 > over_32 else over_32

    def _follow_fall(self, dt_ms, presence_permille):
        """Is everybody's load going, and have three quarters of it gone just now?"""
        sinks = presence_permille < self.presence_permille - self.presence_permille // _SINK_SHARE
        self._sinking_ms = self._sinking_ms + dt_ms if sinks else 0
        self.presence_permille = presence_permille
        self.falling = self._sinking_ms >= _SINKING_MS and self.state == STATE_OCCUPIED
        is_low = 4 * (presence_permille - self.rest_permille) < self._peak - self.rest_permille
        self.collapsed = is_low and not self._is_low
        self._is_low = is_low

    def _is_gone(self):
        return min(self.empty_ms, self.below_ms) >= LEAVE_MS or self.below_ms >= LITTLE_MS

    def is_empty(self):
        """Nobody is here, and nothing of anybody: what is little may be somebody all the same."""
        return self.state == STATE_VACANT and self.empty_ms > 0

    def lose(self):
        """Nothing was seen for too long: the state is unknown until it is seen again."""
        self.sat = self.left = self.faded = self.lost = False
        self.state = STATE_UNKNOWN
        self.above_ms = self.below_ms = self._trough = self.empty_ms = 0

    def _sit(self):
        self.state = STATE_OCCUPIED
        self.sat = True
        self.ago_ms = self.above_ms
        if not self.lost:  # what little was there may have been somebody
            self.rest_permille = min(self._trough, _MOST_REST_PERMILLE)
        self.lost = False

    def _leave(self, seated, presence_permille):
        self.ago_ms = self.below_ms
        self._trough = presence_permille
        over_permille = max(0, presence_permille - self.rest_permille)
        fell_permille = self._peak - self.rest_permille
        if seated and (
            fell_permille < 2 * over_permille + EMPTY_PERMILLE or fell_permille * 32 * _USUAL_SHARE < self._usual_32
        ):
            self.lose_sight()
            return
        self.left = seated
        self.state = STATE_VACANT

    def lose_sight(self):
        """Somebody may still be here, or not: unknown until somebody is seen to sit down, or to stir."""
        self.state = STATE_UNKNOWN
        self.faded = self.lost = True
        self.above_ms = 0
        self._trough = self.presence_permille


class BreakTimer:
    """Counts off-loaded time: both ischial zones below 100 permille and presence below 10 %; blips up to 5 s pass.

    Blips do not count as rest. ``verified`` is true in the one step in which the break is long enough, and believed.
    """

    def __init__(self):
        self.off_ms = 0
        self.verified = False
        self._was_verified = False
        self._blip_ms = 0

    def step(self, dt_ms, off, verified_ms, believed=True):
        """Takes `dt_ms`, `off` saying whether the seat was off-loaded; `verified_ms` is the length that counts."""
        self.verified = False
        if off:
            self.off_ms = min(self.off_ms + dt_ms, _LONG_MS)
            self._blip_ms = 0
            if believed and not self._was_verified and self.off_ms >= verified_ms:
                self.verified = self._was_verified = True
            return
        self._blip_ms += dt_ms
        if self._blip_ms > BLIP_MS:
            self.lose()

    def begin(self, off_ms):
        """Somebody left `off_ms` ago: what was off-loaded before was a posture."""
        self.off_ms = min(self.off_ms, off_ms)
        self._was_verified = False

    def rest(self):
        """Long ago a break was verified, and nobody came since."""
        self.off_ms = _LONG_MS
        self._was_verified = True

    def lose(self):
        """Unknown time is not rest: the count starts anew."""
        self.verified = self._was_verified = False
        self.off_ms = 0
