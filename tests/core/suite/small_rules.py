"""Rules of a few lines, each at its edges: cadence, rhythms, battery, imbalance, stillness, epochs."""

from cushion.core import patterns, records
from cushion.core.cadence import Cadence, until_next_ms
from cushion.core.charge import FINE, LOG_ONLY, OFF, WARN, Charge
from cushion.core.epoch import Epoch
from cushion.core.events import Events
from cushion.core.health import Doubt, Imbalance, Stillness
from cushion.core.resting import AWAKE, DEEP, LIGHT, LONGEST_SLEEP_MS, depth, sample_ms


def test_a_decision_takes_at_least_a_second():
    cadence = Cadence()
    assert [cadence.advance(250) for _ in range(8)] == [0, 0, 0, 1000, 0, 0, 0, 1000]
    assert [cadence.advance(dt_ms) for dt_ms in (999, 1, 1000, 3000, 600, 600)] == [0, 1000, 1000, 3000, 0, 1200]


def test_samples_lie_on_a_grid():
    assert [until_next_ms(now_ms) for now_ms in (0, 1, 249, 250, 1130)] == [250, 249, 1, 250, 120]
    assert [until_next_ms(now_ms, 1000) for now_ms in (0, 1, 999, 1130)] == [1000, 999, 1, 870]


# The model: level 1 2 x 200 ms at 60 %, level 2 3 x 300 ms at 80 %, level 3 3 x 500 ms; answers are short and weak.
RHYTHMS = (
    (1, 60, (200, 200, 200), (100, 150, 300), 400),
    (2, 80, (300, 200, 300, 200, 300), (150, 150, 300, 150, 450), 900),
    (3, 80, (500, 200, 500, 200, 500), (250, 150, 500, 150, 750), 1500),
    (4, 60, (80,), (80,), 80),
    (5, 60, (80, 120, 80, 120, 80), (80, 120, 80, 120, 80), 240),
    (6, 60, (80, 120, 80), (80, 120, 80), 160),
    (7, 60, (250,), (250,), 250),
    (8, 60, (250, 200, 250), (250, 200, 250), 500),
    (9, 60, (80, 120, 250), (80, 120, 250), 330),
)


def test_patterns_are_the_models():
    for pattern, percent, first, second, on_ms in RHYTHMS:
        assert patterns.PATTERNS[pattern] == (percent, first, second)
        assert patterns.times_of(pattern, False) == first and patterns.times_of(pattern, True) == second
        assert patterns.on_ms(first) == patterns.on_ms(second) == on_ms
    assert len(patterns.PATTERNS) == 9 and patterns.SETTLE_MS == 500
    assert (patterns.LEVEL_1, patterns.LEVEL_2, patterns.LEVEL_3, patterns.ACCEPTED) == (1, 2, 3, 4)
    assert (patterns.REFUSED, patterns.SYMPTOM_NOTED, patterns.BATTERY_HALF, patterns.BATTERY_FULL) == (5, 6, 7, 8)
    assert patterns.length_ms(2, False) == 1300 and patterns.length_ms(1, True) == 550
    assert patterns.longest_on_ms((100, 900, 300)) == 300 and patterns.longest_on_ms((250, 150, 500, 150, 750)) == 750


def stages(*readings_mv):
    charge, seen = Charge(), []
    for mv in readings_mv:
        charge.step(mv)
        seen.append(charge.stage)
    return seen


def test_each_stage_begins_below_its_voltage():
    for mv, stage in ((3690, FINE), (3689, WARN), (3500, WARN), (3499, LOG_ONLY), (3300, LOG_ONLY), (3299, OFF)):
        assert stages(mv, mv) == [FINE, stage], mv
    assert stages(1, 1) == [FINE, OFF] and stages(0, 0) == [FINE, FINE]


def test_a_stage_ends_80_mv_above_and_after_two_readings():
    low = (3680, 3680)
    for mv, stage in ((3769, WARN), (3770, FINE)):
        assert stages(*low, mv, mv) == [FINE, WARN, WARN, stage], mv
    for mv, stage in ((3379, OFF), (3380, LOG_ONLY), (3579, LOG_ONLY), (3580, WARN)):
        assert stages(3200, 3200, mv, mv) == [FINE, OFF, OFF, stage], mv


