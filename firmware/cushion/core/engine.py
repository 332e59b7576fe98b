"""The cushion's second: from samples to what the decision machine sees; the log's epochs, faults and tare around it.

Sensing makes loads of voltages, the two minute-long judges here (imbalance, weight shifts) say what the loads are
worth, and `Decisions` decides. Events of all of them leave through ``events``.
"""

from array import array

from cushion.core import records
from cushion.core.calibration import MAX_U, ZONE_COUNT
from cushion.core.const import const
from cushion.core.decisions import MAX_STEP_MS, Decisions, Seen
from cushion.core.epoch import Epoch
from cushion.core.events import Events
from cushion.core.health import Doubt, Imbalance
from cushion.core.occupancy import LEAVE_PERMILLE
from cushion.core.records import DRIFTING, IMBALANCE, OK, PRELOAD, STATE_OCCUPIED, STATE_VACANT
from cushion.core.sensing import Sensing
from cushion.core.shifts import HABIT_SETTLED_MS, SHIFT_SETTLED_MS, Habit, Shift

_SIDES = const(2)  # zones 0 and 1 are the sitting bones
_VACANT_EPOCH_MS = const(240_000)  # its seconds fit a byte
_FAULT_ENDS_MS = const(60000)
_TARE_AFTER_MS = const(60000)
_TARE_EVERY_MS = const(60000)
_BY_ITSELF = const(3)  # of records.CALIBRATION_SOURCES


