"""The four zones together: medians of a second, dead end and bias, presence, who is leaving, what nobody can say."""

from cushion.core.calibration import Calibration
from cushion.core.records import FROZEN, MISSING, OK, OPEN, SATURATED, SHORT, UNPLUGGED
from cushion.core.sensing import NO_READING, Sensing

SUPPLY_MV = 3300
ALL = (True, True, True, True)
BIAS_OHM = 47000
EMPTY = 2165  # of a zone with that bias: 3300 mV over 47 kohm and 3.3 kohm


def sensing_of(present=ALL, dead_mv=0, bias_ohm=0, divider_ohm=(3300, 3300, 3300, 3300)):
    return Sensing(SUPPLY_MV, divider_ohm, present, dead_mv, bias_ohm)


def second(sensing, *samples):
    for levels in samples:
        sensing.sample(levels)
    sensing.close_second(1000, Calibration(), 0)
    return sensing


def test_the_seat_begins_unknown():
    sensing = sensing_of()
    assert (sensing.moved, sensing.stirred, sensing.leaving) == (False, False, False)
    assert len(sensing.zones) == 4 and sensing.present == ALL
    assert sensing.is_blind() and sensing.is_held()
    assert [sensing.quality(zone) for zone in range(4)] == [MISSING] * 4
    assert not second(sensing).leaving and sensing.is_held()


def test_a_second_is_the_lower_median_of_its_valid_samples():
    for levels, median in (
        ((7,), 7), ((5, 3), 3), ((3, 5), 3), ((5, 1, 4, 2), 2), ((9, 3, 7, 1, 5), 5), ((2, 2, 9, 9), 2),
        ((NO_READING, 6, NO_READING, 4), 4), ((8, NO_READING, 6, 7), 7), ((0, 5, 9), 5), ((0, NO_READING), 0),
        ((8, 7, 6, 5, 4, 3, 2, 1), 4), ((8, 7, 6, 5, 4, 3, 2, 1, 9, 9), 4),  # a ninth finds no room
    ):  # fmt: skip
        sensing = sensing_of()
        for level in levels:
            sensing.sample((0, level, 100 + level, NO_READING))
        second(sensing)
        found = [zone.level_100uv for zone in sensing.zones]
        ninths = 100 + median if NO_READING not in levels else found[2]
        assert found == [0, median, ninths, NO_READING], levels


def test_each_second_begins_anew():
    sensing = second(sensing_of(), (9, 9, 9, 9), (9, 9, 9, 9), (9, 9, 9, 9))
    assert second(sensing, (5, 6, 7, 8)).zones[3].level_100uv == 8
    second(sensing)
    assert sensing.is_held() and sensing.zones[3].lost_ms == 1000
    second(sensing, (NO_READING, NO_READING, 7, NO_READING))
    assert not sensing.is_held()


def test_what_a_longer_second_left_behind_is_not_looked_at():
    sensing = second(sensing_of(), *[(9000,) * 4] * 8)
    assert [zone.level_100uv for zone in second(sensing, (5, 6, 7, 8)).zones] == [5, 6, 7, 8]


def test_the_converters_dead_end_has_no_step():
    # 150 mV are 14,430 nS over 3.3 kohm: nothing; twice as much is true; straight in between.
    for level, g_ns in ((0, 0), (1499, 0), (1500, 0), (2000, 10240), (2869, 28846), (2870, 28864), (9000, 113636)):
        found = [zone.g_ns for zone in second(sensing_of(dead_mv=150), (level,) * 4).zones]
        assert found == [g_ns] * 4, level
    assert second(sensing_of(), (1500,) * 4).zones[0].g_ns == 14430
    assert (
        second(Sensing(SUPPLY_MV, (3300,) * 4, ALL), (10,) * 4).zones[0].g_ns == 91
    )  # no dead end unless one is given


def test_the_bias_is_taken_off_and_below_half_of_an_empty_seat_the_wire_is_off():
    # 1 / 47 kohm = 21,277 nS. An empty seat shows 3300 mV · 3.3 / 50.3; half of that is 108.25 mV (34.38 at 1 kohm).
    for level, g_ns in ((1082, 0), (EMPTY, 0), (2200, 368), (9000, 92359)):
        zone = second(sensing_of(dead_mv=150, bias_ohm=BIAS_OHM), (level,) * 4).zones[1]
        assert (zone.g_ns, zone.is_open, zone.quality) == (g_ns, False, OK), level
    sensing = second(sensing_of(bias_ohm=BIAS_OHM, divider_ohm=(3300, 1000, 3300, 1000)), (1081, 342, 1082, 343))
    assert [zone.is_open for zone in sensing.zones] == [True, True, False, False]
    assert not second(sensing_of(), (0, 0, 0, 0)).zones[0].is_open


