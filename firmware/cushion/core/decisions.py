"""The one machine that decides: from loads and presence to doses, sits, breaks and prompts.

The engine steps it each second with what the sensors show; the host's replay steps the same object with what the log
holds. Only here is decided what prompting may look at. Time comes in as `dt_ms`; what was decided leaves as `events`
(rows of records.KINDS) and, for the motors, through ``prompter``.
"""

from array import array

from cushion.core import records
from cushion.core.const import const
from cushion.core.dose import Side
from cushion.core.health import Stillness
from cushion.core.occupancy import LEAVE_PERMILLE
from cushion.core.pauses import Pauses, is_quiet
from cushion.core.prompting import LOW_BATTERY, MUTED, OBJECT, QUIET, UNTRUSTED, VEHICLE, Prompter, Situation
from cushion.core.records import SIDE_LEFT, SIDE_RIGHT, STATE_OBJECT, STATE_OCCUPIED
from cushion.core.shifts import Offload
from cushion.core.sitting import Sitting

MAX_STEP_MS = 5000  # a longer time without a look is unknown; of any unknown step the prompts' waits count so much
OFFLOAD_LOG_MS = 15000
_ABSENT_MS = const(600000)
ASLEEP_MS = 180000  # without a stir: perhaps a thing by now, so nobody to ask until it stirs
FAINT_PERMILLE = 300  # of presence: a body's small movements don't show there for certain
RETURN_MS = 125000  # nobody is asked so soon after so long: two minutes, and what a sit-down may be dated too early
_LONG_MS = const(1 << 29)


class Seen:
    """What a period showed; every field is set anew before each `Decisions.step`.

    ``unknown``: why nothing is known of it (records.GAPS), 0 where something is; then ``u`` holds the relative loads of
    the left and the right side (permille, -1 = unknown), ``presence_permille`` how much of a person is there,
    ``stirred`` whether something moved, ``leaving`` whether every zone is losing its load right now, ``proven`` whether
    all zones together could prove that nobody is there, ``shifted`` whether a weight shift became long enough.
    ``local_minute`` of the day is -1 while the clock isn't known.
    """

    def __init__(self):
        self.unknown = 0
        self.u = [-1, -1]
        self.presence_permille = 0
        self.stirred = False
        self.leaving = False
        self.proven = True
        self.shifted = False
        self.local_minute = -1
        self.low_battery = False


