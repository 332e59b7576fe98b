"""Months without improvement: when the advice to see a physician comes, in which words, and where it is shown."""

import json
import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from sitbone import cli
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import Rating, SideDiary, new_pain
from sitbone.diary.long_view import physician
from sitbone.diary.rehab import new_exercise
from sitbone.report.content import report_of
from sitbone.report.document import Text
from sitbone.store.store import Store

TODAY = date(2026, 8, 3)
NOW = datetime(2026, 8, 3, 9).astimezone()


def diary(days: int, pain) -> SideDiary:
    found = SideDiary()
    found.mornings = {TODAY - timedelta(days=ago): Rating(pain(ago)) for ago in range(days)}
    return found


def test_26_weeks_of_pain_4_to_5_are_something_to_discuss_with_a_physician() -> None:
    assert physician(TODAY, diary(210, lambda ago: 4 + ago % 2)) == (
        "no improvement in 26 weeks. Discuss this with a physician: the advice for this pain is to see one after 3 to 6"
        " months without improvement. Your worst pain of the day was 4.5 on average in the 4 weeks to Mon 02 Mar, and"
        " 4.5 in the last 4 (28 and 28 days rated); 1 point less counts as improvement"
    )


@pytest.mark.parametrize(("days", "weeks"), [(63, None), (83, "12"), (160, "12"), (182, "26")])
def test_it_comes_at_12_and_at_26_weeks(days: int, weeks: str | None) -> None:
    found = physician(TODAY, diary(days, lambda _: 4))
    assert found.startswith(f"no improvement in {weeks} weeks") if weeks else found == ""


def test_a_point_less_is_improvement_and_mild_pain_needs_none() -> None:
    assert physician(TODAY, diary(210, lambda ago: 4 if ago >= 56 else 3)) == ""
    assert physician(TODAY, diary(210, lambda _: 1)) == ""
    better_then_stuck = physician(TODAY, diary(210, lambda ago: 4 if ago >= 84 else 3))
    assert better_then_stuck.startswith("no improvement in 12 weeks")


def test_seven_ratings_a_month_are_too_few_to_say() -> None:
    found = diary(210, lambda _: 5)
    found.mornings = {day: rating for day, rating in found.mornings.items() if day.day in (1, 5, 9, 13, 17, 21, 25)}
    assert physician(TODAY, found) == ""


def test_chance_alone_rarely_looks_like_improvement() -> None:
    """Nothing changes, days differ by a point: of 200 people, at most 1 in 100 isn't sent."""
    dice = random.Random(1)
    missed = sum(physician(TODAY, diary(182, lambda _: round(dice.gauss(4, 1)))) == "" for _ in range(200))
    assert missed <= 2


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """210 days of pain 4 to 5, and exercises done."""
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path))
    monkeypatch.setattr("sitbone.cli.tune.now", lambda: NOW)
    with Store(tmp_path / "sitbone.sqlite") as store:
        kept = DiaryStore(store)
        for ago in range(210):
            at = NOW - timedelta(days=ago)
            kept.add("pain", new_pain(4 + ago % 2, at, at, "morning"))
            if ago % 3 == 0:
                kept.add("rehab", new_exercise(at, "heavy-slow", "hip thrust", sets=4, reps=8, load_kg=40.0))
    return tmp_path


def test_210_days_without_improvement_are_on_top_of_proposal_and_report(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["tune"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("both sides: no improvement in 26 weeks. Discuss this with a physician")
    assert cli.run(["tune", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["physician"]) == 1
    with Store(home / "sitbone.sqlite") as store:
        first = report_of(store, NOW).lead[0]
    assert isinstance(first, Text)
    assert first.warning
    assert first.words.startswith("Both sides: no improvement in 26 weeks.")
