"""Occupancy, breaks, shifts and the health of zones, second by second, each with its smallest telling case."""

from support import digest_of

from cushion.core import records
from cushion.core.dose import Side
from cushion.core.events import Events
from cushion.core.health import Imbalance
from cushion.core.occupancy import BreakTimer, Occupancy
from cushion.core.records import STATE_OCCUPIED, STATE_UNKNOWN, STATE_VACANT
from cushion.core.shifts import Offload, Shift
from cushion.core.sitting import Sitting


def follow(seat, totals):
    return [(seat.step(1000, total), seat.state)[1] for total in totals]


def test_sits_after_three_seconds_of_load():
    assert follow(Occupancy(), [150, 150, 150]) == [STATE_UNKNOWN, STATE_UNKNOWN, STATE_OCCUPIED]
    assert follow(Occupancy(), [149] * 10) == [STATE_UNKNOWN] * 10


def test_leaves_after_five_seconds_without():
    seat = Occupancy()
    follow(seat, [500] * 3)
    assert follow(seat, [29] * 5) == [STATE_OCCUPIED] * 4 + [STATE_VACANT]
    assert seat.left and seat.ago_ms == 5000


def test_a_little_that_does_not_rise_for_a_minute_is_left_in_the_foam_and_the_leave_is_dated_back():
    seat = Occupancy()
    follow(seat, [500] * 3)
    assert set(follow(seat, [79] * 30 + [68] * 29)) == {STATE_OCCUPIED}
    assert follow(seat, [67]) == [STATE_VACANT] and seat.left and seat.ago_ms == 60000


def test_a_little_that_rises_now_and_then_is_somebody_who_leans():
    seat = Occupancy()
    follow(seat, [500] * 3)
    assert set(follow(seat, [40, 40, 55, 41] * 300)) == {STATE_OCCUPIED}
    assert follow(seat, [0] * 5)[-1] == STATE_VACANT and seat.left and seat.ago_ms == 5000


def test_a_slow_release_is_a_leave_from_when_little_was_left():
    seat = Occupancy()
    follow(seat, [800] * 60)
    level, lefts = 800.0, []
    for second in range(300):
        level *= 1 - 1 / 60
        seat.step(1000, int(level))
        if seat.left:
            lefts.append((second, seat.ago_ms))
    ((second, ago_ms),) = lefts
    assert second - ago_ms // 1000 in range(135, 140)  # 800 is 80 after 137 s


