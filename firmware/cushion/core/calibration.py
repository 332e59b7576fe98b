"""From divider voltage to relative load: tare, gain and the person's own reference, per zone.

FSR conductance is close to proportional to pressure. The nominal gain is the sensing stack's (13 nS per Pa with the
discs of the build guide); what the person feels as 1000 permille is measured by the guided calibration (capture.py).
"""

from array import array

from cushion.core.const import const

ZONES = ("left_it", "right_it", "left_thigh", "right_thigh")
ZONE_COUNT = 4
LEFT_IT, RIGHT_IT, LEFT_THIGH, RIGHT_THIGH = 0, 1, 2, 3

_PA_PER_US = const(77)  # nominal gain, Pa per microsiemens
DEFAULT_REF_PA = 5000
_MIN_REF_PA = const(1500)
MAX_REF_PA = 20000
MAX_PA = const(65535)
MAX_U = 4000
MAX_G_NS = 13000000  # 13 mS; keeps g_ns · gain below 2^30
_MAX_RATIO = const(40)  # of the voltages over divider and sensor: beyond it the sensor is a wire
_CREPT_S = const(40960)  # twelve octaves from 10 s on: no more creep is counted

NODES_PER_REF = const(8)
CURVE_NODES = const(17)  # loads of 0, 1/8, … 2 times the reference; beyond, the last two go on
_MOST_BEYOND = const(8)  # nodes
_STEEPEST = const(1 << 27)  # rise times step of a curve; times _MOST_BEYOND it stays below 2^30

_TARE_STEP_PERMILLE = const(20)  # of the reference, a step
_TARE_TOTAL_PERMILLE = const(100)  # of the reference, in all; then a new calibration is asked for


