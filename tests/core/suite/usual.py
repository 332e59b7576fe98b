"""What a person usually shows: a fall from less than a third of it proves no leave. And whom it hides is lost.

Numbers by hand: presence is learnt at 10 permille a second and forgotten at 1 in 32 seconds.
"""

from cushion.core.dose import Side
from cushion.core.events import Events
from cushion.core.occupancy import Occupancy
from cushion.core.records import STATE_OCCUPIED, STATE_UNKNOWN, STATE_VACANT
from cushion.core.sitting import Sitting


def seated(permille, seconds):
    seat = Occupancy()
    for _ in range(10):
        seat.step(1000, 0)
    for _ in range(seconds):
        seat.step(1000, permille)
    assert seat.state == STATE_OCCUPIED
    return seat


def after_a_fall(seat, to_permille, seconds):
    """The state ten seconds after a load went to a lower one, stayed there, and went."""
    for _ in range(seconds):
        seat.step(1000, to_permille)
    for _ in range(10):
        seat.step(1000, 0)
    return seat.state


def test_who_showed_much_and_then_little_is_not_believed_to_leave():
    assert after_a_fall(seated(900, 200), 200, 400) == STATE_UNKNOWN


def test_who_was_not_yet_learnt_is_believed():
    assert after_a_fall(seated(900, 20), 200, 400) == STATE_VACANT


def test_what_is_learnt_stops_at_what_was_shown():
    assert after_a_fall(seated(500, 2000), 200, 400) == STATE_VACANT


def test_who_shows_little_for_long_is_usual_again():
    assert after_a_fall(seated(900, 200), 200, 12000) == STATE_VACANT


def test_the_usual_falls_no_lower_than_what_is_shown():
    seat = seated(300, 200)
    for _ in range(40000):
        seat.step(1000, 200)
    for _ in range(60):
        seat.step(1000, 900)
    assert after_a_fall(seat, 200, 400) == STATE_UNKNOWN


def test_whoever_is_lost_must_be_seen_for_three_seconds_again():
    seat = seated(500, 100)
    seat.lose_sight()
    assert seat.above_ms == 0
    seat.step(1000, 900)
    assert seat.state == STATE_UNKNOWN


def lost_sitting():
    """Somebody sat for five minutes and is lost from sight."""
    sitting = Sitting(Events(), Side(1), Side(2))
    for _ in range(300):
        sitting.step(1000, 700, 700, 120000)
        sitting.count_seated(1000)
    sitting.lose_sight(1000)
    return sitting


def lost_for(sitting, seconds):
    for _ in range(seconds):
        sitting.step(1000, 100, 100, 120000)
    return sitting


def test_the_time_in_which_somebody_was_lost_is_neither_sat_nor_forgotten():
    sitting = lost_for(lost_sitting(), 10)
    sitting.regain(4000)
    assert sitting.absent_ms == 10000
    sitting.lose_sight(1000)
    lost_for(sitting, 5)
    sitting.regain(4000)
    assert sitting.absent_ms == 5000


def test_the_second_that_regains_somebody_is_counted_once():
    sitting = lost_for(lost_sitting(), 10)
    sitting.regain(4000)
    sitting.count_seated(1000)
    assert sitting.bout_ms == 4000
