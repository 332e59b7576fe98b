"""What only shows over minutes: a side that is far too light; a thing that was taken for a person."""

from array import array

from cushion.core.calibration import ZONE_COUNT
from cushion.core.const import const

_RATIO = const(4)
_RATIO_MS = const(600000)
_LAST_SHARE_MS = const(3600000)
_CLEAR_MS = const(60000)
_LONG_MS = const(1 << 29)
_SLOTS = const(12)
_LOOK_MS = const(10000)
_LOOKS = const(360)
_LIGHT_U = const(500)
_HEAVY_U = const(1600)
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


class Doubt:
    """Does the calibration still fit? ``zones``: bits of those that were under half of their reference, or over 1.6 of
    it, for most of an hour of sitting. A hint to calibrate again: nothing is believed less for it."""

    def __init__(self):
        self.zones = 0
        self._ms = 0
        self._looks = 0
        self._light = array("i", [0] * ZONE_COUNT)
        self._heavy = array("i", [0] * ZONE_COUNT)

    def step(self, dt_ms, zones):
        """Takes `dt_ms` of somebody's sitting; looks every ten seconds."""
        self._ms += dt_ms
        if self._ms < _LOOK_MS:
            return
        self._ms -= _LOOK_MS
        self._looks += 1
        for zone in range(ZONE_COUNT):
            u = zones[zone].u
            if not zones[zone].is_trusted():
                continue  # a wire that was off says nothing about the calibration
            if u < _LIGHT_U:
                self._light[zone] += 1
            elif u > _HEAVY_U:
                self._heavy[zone] += 1
        if self._looks == _LOOKS:
            self._conclude()

    def _conclude(self):
        self.zones = self._looks = 0
        for zone in range(ZONE_COUNT):
            if 2 * max(self._light[zone], self._heavy[zone]) > _LOOKS:
                self.zones |= 1 << zone
            self._light[zone] = self._heavy[zone] = 0


class Stillness:
    """A body or a thing? A body stirs again and again: in three ten-second slots of two minutes at least.

    ``is_alive``: what lies there did so, after its first 30 s. ``is_object``: it did not for ten minutes, whatever
    bumped it now and then. ``still_ms``: since it last did so, or since it came. ``is_doubted``: most of the load went,
    so the body may have, and a thing come; what is there must stir like a body anew. What stirred before and has not
    been doubted is no thing, nor need a faint load be one that was a body's, whose stirs don't show: after ten minutes
    it ``is_lost``, neither person nor thing.
    """

    STILL_MS = 600000
    SETTLED_MS = 30000
    SLOT_MS = 10000

    def __init__(self):
        self.restart()

    def restart(self, since_ms=0):
        """Something came `since_ms` ago, or nothing is there."""
        self.is_object = self.is_lost = self.is_alive = self.is_doubted = self.lively = self.slot_stirred = False
        self.still_ms = self.loaded_ms = since_ms
        self.slot_ms = self._slots = 0

    def step(self, dt_ms, loaded, stirred, faint=False):
        """Takes `dt_ms`; `loaded` = something is on the seat, `stirred` = a zone changed by more than its noise.

        ``lively`` is true in a step whose last slot showed a body.
        """
        if not loaded:
            if self.loaded_ms or self.is_doubted:
                self.restart()
            return
        self.lively = False
        if self.still_ms < _LONG_MS:
            self.still_ms += dt_ms
        if self.loaded_ms < _LONG_MS:
            self.loaded_ms += dt_ms
        if self.loaded_ms > self.SETTLED_MS:
            self.slot_ms += min(dt_ms, self.loaded_ms - self.SETTLED_MS)
            self.slot_stirred = self.slot_stirred or stirred
            if self.slot_ms >= self.SLOT_MS:
                self._close_slots(stirred)
        is_still = self.still_ms >= self.STILL_MS
        self.is_lost = is_still and self.is_alive and (faint or not self.is_doubted)
        self.is_object = is_still and not self.is_lost

    def doubt(self):
        """What stirred until now may have gone, and what is there have come just now."""
        self.is_doubted = True
        self.loaded_ms = self.slot_ms = self._slots = 0
        self.slot_stirred = False

    def stirred_ms(self):
        """How long ago the first stir was that the last slots hold."""
        slots, ago_ms = self._slots, self.slot_ms
        while slots:
            slots >>= 1
            ago_ms += self.SLOT_MS
        return ago_ms

    def _close_slots(self, stirred):
        """One slot is full; on the host, which may step over many at once, they are all alike."""
        count = min(self.slot_ms // self.SLOT_MS, _SLOTS)
        self.slot_ms %= self.SLOT_MS
        slots = self._slots << count
        if self.slot_stirred:
            slots |= (1 << count) - 1
        self._slots = slots = slots & ((1 << _SLOTS) - 1)
        if self.slot_stirred:
            slots &= slots - 1
            if slots & (slots - 1):  # a third one is left without the two lowest
                self.still_ms = self.slot_ms
                self.is_alive = self.lively = True
                self.is_doubted = False
        self.slot_stirred = stirred and self.slot_ms > 0
