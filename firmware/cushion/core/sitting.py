"""Bouts of sitting and the breaks between them, as they are told to the log."""

from cushion.core import records
from cushion.core.const import const
from cushion.core.occupancy import BREAK_TOTAL_PERMILLE, BREAK_ZONE_U, BreakTimer, Occupancy
from cushion.core.records import STATE_OCCUPIED, STATE_VACANT
from cushion.core.snapshot import Kept

_LONG_MS = const(1 << 29)


class Sitting(Kept):
    """Follows one person's sits. ``seated_ms`` counts since the last verified break, ``bout_ms`` in this bout.

    A shorter break takes its share of the seated time away, so that almost long enough is worth almost as much.

    ``away_ms`` is how long the seat has been empty, ``verified`` true in the step that verified a break.
    """

    KEPT = ("seated_ms", "away_ms", "_verified_away", "_knows_last_sit")

    def __init__(self, events, left, right):
        self.occupancy = Occupancy()
        self.seated_ms = 0
        self.bout_ms = 0
        self.away_ms = 0
        self.verified = False
        self._events = events
        self._left = left
        self._right = right
        self.break_timer = BreakTimer()
        self._verified_away = False
        self._knows_last_sit = False

    def is_seated(self):
        """Somebody, or something, is on the seat."""
        return self.occupancy.state == STATE_OCCUPIED

    def step(self, dt_ms, highest_u, presence_permille, verified_ms):
        """Takes `dt_ms`; `highest_u` is the load of the side that carries more, permille, -1 where both are unknown."""
        faded_ms = self.break_timer.off_ms if self.occupancy.state == STATE_VACANT else 0
        self.occupancy.step(dt_ms, presence_permille)
        self._time_break(dt_ms, highest_u, presence_permille, verified_ms)
        if self.occupancy.sat:
            self._begin_bout(dt_ms)
        elif self.occupancy.left:
            self._end_bout(dt_ms)
        elif self.occupancy.faded:
            self._lose_sight(dt_ms)
        elif self.occupancy.state == STATE_VACANT:
            self.away_ms = min(self.away_ms + dt_ms, _LONG_MS)
        if self.occupancy.state == STATE_VACANT:
            self._fade(faded_ms, verified_ms)

    def count_seated(self, dt_ms):
        """Adds `dt_ms` to the bout and the seated time, in any step but the one that began the bout."""
        if not self.occupancy.sat:
            self.bout_ms = min(self.bout_ms + dt_ms, _LONG_MS)
            self.seated_ms = min(self.seated_ms + dt_ms, _LONG_MS)

    def lose(self, dt_ms):
        """Nothing was seen for `dt_ms`: a running bout is closed as far as it was seen, a break is not proven."""
        if self.is_seated():
            self._log_stood(dt_ms, 1)
        self.occupancy.lose()
        self.break_timer.lose()
        self.verified = self._verified_away = self._knows_last_sit = False
        self.away_ms = 0

    def rest(self, rest_ms):
        """The seat was empty for so long after a break that was verified already."""
        self.occupancy.state = STATE_VACANT
        self.away_ms = min(self.away_ms + rest_ms, _LONG_MS)
        self.seated_ms = 0
        self.break_timer.rest()
        self._verified_away = True

    def forget_away(self):
        """Nobody knows how the seat came to be as it will be found: no break is proven."""
        self.away_ms = 0
        self._verified_away = self._knows_last_sit = False

    def _time_break(self, dt_ms, highest_u, presence_permille, verified_ms):
        rest = self.occupancy.rest_permille
        off = 0 <= highest_u < BREAK_ZONE_U + rest and presence_permille < BREAK_TOTAL_PERMILLE + rest
        off = off and not self.occupancy.lost and not self.occupancy.disturbed
        self.break_timer.step(dt_ms, off, verified_ms, self.occupancy.state == STATE_VACANT)
        self.verified = self.break_timer.verified
        if self.verified:
            self.seated_ms = 0
            self._verified_away = True
        elif self.break_timer.off_ms == 0 and self.is_seated() and not self.occupancy.sat:
            self._verified_away = False

    def _fade(self, off_ms, verified_ms):
        """Seated time falls in a straight line to 0 at the verified break; `off_ms` of that are accounted for."""
        until_ms = min(self.break_timer.off_ms, verified_ms)
        while off_ms < until_ms:
            step_ms = min(1000, until_ms - off_ms)
            self.seated_ms -= self.seated_ms // ((verified_ms - off_ms) // step_ms)
            off_ms += step_ms

    def _begin_bout(self, dt_ms):
        ago_ms = self.occupancy.ago_ms
        if self._knows_last_sit:
            away_ms = max(0, self.away_ms + dt_ms - ago_ms)
            self._events.add(records.BREAK, ago_ms, away_ms, 1 if self._verified_away else 0)
        self._events.add(records.SAT, ago_ms)
        self.bout_ms = ago_ms
        self.seated_ms += ago_ms
        self.away_ms = 0
        self._knows_last_sit = True

    def _end_bout(self, dt_ms):
        """The seat has been empty for `ago_ms`, of which all but this step were counted as seated."""
        ago_ms = self.occupancy.ago_ms
        self.bout_ms = max(0, self.bout_ms + dt_ms - ago_ms)
        self.seated_ms = max(0, self.seated_ms + dt_ms - ago_ms)
        self.away_ms = ago_ms
        self._log_stood(ago_ms, 0)

    def _lose_sight(self, dt_ms):
        """Who sat can't be seen any more: the bout is closed as far as it was seen, and no break follows from it."""
        self._log_stood(dt_ms, 1)
        self.break_timer.lose()
        self._verified_away = self._knows_last_sit = False

    def _log_stood(self, ago_ms, gap):
        self._events.add(records.STOOD, ago_ms, self.bout_ms, self._left.dose.cs, self._right.dose.cs, gap)
        self.bout_ms = 0
