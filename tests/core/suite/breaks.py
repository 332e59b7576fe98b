"""Who sits, since when, and what a break was worth: occupancy, the break's timer and the sits, to the millisecond."""

from cushion.core import records
from cushion.core.dose import Side
from cushion.core.events import Events
from cushion.core.occupancy import BreakTimer, Occupancy
from cushion.core.sitting import Sitting

UNKNOWN, VACANT, OCCUPIED = 0, 1, 2
LONG_MS = 1 << 29


def seat(*steps):
    """The occupancy after steps of (ms, presence)."""
    occupancy = Occupancy()
    for dt_ms, permille in steps:
        occupancy.step(dt_ms, permille)
    return occupancy


def facts(occupancy):
    return occupancy.state, occupancy.sat, occupancy.left, occupancy.ago_ms


def test_a_seat_is_unknown_until_it_was_seen():
    assert facts(seat()) == (UNKNOWN, False, False, 0)
    new = seat()
    assert (new.above_ms, new.below_ms, new.empty_ms, new.rest_permille) == (0, 0, 0, 0)
    assert not new.faded and not new.lost
    assert facts(seat((100000, 149))) == facts(seat((100000, 80))) == (UNKNOWN, False, False, 0)


def test_three_seconds_of_load_are_a_sit():
    assert facts(seat((2999, 150))) == (UNKNOWN, False, False, 0)
    assert facts(seat((2999, 150), (1, 150))) == (OCCUPIED, True, False, 3000)
    assert facts(seat((2999, 150), (4000, 150))) == (OCCUPIED, True, False, 6999)
    assert facts(seat((2999, 150), (1, 149), (2999, 150))) == (UNKNOWN, False, False, 0)
    assert facts(seat((3000, 150), (1, 150))) == (OCCUPIED, False, False, 3000)


# Sat down at 600 permille on a seat where nothing lay: below a second nothing that was there rises.
SAT_DOWN = ((999, 600), (999, 600), (999, 600), (3, 600))


def test_five_seconds_of_nothing_are_a_leave():
    assert facts(seat(*SAT_DOWN)) == (OCCUPIED, True, False, 3000)
    assert facts(seat(*SAT_DOWN, (4999, 29))) == (OCCUPIED, False, False, 3000)
    assert facts(seat(*SAT_DOWN, (4999, 29), (1, 29))) == (VACANT, False, True, 5000)
    assert facts(seat(*SAT_DOWN, (5000, 29), (1, 29))) == (VACANT, False, False, 5000)
    assert facts(seat((4999, 29))) == (UNKNOWN, False, False, 0)
    assert facts(seat((5000, 29))) == (VACANT, False, False, 5000)  # nobody had been there


def test_a_little_load_counts_as_part_of_the_leave_but_does_not_prove_it():
    steps = SAT_DOWN + ((4999, 29), (1, 30), (4999, 29))
    assert facts(seat(*steps)) == (OCCUPIED, False, False, 3000)
    assert facts(seat(*steps, (1, 29))) == (VACANT, False, True, 10000)
    steps = SAT_DOWN + ((4999, 29), (1, 80), (4999, 29))
    assert facts(seat(*steps)) == (OCCUPIED, False, False, 3000)
    assert facts(seat(*steps, (1, 29))) == (VACANT, False, True, 5000)


def test_a_minute_of_the_same_little_is_a_leave():
    assert facts(seat(*SAT_DOWN, (59999, 79)))[0] == OCCUPIED
    assert facts(seat(*SAT_DOWN, (59999, 79), (1, 79))) == (VACANT, False, True, 60000)
    assert facts(seat(*SAT_DOWN, (90000, 80)))[0] == OCCUPIED
    for second, permille in ((67, VACANT), (66, OCCUPIED)):  # by more than 12 down, somebody moved
        assert seat(*SAT_DOWN, (30000, 79), (30000, second)).state == permille
    assert seat(*SAT_DOWN, (20000, 70), (20000, 60), (20000, 72)).state == VACANT  # or up, from the lowest
    assert seat(*SAT_DOWN, (20000, 70), (20000, 60), (20000, 73)).state == OCCUPIED
    assert facts(seat(*SAT_DOWN, (20000, 60), (20000, 73), (40000, 73))) == (VACANT, False, True, 60000)
    assert seat(*SAT_DOWN, (1, 85), (59999, 79)).state == OCCUPIED
    assert seat(*SAT_DOWN, (1, 85), (59999, 79), (1, 79)).state == VACANT
    assert seat(*SAT_DOWN, (4000, 20), (1, 90), (20000, 30), (40000, 33)).state == VACANT  # 20 was in another leave


