"""A drawn person on drawn foam over drawn sensors, as the firmware reads it: for tests of the whole chain.

Person: each zone's upright load, and how leans move it. Foam: what of a zone's load reaches the sensor under it and
those beside it, by Boussinesq's half-space loaded over a half-plane: published, and sharing nothing with
analog/foam.py. Then the sensor's curve, its divider, the ADC's whole millivolts, and the firmware's own engine, after
its own leans.
"""

from collections.abc import Callable
from math import atan, pi
from random import Random
from types import SimpleNamespace

from cushion.core.calibration import ZONE_COUNT, Calibration, conductance_ns, ns_of_ohm
from cushion.core.capture import DONE, RUNNING
from cushion.core.engine import Engine
from cushion.core.leans import Leans
from cushion.core.records import OK
from cushion.core.settings import Settings
from hardware.analog import stack
from hardware.case.sizes import BODIES, SITTING_BONES_Y_MM, THIGHS_Y_MM, Body

Loads = tuple[float, float, float, float]  # left bone, right bone, left thigh, right thigh
UPRIGHT: Loads = (1.0, 1.0, 1.0, 1.0)


def leaning(to_left: float = 0.0, forward: float = 0.0) -> Loads:
    """What each zone carries, 1 = upright. `to_left` from -1 to 1: the part of one side's load that went over to the
    other. `forward`: the part of the bones' load that went to the thighs, which carry less to begin with."""
    left, right, bone, thigh = 1 + to_left, 1 - to_left, 1 - forward, 1 + 1.5 * forward
    return left * bone, right * bone, left * thigh, right * thigh


def beyond(edge_mm: float, deep_mm: float) -> float:
    """What a load over a half-plane is at a depth, `edge_mm` outside of its edge: 0.5 below the edge, 0 far away."""
    ratio = edge_mm / deep_mm
    return 0.5 - (atan(ratio) + ratio / (1 + ratio**2)) / pi


class Foam:
    """Mixes the zones' loads on their way to the base: each side with the other, and bones with thighs."""

    def __init__(self, foam_mm: float, body: Body):
        self.across = beyond(body.sitting_bones_mm / 2, foam_mm)
        self.along = beyond((THIGHS_Y_MM - SITTING_BONES_Y_MM) / 2, foam_mm)

    def on_base(self, skin: Loads) -> Loads:
        left_bone, right_bone, left_thigh, right_thigh = skin
        bones = self.mixed(left_bone, right_bone, self.across)
        thighs = self.mixed(left_thigh, right_thigh, self.across)
        left, right = (self.mixed(bone, thigh, self.along) for bone, thigh in zip(bones, thighs, strict=True))
        return left[0], right[0], left[1], right[1]

    @staticmethod
    def mixed(one: float, other: float, part: float) -> tuple[float, float]:
        return one + part * (other - one), other + part * (one - other)


class Person:
    """A drawn body on foam: newtons on each sensor while it leans. `stack_n`: what the stack makes of kPa there."""

    def __init__(self, draw: Random, foam_mm: float, passed_on: float, stack_n: Callable[[float], float]):
        mean_kpa = (4 + 4 * draw.random()) * draw.uniform(0.8, 1.2)  # 45 to 140 kg, and seats differ
        bone = mean_kpa * (1 + passed_on * (draw.uniform(2.0, 3.2) - 1))
        thigh = mean_kpa * draw.uniform(0.5, 0.9)
        side = draw.uniform(0.9, 1.1)
        self.upright_kpa = (bone * side, bone * (2 - side), thigh * side, thigh * (2 - side))
        self.foam = Foam(foam_mm, draw.choice(BODIES))
        self.reach = draw.uniform(0.85, 1.0)  # how far over a lean of the calibration goes
        self.stack_n = stack_n

    def newtons(self, lean: Loads) -> list[float]:
        one, two, three, four = (kpa * part for kpa, part in zip(self.upright_kpa, lean, strict=True))
        return [self.stack_n(kpa) for kpa in self.foam.on_base((one, two, three, four))]