def ns_of_ohm(ohm):
    """The conductance of a resistor, nS, to the nearest."""
    return (1000000000 + ohm // 2) // ohm


def conductance_ns(level_100uv, supply_mv, divider_ns):
    """Conductance of a zone's sensor, nS, from the voltage over its divider's lower resistor (units of 100 uV).

    `divider_ns` is that resistor's own conductance. The answer is ``level · divider_ns / across``, rounded down: by a
    long division in thousands, because the product would pass 2^30.
    """
    across = supply_mv * 10 - level_100uv
    if level_100uv <= 0:
        return 0
    if level_100uv >= _MAX_RATIO * across:
        return MAX_G_NS
    thousands = level_100uv * (divider_ns // 1000)
    rest = thousands % across * 1000 + level_100uv * (divider_ns % 1000)
    return min(MAX_G_NS, thousands // across * 1000 + rest // across)


def creep_divisor_permille(loaded_s, creep_permille):
    """``1000 · (1 + k·log10(max(1, t/10 s)))`` for a zone loaded since `loaded_s`, piecewise linear between octaves."""
    loaded_s = min(_CREPT_S, max(10, loaded_s))
    log_permille, octave_s = 0, 10
    while loaded_s >= 2 * octave_s:
        log_permille += 301
        octave_s *= 2
    log_permille += 301 * (loaded_s - octave_s) // octave_s
    return 1000 + creep_permille * log_permille // 1000


class Calibration:
    """Tare (nS), gain (Pa/uS) and reference (Pa) of each zone, and whether a person's own reference was ever taken."""

    def __init__(self):
        self.tare_ns = [0] * ZONE_COUNT
        self.gain_pa_per_us = [_PA_PER_US] * ZONE_COUNT
        self.ref_pa = [DEFAULT_REF_PA] * ZONE_COUNT
        self.calibrated = False
        self.auto_tare_ns = [0] * ZONE_COUNT
        self.wants_recalibration = False
        self.step_pa = None  # nominal pressure from node to node of each zone's curve; 0: the zone has none
        self.curve_pa = None  # zone after zone, the pressure at each node

    def set_reference(self, zone, ref_pa):
        """Takes a zone's reference, clamped to what a seat can show."""
        self.ref_pa[zone] = min(MAX_REF_PA, max(_MIN_REF_PA, ref_pa))

    def pressure_pa(self, zone, g_ns):
        """Pressure of a zone (kPa-equivalent · 1000) from its conductance; never negative."""
        net_ns = g_ns - self.tare_ns[zone] - self.auto_tare_ns[zone]
        if net_ns <= 0:
            return 0
        pressure_pa = net_ns * self.gain_pa_per_us[zone] // 1000
        return pressure_pa if pressure_pa < MAX_PA else MAX_PA

    def set_curves(self, step_pa, curve_pa):
        """Takes the curves of a state. Raises ValueError when they are none: too few, falling, or so steep that a
        product would reach 2^30."""
        if len(step_pa) != ZONE_COUNT or len(curve_pa) != ZONE_COUNT * CURVE_NODES:
            raise ValueError
        if min(min(step_pa), min(curve_pa)) < 0 or max(max(step_pa), max(curve_pa)) > MAX_PA:
            raise ValueError
        for node in range(ZONE_COUNT * CURVE_NODES - 1):
            rise_pa = curve_pa[node + 1] - curve_pa[node]
            if (node + 1) % CURVE_NODES and (rise_pa < 0 or rise_pa * step_pa[node // CURVE_NODES] >= _STEEPEST):
                raise ValueError
        self.step_pa, self.curve_pa = array("H", step_pa), array("H", curve_pa)

    def bent_pa(self, zone, nominal_pa):
        """The pressure of a zone with a curve, from what the nominal gain makes of it."""
        step_pa = self.step_pa[zone]
        if not step_pa:
            return nominal_pa
        node = nominal_pa // step_pa
        if node > CURVE_NODES - 2:
            node = CURVE_NODES - 2
        over_pa = nominal_pa - node * step_pa
        if over_pa > _MOST_BEYOND * step_pa:
            over_pa = _MOST_BEYOND * step_pa
        node += zone * CURVE_NODES
        low_pa = self.curve_pa[node]
        pressure_pa = low_pa + (self.curve_pa[node + 1] - low_pa) * over_pa // step_pa
        return pressure_pa if pressure_pa < MAX_PA else MAX_PA

    def relative_u(self, zone, pressure_pa):
        """Load in permille of the person's reference for the zone."""
        u = pressure_pa * 1000 // self.ref_pa[zone]
        return u if u < MAX_U else MAX_U

    def auto_tare(self, zone, g_ns):
        """Follows a slow drift of the empty seat: one bounded step towards reading zero at `g_ns`. Returns whether that
        is used up."""
        ref_pa = self.step_pa[zone] * NODES_PER_REF if self.step_pa and self.step_pa[zone] else self.ref_pa[zone]
        per_ref_ns = ref_pa * 1000 // self.gain_pa_per_us[zone]
        step_ns = per_ref_ns * _TARE_STEP_PERMILLE // 1000
        most_ns = per_ref_ns * _TARE_TOTAL_PERMILLE // 1000
        wanted_ns = g_ns - self.tare_ns[zone]
        change_ns = min(step_ns, max(-step_ns, wanted_ns - self.auto_tare_ns[zone]))
        tare_ns = self.auto_tare_ns[zone] + change_ns
        used_up = not -most_ns <= tare_ns <= most_ns
        if used_up:
            self.wants_recalibration = True
            tare_ns = min(most_ns, max(-most_ns, tare_ns))
        self.auto_tare_ns[zone] = tare_ns
        return used_up

    def to_state(self):
        """A JSON-able dict that `from_state` reads back."""
        state = {"tare_ns": self.tare_ns, "gain_pa_per_us": self.gain_pa_per_us, "ref_pa": self.ref_pa}
        if self.step_pa:
            state["step_pa"], state["curve_pa"] = list(self.step_pa), list(self.curve_pa)
        return state


def from_state(state):
    """A person's Calibration from a dict made by `to_state`. Raises ValueError when it isn't one."""
    calibration = Calibration()
    try:
        for zone in range(ZONE_COUNT):
            calibration.tare_ns[zone] = min(MAX_G_NS, max(0, int(state["tare_ns"][zone])))
            calibration.gain_pa_per_us[zone] = min(82, max(1, int(state["gain_pa_per_us"][zone])))
            calibration.set_reference(zone, int(state["ref_pa"][zone]))
        if "step_pa" in state:
            calibration.set_curves(state["step_pa"], state["curve_pa"])
    except (KeyError, TypeError, ValueError, IndexError):
        raise ValueError("not a calibration record") from None
    calibration.calibrated = True
    return calibration
