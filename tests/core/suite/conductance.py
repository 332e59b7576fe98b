"""From a divider's voltage to pressure and relative load: conversion, creep, reference and tare, to the last digit."""

from support import allocation_free, raises

from cushion.core import calibration as numbers
from cushion.core.calibration import (
    MAX_G_NS,
    Calibration,
    conductance_ns,
    creep_divisor_permille,
    from_state,
    ns_of_ohm,
)

SUPPLY_MV = 3300
DIVIDER_NS = 303030  # 3.3 kOhm
DIVIDERS_NS = (285714, DIVIDER_NS, 306091, 322373, 1000000)


def test_a_resistors_conductance_is_rounded_to_the_nearest():
    # 10^9 / 3299 = 303122.16, / 3267 = 306091.2, / 3102 = 322372.7, / 1500 = 666666.7
    for ohm, ns in ((3300, 303030), (3299, 303122), (3267, 306091), (3102, 322373), (1500, 666667), (1, 1000000000)):
        assert ns_of_ohm(ohm) == ns


def test_conductance_is_that_of_the_divider_rounded_down_whatever_its_resistor():
    # oracle: G = Gd · V / (Vs - V) in integers without a bound
    for divider_ns in DIVIDERS_NS:
        for level in range(1, 32190, 137):
            exact = level * divider_ns // (SUPPLY_MV * 10 - level)
            assert conductance_ns(level, SUPPLY_MV, divider_ns) == min(13000000, exact), (divider_ns, level)


def test_conductance_at_the_ends():
    assert MAX_G_NS == 13000000
    for level, g_ns in (
        (-1, 0), (0, 0), (1, 9), (2, 18),  # 303030 · 1 / 32999 = 9.18
        (16500, DIVIDER_NS),  # half of the supply: the sensor is the divider's equal
        (32195, 12119317),  # 32195 · 303030 / 805 = 12119317.8
        (32196, MAX_G_NS), (33000, MAX_G_NS), (33001, MAX_G_NS),  # over 40 times the divider's conductance: a wire
    ):  # fmt: skip
        assert conductance_ns(level, SUPPLY_MV, DIVIDER_NS) == g_ns, level
    assert conductance_ns(40000, 4100, DIVIDER_NS) == MAX_G_NS  # 40 times, exactly
    assert conductance_ns(31000, SUPPLY_MV, 1000000) == MAX_G_NS  # 15.5 mS


def test_no_level_makes_the_conversion_allocate():
    def every_level():
        for divider_ns in DIVIDERS_NS:
            level = 0
            while level < 33010:
                conductance_ns(level, SUPPLY_MV, divider_ns)
                level += 7

    allocation_free(every_level)


def test_creep_follows_the_logarithm():
    # oracle: 1 + 0.03 · log10(t / 10 s)
    for loaded_s, permille in ((0, 1000), (10, 1000), (100, 1030), (1000, 1060), (10000, 1090), (20000, 1099)):
        assert abs(creep_divisor_permille(loaded_s, 30) - permille) <= 2, loaded_s


def test_creep_goes_straight_between_octaves_of_ten_seconds_up_to_the_twelfth():
    # At 1000 permille a decade the divisor is 1000 and the logarithm in permille: 301 an octave.
    for loaded_s, permille in (
        (0, 1000), (9, 1000), (10, 1000), (11, 1030), (15, 1150), (19, 1270), (20, 1301), (25, 1376), (30, 1451),
        (39, 1586), (40, 1602), (80, 1903), (160, 2204), (5120, 3709), (10240, 4010), (20480, 4311), (30720, 4461),
        (40959, 4611), (40960, 4612), (50000, 4612), (1 << 29, 4612),
    ):  # fmt: skip
        assert creep_divisor_permille(loaded_s, 1000) == permille, loaded_s
    for creep_permille, permille in ((0, 1000), (30, 1036), (50, 1060)):  # of 1204 permille, after 160 s
        assert creep_divisor_permille(160, creep_permille) == permille


def test_a_new_calibration_knows_nobody():
    new = Calibration()
    assert (new.tare_ns, new.auto_tare_ns) == ([0] * 4, [0] * 4)
    assert (new.gain_pa_per_us, new.ref_pa) == ([77] * 4, [5000] * 4)
    assert (new.calibrated, new.wants_recalibration) == (False, False)
    assert (numbers.DEFAULT_REF_PA, numbers.MAX_REF_PA, numbers.MAX_U, numbers.ZONE_COUNT) == (5000, 20000, 4000, 4)
    assert (numbers.LEFT_IT, numbers.RIGHT_IT, numbers.LEFT_THIGH, numbers.RIGHT_THIGH) == (0, 1, 2, 3)