def test_all_wires_that_are_there_make_the_plug():
    for present, levels, qualities in (
        (ALL, (0, EMPTY, EMPTY, EMPTY), [OPEN, OK, OK, OK]),
        (ALL, (0, 0, 0, EMPTY), [OPEN, OPEN, OPEN, OK]),
        (ALL, (0, 0, 0, 0), [UNPLUGGED] * 4),
        ((True, True, False, False), (0, 0, EMPTY, EMPTY), [UNPLUGGED, UNPLUGGED, OK, OK]),
        ((True, True, False, False), (0, EMPTY, 0, 0), [OPEN, OK, OPEN, OPEN]),
    ):
        sensing = second(sensing_of(present, bias_ohm=BIAS_OHM), (EMPTY,) * 4)
        second(sensing, levels)
        assert [sensing.quality(zone) for zone in range(4)] == qualities, levels


def test_the_seat_moves_and_stirs_where_a_trusted_zone_does():
    # 9000 is 8749 Pa. 250 Pa more stir it (131 and 80), 400 move it (228 and 100).
    for zone in range(4):
        for level, moved, stirred in ((9000, False, False), (9185, False, True), (9296, True, True)):
            sensing = second(sensing_of(), (9000,) * 4)
            second(sensing, [level if index == zone else 9000 for index in range(4)])
            assert (sensing.moved, sensing.stirred) == (moved, stirred), (zone, level)
            second(sensing, [level if index == zone else 9000 for index in range(4)])
            assert not sensing.moved
    sensing = sensing_of()
    for _ in range(22):
        second(sensing, (24000, 9000, 9000, 9000))  # 62 kPa: saturated
    second(sensing, (27000, 9000, 9000, 9000))
    assert sensing.zones[0].moved and (sensing.moved, sensing.stirred) == (False, False)


def shown(sensing, zone, pressure_pa=0, quality=OK, seen=True, doubted=False, u=0):
    state = sensing.zones[zone]
    state.pressure_pa, state.quality, state.seen, state.doubted, state.u = pressure_pa, quality, seen, doubted, u


def presence(pressures_pa, refs_pa, unseen=(), doubted=(), bad=()):
    sensing, calibration = sensing_of(), Calibration()
    for zone in range(4):
        calibration.set_reference(zone, refs_pa[zone])
        quality = FROZEN if zone in bad else OK
        shown(sensing, zone, pressures_pa[zone], quality, zone not in unseen, zone in doubted)
    return sensing.presence_permille(calibration)


HEAVY, USUAL = (20000, 20000, 6000, 6000), (5000, 5000, 5000, 5000)


def test_presence_is_the_largest_of_three_shares():
    for pressures_pa, refs_pa, permille in (
        ((5000, 5000, 5000, 5000), USUAL, 1000),
        ((4000, 6000, 3000, 5001), USUAL, 900),  # 18001 of 20000
        ((20000, 20000, 6000, 6000), HEAVY, 1500),  # 20 kPa on one zone: 10 times two, and 150 permille for each two
        ((0, 0, 1500, 1500), HEAVY, 125),  # half of 3000 of 12000
        ((1000, 1000, 1500, 1500), HEAVY, 125),
        ((0, 0, 1400, 1500), HEAVY, 120),
        ((2000, 0, 0, 0), HEAVY, 150), ((1999, 0, 0, 0), HEAVY, 149), ((0, 2000, 0, 0), HEAVY, 150),
        ((0, 0, 2000, 0), HEAVY, 150), ((0, 0, 0, 2000), HEAVY, 150), ((0, 0, 0, 2014), HEAVY, 151),
        ((0, 0, 0, 0), USUAL, 0),
    ):  # fmt: skip
        assert presence(pressures_pa, refs_pa) == permille, pressures_pa


def test_only_zones_that_are_trusted_and_were_ever_loaded_count():
    pressures_pa = (1800, 1700, 1600, 1500)  # 66 permille of a kilopascal and a half, 330 of all
    assert presence(pressures_pa, USUAL) == 330
    for out, permille in (
        ((0,), 320), ((1,), 326), ((2,), 333), ((3,), 340), ((2, 3), 350), ((0, 1), 310), ((0, 1, 2), 300),
        ((0, 1, 2, 3), 0),
    ):  # fmt: skip
        assert presence(pressures_pa, USUAL, unseen=out) == permille, out
        assert presence(pressures_pa, USUAL, doubted=out) == permille, out
        assert presence(pressures_pa, USUAL, bad=out) == permille, out
    assert presence((0, 0, 0, 0), USUAL, unseen=(2, 3)) == 0
    assert presence((0, 0, 0, 1500), HEAVY, unseen=(2,)) == 125  # the right thigh alone is the thighs
    assert presence((0, 0, 1500, 0), HEAVY, unseen=(3,)) == 125