def test_who_fades_over_hours_is_unknown_until_somebody_sits_down():
    seat = Occupancy()
    follow(seat, [800] * 60)
    for second in range(7200):
        seat.step(1000, 800 - 760 * second // 7200)
        assert not seat.left
    assert seat.state == STATE_UNKNOWN and seat.lost
    assert set(follow(seat, [0] * 200)) == {STATE_UNKNOWN}
    assert follow(seat, [800] * 3)[-1] == STATE_OCCUPIED
    assert follow(seat, [0] * 5)[-1] == STATE_VACANT and seat.left


def test_a_drift_makes_nobody_sit_and_is_not_in_the_way_of_leaving():
    seat = Occupancy()
    follow(seat, [0] * 10)
    for second in range(3600):
        seat.step(1000, second // 18)
        assert seat.state == STATE_VACANT
    assert follow(seat, [1100] * 3)[-1] == STATE_OCCUPIED
    assert seat.rest_permille == 200
    follow(seat, [1100] * 60)
    assert follow(seat, [220] * 5)[-1] == STATE_VACANT


def test_only_what_is_believed_to_be_empty_verifies_a_break():
    timer = BreakTimer()
    for _ in range(150):
        timer.step(1000, True, 120000, believed=False)
        assert not timer.verified
    timer.step(1000, True, 120000)
    assert timer.verified
    timer.step(1000, True, 120000)
    assert not timer.verified


def test_a_touch_and_a_lift_change_nothing():
    seat = Occupancy()
    follow(seat, [0] * 5)
    assert follow(seat, [900, 900, 0, 900, 900]) == [STATE_VACANT] * 5
    follow(seat, [900] * 3)
    assert follow(seat, [0, 0, 0, 0, 900, 0, 0, 0, 0]) == [STATE_OCCUPIED] * 9


def test_between_the_thresholds_the_state_stays():
    seat = Occupancy()
    follow(seat, [900] * 3)
    assert set(follow(seat, [100] * 60)) == {STATE_OCCUPIED}
    follow(seat, [0] * 5)
    assert set(follow(seat, [149] * 60)) == {STATE_VACANT}


def test_a_break_is_verified_once_at_its_length_and_blips_are_no_rest():
    timer, verified = BreakTimer(), []
    for second in range(1, 140):
        timer.step(1000, off=not 50 <= second < 55, verified_ms=120000)
        if timer.verified:
            verified.append(second)
    assert verified == [125]


def test_a_longer_blip_begins_the_break_anew():
    timer = BreakTimer()
    for _ in range(119):
        timer.step(1000, True, 120000)
    for _ in range(6):
        timer.step(1000, False, 120000)
    for _ in range(119):
        timer.step(1000, True, 120000)
        assert not timer.verified


def second_of(sitting, u):
    sitting.step(1000, u, u, 120000)
    if sitting.is_seated():
        sitting.count_seated(1000)


def sit_and_stand(seconds_sat, seconds_away):
    events = Events()
    sitting = Sitting(events, Side(1), Side(2))
    for _ in range(seconds_sat):
        second_of(sitting, 800)
    for _ in range(seconds_away):
        second_of(sitting, 0)
    return sitting, events


def rows(events):
    return [(events.kind(row), events.values(row, 3)) for row in range(events.count)]


def test_a_bout_is_as_long_as_it_was():
    sitting, events = sit_and_stand(100, 10)
    assert rows(events) == [(records.SAT, [3000, 0, 0]), (records.STOOD, [5000, 100000, 0])]
    assert abs(sitting.seated_ms - 91667) <= 60


def test_seated_time_falls_with_a_break_in_proportion_to_its_length():
    for seconds_away, expected_ms in ((4, 104000), (5, 95833), (30, 75000), (60, 50000), (112, 6667), (119, 833)):
        seated_ms = sit_and_stand(100, seconds_away)[0].seated_ms
        assert abs(seated_ms - expected_ms) <= 60, (seconds_away, seated_ms)
    assert sit_and_stand(100, 120)[0].seated_ms == 0


def test_two_short_breaks_each_take_their_share():
    sitting, _ = sit_and_stand(100, 60)
    for _ in range(20):
        second_of(sitting, 800)
    assert abs(sitting.seated_ms - 70000) <= 60
    for _ in range(60):
        second_of(sitting, 0)
    assert abs(sitting.seated_ms - 35000) <= 60


def test_a_break_between_two_sits_is_told_with_its_length():
    sitting, events = sit_and_stand(100, 150)
    for _ in range(3):
        second_of(sitting, 800)
    assert rows(events)[2:] == [(records.BREAK, [3000, 150000, 1]), (records.SAT, [3000, 0, 0])]


def test_what_was_not_seen_is_no_break():
    sitting, events = sit_and_stand(100, 0)
    sitting.lose(600000)
    for _ in range(3):
        second_of(sitting, 800)
    assert [kind for kind, _ in rows(events)] == [records.SAT, records.STOOD, records.SAT]
    assert sitting.seated_ms == 103000 and not sitting.verified


def shift_lengths(loads):
    shift, ended = Shift(), []
    for u in loads:
        shift.step(1000, u, True)
        if shift.ended_ms:
            ended.append((shift.ended_ms, shift.lowest_u))
    return ended


def test_a_shift_needs_fifteen_seconds():
    assert shift_lengths([900] + [700] * 14 + [900]) == []
    assert shift_lengths([900] + [700] * 7 + [400] * 8 + [900]) == [(15000, 400)]


def test_an_unknown_load_is_no_shift():
    assert shift_lengths([900] + [-1] * 30 + [900]) == []


def test_offload_enters_below_300_and_leaves_at_400():
    offload = Offload()
    for u in (299, 350, 399):
        offload.step(1000, u)
    assert offload.run_ms == 3000
    offload.step(1000, 400)
    assert (offload.run_ms, offload.ended_ms) == (0, 3000)


def test_imbalance_takes_ten_minutes_and_a_minute_to_clear():
    judge = Imbalance()
    for _ in range(599):
        judge.step(1000, 100, 900)
    assert judge.side == 0
    judge.step(1000, 100, 900)
    assert judge.side == 1
    for _ in range(59):
        judge.step(1000, 800, 900)
    assert judge.side == 1
    judge.step(1000, 800, 900)
    assert judge.side == 0


def digest():
    values, state = [], 3
    events = Events()
    sitting = Sitting(events, Side(1), Side(2))
    for _ in range(3000):
        state = (state * 75 + 74) % 65537
        load = 0 if state // 64 % 3 == 0 else state % 1000
        for _ in range(1 + state % 9):
            second_of(sitting, load)
        values.append(sitting.seated_ms // 1000)
        for row in range(events.count):
            values += [events.kind(row), events.values(row, 2)[1] // 1000]
        events.clear()
    return digest_of(values)
