"""A thing on the seat: what it was taken for is taken back, whoever left it there rests, and a person begins anew."""

from sitter import Sitter

from cushion.core import records
from cushion.core.records import STATE_OBJECT, STATE_OCCUPIED


def lie(sitter, seconds, left=300, right=0, thighs=300):
    """A thing lies there: it stirs as it is put down and never again."""
    return sitter.sit(seconds, left, right, thighs, stirs=False)


def sits(sitter):
    return [second for second, *_ in sitter.of(records.SAT)]


def test_a_thing_that_was_taken_for_a_sit_is_taken_back():
    """Up in second 900, a thing from second 961 on; it is one in second 1560."""
    sitter = Sitter(right_s=1000).sit(900).stand(60)
    assert abs(sitter.decisions.seated_s() - 450) <= 1
    lie(sitter, 300, 800, 800)
    assert sitter.decisions.seated_s() > 700 and sitter.decisions.state() == STATE_OCCUPIED
    lie(sitter, 299, 800, 800)
    assert sitter.of(records.OBJECT) == []
    lie(sitter, 1, 800, 800)
    assert sitter.of(records.OBJECT) == [(1560, 1, 600000)]
    decisions = sitter.decisions
    assert decisions.state() == STATE_OBJECT and decisions.seated_s() == 0
    assert decisions.left.dose.cs <= 10 and decisions.right.dose.cs <= 10  # eleven minutes of rest leave nothing
    assert len(sitter.of(records.STOOD)) == 1


def test_the_break_goes_on_under_the_thing_and_a_person_begins_a_new_bout():
    sitter = lie(Sitter().sit(900).stand(60), 3600, 800, 800)
    lie(sitter, 20, 0, 0, 0).sit(31)
    second, _, break_ms, verified = sitter.of(records.BREAK)[-1]
    assert abs(break_ms - 3680000) <= 2000 and verified == 1
    assert sitter.of(records.OBJECT)[-1][1] == 0
    assert sitter.decisions.seated_s() == 31 and sits(sitter)[-1] == second


def test_a_person_who_takes_its_place_without_an_empty_second_begins_a_new_bout():
    sitter = lie(Sitter().sit(900).stand(60), 1200, 800, 800)
    sitter.sit(100)
    (second, ago_ms) = sitter.of(records.SAT)[-1]
    assert 2160 <= second - ago_ms // 1000 <= 2200 and second > 2180
    assert sitter.of(records.BREAK)[-1][3] == 1
    assert sitter.decisions.seated_s() == 2260 - second + ago_ms // 1000


def test_a_light_thing_on_one_edge_is_no_sit_and_keeps_no_break_from_counting():
    sitter = lie(Sitter().sit(1740).stand(20), 3600, 150, 0, 90)
    assert len(sits(sitter)) == 1 and sitter.decisions.seated_s() == 0
    assert sitter.decisions.state() == STATE_OBJECT and sitter.decisions.left.dose.cs < 10
    sitter.sit(1200)
    assert [second for second, *_ in sitter.prompts() if 1760 < second < 6460] == []
    assert sitter.of(records.BREAK)[-1][3] == 1


def test_a_person_swapped_for_a_thing_left_with_the_last_stir():
    sitter = lie(Sitter().sit(900).stand(1), 700, 800, 800)
    ((second, ago_ms, bout_ms, *_),) = sitter.of(records.STOOD)
    assert abs(second - ago_ms // 1000 - 900) <= 12 and abs(bout_ms - 900000) <= 12000
    assert sitter.decisions.left.dose.cs < 10 and sitter.decisions.seated_s() == 0


def test_a_thing_that_is_bumped_brings_no_prompt():
    sitter = Sitter()
    for _ in range(40):
        lie(sitter, 175, 800, 800)
        sitter.sit(2, 950, 700, stirs=False).sit(3, 800, 800, stirs=False)
    assert sitter.prompts() == [] and sitter.decisions.left.dose.cs < 10
    assert sitter.of(records.OBJECT) == [(600, 1, 600000)]


def test_nobody_is_asked_in_the_two_minutes_after_ten_away():
    for away_s, first in ((590, 60), (610, 120)):
        sitter = Sitter().sit(100).stand(away_s).dose(1500).sit(200)
        assert first <= sitter.prompts()[0][0] - 100 - away_s <= first + 40, away_s


def test_a_restart_finds_the_thing_again():
    sitter = lie(Sitter().sit(900).stand(60), 700, 800, 800)
    again = Sitter()
    again.decisions.restore(iter(sitter.decisions.snapshot()))
    assert again.decisions.state() == STATE_OBJECT
    lie(again, 100, 800, 800)
    assert sits(again) == [] and again.decisions.state() == STATE_OBJECT