def test_a_seat_is_blind_where_nothing_trusted_contradicts_a_doubt():
    lost, unseen, seen = {"quality": MISSING}, {"seen": False}, {}
    doubted, light = {"doubted": True, "u": 100}, {"doubted": True, "u": 99}
    for zones, blind in (
        ((lost, lost, lost, lost), True), ((unseen, lost, lost, lost), False), ((lost, lost, lost, seen), False),
        ((doubted, unseen, unseen, unseen), True), ((unseen, unseen, unseen, doubted), True),
        ((light, unseen, unseen, unseen), False), ((light, lost, lost, lost), True),
        ((doubted, seen, lost, lost), False), ((doubted, light, unseen, lost), True),
        ((unseen, unseen, unseen, unseen), False),
    ):  # fmt: skip
        sensing = sensing_of()
        for zone in range(4):
            shown(sensing, zone, **zones[zone])
        assert sensing.is_blind() is blind, zones


def test_somebody_leaves_when_every_zone_has_lost_half_its_load_at_the_last_sample():
    for levels, last, leaving in (
        ((9000, 9000, 5000, 5000), (4500, 4500, 2500, 2500), True),
        ((9000, 9000, 5000, 5000), (4501, 4500, 2500, 2500), False),
        ((9000, 9000, 5000, 5000), (4500, 4500, 2500, 2501), False),
        ((9000, 9000, 5000, 5000), (0, 0, 0, 0), True),
        ((9000, 9000, 0, 0), (0, 0, 0, 0), True),
        ((9000, 9000, 1, 0), (0, 0, 1, 0), False),
        ((0, 0, 0, 0), (0, 0, 0, 0), False),
        ((9000, 9000, 33000, 5000), (4000, 4000, 33000, 2000), True),  # a short circuit does not hold it back
        ((9000, 9000, NO_READING, 5000), (9000, 9000, NO_READING, 5000), False),
    ):
        sensing = second(sensing_of(), levels, levels, levels, last)
        assert sensing.leaving is leaving, (levels, last)
    sensing = second(sensing_of(), (9000,) * 4, (9000,) * 4, (9000,) * 4, (0,) * 4)
    assert sensing.leaving and not second(sensing).leaving


def test_who_was_not_seen_at_the_last_sample_has_not_left():
    none, loaded = (NO_READING,) * 4, (9000, 9000, 5000, 5000)
    assert not second(sensing_of(), loaded, loaded, none).leaving
    sensing = second(sensing_of(), loaded)
    assert not second(sensing, none).leaving
    for last, leaving in (((NO_READING, 0, 0, 0), True), ((NO_READING, 0, 0, 5000), False)):
        assert second(sensing_of(), loaded, loaded, loaded, last).leaving is leaving


def test_a_picture_takes_each_sample_that_is_a_load():
    sensing, calibration = second(sensing_of(), (9000,) * 4), Calibration()
    assert sensing.pressures_of((32009, 32010, NO_READING, 0), calibration) == [65535, 8749, 8749, 0]
    assert sensing.pressures_of((9185, 1, 33000, 9296), calibration) == [8999, 0, 8749, 9150]
    second(sensing, (9000, 33000, 9000, NO_READING))
    assert [zone.quality for zone in sensing.zones] == [OK, SHORT, OK, OK]
    assert sensing.pressures_of((9185,) * 4, calibration) == [8999, 8749, 8999, 8749]
    biased = second(sensing_of(bias_ohm=BIAS_OHM), (9000,) * 4)
    assert biased.pressures_of((9000, EMPTY, 2200, 9000), calibration) == [7111, 0, 28, 7111]


def test_a_picture_takes_no_short_circuit():
    sensing, calibration = Sensing(3333, (3300,) * 4, ALL), Calibration()
    second(sensing, (0,) * 4)
    # 97 % of 3333 mV are 3233.01
    assert sensing.pressures_of((32330, 32329, 33330, 0), calibration) == [0, 65535, 0, 0]


def test_a_saturated_zone_gives_a_picture_too():
    sensing, calibration = sensing_of(), Calibration()
    for _ in range(21):
        second(sensing, (24000, 9000, 9000, 9000))
    assert sensing.zones[0].quality == SATURATED
    assert sensing.pressures_of((9000,) * 4, calibration)[0] == 8749
