"""The limit of seated time: it asks whoever sits, and a break takes its share of it."""

from whole import Seat

from cushion.core import records


def test_two_hours_off_both_sitting_bones_are_asked_to_stand_up():
    seat = Seat().sit(60).sit(7200, 1000, 1000)
    asked = seat.of(records.PROMPT)
    assert [second for second, _ in asked][:2] == [1800, 1800 + 420 + 600]
    assert {tuple(values[1:4]) for _, values in asked} == {(1, 3, 2)}  # level 1, both sides, by time
    assert seat.engine.decisions.left.dose.cs < 100
    assert {values[1] for _, values in seat.of(records.OUTCOME)} <= {3, 4}  # neither a break nor a part of one


def test_who_is_asked_to_stand_up_and_does_took_a_break():
    seat = Seat().sit(60).sit(1750, 1000, 1000).stand(130).sit(30)
    assert [values[1] for _, values in seat.of(records.OUTCOME)] == [1]
    assert [values[2] for _, values in seat.of(records.BREAK)] == [1]


def test_half_a_minute_forward_at_the_limit_is_left_alone_for_thirty_seconds():
    seat = Seat().sit(1790, 3200, 3200).sit(29, 1000, 1000)
    assert seat.of(records.PROMPT) == []
    seat.sit(20, 3200, 3200)
    assert [values[3] for _, values in seat.of(records.PROMPT)] == [2]


def test_112_seconds_away_are_worth_nearly_a_break():
    seat = Seat().sit(1780, 3200, 3200).stand(112).sit(1250, 3200, 3200)
    assert seat.of(records.PROMPT) == []
    assert abs(seat.engine.decisions.seated_s() - (1250 + 119)) <= 2
