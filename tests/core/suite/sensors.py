"""From divider voltage to trusted pressures: medians, holds, health of zones, presence, a capture of the real thing."""

from support import allocation_free, mix

from cushion.core import capture
from cushion.core.calibration import (
    Calibration,
    conductance_ns,
    ns_of_ohm,
)
from cushion.core.capture import Capture
from cushion.core.records import FROZEN, MISSING, OK, SATURATED, SHORT
from cushion.core.sensing import HOLD_MS, NO_READING, Sensing

SUPPLY_MV = 3300
DIVIDER_OHM = (3300,) * 4
DIVIDER_NS = ns_of_ohm(3300)
ALL = (True, True, True, True)


def second(sensing, calibration, *samples):
    for levels in samples:
        sensing.sample(levels)
    sensing.close_second(1000, calibration, 0)


def test_each_zone_has_its_own_resistor():
    sensing, calibration = Sensing(SUPPLY_MV, (3135, 3300, 3465, 3300), ALL), Calibration()
    second(sensing, calibration, [9000] * 4)
    low, nominal, high, same = [zone.pressure_pa for zone in sensing.zones]
    assert nominal == same
    assert abs(low * 95 - nominal * 100) <= 200 and abs(high * 105 - nominal * 100) <= 200
    assert sensing.pressures_of([9000] * 4, calibration) == [low, nominal, high, same]


def test_median_of_a_second_ignores_a_spike_and_a_missing_sample():
    sensing, calibration = Sensing(SUPPLY_MV, DIVIDER_OHM, ALL), Calibration()
    second(sensing, calibration, [9000, 0, 0, 0], [9010, 0, 0, 0], [31000, 0, 0, 0], [NO_READING, 0, 0, 0])
    assert sensing.zones[0].level_100uv == 9010
    second(sensing, calibration, [9000, 0, 0, 0], [9010, 0, 0, 0])
    assert sensing.zones[0].level_100uv == 9000


def test_more_samples_than_fit_are_left_out():
    sensing, calibration = Sensing(SUPPLY_MV, DIVIDER_OHM, ALL), Calibration()
    second(sensing, calibration, *([[5000, 1, 2, 3]] * 20))
    assert sensing.zones[0].level_100uv == 5000


