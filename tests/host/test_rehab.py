"""The rehabilitation log in words, and the criteria of a stage."""

from datetime import UTC, datetime, timedelta

import pytest

from sitbone.diary.rehab import DISCUSS, amounts, criteria, new_exercise, pains

NOW = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)
NONE = dict.fromkeys(("sets", "reps", "load_kg", "hold_s", "pain_during", "pain_next", "left_kg", "right_kg"))


def exercise(stage="heavy-slow", ago=0, **values):
    return new_exercise(NOW - timedelta(days=ago), stage, "hip thrust", **(NONE | values))


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"sets": 4, "reps": 8, "load_kg": 50.0}, "4 × 8, 50 kg"),
        ({"sets": 4, "hold_s": 45}, "4 × 45 s held"),
        ({"sets": 3, "reps": 5, "hold_s": 10}, "3 × 5, 10 s held"),
        ({"sets": 1}, "1 set"),
        ({"reps": 1}, "1 repetition"),
        ({"hold_s": 30, "pain_next": 2}, "30 s held, pain 2 next morning"),
        ({"pain_during": 1, "pain_next": 2}, "pain 1 during, 2 next morning"),
        ({}, ""),
    ],
)
def test_an_exercise_in_words(values, shown):
    row = exercise(**values)
    assert ", ".join([*amounts(row), *pains(row)]) == shown


def test_each_criterion_says_what_is_there_and_what_is_needed():
    rows = [exercise(ago=ago, pain_during=1, pain_next=2) for ago in (6, 4, 2)]
    assert criteria(rows, NOW) == [
        "heavy-slow: 3 days in 2 weeks rated during and next morning; 4 are needed",
        "pain at most 3 during and next morning: 3 of 3 rated exercises",
        "left/right strength: not measured; 90 % is needed",
        "criteria not met yet; stay at this stage, or ask your physiotherapist",
    ]
    rows.append(exercise(pain_during=0, pain_next=0, left_kg=28.0, right_kg=30.0))
    assert criteria(rows, NOW)[2:] == [
        "left/right strength: weaker leg at 93 % of the stronger; 90 % is needed",
        DISCUSS,
    ]
