"""Bouts of sitting and the breaks between them, as they are told to the log."""

from cushion.core import records
from cushion.core.const import const
from cushion.core.occupancy import BREAK_TOTAL_PERMILLE, BREAK_ZONE_U, SIT_PERMILLE, BreakTimer, Occupancy
from cushion.core.records import STATE_OCCUPIED, STATE_VACANT
from cushion.core.snapshot import Kept

_LONG_MS = const(1 << 29)


class Sitting(Kept):
    """Follows one person's sits. ``seated_ms`` counts since the last verified break, ``bout_ms`` in this bout.

    A shorter break takes its share of the seated time away, so that almost long enough is worth almost as much.

    ``away_ms`` is how long nobody has been here, ``absent_ms`` how long that was before this bout; ``verified`` is true
    in the step that verified a break; ``has_thing``: what is on the seat is known to be no person;
    ``is_off``: nothing is there that would keep a break from being one.
    """

    KEPT = ("seated_ms", "away_ms", "_verified_away", "_knows_last_sit", "has_thing")

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
        self._knew_last_sit = False
        self.absent_ms = self._lost_ms = 0
        self.has_thing = False
        self.is_off = True
        self.began = False

    def is_seated(self):
        """Somebody, or something, is on the seat."""
        return self.occupancy.state == STATE_OCCUPIED

    def is_empty(self):
        """Nobody is on the seat; at most a thing is."""
        return self.has_thing or self.occupancy.state == STATE_VACANT

    def is_loaded(self, presence_permille):
        """Something is on the seat, though nobody is known to sit, that may stir."""
        return presence_permille >= SIT_PERMILLE if self.occupancy.lost else not self.is_off

    def shows_nobody(self, highest_u, presence_permille):
        """No more is on the seat than lay on the sensors before the sit, and it is believed."""
        rest = self.occupancy.rest_permille
        off = 0 <= highest_u < BREAK_ZONE_U + rest and presence_permille < BREAK_TOTAL_PERMILLE + rest
        return off and not self.occupancy.lost and not self.occupancy.disturbed

    def step(self, dt_ms, highest_u, presence_permille, verified_ms, proven=True):
        """Takes `dt_ms`; `highest_u` is the load of the side that carries more, permille, -1 where both are unknown;
        `proven`: every zone bears witness that nobody is here."""
        faded_ms = self.break_timer.off_ms if self.occupancy.state == STATE_VACANT else 0
        self.occupancy.step(dt_ms, presence_permille)
        if self.occupancy.left:
            self.break_timer.begin(self.occupancy.ago_ms - dt_ms)
        self._time_break(dt_ms, highest_u, presence_permille, verified_ms, proven)
        self.began = self.occupancy.sat
        if self.began:
            self._begin_bout(self.away_ms + dt_ms - self.occupancy.ago_ms, self.occupancy.ago_ms)
        elif self.occupancy.left and not self.has_thing:
            self._end_bout(dt_ms)
        elif self.occupancy.faded:
            if not self.has_thing:
                self._lose_sight(dt_ms)
        elif self.is_empty():
            self.away_ms = min(self.away_ms + dt_ms, _LONG_MS)
        elif self.occupancy.lost:
            self._lost_ms = min(self._lost_ms + dt_ms, _LONG_MS)
        if self.occupancy.state == STATE_VACANT:
            self._fade(faded_ms, verified_ms)

    def count_seated(self, dt_ms):
        """Adds `dt_ms` to the bout and the seated time, in any step but the one that began the bout."""
        if not self.began:
            self.bout_ms = min(self.bout_ms + dt_ms, _LONG_MS)
            self.seated_ms = min(self.seated_ms + dt_ms, _LONG_MS)

    def lose(self, dt_ms):
        """Nothing was seen for `dt_ms`: a running bout is closed as far as it was seen, a break is not proven."""
        if self.is_seated() and not self.has_thing:
            self._log_stood(dt_ms, 1)
        self.occupancy.lose()
        self.break_timer.lose()
        self.verified = self.has_thing = False
        self.forget_away()

    def lose_sight(self, dt_ms):
        """What is here has shown no life for too long, and nothing proves it a thing."""
        self.occupancy.lose_sight()
        self._lose_sight(dt_ms)

    def regain(self, ago_ms):
        """Who was lost from sight has stirred, first `ago_ms` ago: a new bout."""
        self.occupancy.state = STATE_OCCUPIED
        self.occupancy.lost = False
        self.began = True
        self._begin_bout(0, ago_ms)

    def take_back(self, dt_ms, ago_ms, was_alive):
        """Nobody has been here for `ago_ms`: what lies here is a thing. It came on top of a break (its bout never was
        one), or a person left unseen when it came."""
        if self.is_seated():
            self.away_ms = ago_ms
            if was_alive:
                self.bout_ms = max(0, self.bout_ms + dt_ms - ago_ms)
                self._log_stood(ago_ms, 0)
            else:
                self.away_ms += self.absent_ms
                self._knows_last_sit = self._knew_last_sit
        self.bout_ms = self.seated_ms = 0
        self.has_thing = True
        self.verified = self._verified_away = was_alive or self._knows_last_sit

    def replace_thing(self, ago_ms):
        """A person has taken the thing's place for `ago_ms`."""
        if self.has_thing and self.is_seated():
            self.began = True
            self._begin_bout(self.away_ms - ago_ms, ago_ms)
        self.has_thing = False

    def rest(self, rest_ms):
        """The seat was empty for so long after a break that was verified already."""
        if not self.has_thing:
            self.occupancy.state = STATE_VACANT
        self.away_ms = min(self.away_ms + rest_ms, _LONG_MS)
        self.seated_ms = 0
        self.break_timer.rest()
        self._verified_away = True

    def forget_away(self):
        """Nobody knows how the seat came to be as it will be found: no break is proven."""
        self.away_ms = 0
        self._verified_away = self._knows_last_sit = False

    def _time_break(self, dt_ms, highest_u, presence_permille, verified_ms, proven):
        self.is_off = self.shows_nobody(highest_u, presence_permille)
        self.break_timer.step(dt_ms, self.is_off, verified_ms, proven and self.occupancy.is_empty())
        self.verified = self.break_timer.verified
        if self.verified:
            self.seated_ms = 0
            self._verified_away = True
        elif self.break_timer.off_ms == 0 and self.is_seated() and not self.occupancy.sat and not self.has_thing:
            self._verified_away = False

    def _fade(self, off_ms, verified_ms):
        """Seated time falls in a straight line to 0 at the verified break; `off_ms` of that are accounted for."""
        until_ms = min(self.break_timer.off_ms, verified_ms)
        while off_ms < until_ms:
            step_ms = min(1000, until_ms - off_ms)
            self.seated_ms -= self.seated_ms // ((verified_ms - off_ms) // step_ms)
            off_ms += step_ms

    def _begin_bout(self, absent_ms, ago_ms):
        self.absent_ms = max(0, absent_ms) + self._lost_ms
        self._lost_ms = 0
        if self._knows_last_sit:
            self._events.add(records.BREAK, ago_ms, self.absent_ms, 1 if self._verified_away else 0)
        self._events.add(records.SAT, ago_ms)
        self.bout_ms = ago_ms
        self.seated_ms += ago_ms
        self.away_ms = 0
        self._knew_last_sit = self._knows_last_sit
        self._knows_last_sit = True
        self.has_thing = False

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
