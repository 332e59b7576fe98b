"""All decisions of the cushion, once a second: sensing -> occupancy -> dose -> shifts -> prompt, as one pure machine.

The same object runs on the cushion (driven by monitor.py) and in the host's replay. Time comes in as `dt_ms`; what was
decided leaves through `events` (rows of records.KINDS) and, for the motors, `prompter`.
"""

from cushion.core import records
from cushion.core.calibration import LEFT_IT, RIGHT_IT, ZONE_COUNT
from cushion.core.const import const
from cushion.core.dose import Dose
from cushion.core.epoch import Epoch
from cushion.core.events import Events
from cushion.core.health import Imbalance, Stillness
from cushion.core.occupancy import LEAVE_PERMILLE, VACANT
from cushion.core.pauses import Pauses, is_quiet
from cushion.core.prompting import (
    LEFT,
    LOW_BATTERY,
    MUTED,
    OBJECT,
    QUIET,
    RIGHT,
    UNTRUSTED,
    VEHICLE,
    Prompter,
    Situation,
)
from cushion.core.quality import IMBALANCE, OK
from cushion.core.sensing import Sensing
from cushion.core.shifts import HABIT_SETTLED_MS, SHIFT_SETTLED_MS, Habit, Offload, Shift
from cushion.core.sitting import Sitting

_MAX_STEP_MS = const(5000)  # a longer gap is unknown: neither load nor rest
_STATE_OBJECT = const(3)
_GAP = const(1)
_SENSORS = const(2)
_VACANT_EPOCH_MS = const(240_000)  # its seconds fit a byte
_TARE_AFTER_MS = const(60000)
_TARE_EVERY_MS = const(60000)
_OFFLOAD_LOG_MS = const(15000)
_LONG_MS = const(1 << 29)


