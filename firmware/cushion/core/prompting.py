"""When the cushion asks for a break, how insistently, and how each asking ended.

An episode begins with level 1, may rise to level 2 after 120 s and level 3 after 300 s, and ends with exactly one
outcome. The person's own off-loading cancels it at once. Nothing here touches a motor: the result of a step is a
request (``vibrate_level``, ``side``, ``cancel``) that the driver may still refuse.
"""

from cushion.core import records
from cushion.core.const import const
from cushion.core.pauses import DAY_S, Rate
from cushion.core.records import (
    CAUSE_DOSE,
    CAUSE_TIME,
    OUTCOME_BREAK,
    OUTCOME_MISSED,
    OUTCOME_PARTIAL,
    OUTCOME_SHIFT,
    OUTCOME_SNOOZED,
    OUTCOME_SUPPRESSED,
    SIDE_BOTH,
)
from cushion.core.snapshot import Kept

# Why no prompt may be given now (bits; names in WHY_NAMES).
QUIET, MUTED, VEHICLE, LOW_BATTERY, OBJECT, UNTRUSTED, HOUR_LIMIT, DAY_LIMIT = 1, 2, 4, 8, 16, 32, 64, 128
WHY_NAMES = (
    "quiet hours",
    "muted",
    "vehicle mode",
    "low battery",
    "object",
    "presence unknown",
    "3 prompts an hour",
    "16 prompts a day",
)

LEVEL_2_MS = 120000
LEVEL_3_MS = 300000
STAND_MS = 30000  # off-loaded on the seat: a shorter relief is not asked to become a longer one
MISSED_MS = 420000  # as long after level 3 as level 2 comes after level 1
_LEVEL_ENDS_MS = (LEVEL_2_MS, LEVEL_3_MS, MISSED_MS)
CANCEL_MS = 3000
_PARTIAL_MS = const(30000)
LONGEST_RELIEF_MS = 600000
_REARM_MS = const(600000)
_HABITUATED_REARM_MS = const(900000)
RESPONSE_MS = 300000
_HOUR_EPISODES = const(3)
_DAY_EPISODES = const(16)
_LONG_MS = const(1 << 29)

_HABIT_PROMPTS = const(20)
_HABIT_BREAKS = const(6)  # 30 % of them


class Responses(Kept):
    """The last 20 prompts as bits: did a break begin within 5 minutes? Too few mean that prompts have become noise."""

    KEPT = ("_bits", "_count")

    def __init__(self):
        self._bits = 0
        self._count = 0

    def take(self, outcome, response_ms):
        """Counts a prompt unless it was suppressed; `response_ms`: from its start to the relief that ended it."""
        if outcome == OUTCOME_SUPPRESSED:
            return
        broke = outcome == OUTCOME_BREAK and response_ms <= RESPONSE_MS
        self._bits = (self._bits << 1 | (1 if broke else 0)) & ((1 << _HABIT_PROMPTS) - 1)
        self._count = min(self._count + 1, _HABIT_PROMPTS)

    def habituated(self):
        """Under 30 % of the last 20 led to a break."""
        if self._count < _HABIT_PROMPTS:
            return False
        bits, broke = self._bits, 0
        while bits:
            broke += bits & 1
            bits >>= 1
        return broke < _HABIT_BREAKS


class Situation:
    """What the engine knows this second; every field is set anew before each `Prompter.step`.

    ``due_sides``: bits of the sides whose dose reached its limit; ``time_due``: seated time did.
    ``settled``: seated, trusted, and past settling.
    ``offload_ms``: how long both sides have been relieved or the seat empty; ``away_ms``: how long it has been empty.
    ``perched``: both sides are relieved, yet somebody is on the seat.
    ``verified``: a break was verified in this step; ``recovered``: both doses are at most half their limit.
    ``shift_reached``: a weight shift became long enough in this step.
    ``blocked``: bits of QUIET … UNTRUSTED.
    """

    def __init__(self):
        self.due_sides = 0
        self.time_due = False
        self.settled = False
        self.offload_ms = 0
        self.away_ms = 0
        self.perched = False
        self.verified = False
        self.recovered = False
        self.shift_reached = False
        self.blocked = 0


