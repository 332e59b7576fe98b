"""What zones say about each other, with a bias resistor and without: wires that are off, frozen sensors, or nothing."""

from support import allocation_free, digest_of

from cushion.core.calibration import Calibration
from cushion.core.records import FROZEN, OK, OPEN, PRELOAD, UNPLUGGED
from cushion.core.sensing import Sensing

SUPPLY_MV = 3300
DIVIDER_OHM = (3300,) * 4
SEATED = (9000, 9200, 5000, 5000)


class Seat:
    """Sensing of four zones, a second at a time; every `stir` seconds everything that is loaded moves."""

    def __init__(self, bias_ohm=0):
        self.sensing = Sensing(SUPPLY_MV, DIVIDER_OHM, (True, True, True, True), bias_ohm=bias_ohm)
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
        return [self.sensing.quality(zone) for zone in range(4)]

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


def test_a_sensor_that_never_woke_up_is_doubted_at_once_and_told_in_ten_minutes():
    for zone in (1, 2):
        seat = Seat().run(1, with_zone(SEATED, zone, 0))
        assert not seat.sensing.zones[zone].is_trusted()
        assert seat.run(598, with_zone(SEATED, zone, 0)).qualities()[zone] == OK
        assert seat.run(1, with_zone(SEATED, zone, 0)).qualities()[zone] == OPEN
    assert Seat().run(700, (0, 0, 5000, 5000)).qualities() == [OK] * 4


def test_a_zone_that_was_loaded_once_is_never_called_open_for_carrying_nothing():
    seat = Seat().run(30, SEATED).run(10, (0, 0, 0, 0)).run(3600, with_zone(SEATED, 1, 0))
    assert seat.qualities() == [OK] * 4 and seat.sensing.zones[1].is_trusted()


def test_stuck_near_full_scale_from_the_start_is_nobody():
    for level in (29000, 20000, 6000):
        seat = Seat()
        for _ in range(19):
            seat.run(1, (0, 0, level, 0), stuck=2)
            assert seat.presence() == 0 and seat.sensing.is_blind()
        said = FROZEN if level == 29000 else PRELOAD  # over 45 kPa nothing presses by itself
        assert seat.run(2, (0, 0, level, 0), stuck=2).qualities() == [OK, OK, said, OK]
        seat.run(30, with_zone(SEATED, 2, level), stuck=2)
        assert seat.presence() > 800 and seat.qualities()[:2] == [OK, OK]
        assert seat.run(30, (0, 0, level, 0), stuck=2).presence() == 0 and not seat.sensing.is_blind()
        assert seat.run(35, (0, 0, 0, 0)).qualities() == [OK] * 4


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


def test_minutes_on_one_thigh_quite_still_are_minutes_of_sitting():
    seat = Seat().run(60, SEATED)
    for _ in range(600):
        assert seat.run(1, (0, 0, 7000, 0), stuck=2).presence() >= 150
    assert seat.qualities() == [OK] * 4


BIAS_OHM = 47000
EMPTY = 2165  # 3300 mV over 47 kohm and 3.3 kohm


def biased(levels):
    """The same loads with the bias resistor parallel to each sensor."""
    shown = []
    for level in levels:
        g = level / (3300 * (33000 - level)) + 1 / BIAS_OHM
        shown.append(round(33000 * 3300 * g / (1 + 3300 * g)))
    return shown


def test_the_bias_is_no_load():
    for levels in (SEATED, (0, 0, 5000, 0), (0, 0, 0, 0), (15000, 300, 0, 3000)):
        plain, seat = Seat().run(1, levels), Seat(BIAS_OHM).run(1, biased(levels))
        for zone in range(4):
            assert abs(seat.sensing.zones[zone].pressure_pa - plain.sensing.zones[zone].pressure_pa) <= 25, levels


def test_with_a_bias_any_wire_is_open_within_a_second_and_held_for_five():
    for levels in (SEATED, (0, 0, 0, 0), (9000, 0, 3000, 0)):
        for zone in range(4):
            seat = Seat(BIAS_OHM).run(30, biased(levels), stuck=zone)
            assert seat.qualities() == [OK] * 4
            load = seat.sensing.zones[zone].u
            off = with_zone(biased(levels), zone, 0)
            assert seat.run(1, off, stuck=zone).qualities() == [OPEN if index == zone else OK for index in range(4)]
            assert seat.run(4, off, stuck=zone).sensing.zones[zone].is_trusted()
            assert seat.sensing.zones[zone].u == load
            assert not seat.run(1, off, stuck=zone).sensing.zones[zone].is_trusted()
            assert seat.run(1, biased(levels), stuck=zone).qualities() == [OK] * 4


def test_with_a_bias_the_plug_is_told_from_an_empty_seat():
    seat = Seat(BIAS_OHM).run(30, biased(SEATED)).run(1, (0, 0, 0, 0))
    assert seat.qualities() == [UNPLUGGED] * 4 and not seat.sensing.is_blind()
    assert seat.run(5, (0, 0, 0, 0)).sensing.is_blind()
    seat = Seat(BIAS_OHM).run(30, biased(SEATED)).run(300, biased((0, 0, 0, 0)), stir=1000)
    assert seat.qualities() == [OK] * 4 and seat.presence() == 0 and not seat.sensing.is_blind()


def test_with_a_bias_nothing_is_guessed():
    for levels in ((9000, 0, 5000, 0), (9000, 0, 5000, 5000), (0, 0, 0, 6000), (0, 15000, 0, 0)):
        seat = Seat(BIAS_OHM).run(30, biased(SEATED)).run(900, biased(levels))
        assert seat.qualities() == [OK] * 4 and not any(zone.doubted for zone in seat.sensing.zones)


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