def test_readings_count_only_in_a_row():
    assert stages(3680, 3700, 3680, 3680) == [FINE, FINE, FINE, WARN]
    assert stages(3680, 3680, 3800, 3700, 3800, 3800) == [FINE, WARN, WARN, WARN, WARN, FINE]
    assert stages(3200, 3200, 3800, 3200, 3800, 3800) == [FINE, OFF, OFF, OFF, OFF, FINE]
    assert stages(3480, 3480, 3800, 3290, 3290, 3800, 3800) == [FINE, LOG_ONLY, LOG_ONLY, LOG_ONLY, OFF, OFF, FINE]
    assert stages(3680, 3680, 3700, 3800, 3800) == [FINE, WARN, WARN, WARN, FINE]
    assert stages(3200, 3200, 3600, 3600, 3800, 3800) == [FINE, OFF, OFF, WARN, WARN, FINE]
    assert stages(3480, 3480, 3290, 3800, 3290, 3290) == [FINE, LOG_ONLY, LOG_ONLY, LOG_ONLY, LOG_ONLY, OFF]


def imbalance_after(seconds, left_u, right_u):
    judge = Imbalance()
    for _ in range(seconds):
        judge.step(1000, left_u, right_u)
    return judge.side


def test_imbalance_is_more_than_four_to_one_on_a_side_that_carries():
    for left_u, right_u, side in (
        (100, 400, 0), (99, 400, 1), (400, 99, 2), (400, 100, 0), (0, 300, 1), (300, 0, 2), (0, 299, 0), (299, 0, 0),
        (-1, 900, 0), (900, -1, 0), (0, 900, 1), (900, 0, 2),
    ):  # fmt: skip
        assert imbalance_after(600, left_u, right_u) == side, (left_u, right_u)
        assert imbalance_after(599, left_u, right_u) == 0


def test_imbalance_is_counted_in_a_row_and_waits_through_what_it_cannot_see():
    judge = Imbalance()
    for loads, seconds in (((0, 900), 599), ((-1, 900), 50), ((0, 200), 50)):
        for _ in range(seconds):
            judge.step(1000, *loads)
    assert judge.side == 0
    judge.step(1000, 0, 900)
    assert judge.side == 1
    for _ in range(59):
        judge.step(1000, 900, 900)
    judge.step(1000, 0, 900)  # uneven again: clearing begins anew
    for _ in range(59):
        judge.step(1000, 900, 900)
        assert judge.side == 1
    judge.step(1000, 900, 900)
    assert judge.side == 0


def test_imbalance_takes_its_ten_minutes_to_the_millisecond():
    judge = Imbalance()
    for dt_ms, loads, side in (
        (599999, (900, 0), 0), (1, (900, 0), 2), (7, (900, 0), 2), (59998, (900, 900), 2), (1, (900, 900), 2),
        (1, (900, 900), 0),
    ):  # fmt: skip
        judge.step(dt_ms, *loads)
        assert judge.side == side, (dt_ms, loads)


def test_a_side_that_carried_its_share_is_left_alone_in_this_bout_and_for_an_hour_of_sitting():
    judge = Imbalance()
    judge.step(1000, 500, 900)
    judge.step(4000000, 0, 900)
    assert judge.side == 0  # who protects a sore side may sit off it all afternoon
    judge.begin_bout()
    judge.step(1, 0, 900)
    assert judge.side == 1  # and has done so for an hour already, in another bout
    judge = Imbalance()
    judge.step(1000, 500, 900)
    judge.begin_bout()
    for dt_ms, side in ((600000, 0), (2999999, 0), (1, 1)):
        judge.step(dt_ms, 0, 900)
        assert judge.side == side, dt_ms


def stillness(*spells):
    """`spells`: (seconds, loaded, stirred[, faint]), or None where most of the load goes for a moment."""
    judge = stilled(*spells)
    return judge.is_object, judge.is_alive


def stilled(*spells):
    judge = Stillness()
    assert not (judge.is_object or judge.is_alive or judge.is_lost or judge.is_doubted)
    for spell in spells:
        if not spell:
            judge.doubt()
            continue
        loaded, stirred, faint = spell[1], spell[2], len(spell) > 3
        for _ in range(spell[0]):
            judge.step(1000, loaded, stirred, faint)
    return judge