def test_pressure_is_conductance_beyond_the_tare_times_gain():
    worn = Calibration()
    worn.tare_ns[1], worn.auto_tare_ns[1], worn.gain_pa_per_us[1] = 2000, 500, 80
    worn.gain_pa_per_us[2] = 1000  # a pascal a nanosiemens
    worn.auto_tare_ns[3] = -100
    for zone, g_ns, pa in (
        (0, 0, 0), (0, 12, 0), (0, 13, 1), (0, 100000, 7700), (0, 851103, 65534), (0, 851116, 65535),
        (0, 999999, 65535), (0, MAX_G_NS, 65535), (1, 0, 0), (1, 2500, 0), (1, 2512, 0), (1, 2513, 1),
        (1, 102500, 8000), (2, 1, 1), (3, 0, 7),
    ):  # fmt: skip
        assert worn.pressure_pa(zone, g_ns) == pa, (zone, g_ns)


def test_relative_load_is_pressure_in_permille_of_the_reference():
    mine = Calibration()
    mine.set_reference(1, 1500)
    for zone, pa, u in (
        (0, 0, 0), (0, 4, 0), (0, 5, 1), (0, 4999, 999), (0, 5000, 1000), (0, 15000, 3000), (0, 19995, 3999),
        (0, 20000, 4000), (0, 20005, 4000), (0, 65535, 4000), (1, 1499, 999), (1, 1500, 1000),
    ):  # fmt: skip
        assert mine.relative_u(zone, pa) == u, (zone, pa)


def test_a_reference_is_clamped_to_what_a_seat_can_show():
    mine = Calibration()
    for given, taken in ((-5, 1500), (1499, 1500), (1501, 1501), (19999, 19999), (20000, 20000), (20001, 20000)):
        mine.set_reference(2, given)
        assert mine.ref_pa == [5000, 5000, taken, 5000]


# 5000 Pa are 64,935 nS at 77 Pa/uS: 2 % of them are 1298 nS, 10 % are 6493.
TARES = (
    (65000, (1298, 2596, 3894, 5192, 6490), False, 6493, True),
    (6493, (1298, 2596, 3894, 5192, 6490), False, 6493, False),
    (6494, (1298, 2596, 3894, 5192, 6490), False, 6493, True),
    (-6493, (-1298, -2596, -3894, -5192, -6490), False, -6493, False),
    (-6494, (-1298, -2596, -3894, -5192, -6490), False, -6493, True),
    (1299, (1298, 1299, 1299, 1299, 1299), False, 1299, False),
    (-900, (-900, -900, -900, -900, -900), False, -900, False),
)


def test_auto_tare_goes_by_two_percent_of_the_reference_up_to_ten_then_asks():
    for drift_ns, steps, asks_before, end, asks in TARES:
        worn = Calibration()
        worn.tare_ns[3] = 20000
        for expected in steps:
            worn.auto_tare(3, 20000 + drift_ns)
            assert worn.auto_tare_ns == [0, 0, 0, expected] and isinstance(worn.auto_tare_ns[3], int), drift_ns
        assert worn.wants_recalibration is asks_before
        worn.auto_tare(3, 20000 + drift_ns)
        assert (worn.auto_tare_ns[3], worn.wants_recalibration) == (end, asks), drift_ns


def test_auto_tare_counts_by_the_zones_own_reference_and_gain():
    worn = Calibration()
    worn.set_reference(0, 20000)
    worn.gain_pa_per_us[0] = 50
    worn.auto_tare(0, 1000000)  # 2 % of 400,000 nS
    assert worn.auto_tare_ns == [8000, 0, 0, 0]
    worn.gain_pa_per_us[1] = 1
    worn.auto_tare(1, MAX_G_NS)  # 2 % of 5,000,000 nS
    assert worn.auto_tare_ns[1] == 100000


def test_a_calibration_comes_back_from_its_state():
    mine = Calibration()
    mine.tare_ns, mine.gain_pa_per_us, mine.ref_pa = [1, 2, 3, 13000000], [1, 70, 77, 82], [1500, 6000, 7000, 20000]
    state = mine.to_state()
    assert state == {"tare_ns": [1, 2, 3, 13000000], "gain_pa_per_us": [1, 70, 77, 82], "ref_pa": mine.ref_pa}
    again = from_state(state)
    assert again.to_state() == state and again.calibrated
    assert again.auto_tare_ns == [0] * 4 and not again.wants_recalibration


def test_a_calibration_from_a_file_is_clamped_or_refused():
    wild = {"tare_ns": [-5, 0, 13000001, 7], "gain_pa_per_us": [0, 83, -3, 2], "ref_pa": [1, 99999, 5000, 5000]}
    taken = from_state(wild)
    assert taken.tare_ns == [0, 0, 13000000, 7] and taken.gain_pa_per_us == [1, 82, 1, 2]
    assert taken.ref_pa == [1500, 20000, 5000, 5000] and taken.calibrated
    three = {"tare_ns": [0] * 3, "gain_pa_per_us": [77] * 4, "ref_pa": [5000] * 4}
    for bad in (None, {}, {"tare_ns": 1}, three, {"tare_ns": [0] * 4, "gain_pa_per_us": ["x"] * 4, "ref_pa": [0] * 4}):
        assert raises(ValueError, lambda bad=bad: from_state(bad)), bad