def test_nothing_is_what_lay_there_before():
    """It rises by one a second while nobody comes, to 200 at most."""
    steps = ((1000, 0), (50000, 50), (1000, 600), (999, 600), (999, 600), (2, 600))
    occupancy = seat(*steps)
    assert facts(occupancy) == (OCCUPIED, True, False, 3000) and occupancy.rest_permille == 50 + 1
    assert seat(*steps, (5000, 80)).state == VACANT and seat(*steps, (5000, 81)).state == OCCUPIED
    assert seat((300000, 300), (3000, 700)).rest_permille == 200
    assert seat(*SAT_DOWN, (60000, 60), *SAT_DOWN).rest_permille == 60  # what the last one left there


def test_who_sits_down_is_70_above_what_lay_there():
    for permille, state in ((169, UNKNOWN), (170, OCCUPIED)):
        assert seat((100000, 100), (999, permille), (999, permille), (999, permille), (3, permille)).state == state
    assert seat((100000, 100), (1000, 90), *[(999, 160)] * 3, (3, 160)).state == OCCUPIED  # the lowest counts
    assert seat((30000, 0), *[(999, 149)] * 9).state == VACANT and seat((30000, 0), *[(999, 150)] * 4).state == OCCUPIED


def lean(permille, rest=0):
    """Sat down at 150 permille, then a minute of `permille`; both above what lay there."""
    down = [(999, 150 + rest)] * 3 + [(3, 150 + rest)]
    return seat((1000 * rest, rest), *down, *[(999, permille + rest)] * 60, (60, permille + rest))


def test_what_falls_by_too_little_has_faded_and_is_nobody_s_leave():
    for rest in (0, 50):
        assert not lean(60, rest).lost and lean(61, rest).lost
    occupancy = lean(60)
    assert facts(occupancy) == (VACANT, False, True, 60000) and not occupancy.faded and not occupancy.lost
    occupancy = lean(61)
    assert facts(occupancy) == (UNKNOWN, False, False, 60000) and occupancy.faded and occupancy.lost
    occupancy.step(60000, 0)
    assert occupancy.state == UNKNOWN and occupancy.lost and not occupancy.faded
    occupancy.step(3000, 300)
    assert facts(occupancy) == (OCCUPIED, True, False, 3000) and not occupancy.lost


def test_the_peak_fades_by_two_a_second():
    for seconds, faded in ((45, False), (46, True)):  # 240 less 2 a second, against 2 * 60 + 30
        assert seat(*[(999, 240)] * 3, (3, 240), (seconds * 1000, 60), *[(999, 60)] * 60).lost is faded


def dwindle(*steps):
    """On a seat where 50 lay, somebody who leans for minutes, from 100 down to 80, and then the steps."""
    return seat((50000, 50), *SAT_DOWN, *[(29000, 100), (29000, 81)] * 10, *steps)


def test_what_remains_of_a_leave_is_nothing_or_more():
    """31 above what lay there, at the peak, is a leave; 28 is none."""
    assert dwindle(*[(999, 50)] * 5, (5, 50)).left
    assert dwindle(*[(999, 40)] * 5, (5, 40)).left
    assert dwindle((1000, 80), *[(1000, 40)], *[(999, 40)] * 4, (4, 40)).lost


def test_a_new_seat_has_nothing_on_it():
    assert seat((4000, 10), (1000, 12)).state == VACANT
    assert seat((4000, 10), (1000, 13)).state == UNKNOWN