class Decisions:
    """Doses, sits, breaks, pauses and prompts of one cushion.

    ``now_s`` is the seconds counted so far, unknown time included; ``turned`` is true in the steps that changed whether
    somebody sits, is away, or isn't known of.
    """

    def __init__(self, settings, events):
        self.settings = settings
        self.events = events
        self.left = Side(SIDE_LEFT)
        self.right = Side(SIDE_RIGHT)
        self.sitting = Sitting(events, self.left, self.right)
        self.stillness = Stillness()
        self.pauses = Pauses()
        self.prompter = Prompter(events)
        self.now_s = 0
        self.turned = False
        self._now_rest_ms = 0
        self.sides = (self.left, self.right)
        self.offload = Offload()
        self._situation = Situation()
        self.unknown_ms = 0
        self._unknown_why = 0
        self._sure_cs = array("i", [0, 0])
        self.settings_changed()

    def step(self, dt_ms, seen):
        """Takes `dt_ms` of what was `seen`."""
        self._advance_clock(dt_ms)
        self.pauses.step(dt_ms)
        if seen.unknown:
            self._lose(dt_ms, seen.unknown)
            dt_ms = min(dt_ms, MAX_STEP_MS)
        else:
            self._see(dt_ms, seen)
        self._fill_situation(seen)
        self.prompter.step(dt_ms, self.now_s, self._situation)
        if self.prompter.vibrate_level:
            self._log_prompt()

    def state(self):
        """Who or what is on the seat (records.STATES)."""
        if self.stillness.is_object:
            return STATE_OBJECT
        return self.sitting.occupancy.state

    def seated_s(self):
        """Seated time since the last verified break, s."""
        return self.sitting.seated_ms // 1000

    def press(self, gesture):
        """The button, or the host in its place: snooze, symptom mark, mute. Returns whether it was accepted."""
        self.events.add(records.BUTTON, gesture)
        if gesture == records.SHORT_PRESS:
            return self._snooze()
        if gesture == records.DOUBLE_PRESS:
            self.events.add(records.SYMPTOM, self.left.dose.cs, self.right.dose.cs, self.seated_s(), self.state())
        elif gesture == records.TRIPLE_PRESS:
            on = self.pauses.toggle_mute(self.settings.mute_s)
            self.events.add(records.MUTE, self.settings.mute_s, 1 if on else 0)
        return True

    def settings_changed(self):
        """Puts changed limits into force; each dose stays within its own."""
        self.left.set_limit(self.settings.left_dose_limit_s)
        self.right.set_limit(self.settings.right_dose_limit_s)

    def rest(self, rest_ms):
        """The cushion slept for so long on a seat that was empty all the while, and had been for a verified break."""
        for side in self.sides:
            side.dose.rest(rest_ms, self.settings.recovery_tau_s)
        self.sitting.rest(rest_ms)
        self.pauses.in_row = 0
        self._let_pass(rest_ms)

    def pass_unseen(self, passed_ms):
        """So long nobody looked: pauses and waits go on, doses stay, whoever sat is seen anew."""
        self.sitting.forget_away()
        self._let_pass(passed_ms)

    def snapshot(self):
        """What outlives a restart, as integers: all but what the next seconds show anew (loads, presence, a prompt)."""
        values = [self.now_s, self.left.dose.cs, self.right.dose.cs]
        for part in self._kept():
            values += part.snapshot()
        return values

    def restore(self, values):
        """Takes what `snapshot` gave, from an iterator."""
        self.now_s = next(values)
        self.left.dose.cs = next(values)
        self.right.dose.cs = next(values)
        for part in self._kept():
            part.restore(values)
        if self.sitting.has_thing:
            self.sitting.occupancy.state = STATE_OCCUPIED  # a thing is what is there, until it stirs
            self.stillness.restart(self.stillness.STILL_MS)
            self.stillness.is_object = True
        self.settings_changed()  # the limits may be lower than they were

    def _kept(self):
        pauses, prompter = self.pauses, self.prompter
        return self.sitting, pauses, prompter, prompter.responses, pauses.a_day, prompter.hour, prompter.day

    def _let_pass(self, passed_ms):
        passed_ms = min(passed_ms, _LONG_MS)
        self._advance_clock(passed_ms)
        self.pauses.step(passed_ms)
        self.prompter.pass_unseen(passed_ms)

    def _advance_clock(self, dt_ms):
        self._now_rest_ms += dt_ms
        self.now_s += self._now_rest_ms // 1000
        self._now_rest_ms %= 1000

    def _snooze(self):
        accepted = self.pauses.snooze(self.now_s, self.settings.snooze_s)
        self.events.add(records.SNOOZE, self.settings.snooze_s, 1 if accepted else 0)
        if accepted:
            self.prompter.snooze(self.pauses.snooze_ms)
        return accepted

    def _lose(self, dt_ms, why):
        """Nothing trustworthy in this period: no load, no rest, and whatever ran is closed as seen until now."""
        self.turned = not self.unknown_ms
        if self.turned:
            self._unknown_why = why
            self.sitting.lose(dt_ms)
            if self.stillness.is_object:
                self.events.add(records.OBJECT, 0, 0)
            self.stillness.restart()
        self.unknown_ms = min(self.unknown_ms + dt_ms, _LONG_MS)
        self.left.u = self.right.u = -1
        self.offload.step(dt_ms, -1)

    def _see(self, dt_ms, seen):
        if self.unknown_ms:
            self.events.add(records.UNKNOWN, dt_ms, self.unknown_ms, self._unknown_why)
            self.unknown_ms = 0
        self.left.u = seen.u[0]
        self.right.u = seen.u[1]
        highest_u = max(self.left.u, self.right.u)
        sitting = self.sitting
        sitting.step(dt_ms, highest_u, seen.presence_permille, self.settings.verified_break_s * 1000, seen.proven)
        if sitting.verified:
            self.pauses.in_row = 0
        was_object = self.stillness.is_object
        occupancy = sitting.occupancy
        if occupancy.collapsed:
            self.stillness.doubt()
        if occupancy.sat:
            self.stillness.restart(occupancy.ago_ms - dt_ms)
            self._be_sure()
        faint = sitting.is_seated() and seen.presence_permille < FAINT_PERMILLE
        loaded = sitting.is_seated() or sitting.is_loaded(seen.presence_permille)
        self.stillness.step(dt_ms, loaded, seen.stirred, faint)
        if self.stillness.is_lost and sitting.is_seated():
            sitting.lose_sight(dt_ms)
        elif occupancy.lost and self.stillness.lively:
            sitting.regain(self.stillness.stirred_ms())
        self.turned = sitting.began or occupancy.left or occupancy.faded
        if self.stillness.is_object != was_object:
            self._change_thing(dt_ms)
        self._count(dt_ms)
        if self.stillness.lively or self.stillness.loaded_ms <= dt_ms:
            self._be_sure()
        self.offload.step(dt_ms, highest_u)
        if self.offload.ended_ms >= OFFLOAD_LOG_MS and self._is_on_seat(seen):
            self.events.add(records.OFFLOAD, dt_ms, self.offload.ended_ms)

    def _is_on_seat(self, seen):
        """Seated, and not just getting up."""
        return self.sitting.is_seated() and seen.presence_permille >= LEAVE_PERMILLE

    def _be_sure(self):
        """The doses until now are a person's; those of what comes next are taken back if it turns out to be a thing."""
        self._sure_cs[0] = self.left.dose.cs
        self._sure_cs[1] = self.right.dose.cs

    def _change_thing(self, dt_ms):
        """What lies on the seat is known to be a thing, or one is there no longer."""
        still, sitting = self.stillness, self.sitting
        if still.is_object:
            self.left.dose.cs = self._sure_cs[0]
            self.right.dose.cs = self._sure_cs[1]
            sitting.take_back(dt_ms, still.still_ms, still.is_alive)
            for side in self.sides:
                side.dose.rest(still.still_ms, self.settings.recovery_tau_s)
            still.is_alive = False
            self.pauses.in_row = 0
            self.events.add(records.OBJECT, 1, still.still_ms)
        else:
            self.events.add(records.OBJECT, 0, 0)
            sitting.replace_thing(still.stirred_ms() if still.lively else 0)
        self.turned = True

    def _count(self, dt_ms):
        """Dose per side and seated time. A thing is no load: who left it there is at rest."""
        tau_s = self.settings.recovery_tau_s
        sitting = self.sitting
        has_thing = sitting.has_thing
        if sitting.occupancy.lost and not has_thing:
            return  # neither load nor rest
        for side in self.sides:
            u = 0 if has_thing else side.u
            if u >= 0:
                side.dose.step(dt_ms, u, side.limit_s, tau_s)
        if not has_thing and sitting.is_seated():
            sitting.count_seated(dt_ms)

    def _fill_situation(self, seen):
        situation, settings = self._situation, self.settings
        due_sides = 0
        recovered = True
        for side in self.sides:
            cs, limit_cs = side.dose.cs, side.limit_s * 100
            if cs * 2 > limit_cs:
                recovered = False
                if cs >= limit_cs and side.u >= 0:
                    due_sides |= side.mask
        situation.due_sides = due_sides
        situation.recovered = recovered
        situation.time_due = self.sitting.seated_ms >= settings.seated_limit_s * 1000
        situation.settled = self._is_settled() and not seen.leaving and not self.sitting.occupancy.falling
        situation.away_ms = self.sitting.away_ms
        situation.offload_ms = max(self.offload.run_ms, situation.away_ms)
        situation.perched = self._is_on_seat(seen)
        situation.verified = self.sitting.verified
        situation.shift_reached = seen.shifted
        situation.blocked = self._blocked(seen)

    def _is_settled(self):
        """Somebody, not something, has sat long enough."""
        sitting = self.sitting
        if not sitting.is_seated() or not self.stillness.is_alive or self.stillness.is_doubted:
            return False
        if self.stillness.still_ms >= ASLEEP_MS:
            return False
        least_ms = RETURN_MS if sitting.absent_ms >= _ABSENT_MS else self.settings.settling_s * 1000
        return sitting.bout_ms >= least_ms

    def _blocked(self, seen):
        settings = self.settings
        blocked = QUIET if is_quiet(seen.local_minute, settings.quiet_from_min, settings.quiet_to_min) else 0
        if self.pauses.after_mute_ms:
            blocked |= MUTED
        if settings.vehicle_mode:
            blocked |= VEHICLE
        if seen.low_battery:
            blocked |= LOW_BATTERY
        if self.stillness.is_object:
            blocked |= OBJECT
        if self.unknown_ms or self.sitting.occupancy.lost:
            blocked |= UNTRUSTED
        return blocked

    def _log_prompt(self):
        prompter, settings = self.prompter, self.settings
        self.events.add(
            records.PROMPT,
            prompter.episode,
            prompter.level,
            prompter.side,
            prompter.cause,
            self.left.dose.cs,
            self.right.dose.cs,
            self.seated_s(),
            settings.left_dose_limit_s,
            settings.right_dose_limit_s,
            settings.seated_limit_s,
        )
