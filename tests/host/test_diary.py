"""What the rules may know of a diary: journeys, duplicates, late and impossible entries. Missing or odd is unknown."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from cushion.core import records
from sitbone.dates import unix_ms
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain, side_diary
from sitbone.errors import UsageError
from sitbone.store.blocks import read_block
from sitbone.store.store import Store
from tests.host.logs import CUSHION_ID, LogWriter

TOKYO, HONOLULU = timezone(timedelta(hours=9)), timezone(timedelta(hours=-10))
NOW = datetime(2026, 9, 21, 12, tzinfo=TOKYO)


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[DiaryStore]:
    store = Store(tmp_path / "sitbone.sqlite")
    yield DiaryStore(store)
    store.close()


def note(diary: DiaryStore, pain: int, at: datetime, moment: str = "morning", entered: datetime | None = None) -> None:
    diary.add("pain", new_pain(pain, at, entered or at, moment))


def mornings(diary: DiaryStore, now: datetime = NOW) -> dict[date, tuple[int, bool]]:
    found = side_diary(diary._store, "left", now).mornings
    return {day: (rating.pain, rating.timely) for day, rating in found.items()}


def test_a_flight_east_makes_two_mornings_of_eight_hours_one_that_helps_a_rise(diary: DiaryStore) -> None:
    note(diary, 1, datetime(2026, 9, 19, 7, tzinfo=HONOLULU))  # 17:00 UTC
    note(diary, 1, datetime(2026, 9, 20, 7, tzinfo=TOKYO))  # 22:00 UTC on the 19th
    note(diary, 1, datetime(2026, 9, 21, 7, tzinfo=TOKYO))
    assert mornings(diary) == {
        date(2026, 9, 19): (1, True),
        date(2026, 9, 20): (1, False),
        date(2026, 9, 21): (1, True),
    }


def test_a_flight_west_gives_a_day_two_mornings_of_which_the_worse_counts(diary: DiaryStore) -> None:
    note(diary, 0, datetime(2026, 9, 20, 7, tzinfo=TOKYO))
    note(diary, 3, datetime(2026, 9, 20, 7, tzinfo=HONOLULU))
    assert mornings(diary) == {date(2026, 9, 20): (3, True)}


def test_the_same_entry_many_times_is_one_morning(diary: DiaryStore) -> None:
    for pain in (0, 2, 0, 0):
        note(diary, pain, datetime(2026, 9, 20, 7, tzinfo=TOKYO))
    assert mornings(diary) == {date(2026, 9, 20): (2, True)}


def test_what_was_entered_days_later_helps_no_rise_and_counts_otherwise(diary: DiaryStore) -> None:
    at = datetime(2026, 9, 17, 7, tzinfo=TOKYO)
    note(diary, 4, at, entered=at + timedelta(days=4))
    assert mornings(diary) == {date(2026, 9, 17): (4, False)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "2027-01-01"},
        {"day": "nonsense"},
        {"day": "1970-01-01"},
        {"pain": -5},
        {"pain": 11},
        {"unix_ms": unix_ms(NOW) + 10**10},
        {"unix_ms": "soon"},
    ],
)
def test_a_row_that_no_command_could_have_written_is_unknown(diary: DiaryStore, wrong: dict[str, Any]) -> None:
    diary.add("pain", new_pain(0, NOW, NOW, "morning") | wrong)
    assert mornings(diary) == {}


def test_a_day_that_does_not_fit_its_moment_helps_no_rise(diary: DiaryStore) -> None:
    diary.add("pain", new_pain(0, NOW, NOW, "morning") | {"day": "2026-09-18"})
    assert mornings(diary) == {date(2026, 9, 18): (0, False)}


def test_each_side_hears_of_its_own_pain_and_of_what_is_said_of_both(diary: DiaryStore) -> None:
    at = datetime(2026, 9, 20, 7, tzinfo=TOKYO)
    for side, pain in (("left", 2), ("both", 1)):
        diary.add("pain", new_pain(pain, at, at, "morning", side))
    found = {side: side_diary(diary._store, side, NOW).mornings[at.date()].pain for side in ("left", "right")}
    assert found == {"left": 2, "right": 1}


def test_an_open_flare_lasts_until_today(diary: DiaryStore) -> None:
    for days_ago, flare in ((9, "start"), (7, "end"), (2, "start")):
        at = NOW - timedelta(days=days_ago)
        diary.add("pain", new_pain(4, at, at, "other", flare=flare))
    flares = side_diary(diary._store, "left", NOW).flares
    assert sorted((NOW.date() - day).days for day in flares) == [0, 1, 2, 7, 8, 9]


def test_a_mark_of_the_button_is_an_onset_at_its_dose_where_somebody_sat(diary: DiaryStore) -> None:
    store, log = diary._store, LogWriter()
    log.clock(unix_ms(NOW) - 3_600_000)
    for state in (2, 1):
        log.add(records.SYMPTOM, 90_000, 60_000, 1000, state)
    store.add_blocks(store.cushion(CUSHION_ID.hex()), [read_block(data) for data in log.data()])
    for side, dose_s in (("left", 900.0), ("right", 600.0)):
        assert [dose for _, dose in side_diary(store, side, NOW).onsets] == [dose_s]


def test_an_entry_is_checked_as_it_is_written() -> None:
    good: dict[str, Any] = {"pain": 3, "when": NOW, "now": NOW, "moment": "morning"}
    wrong: list[dict[str, Any]] = [{"pain": 11}, {"pain": -1}, {"when": NOW + timedelta(seconds=1)}, {"sleep": 11}]
    wrong += [{"when": datetime(1999, 1, 1, tzinfo=TOKYO)}, {"onset_min": 601}, {"moment": "noon"}, {"flare": "maybe"}]
    for change in wrong:
        with pytest.raises(UsageError):
            new_pain(**(good | change))