class Engine:
    """Board facts (`supply_mv`, each zone's `divider_ohm`, `present`: which zones exist), a `Settings` and a
    `Calibration` go in.

    Call `sample` for each sample and `decide` at each second's end, then read ``events`` and ``prompter`` and clear
    the events. ``now_s`` is the seconds counted so far, unknown time included.
    """

    def __init__(self, settings, calibration, supply_mv, divider_ohm, present=(True,) * ZONE_COUNT):
        self.settings = settings
        self.events = Events()
        self.sensing = Sensing(supply_mv, divider_ohm, present)
        self.left_dose = Dose()
        self.right_dose = Dose()
        self.sitting = Sitting(self.events, self.left_dose, self.right_dose)
        self.pauses = Pauses()
        self.prompter = Prompter(self.events)
        self.imbalance = Imbalance()
        self.stillness = Stillness()
        self.left_u = self.right_u = -1
        self.now_s = 0
        self._now_rest_ms = 0
        self._left_shift = Shift()
        self._right_shift = Shift()
        self._left_habit = Habit()
        self._right_habit = Habit()
        self._offload = Offload()
        self._epoch = Epoch(self.events)
        self._situation = Situation()
        self._unknown_ms = 0
        self._unknown_why = 0
        self._vacant_ms = 0
        self._told_quality = [OK] * ZONE_COUNT
        self._was_object = False
        self._was_alive = False
        self.use_calibration(calibration)

    def use_calibration(self, calibration):
        """Takes another calibration into use; what was learnt about the person's habit starts from it."""
        self.calibration = calibration
        self._left_habit.start(calibration.ref_pa[LEFT_IT], calibration.calibrated)
        self._right_habit.start(calibration.ref_pa[RIGHT_IT], calibration.calibrated)

    def sample(self, levels_100uv):
        """Takes one sample of the zones: voltage over each divider's lower resistor in 100 uV, or NO_READING."""
        self.sensing.sample(levels_100uv)

    def state(self):
        """0 unknown, 1 vacant, 2 occupied, 3 an object on the seat (records.STATES)."""
        if self.sitting.is_seated() and self.stillness.is_object:
            return _STATE_OBJECT
        return self.sitting.occupancy.state

    def seated_s(self):
        """Seated time since the last verified break, s."""
        return self.sitting.seated_ms // 1000

    def decide(self, dt_ms, local_minute=-1, low_battery=False):
        """Ends a period of `dt_ms` (normally 1000). `local_minute` of the day is -1 while the clock isn't known."""
        self._advance_clock(dt_ms)
        self.pauses.step(dt_ms)
        self.sensing.close_second(min(dt_ms, _MAX_STEP_MS), self.calibration, self.settings.creep_permille)
        if dt_ms > _MAX_STEP_MS:
            self._lose(dt_ms, _GAP)
        elif self.sensing.is_blind():
            self._lose(dt_ms, _SENSORS)
        else:
            self._see(dt_ms)
        self._log_faults()
        self._prompt(min(dt_ms, _MAX_STEP_MS), local_minute, low_battery)

    def rest(self, rest_ms):
        """The cushion slept for so long on a seat that was empty all the while, and had been for a verified break."""
        self.left_dose.rest(rest_ms, self.settings.recovery_tau_s)
        self.right_dose.rest(rest_ms, self.settings.recovery_tau_s)
        self.sitting.rest(rest_ms)
        self.pauses.in_row = 0
        self._let_pass(rest_ms)

    def pass_unseen(self, passed_ms):
        """So long nobody looked: pauses and waits go on, doses stay, whoever sat is seen anew."""
        self.sitting.forget_away()
        self._let_pass(passed_ms)

    def _let_pass(self, passed_ms):
        passed_ms = min(passed_ms, _LONG_MS)
        self._advance_clock(passed_ms)
        self.pauses.step(passed_ms)
        self.prompter.pass_unseen(passed_ms)

    def press(self, gesture):
        """The button, or the host in its place: snooze, symptom mark, mute. Returns whether it was accepted."""
        self.events.add(records.BUTTON, gesture)
        if gesture == records.SHORT_PRESS:
            return self._snooze()
        if gesture == records.DOUBLE_PRESS:
            self.events.add(records.SYMPTOM, self.left_dose.cs, self.right_dose.cs, self.seated_s(), self.state())
        elif gesture == records.TRIPLE_PRESS:
            on = self.pauses.toggle_mute(self.settings.mute_s)
            self.events.add(records.MUTE, self.settings.mute_s, 1 if on else 0)
        return True

    def settings_changed(self):
        """Keeps the doses inside their range under new limits."""
        self.left_dose.cap(self.settings.left_dose_limit_s)
        self.right_dose.cap(self.settings.right_dose_limit_s)

    def _snooze(self):
        accepted = self.pauses.snooze(self.now_s, self.settings.snooze_s)
        self.events.add(records.SNOOZE, self.settings.snooze_s, 1 if accepted else 0)
        if accepted:
            self.prompter.snooze(self.pauses.snooze_ms)
        return accepted

    def _advance_clock(self, dt_ms):
        self._now_rest_ms += dt_ms
        self.now_s += self._now_rest_ms // 1000
        self._now_rest_ms %= 1000

    def _lose(self, dt_ms, why):
        """Nothing trustworthy in this period: no load, no rest, and whatever ran is closed as seen until now."""
        if self._unknown_ms == 0:
            self._unknown_why = why
            self.close_epoch()
            self.sitting.lose(dt_ms)
        self._unknown_ms = min(self._unknown_ms + dt_ms, _LONG_MS)
        self._vacant_ms = 0
        self.left_u = self.right_u = -1
        self._follow_shifts(dt_ms, False)

    def _see(self, dt_ms):
        if self._unknown_ms:
            self.events.add(records.UNKNOWN, dt_ms, self._unknown_ms, self._unknown_why)
            self._unknown_ms = 0
        self._weigh(dt_ms)
        sitting = self.sitting
        presence_permille = self.sensing.presence_permille(self.calibration)
        sitting.step(dt_ms, self.left_u, self.right_u, presence_permille, self.settings.verified_break_s * 1000)
        if sitting.verified:
            self.pauses.in_row = 0
        if sitting.occupancy.sat or sitting.occupancy.left:
            self.close_epoch()
        self.stillness.step(dt_ms, sitting.is_seated(), self.sensing.stirred)
        self._log_object()
        self._count(dt_ms)
        self._follow_shifts(dt_ms, sitting.is_seated() and presence_permille >= LEAVE_PERMILLE)
        self._log_epoch(dt_ms)
        self._auto_tare(dt_ms)

    def _weigh(self, dt_ms):
        """Relative load of both sides, -1 where the side's zone can't be trusted."""
        self.left_u = self._side_u(LEFT_IT)
        self.right_u = self._side_u(RIGHT_IT)
        if self.stillness.is_alive:
            self.imbalance.step(dt_ms, self.left_u, self.right_u)
        if self.imbalance.side == LEFT:
            self.left_u = -1
        elif self.imbalance.side == RIGHT:
            self.right_u = -1

    def _side_u(self, zone):
        state = self.sensing.zones[zone]
        return state.u if state.is_trusted() else -1

    def _count(self, dt_ms):
        """Dose per side and seated time. An object on the seat is neither load nor rest."""
        if self.stillness.is_object:
            return
        tau_s = self.settings.recovery_tau_s
        if self.left_u >= 0:
            self.left_dose.step(dt_ms, self.left_u, self.settings.left_dose_limit_s, tau_s)
        if self.right_u >= 0:
            self.right_dose.step(dt_ms, self.right_u, self.settings.right_dose_limit_s, tau_s)
        if self.sitting.is_seated():
            self.sitting.count_seated(dt_ms)

    def _follow_shifts(self, dt_ms, seated):
        """`seated`: on the seat right now; the seconds of standing up are no shift."""
        settled = seated and self.stillness.is_alive and self.sitting.bout_ms >= HABIT_SETTLED_MS
        left_u = self._habitual_u(self._left_habit, LEFT_IT, self.left_u, settled)
        right_u = self._habitual_u(self._right_habit, RIGHT_IT, self.right_u, settled)
        settled = seated and self.sitting.bout_ms >= SHIFT_SETTLED_MS
        self._left_shift.step(dt_ms, left_u, seated, settled)
        self._right_shift.step(dt_ms, right_u, seated, settled)
        self._was_alive = self.stillness.is_alive or (self._was_alive and not seated)
        self._log_shift(self._left_shift, dt_ms, LEFT)
        self._log_shift(self._right_shift, dt_ms, RIGHT)
        self._situation.shift_reached = self._left_shift.reached or self._right_shift.reached
        self._offload.step(dt_ms, self.left_u, self.right_u)
        if seated and self._offload.ended_ms >= _OFFLOAD_LOG_MS:
            self.events.add(records.OFFLOAD, dt_ms, self._offload.ended_ms)

    def _habitual_u(self, habit, zone, u, settled):
        """The side's load in permille of the person's habit, -1 while it is unknown; a settled second is learnt."""
        if u < 0:
            return -1
        pressure_pa = self.sensing.zones[zone].pressure_pa
        if settled:
            habit.learn(pressure_pa)
        return habit.relative_u(pressure_pa)

    def _log_shift(self, shift, dt_ms, side):
        if shift.ended_ms and self._was_alive:
            self.events.add(records.SHIFT, dt_ms, shift.ended_ms, side, shift.lowest_u)

    def _log_object(self):
        if self.stillness.is_object != self._was_object:
            self._was_object = self.stillness.is_object
            self.events.add(records.OBJECT, 1 if self._was_object else 0)

    def _log_epoch(self, dt_ms):
        self._epoch.take(dt_ms, self.state(), self.sensing.zones, self.left_u, self.right_u, self._bad_zones())
        length_ms = self.settings.epoch_s * 1000 if self.sitting.is_seated() else _VACANT_EPOCH_MS
        if self._epoch.age_ms >= length_ms:
            self.close_epoch()

    def close_epoch(self):
        """Ends the epoch that is being collected, before a sleep or where the state changes."""
        self._epoch.close(self.left_dose.cs, self.right_dose.cs, self.seated_s())

    def _bad_zones(self):
        mask = self.sensing.bad_zones()
        return mask | 1 << (self.imbalance.side - 1) if self.imbalance.side else mask

    def quality(self, zone):
        """Health of a zone, as an index of records.QUALITIES."""
        if self.imbalance.side == zone + 1:
            return IMBALANCE
        return self.sensing.zones[zone].quality

    def _log_faults(self):
        for zone in range(ZONE_COUNT):
            quality = self.quality(zone)
            if self.sensing.present[zone] and quality != self._told_quality[zone]:
                if self._told_quality[zone] != OK:
                    self.events.add(records.FAULT, zone, self._told_quality[zone], 0)
                if quality != OK:
                    self.events.add(records.FAULT, zone, quality, 1)
                self._told_quality[zone] = quality

    def _auto_tare(self, dt_ms):
        """Once a minute on a seat that has been empty and quiet for a minute."""
        if self.sitting.occupancy.state != VACANT or self.sensing.moved:
            self._vacant_ms = 0
            return
        self._vacant_ms += dt_ms
        if self._vacant_ms >= _TARE_AFTER_MS:
            self._vacant_ms -= _TARE_EVERY_MS
            for zone in range(ZONE_COUNT):
                if self.sensing.zones[zone].is_trusted():
                    self.calibration.auto_tare(zone, self.sensing.zones[zone].g_ns)

    def _prompt(self, dt_ms, local_minute, low_battery):
        self._fill_situation(local_minute, low_battery)
        self.prompter.step(dt_ms, self.now_s, self._situation)
        if self.prompter.vibrate_level:
            self._log_prompt()

    def _fill_situation(self, local_minute, low_battery):
        situation, settings = self._situation, self.settings
        left_cs, right_cs = self.left_dose.cs, self.right_dose.cs
        left_due = self.left_u >= 0 and left_cs >= settings.left_dose_limit_s * 100
        right_due = self.right_u >= 0 and right_cs >= settings.right_dose_limit_s * 100
        situation.due_sides = (LEFT if left_due else 0) | (RIGHT if right_due else 0)
        situation.time_due = self.sitting.seated_ms >= settings.seated_limit_s * 1000
        situation.settled = self._is_settled()
        situation.offload_ms = max(self._offload.run_ms, self.sitting.away_ms)
        situation.verified = self.sitting.verified
        left_recovered = left_cs <= settings.left_dose_limit_s * 50
        situation.recovered = left_recovered and right_cs <= settings.right_dose_limit_s * 50
        situation.blocked = self._blocked(local_minute, low_battery)

    def _is_settled(self):
        """Somebody, not something, has sat long enough and isn't just getting up."""
        if not self.sitting.is_seated() or self.sitting.bout_ms < self.settings.settling_s * 1000:
            return False
        return self.stillness.is_alive and not self.sensing.leaving

    def _blocked(self, local_minute, low_battery):
        settings = self.settings
        blocked = QUIET if is_quiet(local_minute, settings.quiet_from_min, settings.quiet_to_min) else 0
        if self.pauses.mute_ms:
            blocked |= MUTED
        if settings.vehicle_mode:
            blocked |= VEHICLE
        if low_battery:
            blocked |= LOW_BATTERY
        if self.stillness.is_object:
            blocked |= OBJECT
        if self._unknown_ms:
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
            self.left_dose.cs,
            self.right_dose.cs,
            self.seated_s(),
            settings.left_dose_limit_s,
            settings.right_dose_limit_s,
            settings.seated_limit_s,
        )