class Prompter(Kept):
    """The episode machine. OUTCOME and SUPPRESSED go to `events`; PROMPT is its owner's, who knows the doses."""

    # Not an episode: nobody knows what came of it.
    KEPT = ("episode", "armed", "break_seen", "since_end_ms", "wait_ms")

    def __init__(self, events):
        self.events = events
        self.responses = Responses()
        self.episode = 0
        self.active = False
        self.armed = True
        self.level = 0
        self.side = 0
        self.cause = 0
        self.vibrate_level = 0
        self.cancel = False
        self.ended = 0
        self._gentle = False
        self.asks_to_stand = False
        self.age_ms = 0
        self.relief_ms = 0
        self._response_ms = 0
        self._shift_seen = False
        self.break_seen = False
        self.since_end_ms = _LONG_MS
        self.wait_ms = 0
        self.logged_blocked = 0
        self.hour = Rate(_HOUR_EPISODES, 3600)
        self.day = Rate(_DAY_EPISODES, DAY_S)

    def step(self, dt_ms, now_s, situation):
        """Takes `dt_ms`; then ``vibrate_level`` (0 = nothing), ``cancel`` and ``ended`` (an outcome or 0) hold."""
        self.vibrate_level = 0
        self.cancel = False
        self.ended = 0
        self._rearm(situation)
        if self.active:
            self._continue(dt_ms, situation)
        else:
            self.since_end_ms = min(self.since_end_ms + dt_ms, _LONG_MS)
            self._consider(now_s, situation)

    def snooze(self, snooze_ms):
        """The person asked for later: ends a running episode; the next one comes after the snooze, gently."""
        if self.active:
            self._end(OUTCOME_SNOOZED, 0)
        self.since_end_ms = 0
        self.wait_ms = snooze_ms
        self.armed = False

    def pass_unseen(self, passed_ms):
        """Nobody looked for so long: waits go on."""
        self.since_end_ms = min(self.since_end_ms + passed_ms, _LONG_MS)

    def wait_left_ms(self):
        """How long until another episode may begin, ms; 0 when it may."""
        return 0 if self.armed else max(0, self.wait_ms - self.since_end_ms)

    def _rearm(self, situation):
        if situation.verified:
            self.break_seen = True
        if self.break_seen and situation.recovered and not self.active:
            self.armed = True
            self.break_seen = False

    def _consider(self, now_s, situation):
        if not (situation.due_sides or situation.time_due):
            self.logged_blocked = 0
            return
        if not situation.settled or self.wait_left_ms():
            return
        stand = bool(situation.offload_ms)
        if stand and not (situation.time_due and situation.perched and situation.offload_ms >= STAND_MS):
            return
        blocked = situation.blocked
        if not self.hour.allows(now_s):
            blocked |= HOUR_LIMIT
        if not self.day.allows(now_s):
            blocked |= DAY_LIMIT
        by_dose = situation.due_sides and not stand
        self.cause = CAUSE_DOSE if by_dose else CAUSE_TIME
        self.side = situation.due_sides if by_dose else SIDE_BOTH
        if blocked:
            self._log_suppressed(blocked)
            return
        self.hour.note(now_s)
        self.day.note(now_s)
        self._begin(stand)

    def _log_suppressed(self, blocked):
        """Logged once for each set of reasons while the same prompt stays due."""
        if blocked != self.logged_blocked:
            self.logged_blocked = blocked
            self.events.add(records.SUPPRESSED, self.cause, self.side, blocked)

    def _begin(self, stand):
        """`stand`: the sitting bones are relieved already, so only leaving the seat answers this one."""
        self.episode = (self.episode + 1) & 0xFFFF
        self.active = True
        self.asks_to_stand = stand
        self._gentle = stand or not self.armed
        self.armed = False
        self.break_seen = False
        self.logged_blocked = 0
        self.age_ms = self.relief_ms = self._response_ms = 0
        self._shift_seen = False
        self._vibrate(1)

    def _vibrate(self, level):
        self.level = level
        self.vibrate_level = level
        if level > 2:
            self.side = SIDE_BOTH

    def _continue(self, dt_ms, situation):
        self.age_ms += dt_ms
        self._shift_seen = self._shift_seen or situation.shift_reached
        relief_ms = situation.away_ms if self.asks_to_stand else situation.offload_ms
        if situation.blocked:
            self.cancel = True
            self._end(OUTCOME_SUPPRESSED, situation.blocked)
        elif situation.verified:
            self._end(OUTCOME_BREAK, 0)
        elif relief_ms:
            self._relieved(relief_ms)
        elif self.relief_ms >= _PARTIAL_MS:
            self._end(OUTCOME_PARTIAL, 0)
        else:
            self.relief_ms = self._response_ms = 0
            self._insist(situation.settled and (situation.due_sides or situation.time_due))

    def _relieved(self, relief_ms):
        if self.relief_ms < CANCEL_MS <= relief_ms:
            self.cancel = True
            self._response_ms = max(1, self.age_ms - relief_ms)
        self.relief_ms = relief_ms
        if relief_ms >= LONGEST_RELIEF_MS:
            self._end(OUTCOME_PARTIAL, 0)

    def _insist(self, due):
        """The next level, but only while dose or time still say so, to somebody who is surely here: a short relief may
        have taken enough off, or a thing the person's place."""
        if self.age_ms >= MISSED_MS:
            self._end(OUTCOME_SHIFT if self._shift_seen else OUTCOME_MISSED, 0)
        elif due and not self._gentle and self.age_ms >= _LEVEL_ENDS_MS[self.level - 1]:
            self._vibrate(self.level + 1)

    def _end(self, outcome, why):
        self.active = False
        self.ended = outcome
        self.since_end_ms = 0
        self.responses.take(outcome, self._response_ms)
        self.wait_ms = _HABITUATED_REARM_MS if self.responses.habituated() else _REARM_MS
        self.events.add(records.OUTCOME, self.episode, outcome, self.level, self._response_ms, why)