def test_a_seat_that_is_lost_is_seen_anew():
    occupancy = seat(*SAT_DOWN)
    occupancy.lose()
    assert facts(occupancy)[:3] == (UNKNOWN, False, False)
    assert (occupancy.above_ms, occupancy.below_ms, occupancy.empty_ms) == (0, 0, 0)
    occupancy = seat(*SAT_DOWN, (5000, 0))
    occupancy.lose()
    assert facts(occupancy)[:3] == (UNKNOWN, False, False)
    occupancy.step(4999, 0)
    assert occupancy.state == UNKNOWN
    occupancy = lean(61)
    occupancy.lose()
    assert not occupancy.faded and not occupancy.lost
    occupancy.step(5000, 0)
    assert occupancy.state == VACANT
    occupancy = seat((300000, 300))
    occupancy.lose()
    occupancy.step(3000, 150)
    assert occupancy.state == OCCUPIED  # what lay there may be gone


def falling(*steps):
    return seat(*SAT_DOWN, *steps).falling


def test_two_seconds_of_losing_a_128th_a_second_are_a_fall():
    assert falling((1000, 595), (1000, 590)) and not falling((1000, 595), (999, 590))
    assert falling((1300, 590), (700, 580))
    assert not falling((1000, 596), (1000, 590)) and not falling((1000, 595), (1000, 591))
    assert not falling((1000, 595), (1, 595), (1000, 590)) and not falling((1000, 595), (1000, 590), (1, 590))
    assert not seat().falling and not seat((30000, 50), (1000, 40), (1000, 30)).falling  # nobody sat


def collapsed(*steps):
    return seat(*SAT_DOWN, *steps).collapsed


def test_the_step_that_leaves_less_than_a_quarter_of_the_peak_is_a_collapse():
    assert collapsed((10, 149)) and not collapsed((10, 150)) and not seat().collapsed
    assert not collapsed((10, 149), (10, 149)) and collapsed((10, 149), (10, 150), (10, 149))
    on_50 = ((50000, 50),) + SAT_DOWN
    assert seat(*on_50, (10, 187)).collapsed and not seat(*on_50, (10, 188)).collapsed  # 137.5 above what lay there


def disturbed(*steps):
    return seat(*SAT_DOWN, (5000, 0), *steps).disturbed


def test_a_vacant_seat_is_disturbed_by_what_comes_and_not_by_drift():
    assert disturbed((10, 30)) and not disturbed((10, 29)) and not seat(*SAT_DOWN, (10, 30)).disturbed
    assert disturbed((10, 40), (5000, 40)) and disturbed((10, 40), (10, 12)) and not disturbed((10, 40), (10, 11))
    assert not disturbed((10, 40), (10, 11), (10, 12))
    assert not disturbed(*[(1000, permille) for permille in range(1, 60)])
    assert not seat().disturbed


def timer(*steps):
    """The timer of a break of 60 s after steps of (ms, off-loaded[, believed]), and in which it was verified."""
    one, verified = BreakTimer(), []
    for index in range(len(steps)):
        one.step(steps[index][0], steps[index][1], 60000, *steps[index][2:])
        if one.verified:
            verified.append(index)
    return one, verified


def test_a_break_is_verified_in_the_step_that_made_it_long_enough():
    assert not BreakTimer().verified and BreakTimer().off_ms == 0
    assert timer((59999, True), (1, True), (1, True))[1] == [1]
    assert timer((59999, True), (5000, True), (60000, True))[1] == [1]
    assert timer((60000, True, False), (1, True, False), (1, True), (60000, True))[1] == [2]  # once it is believed
    assert timer((60000, True), (1, False), (1, True))[1] == [0]
    assert not timer((60000, True), (1, False))[0].verified


def test_a_blip_of_five_seconds_passes_and_a_longer_one_does_not():
    assert timer((59000, True), (5000, False), (1000, True))[1] == [2]
    assert timer((59000, True), (3000, False), (2000, False), (1000, True))[1] == [3]
    assert timer((59000, True), (3000, False), (500, True), (3000, False), (500, True))[1] == [4]
    assert timer((59000, True), (5001, False), (59999, True))[1] == []
    assert timer((59000, True), (5000, False), (1, False))[0].off_ms == 0
    assert timer((60000, True), (5001, False), (60000, True))[1] == [0, 2]


def test_a_long_break_stays_small_and_a_lost_one_begins_anew():
    assert timer((LONG_MS - 1, True), (1000, True))[0].off_ms == LONG_MS
    one = timer((60000, True))[0]
    one.lose()
    assert not one.verified and one.off_ms == 0
    one.step(60000, True, 60000)
    assert one.verified
    one = BreakTimer()
    one.rest()
    one.step(1000, True, 60000)
    assert not one.verified and one.off_ms == LONG_MS


