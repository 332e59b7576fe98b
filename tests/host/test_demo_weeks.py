"""Example data: it says that it is simulated, has what there is to look at, and is the same each time."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from cushion.core import records
from cushion.core.settings import Settings
from sitbone import cli
from sitbone.analysis.day_cache import whole_days
from sitbone.analysis.trends import trends
from sitbone.analysis.view import day_view
from sitbone.analysis.why import why
from sitbone.diary.diary_store import DiaryStore
from sitbone.errors import SitboneError
from sitbone.lab.demo_weeks import run_weeks
from sitbone.replay.weeks import recorded_weeks, total
from sitbone.report.content import report_of
from sitbone.store.blocks import fields_of
from sitbone.store.store import Store

NOW = datetime(2026, 11, 20, 13).astimezone()  # a Friday
DAY = timedelta(days=1)
pytestmark = pytest.mark.slow


def made(home: Path, steps: list[tuple[int, int]] | None = None) -> Path:
    steps = [] if steps is None else steps
    run_weeks(home, 1, NOW, 3, lambda done, of: steps.append((done, of)))
    return home / "sitbone.sqlite"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(made(tmp_path_factory.mktemp("example"))) as store:
        yield store


def content(store: Store) -> tuple[list[tuple[object, ...]], list[dict[str, object]]]:
    return list(store.everything()), DiaryStore(store).pains()


def test_it_says_that_it_is_simulated(example: Store) -> None:
    assert example.any_simulated()
    assert day_view(example, NOW.date(), NOW).simulated
    assert "Simulated" in str(report_of(example, NOW, 7).lead[0])


def test_the_same_seed_gives_the_same_weeks(example: Store, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    with Store(made(tmp_path, steps)) as again:
        assert content(again) == content(example)
    assert steps == [(index, 7) for index in range(1, 8)]


def test_there_is_something_to_look_at(example: Store) -> None:
    days = {day.day: day for day in whole_days(example, NOW.date() - 6 * DAY, NOW.date())}
    without = date(2026, 11, 17)
    working = [NOW.date() - index * DAY for index in range(5)]
    assert set(days) == {day for day in working if day != without}
    assert all(day.seated_s > 3600 and day.prompts for day in days.values())
    view = day_view(example, NOW.date(), NOW)
    assert view.known_until_ms is not None
    assert NOW.timestamp() * 1000 - view.known_until_ms < 60_000, "today has content until now"
    missing = day_view(example, without, NOW)
    assert missing.totals.seated_s == 0
    assert max(span.seconds for span in missing.ribbon.unknown) > 8 * 3600, "a day without the cushion is unknown"
    assert example.unplaced() == []
    pains = DiaryStore(example).pains()
    assert {row["moment"] for row in pains} == {"morning", "sitting"}
    assert DiaryStore(example).rehab()
    assert [step.name for step in trends(example, NOW.date() - 6 * DAY, NOW.date()).steps] == ["seated_limit_s"]


def test_a_start_says_where_its_settings_came_from(example: Store) -> None:
    boots = [fields_of(record.kind, record.payload) for record in example.read([records.BOOT])]
    sources = [records.SETTINGS_SOURCES[int(fields["settings_source"])] for fields in boots]
    assert (sources[0], sources[-1]) == ("default", "file")


def test_an_hour_had_a_dead_sensor(example: Store) -> None:
    faults = [fields_of(item.kind, item.payload) for item in example.read([records.FAULT])]
    assert [(fault["zone"], fault["on"]) for fault in faults] == [(0, 1), (0, 0)]
    shares = [day.valid_share for day in whole_days(example, NOW.date() - 6 * DAY, NOW.date())]
    assert sorted(share is not None and share < 0.99 for share in shares).count(True) == 1


def test_its_prompts_can_be_explained(example: Store) -> None:
    shown = why(example)
    due = [side for side in ("left", "right") if shown["inputs"]["dose_s"][side] >= shown["inputs"]["limit_s"][side]]
    assert due or shown["inputs"]["seated_s"] >= shown["inputs"]["seated_limit_s"]
    assert shown["inputs"]["sat_s"] > 60


def test_a_replay_takes_the_cushions_sleep_for_an_empty_seat(example: Store) -> None:
    """Breaks through which the cushion slept are breaks in a replay, too: else none would be verified there."""
    weeks = recorded_weeks(example, NOW - 7 * DAY, NOW)
    days = whole_days(example, NOW.date() - 6 * DAY, NOW.date())
    broken = sum(day.outcomes.get("break", 0) for day in days)
    assert broken > 10
    assert total(list(weeks.outlooks(Settings()).values())).breaks >= 0.7 * broken


def test_the_replay_finds_the_logs_own_prompts(example: Store) -> None:
    """Oracle: the log. Equal start, level, cause and outcome; test_six_weeks.py says how often."""
    found = recorded_weeks(example, NOW - 7 * DAY, NOW).against_log(example)
    assert found.logged > 20
    assert found.found >= 0.9 * found.logged, found.differences
    assert len(found.differences) == found.logged - found.found
    assert all(item["why"] for item in found.differences)


def test_it_never_overwrites_a_store(example: Store, capsys: pytest.CaptureFixture[str]) -> None:
    home = example.path.parent
    with pytest.raises(SitboneError, match="already exists; choose another folder with --into"):
        run_weeks(home, 1, NOW)
    assert cli.run(["demo", "--weeks", "1", "--into", str(home)]) == 1
    assert cli.run(["demo", "--weeks", "1"]) == 2
    assert capsys.readouterr().err.endswith("--weeks needs a folder for the data; give one with --into DIR\n")