def test_last_values_hold_for_five_seconds_then_the_seat_is_unknown():
    sensing, calibration = Sensing(SUPPLY_MV, DIVIDER_OHM, ALL), Calibration()
    second(sensing, calibration, [9000] * 4)
    pressure_pa = sensing.zones[0].pressure_pa
    for _ in range(HOLD_MS // 1000):
        second(sensing, calibration)
        assert not sensing.is_blind() and sensing.zones[0].pressure_pa == pressure_pa > 0
    second(sensing, calibration)
    assert sensing.is_blind()


def test_quality_of_a_zone():
    sensing, calibration = Sensing(SUPPLY_MV, DIVIDER_OHM, ALL), Calibration()
    second(sensing, calibration, [32500, NO_READING, 9000, 31000])
    assert [zone.quality for zone in sensing.zones] == [SHORT, MISSING, OK, OK]
    for _ in range(10):
        second(sensing, calibration, [32500, NO_READING, 9000, 31000])
    assert sensing.zones[3].quality == SATURATED
    assert [zone.quality != 0 for zone in sensing.zones] == [True, True, False, True]


def test_a_zone_that_never_changes_while_others_move_is_frozen():
    sensing, calibration = Sensing(SUPPLY_MV, DIVIDER_OHM, ALL), Calibration()
    for index in range(41):
        second(sensing, calibration, [9000 + index % 3 * 20, 8000 + index // 8 * 900, 0, 0])
    assert [zone.quality for zone in sensing.zones] == [FROZEN, OK, OK, OK]
    second(sensing, calibration, [9010, 8000, 0, 0])
    assert sensing.zones[0].quality == FROZEN
    for quality in (FROZEN, FROZEN, FROZEN, OK):  # a bad channel makes jumps, too: four seconds elsewhere end it
        second(sensing, calibration, [9100, 8000, 0, 0])
        assert sensing.zones[0].quality == quality


def test_a_zone_that_is_still_as_all_others_is_not_frozen():
    sensing, calibration = Sensing(SUPPLY_MV, DIVIDER_OHM, ALL), Calibration()
    for _ in range(400):
        second(sensing, calibration, [9000, 8000, 4000, 4000])
    assert [zone.quality for zone in sensing.zones] == [OK] * 4


def test_total_leaves_bad_zones_out():
    sensing, calibration = Sensing(SUPPLY_MV, DIVIDER_OHM, ALL), Calibration()
    second(sensing, calibration, [32500, 0, 0, 0])
    assert sensing.presence_permille(calibration) == 0


def test_two_zones_are_a_whole_cushion():
    sensing, calibration = Sensing(SUPPLY_MV, DIVIDER_OHM, ALL), Calibration()
    second(sensing, calibration, [5832, 5832, 0, 0])
    assert 990 <= sensing.presence_permille(calibration) <= 1010


def test_the_thighs_alone_prove_presence_whatever_the_sitting_bones_carried():
    sensing, calibration = Sensing(SUPPLY_MV, DIVIDER_OHM, ALL), Calibration()
    for zone, ref_pa in ((0, 20000), (1, 20000), (2, 6000), (3, 6000)):
        calibration.set_reference(zone, ref_pa)
    second(sensing, calibration, [15000, 15000, 4000, 4000])
    second(sensing, calibration, [0, 0, 3000, 3000])
    assert sensing.presence_permille(calibration) >= 150


class Seat:
    """What a capture asks of the engine: zones to read."""

    def __init__(self, levels):
        self.sensing = Sensing(SUPPLY_MV, DIVIDER_OHM, ALL)
        self.calibration = Calibration()
        self.levels = levels

    def run(self, phase, wobble=0):
        taking = Capture(phase, self.calibration)
        seconds = 0
        while taking.state == capture.RUNNING:
            level = wobble if seconds % 2 else 0
            second(self.sensing, self.calibration, [value + level if value else 0 for value in self.levels])
            taking.take(self)
            seconds += 1
        return taking, seconds


def test_capture_of_an_empty_and_a_neutral_seat():
    taking, seconds = Seat([200, 200, 0, 0]).run(capture.EMPTY)
    assert (taking.state, seconds) == (capture.DONE, 10)
    assert taking.result.tare_ns[0] == conductance_ns(200, SUPPLY_MV, DIVIDER_NS)
    taking, seconds = Seat([9000, 9500, 5000, 5000]).run(capture.SEATED)
    assert (taking.state, seconds) == (capture.DONE, 210)
    assert taking.result.calibrated and 8000 < taking.result.ref_pa[0] < taking.result.ref_pa[1]


def test_capture_refuses_and_says_why():
    for phase, levels, wobble, word in (
        (capture.EMPTY, [9000, 9000, 5000, 5000], 0, "on the seat"),
        (capture.EMPTY, [500, 500, 0, 0], 900, "moved"),
        (capture.SEATED, [0, 0, 5000, 5000], 0, "sitting bone"),
        (capture.SEATED, [9000, 9000, 5000, 5000], 5000, "moved too much"),
        (capture.SEATED, [22000, 22000, 9000, 9000], 0, "too high"),
        (capture.SEATED, [32500, 9000, 5000, 5000], 0, "faulty"),
    ):
        taking, _ = Seat(levels).run(phase, wobble)
        assert taking.state == capture.REFUSED and word in taking.why, (phase, levels, taking.why)


def test_a_second_of_sensing_does_not_allocate():
    sensing, calibration = Sensing(SUPPLY_MV, DIVIDER_OHM, ALL), Calibration()
    levels = [9000, 9500, 5000, 31999]

    def step():
        for _ in range(4):
            sensing.sample(levels)
        sensing.close_second(1000, calibration, 30)
        sensing.presence_permille(calibration)

    step()
    allocation_free(step)


def digest():
    value, state = 17, 11
    levels = [0, 0, 0, 0]
    sensing, calibration = Sensing(SUPPLY_MV, (3267, 3290, 3311, 3333), ALL), Calibration()
    for _ in range(1500):
        for zone in range(4):
            state = (state * 75 + 74) % 65537
            levels[zone] = state % 33000
        sensing.sample(levels)
        sensing.close_second(1000, calibration, 30)
        for zone in sensing.zones:
            value = mix(mix(mix(value, zone.pressure_pa), zone.g_ns // 4), zone.quality)
    return value