class Engine:
    """Board facts (`supply_mv`, each zone's `divider_ohm`, `present`: which zones exist, the converter's `dead_mv`, the
    sensors' `bias_ohm` and their foam's `spread_permille`, 0 where there is none), a `Settings` and a `Calibration` go
    in.

    Call `sample` for each sample and `decide` at each second's end, then read ``events`` and ``decisions.prompter`` and
    clear the events.
    """

    def __init__(
        self,
        settings,
        calibration,
        supply_mv,
        divider_ohm,
        present=(True,) * ZONE_COUNT,
        dead_mv=0,
        bias_ohm=0,
        spread_permille=0,
    ):
        self.settings = settings
        self.events = Events()
        self.sensing = Sensing(supply_mv, divider_ohm, present, dead_mv, bias_ohm)
        self.decisions = Decisions(settings, self.events)
        self.imbalance = Imbalance()
        self._guesses = not bias_ohm
        self._spread_permille = spread_permille
        self._seen = Seen()
        self._shifts = (Shift(), Shift())
        self._habits = (Habit(), Habit())
        self._epoch = Epoch(self.events)
        self._vacant_ms = 0
        self._logged_quality = [OK] * ZONE_COUNT
        self._differs_ms = array("i", [0] * ZONE_COUNT)
        self._logged_doubt = 0
        self.use_calibration(calibration)

    def use_calibration(self, calibration):
        """Takes another calibration into use; what was learnt about the person's habit starts from it."""
        self.calibration = calibration
        self._doubt = Doubt()
        self._used_up = 0
        for zone in range(_SIDES):
            self._habits[zone].start(calibration.ref_pa[zone], calibration.calibrated)

    def sample(self, levels_100uv):
        """Takes one sample of the zones: voltage over each divider's lower resistor in 100 uV, or NO_READING."""
        self.sensing.sample(levels_100uv)

    def decide(self, dt_ms, local_minute=-1, low_battery=False):
        """Ends a period of `dt_ms` (normally 1000). `local_minute` of the day is -1 while the clock isn't known."""
        seen, decisions = self._seen, self.decisions
        seen.local_minute = local_minute
        seen.low_battery = low_battery
        self._look(dt_ms)
        left_cs, right_cs = decisions.left.dose.cs, decisions.right.dose.cs
        decisions.step(dt_ms, seen)
        if decisions.turned:  # the epoch ends with the second before
            self._epoch.close(left_cs, right_cs, decisions.seated_s())
            self.imbalance.begin_bout()
        bad_zones = self._log_faults(dt_ms)
        if not seen.unknown:
            self._log_epoch(dt_ms, bad_zones)
            self._auto_tare(dt_ms)

    def close_epoch(self):
        """Ends the epoch that is being collected, before a sleep or where the state changes."""
        decisions = self.decisions
        self._epoch.close(decisions.left.dose.cs, decisions.right.dose.cs, decisions.seated_s())

    def quality(self, zone):
        """Health of a zone, as an index of records.QUALITIES."""
        if self.imbalance.side == zone + 1:
            return IMBALANCE
        return self.sensing.quality(zone)

    def _look(self, dt_ms):
        """Fills what the decisions are to see of this period."""
        seen, sensing = self._seen, self.sensing
        sensing.close_second(min(dt_ms, MAX_STEP_MS), self.calibration, self.settings.creep_permille)
        seen.unknown = 0
        if dt_ms > MAX_STEP_MS:
            seen.unknown = records.GAP_TIME
        elif sensing.is_blind():
            seen.unknown = records.GAP_SENSORS
        elif sensing.is_held():
            seen.stirred = seen.leaving = False  # the loads of the last reading stand
        else:
            self._weigh(dt_ms)
            seen.presence_permille = sensing.presence_permille(self.calibration)
            seen.stirred = sensing.stirred
            seen.leaving = sensing.leaving
            if self.decisions.sitting.occupancy.state != STATE_OCCUPIED:  # it costs, and only then it is asked for
                seen.proven = sensing.proves_empty()
        seen.shifted = self._follow_shifts(dt_ms)

    def _weigh(self, dt_ms):
        """Relative load of both sides, -1 where the side's zone can't be trusted."""
        u = self._seen.u
        for zone in range(_SIDES):
            state = self.sensing.zones[zone]
            u[zone] = state.u if state.is_trusted() else -1
        if self._spread_permille and u[0] >= 0 and u[1] >= 0:
            self._part(u)
        if self._guesses and self.decisions.stillness.is_alive:
            self.imbalance.step(dt_ms, u[0], u[1])
        if self.imbalance.side:
            u[self.imbalance.side - 1] = -1

    def _part(self, u):
        """Takes out of each side what the foam passed on from the other. Sensors under foam read a part c of it, and
        `spread_permille` is 1000·c/(1 − 2c): with that, mixing is undone."""
        zones, ref_pa, permille = self.sensing.zones, self.calibration.ref_pa, self._spread_permille
        left_pa, right_pa = zones[0].pressure_pa, zones[1].pressure_pa
        over_pa = (left_pa - right_pa) * permille // 1000
        over_ref_pa = (ref_pa[0] - ref_pa[1]) * permille // 1000
        u[0] = min(MAX_U, max(0, left_pa + over_pa) * 1000 // (ref_pa[0] + over_ref_pa))
        u[1] = min(MAX_U, max(0, right_pa - over_pa) * 1000 // (ref_pa[1] - over_ref_pa))

    def _follow_shifts(self, dt_ms):
        """Whether a weight shift became long enough in this period. Who sits is known as of the period before."""
        seen, sitting, alive = self._seen, self.decisions.sitting, self.decisions.stillness.is_alive
        bout_ms = sitting.bout_ms + dt_ms
        seated = (
            not seen.unknown
            and sitting.is_seated()
            and not sitting.has_thing
            and seen.presence_permille >= LEAVE_PERMILLE
        )
        reached = False
        for zone in range(_SIDES):
            u = self._habitual_u(zone, seated and bout_ms >= HABIT_SETTLED_MS, alive)
            shift = self._shifts[zone]
            shift.step(dt_ms, u, seated, seated and bout_ms >= SHIFT_SETTLED_MS)
            if shift.ended_ms and alive:
                self.events.add(records.SHIFT, dt_ms, shift.ended_ms, zone + 1, shift.lowest_u)
            reached = reached or shift.reached
        return reached

    def _habitual_u(self, zone, settled, alive):
        """The side's load in permille of the person's habit, -1 while it is unknown; a settled second is learnt."""
        if self._seen.u[zone] < 0:
            return -1
        habit, pressure_pa = self._habits[zone], self.sensing.zones[zone].pressure_pa
        if settled:
            habit.learn(pressure_pa, alive)
        return habit.relative_u(pressure_pa)

    def _log_epoch(self, dt_ms, bad_zones):
        decisions = self.decisions
        self._epoch.take(dt_ms, decisions.state(), self.sensing.zones, decisions.left.u, decisions.right.u, bad_zones)
        is_here = decisions.sitting.is_seated() and not decisions.sitting.has_thing
        length_ms = self.settings.epoch_s * 1000 if is_here else _VACANT_EPOCH_MS
        if self._epoch.age_ms >= length_ms:
            self._doubt_calibration(self._epoch.age_ms)
            self.close_epoch()

    def _log_faults(self, dt_ms):
        """Records each change of a zone's health; returns the bit mask of the zones that can't be trusted now.

        A fault is recorded at once, its end, or another one in its place, only after a minute: a loose plug or a bad
        channel would fill the log.
        """
        mask = 0
        for zone in range(ZONE_COUNT):
            if not self.sensing.present[zone]:
                continue
            state, logged = self.sensing.zones[zone], self._logged_quality[zone]
            quality = self.quality(zone) if state.is_open or self.imbalance.side else state.quality
            if quality != OK:
                mask |= 1 << zone
            if quality == logged:
                self._differs_ms[zone] = 0
                continue
            self._differs_ms[zone] += dt_ms
            if logged == OK or self._differs_ms[zone] >= _FAULT_ENDS_MS:
                self._log_fault(zone, quality)
        return mask

    def _log_fault(self, zone, quality):
        """The end of the fault that was, the beginning of the one that is."""
        logged = self._logged_quality[zone]
        if logged != OK:
            self.events.add(records.FAULT, zone, logged, 0)
        if quality != OK:
            self.events.add(records.FAULT, zone, quality, 1)
        self._logged_quality[zone] = quality

    def _auto_tare(self, dt_ms):
        """Once a minute on a seat that has been empty and quiet for a minute."""
        sitting = self.decisions.sitting
        if sitting.occupancy.state != STATE_VACANT or not sitting.is_off or not self._seen.proven or self.sensing.moved:
            self._vacant_ms = 0
            return
        self._vacant_ms += dt_ms
        if self._vacant_ms >= _TARE_AFTER_MS:
            self._vacant_ms -= _TARE_EVERY_MS
            for zone in range(ZONE_COUNT):
                state = self.sensing.zones[zone]
                if state.is_trusted():
                    if self.calibration.auto_tare(zone, state.g_ns):
                        self._used_up |= 1 << zone
                elif state.quality == PRELOAD and self.sensing.plausibility.forgets_preload(zone):
                    self._tare_preload(zone, state.g_ns)

    def _tare_preload(self, zone, g_ns):
        """What has lain on the zone since power came on, and lay there again after somebody sat, is its zero."""
        calibration = self.calibration
        calibration.tare_ns[zone] = g_ns
        calibration.auto_tare_ns[zone] = 0
        values = calibration.tare_ns + calibration.ref_pa + [_BY_ITSELF]
        self.events.add(records.CALIBRATION, *values)

    def _doubt_calibration(self, dt_ms):
        """Once an epoch. Records which zones the calibration doesn't fit any more, or fits again."""
        if self.calibration.calibrated and self.decisions.state() == STATE_OCCUPIED:
            self._doubt.step(dt_ms, self.sensing.zones)
        doubt = self._used_up | self._doubt.zones
        self.calibration.wants_recalibration = doubt != 0
        for zone in range(ZONE_COUNT):
            if (doubt ^ self._logged_doubt) >> zone & 1:
                self.events.add(records.FAULT, zone, DRIFTING, doubt >> zone & 1)
        self._logged_doubt = doubt