class Sat:
    """A `Sitting` with breaks of 120 s; ``log`` holds what it recorded."""

    def __init__(self):
        self.events = Events()
        self.left, self.right = Side(1), Side(2)
        self.left.dose.cs, self.right.dose.cs = 111, 222
        self.sitting = Sitting(self.events, self.left, self.right)
        self.log = []
        self.proven = True

    def see(self, dt_ms, highest_u, presence):
        self.sitting.step(dt_ms, highest_u, presence, 120000, self.proven)
        if self.sitting.is_seated():
            self.sitting.count_seated(dt_ms)
        return self.drain()

    def sit(self, *steps_ms):
        for dt_ms in steps_ms:
            self.see(dt_ms, 800, 600)
        return self

    def leave(self, *steps_ms):
        for dt_ms in steps_ms:
            self.see(dt_ms, 0, 0)
        return self

    def lose(self, dt_ms):
        self.sitting.lose(dt_ms)
        return self.drain()

    def drain(self):
        for row in range(self.events.count):
            kind = self.events.kind(row)
            self.log.append((kind,) + tuple(self.events.values(row, records.count_of(kind))))
        self.events.clear()
        return self

    def breaks(self):
        return [row[1:] for row in self.log if row[0] == records.BREAK]

    def times(self):
        return self.sitting.seated_ms, self.sitting.bout_ms, self.sitting.away_ms


def test_nobody_has_sat_yet():
    one = Sat()
    assert one.times() == (0, 0, 0) and not one.sitting.verified and not one.sitting.is_seated()
    sitting = one.sitting
    assert (sitting.absent_ms, sitting.has_thing, sitting.is_off, sitting.began) == (0, False, True, False)
    assert one.sitting.snapshot() == [0, 0, 0, 0, 0]
    assert one.see(60000, 120, 120).times() == (0, 0, 0) and one.log == []  # unknown: neither here nor away
    assert one.leave(4999, 1, 1000).times() == (0, 0, 1001)  # since when it is empty nobody knows


def test_a_sit_counts_from_its_beginning():
    one = Sat().sit(2500, 2500)
    assert one.log == [(records.SAT, 5000)] and one.times() == (5000, 5000, 0)
    assert one.sit(1, 999).times() == (6000, 6000, 0)


def test_a_leave_ends_the_bout_where_the_load_went():
    one = Sat().sit(3000, 117000).leave(2500, 2500)
    assert one.log[1:] == [(records.STOOD, 5000, 120000, 111, 222, 0)]
    assert one.times() == (115000, 0, 5000)  # 5 of 120 s of a break
    assert one.leave(1000).times() == (114000, 0, 6000)


def test_a_break_takes_its_share_of_the_seated_time():
    for off_s, seated_ms in ((4, 124000), (5, 115000), (60, 60000), (119, 1000), (120, 0), (500, 0)):
        assert Sat().sit(3000, 117000).leave(*[1000] * off_s).sitting.seated_ms == seated_ms, off_s
    assert Sat().sit(3000, 117000).leave(5000, 500, 500, 1000).sitting.seated_ms == 113000
    assert Sat().sit(3000, 117000).leave(5300).sitting.seated_ms == 114700
    assert Sat().sit(3000, 117000).leave(5000, 114999).sitting.seated_ms <= 1
    assert Sat().sit(3000, 57000).leave(5000, 55000).sitting.seated_ms == 30000


def test_a_break_that_is_to_be_shorter_from_now_on_takes_no_share_twice():
    one = Sat().sit(3000, 117000).leave(100000)
    one.sitting.step(1000, 0, 0, 60000)
    assert one.sitting.seated_ms == 0 and one.sitting.verified  # it is long enough now


def test_a_blip_takes_no_share():
    one = Sat().sit(3000, 117000).leave(60000).see(2000, 120, 120)
    assert one.times() == (60000, 0, 62000)
    assert one.leave(1000).times() == (59000, 0, 63000)


