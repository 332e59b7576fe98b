"""Six weeks of example data, as `sitbone demo --weeks 6` makes them: what the replay finds again, and what it costs."""

import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from sitbone.lab.demo_weeks import run_weeks
from sitbone.replay.weeks import recorded_weeks
from sitbone.store.store import Store
from sitbone.tuning import explore, proposal

NOW = datetime(2026, 11, 20, 13).astimezone()
SEEDS = (7, 11)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=SEEDS)
def weeks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home = tmp_path_factory.mktemp("weeks")
    run_weeks(home, 6, NOW, request.param)
    with Store(home / "sitbone.sqlite") as store:
        yield store


def test_the_replay_finds_the_logs_own_prompts(weeks: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Oracle: the log. Start within an epoch, and equal level, cause and outcome; each difference with its reason."""
    found = recorded_weeks(weeks, NOW - timedelta(days=42), NOW).against_log(weeks)
    with capsys.disabled():
        sys.stdout.write(
            f"\n  the replay finds {found.found} of {found.logged} logged prompts: {found.found / found.logged:.1%}\n"
        )
    assert found.logged > 150
    assert found.found >= 0.98 * found.logged, found.differences
    assert all(item["why"] for item in found.differences)


def test_what_a_proposal_costs(weeks: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Printed, never asserted: the goals are 2 s of processor time, and 30 s on two cores."""
    began_s = time.process_time()
    proposal.proposal(weeks, NOW)
    proposed_s = time.process_time() - began_s
    began_s = time.perf_counter()
    steps: list[tuple[int, int]] = []
    explore.explore(weeks, NOW, 28, lambda done, of: steps.append((done, of)))
    explored_s = time.perf_counter() - began_s
    with capsys.disabled():
        sys.stdout.write(
            f"\n  tune: {proposed_s:.1f} s of processor time; --explore over 28 days: {explored_s:.0f} s\n"
        )
    assert steps[-1][0] == steps[-1][1]
