"""One zone by itself, second by second: what its level says of its health, its load of movement, and what is held."""

from cushion.core.calibration import Calibration
from cushion.core.records import MISSING, OK, OPEN, SATURATED, SHORT
from cushion.core.sensing import NO_READING, Zone

SUPPLY_MV = 3300
GOOD = 9000  # a level that says nothing
SHORT_FROM = 32010  # 97 % of 3300 mV
END_FROM = 30360  # 92 %


class Pressed:
    """A zone whose sensor gives a nanosiemens for each pascal. Its reference is 5000 Pa: 5 Pa are a permille."""

    def __init__(self, creep_permille=0, open_100uv=0):
        self.zone, self.calibration = Zone(), Calibration()
        self.calibration.gain_pa_per_us = [1000] * 4
        self.creep_permille, self.open_100uv = creep_permille, open_100uv

    def see(self, pa, level_100uv=GOOD, dt_ms=1000):
        zone = self.zone
        zone.take(dt_ms, level_100uv, SUPPLY_MV, self.open_100uv)
        if zone.readable:
            zone.g_ns = pa
            zone.press(dt_ms, 2, self.calibration, self.creep_permille)
        return zone

    def hold(self, seconds, pa, level_100uv=GOOD):
        for _ in range(seconds):
            self.see(pa, level_100uv)
        return self.zone


def test_a_zone_begins_unknown():
    zone = Zone()
    assert (zone.pressure_pa, zone.before_pa, zone.u, zone.g_ns, zone.level_100uv) == (0, 0, 0, 0, -1)
    assert (zone.quality, zone.readable, zone.moved, zone.stirred) == (MISSING, False, False, False)
    assert (zone.seen, zone.doubted, zone.is_open) == (False, False, False)
    assert zone.lost_ms == 1 << 29 and not zone.is_trusted()
    zone.take(1, NO_READING, SUPPLY_MV, 0)
    assert (zone.quality, zone.lost_ms) == (MISSING, 1 << 29)  # which stays within a small integer


def test_a_level_is_short_from_97_percent_of_the_supply():
    for level, quality in ((0, OK), (1, OK), (SHORT_FROM - 1, OK), (SHORT_FROM, SHORT), (33000, SHORT)):
        zone = Pressed().see(1000, level)
        assert (zone.quality, zone.readable, zone.is_trusted()) == (quality, quality == OK, quality == OK), level
        assert (zone.level_100uv, zone.lost_ms) == (level, 0)
        assert zone.pressure_pa == (1000 if quality == OK else 0)


def test_the_ends_are_shares_of_the_supply_rounded_down():
    # 3333 mV: 97 % are 32330.1, 92 % are 30663.6
    for level, quality in ((32329, SATURATED), (32330, SHORT), (30663, SATURATED), (30662, OK)):
        zone = Zone()
        zone.take(10001, level, 3333, 0)
        assert zone.quality == quality, level


def test_a_level_at_the_converters_end_is_saturated_after_ten_seconds_and_for_half_a_minute_after_it():
    seat = Pressed()
    assert seat.hold(60, 1000, END_FROM - 1).quality == OK
    assert seat.see(1000, END_FROM, 10000).quality == OK
    zone = seat.see(1000, END_FROM, 1)
    assert (zone.quality, zone.readable, zone.is_trusted()) == (SATURATED, False, False)
    assert seat.see(1000, GOOD, 1).quality == OK  # it was over its time by a millisecond only
    assert seat.see(1000, GOOD, 1).quality == OK
    assert seat.see(1000, END_FROM, 10000).quality == OK  # begins anew
    assert seat.hold(50, 1000, END_FROM).quality == SATURATED
    assert seat.hold(29, 1000, END_FROM - 1).quality == SATURATED
    assert seat.see(1000, END_FROM - 1, 999).quality == SATURATED
    assert seat.see(1000, END_FROM - 1, 1).quality == OK
    assert seat.see(1000, GOOD).quality == OK
    assert seat.see(1000, END_FROM, 10000).quality == OK


def test_what_was_not_over_its_time_leaves_nothing():
    seat = Pressed()
    assert seat.see(1000, END_FROM, 9999).quality == OK
    seat.see(1000, GOOD, 1)
    assert seat.see(1000, END_FROM, 1000).quality == OK
    seat.see(1000, GOOD, 1)
    assert seat.see(1000, END_FROM, 10001).quality == SATURATED
    for again_ms, quality in ((10000, OK), (10001, SATURATED)):
        seat = Pressed()
        assert seat.see(1000, END_FROM, 10001).quality == SATURATED
        for _ in range(10):
            seat.see(1000, GOOD, 5000)
        assert seat.see(1000, END_FROM, again_ms).quality == quality
        seat = Pressed()
        assert seat.see(60000, GOOD, 10000 + again_ms).quality == quality