def bumped(every_s, bump_s, seconds):
    """A thing that is pushed for `bump_s` seconds now and then."""
    return stillness(
        *[spell for _ in range(seconds // every_s) for spell in ((every_s - bump_s, True, False), (bump_s, True, True))]
    )


def test_a_thing_lies_still_for_ten_minutes():
    assert stillness((599, True, False)) == (False, False)
    assert stillness((600, True, False)) == (True, False)
    assert stillness((700, True, False)) == (True, False)
    assert stillness((599, True, False), (1, False, False), (599, True, False)) == (False, False)
    assert stillness((600, False, False)) == (False, False)


def test_bumps_make_no_body_of_a_thing():
    for every_s, bump_s in ((130, 5), (180, 8), (300, 10), (300, 1)):
        assert bumped(every_s, bump_s, 3600) == (True, False), every_s
    assert stillness((700, True, False), (9, True, True), (60, True, False)) == (True, False)


def test_three_stirs_in_two_minutes_are_a_body():
    """Slots of ten seconds from the thirtieth on; a slot ends with its tenth second."""
    assert stillness((30, True, True), (10, True, False), (1, True, True), (9, True, False)) == (False, False)
    assert stillness((30, True, True), (29, True, True)) == (False, False)
    assert stillness((30, True, True), (30, True, True)) == (False, True)
    stir = (10, True, True)
    assert stillness((30, True, False), stir, (50, True, False), stir, (40, True, False), stir) == (False, True)
    assert stillness((30, True, False), stir, (50, True, False), stir, (50, True, False), stir) == (False, False)


def test_a_body_is_one_until_the_seat_is_empty_and_a_thing_ten_minutes_after_its_last_stir():
    assert stillness((60, True, True), None, (599, True, False)) == (False, True)
    assert stillness((60, True, True), None, (600, True, False)) == (True, True)
    assert stillness((60, True, True), (1, False, True)) == (False, False)
    assert stillness((60, True, True), (1, False, False), (59, True, True)) == (False, False)
    assert stillness((700, True, False), (40, True, True)) == (False, True)  # a person took its place


def test_what_stirred_and_never_went_is_lost_from_sight_and_no_thing():
    assert stillness((60, True, True), (700, True, False)) == (False, True)
    assert not stilled((60, True, True), (599, True, False)).is_lost
    assert stilled((60, True, True), (600, True, False)).is_lost
    assert not stilled((60, True, True), None, (600, True, False)).is_lost
    faint = (600, True, False, True)
    assert stilled((60, True, True), None, faint).is_lost and stillness((60, True, True), None, faint) == (False, True)
    assert not stilled(faint).is_lost and stillness(faint) == (True, False)  # a body never was there


def test_what_most_of_the_load_left_must_stir_like_a_body_anew():
    assert stilled((65, True, True), None, (59, True, True)).is_doubted
    assert not stilled((65, True, True), None, (60, True, True)).is_doubted
    assert not stilled((60, True, True), None, (1, False, False), (1, True, False)).is_doubted  # it was seen to leave


class Pressed:
    def __init__(self, pressure_pa):
        self.pressure_pa = pressure_pa


def zones(*pressures_pa):
    return [Pressed(pa) for pa in pressures_pa]


def test_an_epoch_is_the_means_of_its_seconds():
    events = Events()
    epoch = Epoch(events)
    epoch.close(1, 2, 3)
    assert events.count == 0
    # left sitting bone (100 + 201 + 300) / 3 = 200.3, left load (700 + 800) / 2, the right one known once
    epoch.take(1000, 1, zones(100, 10, 20, 31), 700, -1, 0)
    epoch.take(1000, 2, zones(201, 20, 30, 32), 800, -1, 4)
    epoch.take(1499, 2, zones(300, 30, 40, 33), -1, 0, 1)
    assert epoch.age_ms == 3499
    epoch.close(11, 22, 33)
    assert events.kind(0) == records.EPOCH
    assert events.values(0, 12) == [200, 20, 30, 32, 750, 0, 11, 22, 33, 2, 5, 3]
    assert epoch.age_ms == 0


def test_the_first_epoch_begins_with_nothing():
    events = Events()
    epoch = Epoch(events)
    epoch.take(1000, 2, zones(1, 2, 3, 4), 5, 6, 0)
    epoch.close(0, 0, 0)
    assert events.values(0, 12) == [1, 2, 3, 4, 5, 6, 0, 0, 0, 2, 0, 1]


def test_an_epoch_leaves_nothing_to_the_next():
    events = Events()
    epoch = Epoch(events)
    epoch.take(1000, 2, zones(900, 901, 902, 903), 700, 800, 15)
    epoch.reset()
    epoch.close(0, 0, 0)
    assert events.count == 0
    epoch.take(501, 0, zones(1, 2, 3, 4), -1, -1, 0)
    epoch.close(5, 6, 7)
    assert events.values(0, 12) == [1, 2, 3, 4, 65535, 65535, 5, 6, 7, 0, 0, 1]
    epoch.take(500, 3, zones(4, 3, 2, 1), 9, 8, 2)
    epoch.close(0, 0, 0)
    assert events.values(1, 12) == [4, 3, 2, 1, 9, 8, 0, 0, 0, 3, 2, 1]


def test_a_longer_epoch_is_told_as_255_seconds():
    events = Events()
    epoch = Epoch(events)
    for length_ms, seconds in ((254499, 254), (254500, 255), (256000, 255), (600000, 255), (499, 0)):
        epoch.take(length_ms, 1, zones(0, 0, 0, 0), 0, 0, 0)
        epoch.close(0, 0, 0)
        assert events.values(events.count - 1, 12)[11] == seconds
        assert events.values(events.count - 1, 12)[4:6] == [0, 0]


def test_how_deep_to_sleep_and_how_often_to_look():
    assert (AWAKE, LIGHT, DEEP) == (0, 1, 2) and LONGEST_SLEEP_MS == 3600000
    assert depth(False, False, 1, 70000, 60000, True) == DEEP
    assert depth(False, False, 1, 69999, 60000, True) == LIGHT
    assert [depth(False, False, state, 900000, 60000, True) for state in (0, 2, 3)] == [LIGHT] * 3
    for rest, state, expected in ((0, 1, 250), (1, 1, 1000), (2, 1, 1000), (1, 0, 250), (1, 2, 250), (0, 2, 250)):
        assert sample_ms(rest, state) == expected


class Weighed:
    """A zone as `Doubt` sees it."""

    def __init__(self):
        self.u = 1000
        self.trusted = True

    def is_trusted(self):
        return self.trusted


def doubted(loads_u, looks, trusted=True):
    """The zones doubted after an hour in which one zone carried each of these loads for so many looks."""
    judge, zones = Doubt(), [Weighed() for _ in range(4)]
    zones[2].trusted = trusted
    for u, count in zip(loads_u, looks):
        zones[2].u = u
        for _ in range(count):
            assert judge.zones == 0
            judge.step(10000, zones)
    return judge.zones


def test_a_calibration_is_doubted_after_an_hour_mostly_under_half_or_over_one_point_six_of_it():
    for loads_u, looks, zones in (
        ((499, 1000), (181, 179), 4), ((499, 1000), (180, 180), 0), ((500,), (360,), 0), ((1601,), (360,), 4),
        ((1601, 1000), (181, 179), 4), ((1601, 1000), (180, 180), 0), ((1600,), (360,), 0),
        ((499, 1601), (180, 180), 0), ((0,), (360,), 4), ((0,), (359,), 0),
    ):  # fmt: skip
        assert doubted(loads_u, looks) == zones, (loads_u, looks)
    assert doubted((0,), (360,), trusted=False) == 0


def test_a_doubt_is_looked_at_every_ten_seconds_and_ends_after_an_hour_that_fits():
    judge, zones = Doubt(), [Weighed() for _ in range(4)]
    zones[0].u = zones[3].u = 0
    for _ in range(360):
        judge.step(9999, zones)
    assert judge.zones == 0  # it lacks 0.36 s
    judge.step(360, zones)
    assert judge.zones == 0b1001
    zones[3].u = 1000
    for _ in range(360):
        assert judge.zones == 0b1001
        judge.step(10000, zones)
    assert judge.zones == 1


def test_a_wire_that_was_off_for_most_of_an_hour_is_no_doubt_of_the_calibration():
    judge, zones = Doubt(), [Weighed() for _ in range(4)]
    zones[1].u, zones[1].trusted = 0, False
    for _ in range(181):
        judge.step(10000, zones)
    zones[1].u, zones[1].trusted = 1000, True
    for _ in range(179):
        judge.step(10000, zones)
    assert judge.zones == 0
