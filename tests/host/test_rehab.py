"""The exercise log in words, and each criterion of a stage: what once counted as met and must not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sitbone.cli import run as run_command
from sitbone.diary.care import first_of_all
from sitbone.diary.diary_store import DiaryStore, Row
from sitbone.diary.rehab import STAGES, amounts, exercise_on, new_exercise, pains, repeated
from sitbone.diary.stages import (
    CARE_FIRST,
    DISCUSS,
    DISCUSS_SPORT,
    KEEP,
    STAY,
    break_idea,
    criteria,
    new_plan,
    skipped,
    spikes,
)
from sitbone.errors import UsageError
from sitbone.store.store import Store

NOW = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)
TODAY = date(2026, 3, 31)
NAMES = ("sets", "reps", "load_kg", "hold_s", "pain_during", "pain_next", "left_kg", "right_kg", "left_reps")
NONE = dict.fromkeys((*NAMES, "right_reps", "run_km"))
DONE: dict[str, dict[str, Any]] = {
    "isometric": {"sets": 5, "hold_s": 45},
    "heavy-slow": {"sets": 3, "reps": 8, "load_kg": 40.0},
    "energy-storage": {"sets": 3, "reps": 20},
    "maintenance": {"sets": 3, "reps": 8, "load_kg": 60.0},
}
MEASURED = {"left_kg": 28.0, "right_kg": 30.0, "left_reps": 24, "right_reps": 25}

NEEDED = "90 % is needed, measured within 28 days"


def exercise(stage="heavy-slow", ago=0, **values):
    return new_exercise(NOW - timedelta(days=ago), stage, "hip thrust", **(NONE | values))


def sessions(stage, agos=(12, 9, 6, 3), pain=0, **values):
    return [exercise(stage, ago, **(DONE[stage] | {"pain_during": pain, "pain_next": pain} | values)) for ago in agos]


def course(until):
    """Everything as advised up to the end of a stage, today."""
    rows: list[Row] = []
    for back, stage in enumerate(reversed(STAGES[: STAGES.index(until) + 1])):
        agos = [14 * back + ago for ago in (12, 9, 6, 3)]
        rows = [*sessions(stage, agos), *rows]
        if stage in ("heavy-slow", "energy-storage"):
            at = len(agos) - 1
            rows[at] = rows[at] | MEASURED
    return rows


def verdict(rows, **kwargs):
    return criteria(rows, TODAY, **kwargs)[-1]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"sets": 4, "reps": 8, "load_kg": 50.0}, "4 × 8, 50 kg"),
        ({"sets": 4, "hold_s": 45}, "4 × 45 s held"),
        ({"sets": 3, "reps": 5, "hold_s": 10}, "3 × 5, 10 s held"),
        ({"sets": 1}, "1 set"),
        ({"reps": 1}, "1 repetition"),
        ({"run_km": 4.5}, "4.5 km"),
        ({"hold_s": 30, "pain_next": 2}, "30 s held, pain 2 next morning"),
        ({"pain_during": 1, "pain_next": 2}, "pain 1 during, 2 next morning"),
        ({}, ""),
    ],
)
def test_an_exercise_in_words(values, shown):
    row = exercise(**values)
    assert ", ".join([*amounts(row), *pains(row)]) == shown


IDEA = (
    "an idea for a break: one hold of 45 s while you stand, such as your physiotherapist has shown you; stop where pain"
    " goes over 3"
)


def test_a_hold_is_offered_for_a_break_only_where_the_last_one_did_not_hurt():
    rows = sessions("isometric", [9, 6, 3])
    assert break_idea(rows, TODAY) == IDEA
    plan = new_plan(NOW, "isometric", "Dr. Lee", hold_s=30)
    assert "one hold of 30 s" in break_idea(rows, TODAY, [plan])
    assert break_idea([*rows[:-1], rows[-1] | {"pain_during": 4}], TODAY) == ""
    assert break_idea([*rows[:-1], rows[-1] | {"pain_next": 4}], TODAY) == ""
    assert break_idea(rows, TODAY, care=["new numbness"]) == ""
    assert break_idea(sessions("isometric", [14]), TODAY) == ""
    assert break_idea([*rows, *sessions("heavy-slow", [1])], TODAY) == ""
    assert break_idea([], TODAY) == ""


def test_each_criterion_is_shown_by_itself():
    assert criteria(course("heavy-slow"), TODAY) == [
        "heavy-slow: 3 × 6, 3 times a week, as usually advised; agree on yours",
        "met: when you began heavy-slow on Thu 19 Mar, the criteria of isometric were met",
        "met: 4 sessions as planned in 2 weeks; 4 are needed",
        "met: pain at most 1 during and next morning: the worst was 0",
        "met: 4 of 4 exercises rated during and next morning; all are needed",
        "met: pain not rising: 0.0 on average at first, 0.0 lately",
        "met: both legs trained",
        f"met: strength, left against right: the weaker leg at 93 % on Sat 28 Mar (hip thrust); {NEEDED}",
        f"met: endurance, left against right: the weaker leg at 96 % on Sat 28 Mar (hip thrust); {NEEDED}",
        "met: no sudden increase in the last two weeks",
        DISCUSS,
    ]


def test_each_stage_ends_with_a_talk_and_none_moves_on_by_itself():
    assert verdict(course("isometric")) == DISCUSS
    assert verdict(course("energy-storage")) == DISCUSS_SPORT
    assert verdict(sessions("maintenance", range(27, 0, -3)), plans=[new_plan(NOW, "maintenance", "Dr. Lee")]) == KEEP


@pytest.mark.parametrize(
    ("name", "change", "line"),
    [
        (
            "pain 3 before energy storage",
            lambda rows: [row | {"pain_during": 3, "pain_next": 3} for row in rows],
            "not yet: pain at most 1 during and next morning: the worst was 3",
        ),
        (
            "20 to 100 kg",
            lambda rows: [*rows[:-1], rows[-1] | {"load_kg": 100.0}],
            "not yet: hip thrust: 100 kg after 40 kg the week before is a sudden increase",
        ),
        ("one leg", lambda rows: [row | {"side": "left"} for row in rows], "not yet: both legs trained: only left"),
        (
            "old symmetry",
            lambda rows: [*[row | {"left_kg": None} for row in rows[:-1]], rows[-1] | {"left_kg": None}],
            f"not yet: strength, left against right: not measured; {NEEDED}",
        ),
        (
            "pain 9, mornings unrated",
            lambda rows: [row | {"pain_during": 9, "pain_next": None} for row in rows],
            "not yet: 0 of 4 exercises rated during and next morning; all are needed",
        ),
        (
            "one leg tires early",
            lambda rows: [*rows[:-1], rows[-1] | {"left_reps": 10}],
            f"not yet: endurance, left against right: the weaker leg at 40 % on Sat 28 Mar (hip thrust); {NEEDED}",
        ),
    ],
)
def test_what_once_counted_as_met(name, change, line):
    rows = course("heavy-slow")
    now = [row for row in rows if row["stage"] == "heavy-slow"]
    found = criteria([*rows[: -len(now)], *change(now)], TODAY)
    assert line in found, name
    assert found[-1] == STAY


def test_pain_that_rises_from_0_to_3_is_not_met():
    rows = [
        exercise("isometric", ago, **DONE["isometric"], pain_during=pain, pain_next=pain)
        for pain, ago in enumerate((12, 9, 6, 3))
    ]
    found = criteria(rows, TODAY)
    assert "not yet: pain not rising: 0.5 on average at first, 2.5 lately" in found
    assert found[-1] == STAY


def test_a_hold_of_5_s_is_not_a_session():
    rows = sessions("isometric", sets=1, hold_s=5)
    assert "not yet: 0 sessions as planned in 2 weeks; 4 are needed" in criteria(rows, TODAY)
    plans = [new_plan(NOW, "isometric", "Dr. Lee", sets=1, hold_s=5)]
    found = criteria(rows, TODAY, plans)
    assert found[0] == "isometric: 1 × 5 s held, 4 times a week, agreed with Dr. Lee"
    assert found[-1] == DISCUSS


def test_a_strength_measured_400_days_ago_is_too_old():
    rows = [exercise("heavy-slow", 400, **MEASURED), *sessions("heavy-slow")]
    assert any(
        line.startswith("not yet: strength, left against right: the weaker leg at 93 %")
        for line in criteria(rows, TODAY)
    )


def test_a_skipped_stage_is_asked_about_unless_it_was_agreed():
    asked = "energy-storage without heavy-slow before it: did your physiotherapist agree to skip it?"
    rows = course("isometric")
    assert skipped("energy-storage", rows, TODAY) == asked
    assert skipped("energy-storage", rows, TODAY, [new_plan(NOW, "energy-storage", "Dr. Lee")]) == ""
    assert skipped("heavy-slow", rows, TODAY) == ""
    early = sessions("isometric", (3,))
    assert "the criteria of isometric were not all met" in skipped("heavy-slow", early, TODAY)
    assert skipped("isometric", [], TODAY) == ""
    assert "not yet: " + asked in criteria([*rows, *sessions("energy-storage")], TODAY)


def test_maintenance_has_a_rhythm_of_its_own():
    rows = sessions("maintenance", range(27, 0, -4))
    assert "not yet: 7 sessions as planned in 4 weeks; 8 are needed" in criteria(rows, TODAY)
    rows = sessions("maintenance", range(27, 0, -3))
    assert "met: 9 sessions as planned in 4 weeks; 8 are needed" in criteria(rows, TODAY)


@pytest.mark.parametrize(
    ("before", "now", "shown"),
    [
        ({"load_kg": 20.0}, {"load_kg": 100.0}, "hip thrust: 100 kg after 20 kg the week before is a sudden increase"),
        ({"load_kg": 20.0}, {"load_kg": 24.0}, None),
        ({"run_km": 10.0}, {"run_km": 16.0}, "running: 16 km after 10 km the week before is a sudden increase"),
        ({"run_km": 10.0}, {"run_km": 12.0}, None),
    ],
)
def test_a_sudden_increase_is_flagged(before, now, shown):
    found = spikes([exercise(ago=9, **before), exercise(ago=2, **now)], TODAY)
    assert found == ([shown] if shown else [])


def test_more_days_of_exercise_at_once_are_a_sudden_increase():
    assert spikes([exercise(ago=ago) for ago in (9, 5, 3, 2, 1)], TODAY) == []  # the first week of a log
    rows = [exercise(ago=ago) for ago in (12, 9, 5, 4, 3, 2, 1)]
    assert spikes(rows, TODAY) == ["5 days of exercise after 2 the week before are a sudden increase"]


def test_an_exercise_of_another_day_is_checked_and_repeated():
    row = exercise_on(NOW - timedelta(days=3), NOW, "isometric", "bridge", **(NONE | DONE["isometric"]))
    assert row["day"] == "2026-03-28"
    again = repeated(row | {"pain_during": 4}, NOW)
    assert (again["day"], again["sets"], again.get("pain_during")) == ("2026-03-31", 5, None)
    with pytest.raises(UsageError, match="in the future"):
        exercise_on(NOW + timedelta(hours=1), NOW, "isometric", "bridge")


def test_pain_of_7_with_an_exercise_comes_first_everywhere(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path))
    assert run_command(["rehab", "add", "isometric", "bridge", "--hold-s", "45", "--when", "yesterday"]) == 0
    assert run_command(["rehab", "edit", "1", "--pain-during", "8"]) == 0
    shown = capsys.readouterr().out
    assert "pain of 8 is a reason to see a doctor or physiotherapist before you exercise again" in shown
    assert shown.splitlines()[-1] == CARE_FIRST
    assert run_command(["rehab", "repeat", "1"]) == 0
    assert run_command(["rehab", "plan", "isometric", "--sets", "3", "--with", "Dr. Lee"]) == 0
    assert capsys.readouterr().out.endswith("isometric: 3 × 45 s held, 4 times a week, agreed with Dr. Lee\n")
    with Store(tmp_path / "sitbone.sqlite") as store:
        first = first_of_all(store, datetime.now().astimezone())["care"][0]
        assert first.endswith("pain 8 with an exercise (bridge)")
        assert [row["pain_during"] for row in DiaryStore(store).rehab()] == [8, None]