def test_a_short_circuit_leaves_a_saturated_zone_behind():
    seat = Pressed()
    seat.hold(12, 1000, SHORT_FROM)
    assert [seat.see(1000).quality for _ in range(3)] == [SATURATED, OK, OK]


def test_loads_that_no_seat_shows_are_saturated_after_twenty_seconds_and_for_half_a_minute_after_it():
    seat = Pressed()
    assert seat.hold(100, 59999).quality == OK
    seat.see(60000, GOOD, 20000)
    assert seat.zone.quality == OK
    zone = seat.see(60000, GOOD, 1)
    assert (zone.quality, zone.readable, zone.is_trusted()) == (SATURATED, True, False)
    assert seat.see(1000, GOOD, 1).quality == OK
    assert seat.see(1000, GOOD, 1).quality == OK
    assert seat.see(60000, GOOD, 20000).quality == OK
    assert seat.hold(60, 65535).quality == SATURATED
    assert seat.hold(29, 59999).quality == SATURATED
    assert seat.see(59999).quality == OK
    assert seat.see(59999).quality == OK


def test_without_a_reading_the_last_one_stands_for_five_seconds():
    for open_100uv, lost, quality in (
        (0, NO_READING, MISSING), (1082, NO_READING, MISSING), (1082, 0, OPEN), (1082, 1081, OPEN),
    ):  # fmt: skip
        seat = Pressed(open_100uv=open_100uv)
        seat.hold(3, 5000)
        for held_ms in (1000, 2000, 3000, 4000, 5000):
            zone = seat.see(0, lost)
            assert (zone.quality, zone.readable, zone.lost_ms, zone.is_open) == (OK, False, held_ms, quality == OPEN)
            assert (zone.pressure_pa, zone.u, zone.level_100uv, zone.moved) == (5000, 1000, GOOD, False)
        assert seat.see(0, lost, 1).quality == quality
        assert seat.zone.level_100uv == GOOD
        zone = seat.see(9000)
        assert (zone.quality, zone.lost_ms, zone.is_open) == (OK, 0, False)
        assert (zone.moved, zone.before_pa) == (False, 9000)  # what lies between is unknown
    seat = Pressed(open_100uv=1082)
    assert seat.see(0, 1082).quality == OK and not seat.zone.is_open
    assert not Pressed().see(0, 0).is_open


def test_a_load_that_comes_back_from_a_hold_has_moved():
    seat = Pressed()
    seat.see(5000)
    seat.hold(5, 0, NO_READING)
    zone = seat.see(9000)
    assert (zone.moved, zone.stirred, zone.before_pa) == (True, True, 5000)
    seat.hold(1, 0, SHORT_FROM)
    zone = seat.see(5000)
    assert (zone.moved, zone.before_pa) == (False, 5000)  # a short circuit's load was none


# From one second to the next, Pa: more than a fortieth of the new load and 100 Pa is a movement.
MOVES = (
    (10000, 10358, False), (10000, 10359, True), (10000, 9659, False), (10000, 9658, True),
    (0, 102, False), (0, 103, True), (100, 0, False), (101, 0, True), (40000, 41128, False), (40000, 41129, True),
)  # fmt: skip


def test_a_movement_is_more_than_a_fortieth_and_a_hundred_pascals():
    for before_pa, pa, moved in MOVES:
        seat = Pressed()
        assert not seat.see(before_pa).moved and seat.zone.before_pa == before_pa
        zone = seat.see(pa)
        assert (zone.moved, zone.before_pa, zone.pressure_pa) == (moved, before_pa, pa), (before_pa, pa)
        assert not seat.see(pa).moved


# Away from the recent mean by more than 1.5 % of it and 80 Pa.
STIRS = (
    (10000, 10230, False), (10000, 10231, True), (10000, 9770, False), (10000, 9769, True), (0, 80, False),
    (0, 81, True), (4000, 4140, False), (4000, 4141, True), (4000, 3859, True), (65535, 64472, False),
    (65535, 64471, True),
)  # fmt: skip


def test_a_stir_is_more_than_one_and_a_half_percent_and_eighty_pascals_off_the_mean():
    for mean_pa, pa, stirred in STIRS:
        seat = Pressed()
        assert not seat.see(mean_pa).stirred
        zone = seat.see(pa)
        assert (zone.stirred, zone.moved) == (stirred, False), (mean_pa, pa)