class Sensors:
    """Four drawn sensors with their resistors. Above their range they are taken to stand still [assumed]."""

    def __init__(self, draw: Random, profile: dict):
        self.profile = profile
        self.supply_mv, self.divider_ohm = profile["supply_mv"], profile["divider_ohm"]
        self.bias_ns = ns_of_ohm(profile["bias_ohm"]) if profile["bias_ohm"] else 0
        self.gain = [draw.uniform(0.75, 1.25) for _ in range(ZONE_COUNT)]
        self.exponent = [draw.uniform(0.85, 0.95) for _ in range(ZONE_COUNT)]
        self.bias_s = [1e-9 * self.bias_ns * draw.uniform(0.99, 1.01) for _ in range(ZONE_COUNT)]
        self.ohm = [self.divider_ohm * draw.uniform(0.999, 1.001) for _ in range(ZONE_COUNT)]

    def level_100uv(self, zone: int, newton: float) -> int:
        """What the ADC reads, in whole millivolts."""
        newton = min(newton, stack.RANGE_N[1])
        siemens = self.gain[zone] * newton ** self.exponent[zone] / stack.OHM_AT_1_N + self.bias_s[zone]
        ratio = siemens * self.ohm[zone]
        return 10 * round(self.supply_mv * ratio / (1 + ratio))

    def firmware_ns(self, zone: int, newton: float) -> int:
        level_100uv = self.level_100uv(zone, newton)
        return conductance_ns(level_100uv, self.supply_mv, ns_of_ohm(self.divider_ohm)) - self.bias_ns


class Cushion:
    """The firmware's calibration of a person: the empty seat, the neutral sit, and then the leans."""

    def __init__(self, person: Person, sensors: Sensors):
        self.person, self.sensors = person, sensors
        self.calibration = Calibration()
        for zone in range(ZONE_COUNT):
            self.calibration.tare_ns[zone] = sensors.firmware_ns(zone, 0.0)
        for zone, pressure_pa in enumerate(self.nominal_pa(UPRIGHT)):
            self.calibration.set_reference(zone, pressure_pa)
        self.refused = self._lean()

    def nominal_pa(self, lean: Loads) -> list[int]:
        newtons = self.person.newtons(lean)
        read = self.sensors.firmware_ns
        return [self.calibration.pressure_pa(zone, read(zone, newtons[zone])) for zone in range(ZONE_COUNT)]

    def loads(self, lean: Loads, spread_permille: int | None = None) -> tuple[float, float]:
        """What the firmware says both sides carry, 1 = the calibrated sit: what the doses count. ``spread_permille``:
        another one than the board's."""
        profile, settings = self.sensors.profile, Settings()
        settings.change("creep_permille", 0, 0)
        spread_permille = profile["spread_permille"] if spread_permille is None else spread_permille
        resistors, dead_mv, bias_ohm = (profile["divider_ohm"],) * ZONE_COUNT, profile["dead_mv"], profile["bias_ohm"]
        engine = Engine(
            settings,
            self.calibration,
            profile["supply_mv"],
            resistors,
            dead_mv=dead_mv,
            bias_ohm=bias_ohm,
            spread_permille=spread_permille,
        )
        levels = [self.sensors.level_100uv(zone, newton) for zone, newton in enumerate(self.person.newtons(lean))]
        for _ in range(4):
            engine.sample(levels)
        engine.decide(1000)
        return engine.decisions.left.u / 1000, engine.decisions.right.u / 1000

    def _lean(self) -> str:
        """The guided leans, second by second; returns why they were refused."""
        zones = [SimpleNamespace(quality=OK, pressure_pa=0) for _ in range(ZONE_COUNT)]
        engine = SimpleNamespace(sensing=SimpleNamespace(zones=zones))
        leans, phase, second = Leans(self.calibration, [True] * ZONE_COUNT), "", 0
        while leans.state == RUNNING:
            second = second + 1 if leans.phase == phase else 1
            phase = leans.phase
            over = self.person.reach * min(1.0, second / 8)
            lean = {"left": leaning(over), "right": leaning(-over), "forward": leaning(0, 0.4 * over)}
            for zone, pressure_pa in zip(zones, self.nominal_pa(lean.get(phase, UPRIGHT)), strict=True):
                zone.pressure_pa = pressure_pa
            leans.take(engine)
        if leans.state == DONE:
            assert leans.result is not None
            self.calibration = leans.result
        return leans.why