def test_a_verified_break_is_recorded_as_one():
    one = Sat().sit(3000).leave(119999)
    assert not one.sitting.verified
    assert one.leave(1).sitting.verified and one.sitting.seated_ms == 0
    assert not one.leave(1).sitting.verified
    assert one.sit(3000).breaks() == [(3000, 120001, 1)] and one.times() == (3000, 3000, 0)
    assert Sat().sit(3000).leave(5000).sit(2000, 1000).breaks() == [(3000, 5000, 0)]


def test_a_break_counts_below_100_permille_of_each_bone_and_of_presence_above_rest():
    for rest in (0, 50):
        for highest_u, presence, off_ms in (
            (99, 99, 7),
            (0, 0, 7),
            (100, 99, 0),
            (99, 100, 0),
            (101, 99, 0),
            (99, 101, 0),
        ):
            one = Sat().sit(999, 999, 999, 3)
            one.sitting.occupancy.rest_permille = rest
            one.see(7, highest_u + rest, presence + rest)
            assert one.sitting.break_timer.off_ms == off_ms, (rest, highest_u, presence)
    assert Sat().sit(3000).see(7, -1, 0).sitting.break_timer.off_ms == 0


def test_a_verified_break_lasts_until_somebody_has_sat_for_longer_than_a_blip():
    one = Sat().sit(3000).leave(120000).sit(60000).leave(20000).sit(3000)
    assert one.breaks() == [(60000, 120000, 1), (3000, 20000, 1)]  # one step: nobody was seen sitting on
    one = Sat().sit(3000).leave(120000).sit(3000, 3000).leave(20000).sit(3000)
    assert one.breaks() == [(3000, 120000, 1), (3000, 20000, 0)]
    one = Sat().sit(3000).leave(120000).sit(3000, 1000).leave(20000).sit(3000)
    assert one.breaks() == [(3000, 120000, 1), (3000, 20000, 1)]  # four seconds are a blip in it


def test_a_light_load_before_a_sit_is_part_of_the_break():
    one = Sat().sit(3000).leave(120000).see(10000, 120, 120).sit(2000, 1000)
    assert one.breaks() == [(3000, 130000, 1)]


def test_a_break_begins_when_the_person_leaves_however_long_they_leant_forward_before():
    one = Sat().sit(3000, 60000).see(130000, 50, 90)
    assert one.times() == (193000, 193000, 0) and not one.sitting.verified
    assert one.leave(5000, 114999).sitting.verified is False
    assert one.leave(1).sitting.verified and one.times() == (0, 0, 120000)
    assert one.see(1000, 80, 80).see(3000, 800, 600).leave(5000).sitting.verified is False
    assert one.leave(115000).sitting.verified  # and again after the next sit


def test_an_empty_seat_that_some_zone_does_not_prove_verifies_no_break():
    one = Sat().sit(3000, 60000).leave(5000)
    one.proven = False
    assert one.leave(115000, 1).sitting.verified is False and one.times()[0] == 0  # the time away counts all the same
    one.proven = True
    assert one.leave(1).sitting.verified
    assert not Sat().see(200000, 50, 90).sitting.verified  # nor is a seat that was not seen yet


def test_who_fades_is_lost_from_sight():
    """Sat down at 150 permille, and for a minute there were 61."""
    one = Sat()
    for dt_ms in (999, 999, 999, 3):
        one.see(dt_ms, 150, 150)
    for dt_ms in [999] * 60 + [60]:
        one.see(dt_ms, 61, 61)
    assert one.log[1:] == [(records.STOOD, 60, 62940, 111, 222, 1)]
    assert one.times() == (62940, 0, 0) and one.sitting.break_timer.off_ms == 0
    assert one.leave(200000).times() == (62940, 0, 0) and not one.sitting.verified
    assert one.sitting.break_timer.off_ms == 0  # nobody knows who is there
    assert one.sit(3000).breaks() == []
    one.sitting.restore(iter([0, 0, 1, 1, 0]))
    for dt_ms in [999] * 60 + [60]:
        one.see(dt_ms, 300, 300)
    assert one.sitting.snapshot()[2:4] == [0, 1]


