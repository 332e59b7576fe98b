"""Weight shifts through the engine: whose, how long, and which are none.

On a calibrated cushion, which measures them against the reference at first, then against what this person carries.
"""

from sitter import Sitter, prompted

from cushion.core import records

SAT = (800, 800, 400, 400)
LEFT_UP, RIGHT_UP = (500, 800, 400, 400), (800, 500, 400, 400)


def calibrated():
    return Sitter(calibrated=True)


def shifts(sitter):
    """(second, ago, ms, side) of each."""
    return [row[:4] for row in sitter.of(records.SHIFT)]


def test_each_side_s_shift_is_recorded_when_it_ends():
    for loads, side in ((LEFT_UP, 1), (RIGHT_UP, 2)):
        sitter = calibrated().load(60, SAT).load(15, loads).load(2, SAT)
        assert shifts(sitter) == [(76, 1000, 15000, side)]
        assert 500 <= sitter.of(records.SHIFT)[0][4] <= 530
    assert shifts(calibrated().load(60, SAT).load(14, LEFT_UP).load(2, SAT)) == []


def outcome_after(loads):
    sitter = prompted(calibrated=True).load(15, loads).load(81, SAT, dt_ms=5000)
    ((_, outcome, _, _, _),) = sitter.outcomes()
    return outcome


def test_a_shift_on_the_left_is_an_episode_s_outcome():
    assert outcome_after(LEFT_UP) == 3


def test_a_shift_on_the_right_is_an_episode_s_outcome():
    assert outcome_after(RIGHT_UP) == 3


def test_none_is_none():
    assert outcome_after(SAT) == 4


def test_what_a_side_carried_in_the_first_seconds_is_no_shift():
    for seconds, count in ((14, 0), (15, 1)):
        sitter = calibrated().load(seconds, SAT).load(60, LEFT_UP).load(2, SAT)
        assert len(shifts(sitter)) == count, seconds


def test_standing_up_and_unknown_time_are_no_shift():
    assert shifts(calibrated().load(60, SAT).stand(30).load(3, SAT)) == []
    sitter = calibrated().load(60, SAT).load(10, LEFT_UP)
    sitter.decide(5001)
    assert shifts(sitter.load(60, SAT)) == []


def test_a_side_that_is_unknown_shifts_nothing():
    assert shifts(calibrated().load(60, SAT).load(30, (-1, 800, 400, 400)).load(3, SAT)) == []


def test_a_shift_ends_where_its_side_is_not_known_any_more():
    """A reading that is missing is held for five seconds."""
    sitter = calibrated().load(60, SAT).load(20, LEFT_UP).load(6, (-1, 800, 400, 400))
    assert shifts(sitter) == [(86, 1000, 25000, 1)]


def test_without_a_calibration_the_habit_is_what_this_person_carries():
    """11 kPa under each bone of somebody whose reference is still 5 kPa: 6.6 kPa are 60 % of it."""
    heavy, left_up = (2200, 2200, 400, 400), (1320, 2200, 400, 400)
    assert shifts(Sitter().load(100, heavy).load(15, left_up).load(2, heavy)) == [(116, 1000, 15000, 1)]


def test_a_shift_that_ends_with_the_sit_is_recorded():
    sitter = calibrated().load(60, SAT).load(20, LEFT_UP).stand(10)
    assert [row[2:] for row in shifts(sitter)] == [(20000, 1)]
