"""When autosync looks at which port, with a clock of the test's own."""

from hypothesis import given
from hypothesis import strategies as st

from sitbone.autosync.running import turn
from sitbone.autosync.schedule import Outcome, Schedule


def looks(outcomes, *, named=(), seconds=1000.0):
    """When one port that is there from 0 s is looked at; the last outcome repeats."""
    schedule, waiting, at = Schedule(named), list(outcomes), []
    for tenth in range(int(seconds * 10)):
        now_s = tenth / 10
        if schedule.due(now_s, ["a"]):
            at.append(now_s)
            schedule.ended("a", waiting.pop(0) if len(waiting) > 1 else waiting[0], now_s)
    return at


def test_a_cushion_is_looked_at_when_it_appears_and_each_half_minute():
    assert looks([Outcome.DONE], seconds=100) == [0, 30, 60, 90]


def test_another_programs_port_is_tried_again_soon():
    assert looks([Outcome.IN_USE, Outcome.YIELDED, Outcome.DONE], seconds=30) == [0, 2, 4]


def test_a_silent_port_is_left_alone_until_it_is_plugged_in_again():
    assert looks([Outcome.SILENT], seconds=10_000) == [0, 3, 13, 43, 163]
    schedule = Schedule()
    for now_s in (0, 3, 13, 43, 163):
        assert schedule.due(now_s, ["a"]) == ["a"]
        schedule.ended("a", Outcome.SILENT, now_s)
    assert schedule.due(9999, ["a"]) == []
    assert schedule.due(10_000, []) == []
    assert schedule.due(10_001, ["a"]) == ["a"]


def test_a_named_port_is_tried_for_as_long_as_it_is_there():
    assert looks([Outcome.SILENT], named=["a"], seconds=500) == [0, 3, 13, 43, 163, 283, 403]


def test_the_wait_doubles_after_failures_up_to_five_minutes_and_starts_again_after_a_sync():
    assert looks([Outcome.FAILED], seconds=1500) == [0, 2, 6, 14, 30, 62, 126, 254, 510, 810, 1110, 1410]
    found = looks([Outcome.FAILED] * 3 + [Outcome.DONE, Outcome.FAILED, Outcome.DONE], seconds=50)
    assert found == [0, 2, 6, 14, 44, 46]


def test_a_laptop_that_slept_an_hour_looks_at_once():
    schedule = Schedule()
    schedule.due(0, ["a"])
    schedule.ended("a", Outcome.DONE, 0)
    assert schedule.due(3600, ["a"]) == ["a"]


@given(st.lists(st.tuples(st.sampled_from(list(Outcome)), st.booleans()), max_size=60))
def test_no_cushion_waits_longer_than_five_minutes(history):
    """Whatever came of the looks before, but five silences in a row."""
    schedule, now_s, silences = Schedule(["a"]), 0.0, 0
    for outcome, is_replugged in history:
        if is_replugged:
            schedule.due(now_s, [])
        schedule.due(now_s, ["a"])
        schedule.ended("a", outcome, now_s)
        silences = silences + 1 if outcome is Outcome.SILENT else 0
        assert schedule.due(now_s + 300, ["a"]) == ["a"]
        now_s += 300


def test_a_turn_looks_at_each_port_that_is_due_once():
    seen = []
    schedule = Schedule()

    def visit(port):
        seen.append(port)
        return Outcome.DONE

    assert turn(schedule, ["b", "a"], visit, lambda: 5.0) == 2
    assert turn(schedule, ["b", "a", "c"], visit, lambda: 6.0) == 1
    assert seen == ["a", "b", "c"]
