"""Months side by side: each figure from a diary and days that were written down by hand."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from sitbone import cli
from sitbone.analysis.days import Day
from sitbone.analysis.recovery.months import months
from sitbone.analysis.trends import Trends, trends
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.diary.long_view import score_due
from sitbone.store.store import Store

NOW = datetime(2026, 8, 2, 22).astimezone()
LAST = NOW.date()


@pytest.fixture
def diary(tmp_path: Path) -> DiaryStore:
    return DiaryStore(Store(tmp_path / "sitbone.sqlite"))


def note(diary: DiaryStore, ago: int, pain: int, moment: str, onset_min: int | None = None) -> None:
    at = NOW - timedelta(days=ago)
    diary.add("pain", new_pain(pain, at, at, moment, onset_min=onset_min))


def with_longest(found: Trends, longest_min: dict[int, int]) -> Trends:
    """The same days, with a longest sit on some, by how long ago."""
    days: list[Day | None] = list(found.days)
    for ago, minutes in longest_min.items():
        days[-1 - ago] = cast(Day, LongestOnly(found.dates[-1 - ago], minutes * 60.0))
    return replace(found, days=days)


class LongestOnly:
    def __init__(self, day: date, longest_s: float) -> None:
        self.day, self.longest_s = day, longest_s


def test_each_figure_of_two_months(diary: DiaryStore) -> None:
    for ago, pain in ((1, 4), (2, 2), (3, 3), (27, 1)):
        note(diary, ago, pain, "morning")
    note(diary, 2, 6, "sitting", onset_min=25)  # the worst of that day
    note(diary, 3, 2, "sitting", onset_min=35)
    note(diary, 4, 0, "sitting", onset_min=60)
    note(diary, 28, 9, "morning")  # of the month before, whose three rated days are too few
    note(diary, 29, 9, "morning")
    note(diary, 55, 9, "sitting")
    diary.add("visa_h", {"day": (LAST - timedelta(days=30)).isoformat(), "entered_ms": 1, "total": 44})
    diary.add("visa_h", {"day": (LAST - timedelta(days=2)).isoformat(), "entered_ms": 2, "total": 60})
    diary.add("visa_h", {"day": (LAST - timedelta(days=2)).isoformat(), "entered_ms": 3, "total": 58})
    found = trends(diary._store, LAST - timedelta(days=56), LAST)
    # 90 min hurt, 40 and 50 did not, and nobody rated the day of 120.
    shown = months(with_longest(found, {2: 90, 3: 40, 4: 50, 5: 120, 55: 30}), diary.scores())
    before, last = shown
    assert (before.first, last.first) == (LAST - timedelta(days=55), LAST - timedelta(days=27))
    assert (before.pain, before.onset_min, before.comfortable_min, before.visa_h) == (None, None, None, 44)
    assert last.pain == pytest.approx((4 + 6 + 3 + 0 + 1) / 5)
    assert (last.onset_min, last.comfortable_min, last.visa_h) == (35, 50, 58)


FIRST = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("scored", "due"),
    [
        ([], 0),
        ([0], 4),
        ([0, 3], 12),  # a week early counts
        ([0, 2], 4),
        ([0, 4, 12], 26),
        ([0, 30], 52),  # who came late does not have to come again
        ([0, 52], 104),
        ([0, 60, 110], 156),
    ],
)
def test_when_the_questionnaire_is_due(scored: list[int], due: int) -> None:
    days = [FIRST + timedelta(weeks=week) for week in scored]
    today = days[-1] if days else FIRST
    assert score_due(today, days) == FIRST + timedelta(weeks=due)


def test_scores_as_they_are_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path))
    monkeypatch.setattr("sitbone.cli.diary.now", lambda: NOW)
    assert cli.run(["pain", "score", "--when", "2026-07-06", "44"]) == 0
    assert capsys.readouterr().out == "2026-07-06  VISA-H 44 of 100\nnext: 2026-08-03\n"
    assert cli.run(["pain", "score", "58"]) == 0
    capsys.readouterr()
    assert cli.run(["pain", "score", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "scores": [{"day": "2026-07-06", "total": 44}, {"day": "2026-08-02", "total": 58}],
        "due": "2026-09-28",
    }
    assert cli.run(["pain", "score", "101"]) == 2
    assert "a VISA-H total of 101 is out of range; give 0 to 100" in capsys.readouterr().err
    assert cli.run(["pain", "score", "50", "--when", "2026-08-09"]) == 2
    assert "is not a day to have filled it in; give a day from 2000-01-01 to today" in capsys.readouterr().err
