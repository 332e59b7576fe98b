"""What zones say about each other: open, dead and frozen sensors, walked-off baselines, nothing where all is well."""

from support import allocation_free, digest_of

from cushion.core.calibration import Calibration
from cushion.core.records import DRIFTING, FROZEN, OK, OPEN
from cushion.core.sensing import Sensing

SUPPLY_MV = 3300
DIVIDER_OHM = (3300,) * 4
SEATED = (9000, 9200, 5000, 5000)


class Seat:
    """Sensing of four zones, a second at a time; every `stir` seconds everything that is loaded moves."""

    def __init__(self):
        self.sensing = Sensing(SUPPLY_MV, DIVIDER_OHM, (True, True, True, True))
        self.calibration = Calibration()
        self.second = 0
        self.shown = [0, 0, 0, 0]

    def run(self, seconds, levels, stuck=-1, stir=8):
        for _ in range(seconds):
            self.second += 1
            move = 600 if self.second // stir % 2 else 0
            for zone in range(4):
                self.shown[zone] = levels[zone] + move if levels[zone] and zone != stuck else levels[zone]
            self.sensing.sample(self.shown)
            self.sensing.close_second(1000, self.calibration, 30)
        return self

    def qualities(self):
        return [zone.quality for zone in self.sensing.zones]

    def presence(self):
        return self.sensing.presence_permille(self.calibration)


def with_zone(levels, zone, level):
    return [level if index == zone else levels[index] for index in range(4)]


def test_a_wire_that_comes_off_under_load_is_open_within_a_quarter_minute():
    for zone in range(4):
        seat = Seat().run(30, SEATED, stir=1000).run(11, with_zone(SEATED, zone, 0), stir=1000)
        assert seat.qualities() == [OPEN if index == zone else OK for index in range(4)], zone
        seat.run(2, SEATED)
        assert seat.qualities() == [OK] * 4


def test_it_is_still_open_after_a_break():
    seat = Seat().run(30, SEATED, stir=1000).run(5, with_zone(SEATED, 0, 0), stir=1000).run(60, (0, 0, 0, 0))
    assert seat.qualities()[0] == OK
    assert seat.run(11, with_zone(SEATED, 0, 0)).qualities()[0] == OPEN


def test_whoever_moves_over_to_the_other_side_breaks_no_wire():
    for away in ((0, 15000, 3000, 6000), (0, 0, 8000, 8000), (0, 0, 0, 0)):
        assert Seat().run(30, SEATED).run(120, away).qualities() == [OK] * 4, away


def test_a_sensor_that_never_woke_up_is_told_by_its_mirror():
    assert Seat().run(46, with_zone(SEATED, 1, 0)).qualities()[1] == OPEN
    assert Seat().run(46, (9000, 0, 5000, 0)).qualities()[1] == OK  # perching on one side since the start
    assert Seat().run(46, (0, 0, 5000, 5000)).qualities() == [OK] * 4
    assert Seat().run(601, with_zone(SEATED, 2, 0)).qualities()[2] == OPEN


def test_stuck_near_full_scale_from_the_start_is_nobody():
    for level in (29000, 20000, 6000):
        seat = Seat()
        for _ in range(19):
            seat.run(1, (0, 0, level, 0), stuck=2)
            assert seat.presence() == 0
        assert seat.run(1, (0, 0, level, 0), stuck=2).qualities() == [OK, OK, DRIFTING, OK]
        seat.run(30, with_zone(SEATED, 2, level), stuck=2)
        assert seat.presence() > 800 and seat.qualities()[:2] == [OK, OK]
        assert seat.run(30, (0, 0, level, 0), stuck=2).presence() == 0
        assert seat.run(2, (0, 0, 0, 0)).qualities() == [OK] * 4


def test_stuck_during_a_sit_is_frozen_within_a_minute_and_no_sitter_afterwards():
    for zone in range(4):
        seat = Seat().run(60, SEATED).run(45, SEATED, stuck=zone)
        assert seat.qualities() == [FROZEN if index == zone else OK for index in range(4)], zone
        nobody = with_zone((0, 0, 0, 0), zone, SEATED[zone])
        assert seat.run(1, nobody, stuck=zone).presence() == 0
    seat = Seat().run(60, SEATED).run(1, (9600, 0, 0, 0), stuck=0)
    assert seat.presence() == 0  # too early to call it frozen, but it did not move when all others left


def test_someone_who_perches_on_one_zone_is_somebody():
    seat = Seat().run(60, SEATED).run(2, (17000, 0, 0, 0))
    for _ in range(300):
        assert seat.run(1, (17000, 0, 0, 0), stir=25).presence() >= 150


def test_a_baseline_that_walked_off_is_told_within_a_minute():
    seat = Seat().run(60, SEATED).run(75, (0, 2500, 0, 0), stuck=1)
    assert seat.qualities() == [OK, DRIFTING, OK, OK] and seat.presence() == 0
    assert seat.run(600, SEATED).qualities()[1] == DRIFTING


def test_a_bag_on_one_zone_is_nobody_after_three_minutes():
    assert Seat().run(60, SEATED).run(10, (0, 0, 0, 0)).run(200, (0, 0, 6000, 0), stuck=2).presence() == 0


def test_judging_does_not_allocate():
    seat = Seat().run(60, SEATED)
    levels = (9000, 0, 5000, 29000)

    def step():
        seat.sensing.sample(levels)
        seat.sensing.close_second(1000, seat.calibration, 30)
        seat.sensing.presence_permille(seat.calibration)

    for _ in range(60):
        allocation_free(step)


def digest():
    values, seat, state = [], Seat(), 5
    for _ in range(60):
        state = (state * 75 + 74) % 65537
        levels = SEATED if state % 3 else (0, 0, 0, 0)
        zone, fault = state % 5, state // 8 % 4
        if zone < 4:
            levels = with_zone(levels, zone, (0, 6000, 29000, 9000)[fault])
        seat.run(state % 70, levels, stuck=zone)
        values += seat.qualities() + [seat.presence()]
    return digest_of(values)
