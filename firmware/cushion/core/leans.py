"""The calibration's last part: leaning left, right and forward proves the wires and bends each sensor's curve.

A sensor's conductance follows force to some power, 0.4 to 1.6 on benches. Who leans to the side moves load from zone to
zone, and the sum stays nearly the same: the exponents and shares are sought for which it does. Leaning forward loads
the feet, too, so that this lean only shows which wires belong to the thighs.

Loaded when somebody calibrates and released afterwards. The search goes on for some seconds, a round a second, so that
the monitor keeps its pace.
"""

from array import array

from cushion.core.calibration import CURVE_NODES, MAX_PA, NODES_PER_REF, ZONE_COUNT, Calibration
from cushion.core.capture import DONE, NAMES, REFUSED, RUNNING
from cushion.core.const import const
from cushion.core.records import MISSING, OK

LEANS = "leans"
UPRIGHT, LEFT, RIGHT, FORWARD, FITTING = "upright", "left", "right", "forward", "fitting"
_SECONDS = {UPRIGHT: 10, LEFT: 15, RIGHT: 15, FORWARD: 15, FITTING: 35}
_ORDER = (UPRIGHT, LEFT, RIGHT, FORWARD, FITTING)
_HELD_S = const(6)  # the end of a lean: it is held

_LEAST_PA = const(300)  # a zone that carries less upright can't be fitted
_LEAST_MOVE = const(400)  # permille of its upright load, from one side's lean to the other's, under a sitting bone
_MOST_UNBALANCED = const(60)  # permille of the person's weight
_MOST_LEFT = const(400)  # permille of its upright load: what the sitting bone on the other side may carry in a lean

# The search, in sixteenths of an octave: exponents 0.4 to 1.6, shares up to 2.8 times of what the nominal gain says.
_LOW_CURVE, _HIGH_CURVE = const(-10), const(21)
_MOST_SHARE = const(24)
_FIRST_STEP = const(8)
_POINTS = (2, 3, 4, 6, 8, 10, 12, 14)  # seconds of a lean that are fitted: over, and there
_TRIES = const(7)  # moves a second: on the chip some 0.2 s [estimated from instructions on WASM]
_EXP2 = (4096, 4277, 4467, 4664, 4871, 5087, 5312, 5547, 5793, 6049, 6317, 6597, 6889, 7194, 7512, 7845, 8192)
# Which of the four curves (bits 0 to 3) and four shares (4 to 7) move in one try, and which the other way.
_UP = (1, 2, 4, 8, 16, 32, 64, 128, 3, 15, 1, 1, 2)
_DOWN = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 16, 32)

TOO_LITTLE = "a lean moved too little load; lean over until the other sitting bone is nearly free, and start again"
SWAPPED = "the sensors are swapped: {}; correct the wires, or turn the cushion, and start again"
UNBALANCED = "your load changed by {} % while you leaned; keep feet flat and hands in your lap, and start again"


def log2_1024(value):
    """``1024 · log2(value)`` of a whole number from 1 to 2^29, rounded down."""
    whole = 14
    while value >= 1 << 15:
        value >>= 1
        whole += 1
    while value < 1 << 14:
        value <<= 1
        whole -= 1
    for _ in range(10):
        value = value * value >> 14
        whole <<= 1
        if value >= 1 << 15:
            value >>= 1
            whole += 1
    return whole


def exp2_permille(exponent_1024):
    """``1000 · 2^(exponent/1024)``, at most 32 times 1000."""
    exponent_1024 = min(exponent_1024, 5 * 1024)
    at = (exponent_1024 & 1023) >> 6
    mantissa = _EXP2[at] + (_EXP2[at + 1] - _EXP2[at]) * (exponent_1024 & 63) // 64
    shift = 12 - (exponent_1024 >> 10)
    return 1000 * mantissa >> shift if shift < 24 else 0