# The recent mean, in sixteenths of a pascal: each second by a sixteenth, rounded down; at once with a movement.
MEANS = (
    ((10000, 10200, 10200), 10254, False),  # 160000, 160200, 160387: 10024 Pa, of which 1.5 % are 150
    ((10000, 10200, 10200), 10255, True),
    ((10000, 9900), 9764, False),  # 159900: 9993 Pa, 149
    ((10000, 9900), 9763, True),
    ((10000, 10100), 9776, False),  # 160100: 10006 Pa and a quarter, 150
    ((10000, 10100), 9775, True),
    ((10000, 9972, 9955, 10003), 10224, False),  # 159972, 159928, 159935: 9995 Pa, 149
    ((10000, 9972, 9955, 10003), 10225, True),
    ((10000, 10000, 8000), 8200, False),  # 128000: 8000 Pa, 120
    ((10000, 10000, 8000), 8201, True),
)


def test_the_mean_follows_by_a_sixteenth_a_second_and_jumps_with_a_movement():
    for before_pa, pa, stirred in MEANS:
        seat = Pressed()
        for earlier_pa in before_pa:
            seat.see(earlier_pa)
        zone = seat.see(pa)
        assert (zone.stirred, zone.moved) == (stirred, False), (before_pa, pa)


def test_a_zone_was_seen_once_it_carried_a_twentieth_of_its_reference():
    seat = Pressed()
    zone = seat.see(249)
    assert (zone.u, zone.seen) == (49, False)
    zone = seat.see(250)
    assert (zone.u, zone.seen) == (50, True)
    assert seat.see(0).seen


def test_creep_counts_from_a_tenth_of_the_reference():
    # With 1000 permille a decade, after 20 s the divisor is 1.301, after 40 s 1.602.
    for pa, then in ((500, 500 * 1000 // 1301), (499, 499)):
        seat = Pressed(creep_permille=1000)
        assert seat.hold(10, pa).pressure_pa == pa
        assert seat.hold(10, pa).pressure_pa == then
    seat = Pressed(creep_permille=1000)
    zone = seat.hold(20, 13010)
    assert (zone.pressure_pa, zone.u) == (10000, 2000)
    # The divisor is that of at most a sixteenth of the time ago: here of 38 s, 1.580.
    assert seat.hold(20, 16020).pressure_pa == 16020 * 1000 // 1571
    assert zone.pressure_of(1602, 2, seat.calibration) == 1602 * 1000 // 1571


def test_the_creep_is_followed_each_second_at_first_then_every_sixteenth_of_the_time():
    seat, seen = Pressed(creep_permille=1000), []
    for _ in range(64):
        seen.append(seat.see(20000).pressure_pa)
    changes = [second + 1 for second in range(1, 64) if seen[second] != seen[second - 1]]
    assert changes == list(range(11, 17)) + list(range(18, 33, 2)) + [35, 38, 41, 44, 47, 50, 54, 58, 62]


def test_creep_counts_whole_seconds_of_load():
    # 19 s: 301 · 9 / 10 = 270; 20 s: 301; each after a start, and after a minute without load
    for before_ms in ((), (60000,)):
        for loaded_ms, divisor in ((19999, 1270), (20000, 1301), (20999, 1301)):
            seat = Pressed(creep_permille=1000)
            for unloaded_ms in before_ms:
                seat.see(20000, GOOD, 40000)
                seat.see(0, GOOD, unloaded_ms)
            zone = seat.see(10000, GOOD, loaded_ms)
            assert zone.pressure_pa == 10000000 // divisor, (before_ms, loaded_ms)
            assert zone.pressure_of(10000, 2, seat.calibration) == 10000000 // divisor


def test_a_minute_without_load_ends_the_creep():
    for unloaded_ms, pa in ((59999, 10100), (60000, 16020)):
        seat = Pressed(creep_permille=1000)
        seat.see(20000, GOOD, 39000)
        seat.see(400, GOOD, unloaded_ms)
        assert seat.see(16020).pressure_pa == pa
    seat = Pressed(creep_permille=1000)
    seat.hold(39, 20000)
    seat.hold(60, 400)
    assert seat.see(16020).pressure_pa == 16020
    seat = Pressed(creep_permille=1000)
    seat.see(20000, GOOD, 38000)
    for _ in range(2):  # twice nearly a minute is no minute
        seat.see(400, GOOD, 59999)
        zone = seat.see(16020)
    assert zone.pressure_pa == 10197
