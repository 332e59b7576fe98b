"""Guided calibration: the empty seat, then a neutral sit. Refuses what can't be one, and says why.

Allocates while it runs: it is asked for by a person, not part of a step.
"""

from cushion.core.calibration import DEFAULT_REF_PA, MAX_REF_PA, ZONE_COUNT, Calibration
from cushion.core.const import const
from cushion.core.records import MISSING, OK

EMPTY, SEATED = "empty", "seated"
RUNNING, DONE, REFUSED = "running", "done", "refused"
_EMPTY_S = const(10)
_SETTLE_S = const(30)
_SEATED_S = const(180)
OCCUPIED_PA = DEFAULT_REF_PA * ZONE_COUNT * 15 // 100
_RESTLESS_PERMILLE = const(400)  # of the median, between the 10th and the 90th percentile
_LEAST_REF_PA = const(750)  # under both sitting bones: nobody sits there
_EMPTY_DRIFT_PA = const(250)
_LOPSIDED = const(4)  # one sitting bone with more than so many times the other's load: not a neutral sit
NAMES = ("left sitting bone", "right sitting bone", "left thigh", "right thigh")


class Capture:
    """One phase of a calibration on top of `calibration`; ``state``, ``why`` and ``left_s`` report its progress.

    ``result`` is the new Calibration, to be used only once ``state`` is DONE.
    """

    def __init__(self, phase, calibration):
        self.phase = phase
        self.state = RUNNING
        self.why = ""
        self.result = None
        self.gained = None  # what the leans have to say
        self.left_s = _EMPTY_S if phase == EMPTY else _SETTLE_S + _SEATED_S
        self._calibration = calibration
        self._seen: list = [[] for _ in range(ZONE_COUNT)]

    def take(self, engine):
        """Called after each decision of the engine, once a second."""
        if self.state != RUNNING:
            return
        zones = engine.sensing.zones
        bad = [zone for zone in range(ZONE_COUNT) if zones[zone].quality not in (OK, MISSING)]
        if bad:
            self._refuse("the sensor of the {} is faulty; check its wiring".format(NAMES[bad[0]]))
            return
        self.left_s -= 1
        if self.left_s < _SEATED_S:
            for zone in range(ZONE_COUNT):
                state = zones[zone]
                value = state.g_ns if self.phase == EMPTY else state.nominal_of(state.g_ns, zone, self._calibration)
                self._seen[zone].append(value)
        if self.left_s <= 0:
            self._finish()

    def _finish(self):
        self.result = Calibration()
        for zone in range(ZONE_COUNT):
            self.result.gain_pa_per_us[zone] = self._calibration.gain_pa_per_us[zone]
        if self.phase == EMPTY:
            self._finish_empty()
        else:
            self._finish_seated()
        if self.state == RUNNING:
            self.state = DONE

    def _finish_empty(self):
        total_pa = 0
        for zone in range(ZONE_COUNT):
            seen = sorted(self._seen[zone])
            gain = self.result.gain_pa_per_us[zone]
            if (seen[-1] - seen[0]) * gain // 1000 > _EMPTY_DRIFT_PA:
                self._refuse("something moved on the {}; leave the seat alone and start again".format(NAMES[zone]))
            self.result.tare_ns[zone] = seen[len(seen) // 2]
            total_pa += self.result.tare_ns[zone] * gain // 1000
            self.result.set_reference(zone, self._calibration.ref_pa[zone])
        if total_pa > OCCUPIED_PA:
            self._refuse("somebody or something is on the seat; clear it and start again")
        self.result.calibrated = self._calibration.calibrated
        self.result.step_pa, self.result.curve_pa = self._calibration.step_pa, self._calibration.curve_pa

    def _finish_seated(self):
        medians = []
        for zone in range(ZONE_COUNT):
            seen = sorted(self._seen[zone])
            median = seen[len(seen) // 2]
            spread = seen[len(seen) * 9 // 10] - seen[len(seen) // 10]
            medians.append(median)
            if zone < 2 and spread * 1000 > median * _RESTLESS_PERMILLE:
                self._refuse("you moved too much; sit still for three minutes and start again")
            self.result.tare_ns[zone] = self._calibration.tare_ns[zone]
            self.result.set_reference(zone, median)
        if medians[0] < _LEAST_REF_PA or medians[1] < _LEAST_REF_PA:
            weak = NAMES[0 if medians[0] < medians[1] else 1]
            self._refuse("there is no load under the {}; sit back, upright, and start again".format(weak))
        elif max(medians[0], medians[1]) > _LOPSIDED * min(medians[0], medians[1]):
            heavy = NAMES[0 if medians[0] > medians[1] else 1]
            self._refuse("nearly all the load is under the {}; sit evenly and start again".format(heavy))
        if max(medians) > 2 * MAX_REF_PA:
            self._refuse("the load is too high for a person; check that the sensors lie flat and start again")
        self.result.calibrated = True

    def _refuse(self, why):
        """The first reason is the one reported."""
        if self.state == REFUSED:
            return
        self.state = REFUSED
        self.why = why