class Leans:
    """Like a `Capture`; ``phase`` says what the person is to do now.

    ``gained``: by how many permille of the person's weight the sum changed while leaning, before and after, and each
    sensor's exponent in permille.
    """

    def __init__(self, calibration, present):
        self.phase = UPRIGHT
        self.state = RUNNING
        self.why = ""
        self.result = None
        self.gained = {}
        self.left_s = sum(_SECONDS.values())
        self._calibration = calibration
        self._zones = [zone for zone in range(ZONE_COUNT) if present[zone]]
        self._phase_s = 0
        self._seen: list = []
        self._upright_pa = []
        self._held: list = []
        self._points: list = [[] for _ in range(ZONE_COUNT)]
        self._fit = None
        self._begin(UPRIGHT)

    def take(self, engine):
        """Called after each decision of the engine, once a second."""
        if self.state != RUNNING:
            return
        self.left_s = max(1, self.left_s - 1)
        if self._fit is not None:
            if self._fit.improve():
                self._finish()
            return
        zones = engine.sensing.zones
        for zone in self._zones:
            if zones[zone].quality not in (OK, MISSING):
                self._refuse("the sensor of the {} is faulty; check its wiring".format(NAMES[zone]))
                return
        self._seen.append([zones[zone].pressure_pa for zone in range(ZONE_COUNT)])
        self._phase_s -= 1
        if self._phase_s == 0:
            self._end_phase()

    def _begin(self, phase):
        self.phase = phase
        self._phase_s = _SECONDS[phase]
        self._seen = []

    def _end_phase(self):
        held_pa = self._medians()
        if self.phase == UPRIGHT:
            self._upright_pa = held_pa
            for zone in self._zones:
                if held_pa[zone] < _LEAST_PA:
                    self._refuse("there is no load under the {}; sit upright and start again".format(NAMES[zone]))
        else:
            self._held.append([held_pa[zone] * 1000 // max(1, self._upright_pa[zone]) for zone in range(ZONE_COUNT)])
            if self.phase != FORWARD:
                for zone in range(ZONE_COUNT):
                    self._points[zone] += [self._seen[second][zone] for second in _POINTS]
            else:
                self._prove_wires()
        if self.state == RUNNING:
            self._begin(_ORDER[_ORDER.index(self.phase) + 1])
            if self.phase == FITTING:
                self._fit = Fit(self._upright_pa, self._points, self._zones)

    def _medians(self):
        held = self._seen[-_HELD_S:]
        return [sorted([row[zone] for row in held])[len(held) // 2] for zone in range(ZONE_COUNT)]

    def _prove_wires(self):
        """Each zone shows by the leans where it lies: on the side whose lean loads it, and, of that side's two, the
        thigh is the one that leaning forward loads more."""
        left, right, forward = self._held
        sides: tuple = ([], [])
        for zone in self._zones:
            sides[0 if left[zone] > right[zone] else 1].append(zone)
        if len(sides[0]) != len(sides[1]) or max([abs(left[z] - right[z]) for z in self._zones]) < _LEAST_MOVE:
            self._refuse(TOO_LITTLE)
            return
        wrong = []
        for side in (0, 1):
            found = sorted(sides[side], key=lambda zone: forward[zone])
            for rank in range(len(found)):
                place = side + 2 * rank
                if found[rank] != place:
                    wrong.append("{} lies under the {}".format(NAMES[found[rank]], NAMES[place]))
        if wrong:
            self._refuse(SWAPPED.format(", ".join(wrong)))
        elif left[0] - right[0] < _LEAST_MOVE or right[1] - left[1] < _LEAST_MOVE:
            self._refuse(TOO_LITTLE)

    def _finish(self):
        fit = self._fit
        now, was = fit.unbalanced(), fit.unbalanced_before
        if now > _MOST_UNBALANCED:
            self._refuse(UNBALANCED.format(now // 10))
            return
        for zone in (0, 1):
            if fit.lowest(zone) > _MOST_LEFT:
                self._refuse(TOO_LITTLE)
                return
        self.result = result = Calibration()
        result.calibrated = True
        for zone in range(ZONE_COUNT):
            result.tare_ns[zone] = self._calibration.tare_ns[zone]
            result.auto_tare_ns[zone] = self._calibration.auto_tare_ns[zone]
            result.gain_pa_per_us[zone] = self._calibration.gain_pa_per_us[zone]
            result.set_reference(zone, self._calibration.ref_pa[zone])
        self.gained = {"was_permille": was, "is_permille": now, "exponent_permille": [1000] * ZONE_COUNT}
        for zone in fit.zones:
            nominal_pa, curve_permille = self._upright_pa[zone], fit.curve_permille(zone)
            self.gained["exponent_permille"][zone] = 1000000 // curve_permille
            result.set_reference(zone, fit.share_pa(zone))
            bend(result, zone, nominal_pa, curve_of(curve_permille))
        self.state = DONE

    def _refuse(self, why):
        if self.state == RUNNING:
            self.state = REFUSED
            self.why = why


def bend(calibration, zone, nominal_ref_pa, curve_permille):
    """Gives a zone its curve: `nominal_ref_pa` is what the nominal gain makes of the reference, `curve_permille` the
    load at each node in permille of it."""
    if calibration.step_pa is None:
        calibration.step_pa = array("H", [0] * ZONE_COUNT)
        calibration.curve_pa = array("H", [0] * (ZONE_COUNT * CURVE_NODES))
    calibration.step_pa[zone] = nominal_ref_pa // NODES_PER_REF
    for node in range(CURVE_NODES):
        pa = min(MAX_PA, curve_permille[node] * calibration.ref_pa[zone] // 1000)
        calibration.curve_pa[zone * CURVE_NODES + node] = pa


def curve_of(curve_permille):
    """Loads in permille of the reference where the nominal one is 0, 1/8, 2/8 … of it."""
    log_ref = log2_1024(NODES_PER_REF)
    logs = [log2_1024(node) - log_ref for node in range(1, CURVE_NODES)]
    return [0] + [exp2_permille(log * curve_permille // 1000) for log in logs]


class Fit:
    """Seeks the curves and shares with which the sum stays. `upright_pa` and `points` (a list of Pa for each zone) are
    nominal; ``zones``: which the cushion has. Allocates only to begin with."""

    def __init__(self, upright_pa, points, zones):
        self.zones = zones
        self._upright_pa = upright_pa
        self._total_pa = sum([upright_pa[zone] for zone in zones])
        self._count = len(points[zones[0]])
        self._logs: list = [[] for _ in range(ZONE_COUNT)]
        self._changes = [[0] * self._count for _ in range(ZONE_COUNT)]
        self._tried = [[0] * self._count for _ in range(ZONE_COUNT)]
        self._shares = [0] * ZONE_COUNT
        self._params = [0] * (2 * ZONE_COUNT)
        for zone in zones:
            log_upright = log2_1024(upright_pa[zone])
            self._logs[zone] = [log2_1024(max(1, pa)) - log_upright for pa in points[zone]]
            self._bend(zone)
        self._cost = self._cost_now()
        self.unbalanced_before = self.unbalanced()
        self._step = _FIRST_STEP
        self._move_at = self._unimproved = 0

    def improve(self):
        """Some moves, one way and the other; where none of all helps, they get shorter. Returns whether nothing is left
        to gain."""
        fitted = sum([1 << zone | 16 << zone for zone in self.zones])
        for _ in range(_TRIES):
            up, down = _UP[self._move_at] & fitted, _DOWN[self._move_at] & fitted
            self._move_at = (self._move_at + 1) % len(_UP)
            self._unimproved = 0 if self._try(up, down) or self._try(down, up) else self._unimproved + 1
            if self._unimproved == len(_UP):
                self._unimproved = 0
                self._step //= 2
        return self._step == 0

    def curve_permille(self, zone):
        """The power of the nominal load that is the load."""
        return exp2_permille(self._params[zone] * 64)

    def share_pa(self, zone):
        """What the zone carries upright: all zones together, what the nominal gains said."""
        return self._shares[zone] * self._total_pa // 1000

    def lowest(self, zone):
        """The least that the zone carried, permille of its upright load."""
        return 1000 + min(self._changes[zone])

    def unbalanced(self):
        """By how much the sum changes while leaning, root mean square, permille of the whole."""
        self._share_out()
        mean, root = self._mean_square(), 0
        while (root + 1) * (root + 1) <= mean:
            root += 1
        return root

    def _try(self, up, down):
        """Keeps a step up of some parameters, and down of others, where it makes the fit better."""
        if not self._move(up, down):
            self._move(down, up)
            return False
        self._bend_all(up | down)
        cost = self._cost_now()
        if cost < self._cost:
            self._cost = cost
            return True
        self._move(down, up)
        self._swap(up | down)
        return False

    def _move(self, up, down):
        """Returns whether all of them are within their bounds."""
        inside = True
        for at in range(2 * ZONE_COUNT):
            self._params[at] += ((up >> at & 1) - (down >> at & 1)) * self._step
            low, high = (_LOW_CURVE, _HIGH_CURVE) if at < ZONE_COUNT else (-_MOST_SHARE, _MOST_SHARE)
            inside = inside and low <= self._params[at] <= high
        return inside

    def _swap(self, moved):
        for zone in self.zones:
            if moved >> zone & 1:
                self._changes[zone], self._tried[zone] = self._tried[zone], self._changes[zone]

    def _bend_all(self, moved):
        self._swap(moved)
        for zone in self.zones:
            if moved >> zone & 1:
                self._bend(zone)

    def _bend(self, zone):
        """What the zone's load is above its upright one at each point, permille of that."""
        curve_permille, logs, changes = self.curve_permille(zone), self._logs[zone], self._changes[zone]
        for point in range(self._count):
            changes[point] = exp2_permille(logs[point] * curve_permille // 1000) - 1000

    def _share_out(self):
        """Each zone's share of the whole, permille."""
        shares, whole = self._shares, 0
        for zone in self.zones:
            nominal = self._upright_pa[zone] * 1000 // self._total_pa
            shares[zone] = nominal * exp2_permille(self._params[ZONE_COUNT + zone] * 64) // 1000
            whole += shares[zone]
        for zone in self.zones:
            shares[zone] = shares[zone] * 1000 // whole

    def _mean_square(self):
        total, zones, shares, changes = 0, self.zones, self._shares, self._changes
        for point in range(self._count):
            sum_change = 0
            for zone in zones:
                sum_change += shares[zone] * changes[zone][point]
            sum_change = min(abs(sum_change // 1000), 1000)
            total += sum_change * sum_change
        return total // self._count

    def _cost_now(self):
        """How unlikely it is. As likely as each other [J]: a sum that changes by 4 %, curves of one bag's sensors that
        differ by a quarter, all of the curves off by the half, and a share off by a third."""
        self._share_out()
        total = curves = shares = 0
        for zone in self.zones:
            curve, share = self._params[zone], self._params[ZONE_COUNT + zone]
            total += curve
            curves += curve * curve
            shares += share * share
        count = len(self.zones)
        likeness = 30 * (count * curves - total * total) // count + 10 * total * total // (count * count)
        return self._mean_square() * 5 // 2 + likeness + 15 * shares