def test_lost_time_ends_a_bout_and_proves_no_break():
    one = Sat().sit(3000, 57000).lose(600000)
    assert one.log[1:] == [(records.STOOD, 600000, 60000, 111, 222, 1)] and one.times() == (60000, 0, 0)
    assert one.sit(3000).log[2:] == [(records.SAT, 3000)] and one.times() == (63000, 3000, 0)
    one = Sat().sit(3000).leave(120000).lose(1000)
    assert len(one.log) == 2 and one.times() == (0, 0, 0) and not one.sitting.verified
    assert one.leave(5000, 1000).sit(3000).breaks() == []
    one = Sat().sit(3000, 57000).lose(1000).leave(2500)
    assert one.sitting.seated_ms == 60000
    assert one.leave(2500).sitting.seated_ms == 57500  # once it is known to be empty, all of it counts
    assert Sat().sit(3000).leave(100000).lose(1000).leave(20000).sitting.verified is False


def test_a_rest_is_part_of_a_verified_break():
    one = Sat().sit(3000, 60000).leave(130000)
    one.sitting.rest(100000)
    assert one.times() == (0, 0, 230000)
    assert one.leave(1000).sitting.verified is False
    assert one.sit(3000).breaks() == [(3000, 231000, 1)]
    one.sit(6000).leave(10000).sitting.rest(100000)
    assert one.leave(110000).sitting.verified is False  # it was in the rest
    one.sitting.rest(LONG_MS)
    assert one.sitting.away_ms == LONG_MS


def test_a_first_sit_that_was_a_thing_s_is_none_to_break_from():
    one = Sat().sit(3000)
    one.sitting.take_back(1000, 600000, False)
    assert one.sitting.has_thing and one.times() == (0, 0, 600000)
    one.sitting.replace_thing(7000)
    assert one.drain().breaks() == [] and one.times() == (7000, 7000, 0) and not one.sitting.has_thing


def test_a_thing_in_a_break_leaves_the_break_as_it_was():
    one = Sat().sit(3000, 57000).leave(20000).sit(3000)
    one.sitting.take_back(1000, 600000, False)
    assert one.times() == (0, 0, 620000)
    one.sitting.replace_thing(7000)
    assert one.drain().breaks()[1:] == [(7000, 613000, 1)]


def test_a_thing_that_a_person_left_ends_that_person_s_bout():
    one = Sat().sit(3000, 797000)
    one.sitting.take_back(1000, 600000, True)
    assert one.drain().log[1:] == [(records.STOOD, 600000, 201000, 111, 222, 0)]
    assert one.times() == (0, 0, 600000) and one.sitting.verified


def test_time_nobody_saw_is_forgotten():
    one = Sat().sit(3000, 60000).leave(130000)
    one.sitting.forget_away()
    assert one.sitting.away_ms == 0 and one.sit(3000).breaks() == []
    assert one.sitting.snapshot() == [3000, 0, 0, 1, 0]


def test_what_outlives_a_restart():
    one = Sat()
    one.sitting.restore(iter([5000, 7000, 1, 0, 0]))
    assert one.sitting.snapshot() == [5000, 7000, 1, 0, 0]
    one.sitting.restore(iter([5000, 7000, 0, 1, 0]))
    assert one.sitting.snapshot() == [5000, 7000, 0, 1, 0]
    assert one.sit(1000, 2000).breaks() == [(3000, 6000, 0)]
    one.sitting.restore(iter([5000, 0, 0, 1, 0]))
    one.sitting.occupancy.lose()
    assert one.sit(1000, 2000).breaks() == [(3000, 6000, 0), (3000, 0, 0)]  # never less than no time at all


def test_a_bout_that_was_not_counted_is_no_shorter_than_nothing():
    one = Sat().sit(3000)
    for _ in range(10):
        one.sitting.step(499, 0, 0, 120000)
    one.sitting.step(10000, 0, 0, 120000)
    assert one.drain().log[1:] == [(records.STOOD, 14990, 0, 111, 222, 0)]
    assert one.sitting.seated_ms == 0
    one = Sat().sit(3000)
    one.sitting.step(4000, 300, 20, 120000)
    one.sitting.step(1000, 300, 20, 120000)
    assert one.sitting.seated_ms == 0  # a load on one side, and nobody: no rest either


def test_long_times_stay_small():
    one = Sat().sit(3000, LONG_MS, 5000)
    assert one.times() == (LONG_MS, LONG_MS, 0)
    assert one.leave(5000, LONG_MS, 5000).sitting.away_ms == LONG_MS
