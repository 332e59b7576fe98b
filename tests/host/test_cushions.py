"""Several cushions of one person: never mixed into one sit, and figures of one don't move when another is added."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cushion.core import records
from cushion.core.settings import DOSE_LIMITS
from sitbone import cli
from sitbone.analysis.history import history
from sitbone.analysis.spans import Span, apart
from sitbone.dates import midnight
from sitbone.errors import Refused
from sitbone.settings.changes import change
from sitbone.settings.person import elsewhere, in_log, notice
from sitbone.store.blocks import read_block
from sitbone.store.store import Store
from sitbone.tuning.proposal import apply, proposal
from tests.host.logs import LogWriter
from tests.host.test_undo import Cushion

NOW = midnight(datetime.now().astimezone().date()) + timedelta(hours=12)
OFFICE, HOME = "246f28000001", "246f28000002"
MINUTE_MS = 60_000
Run = Callable[..., Any]


def log_from(begin: datetime) -> LogWriter:
    log = LogWriter()
    log.clock(round(begin.timestamp() * 1000))
    return log


def sits(log: LogWriter, *minutes: int, pause: int = 3) -> LogWriter:
    """Sits with a verified break after each."""
    for number, length in enumerate(minutes, 1):
        log.add(records.SAT, 0)
        for _ in range(length):
            log.now_ms += MINUTE_MS
            log.epoch(log.now_ms // 20, seconds=60)
        log.add(records.PROMPT, number, 1, 1, 1, 120_000, 90_000, length, 1200, 1200, 1800)
        log.add(records.STOOD, 0, length * MINUTE_MS, 100, 200, 0)
        log.now_ms += pause * MINUTE_MS
        log.add(records.BREAK, 0, pause * MINUTE_MS, 1)
    return log


def keep(store: Store, hardware: str, log: LogWriter) -> None:
    store.add_blocks(store.cushion(hardware, log.log_id), [read_block(data) for data in log.data()])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path))
    with Store(tmp_path / "sitbone.sqlite") as store:
        keep(store, OFFICE, sits(log_from(NOW - timedelta(hours=3)), 29, 20, 10))
    return tmp_path


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*args: str) -> Any:
        assert cli.run(list(args)) == 0
        shown = capsys.readouterr().out
        return [json.loads(line) for line in shown.splitlines()] if "--json" in args else shown

    return run


def of_office(run: Run) -> list[Any]:
    commands = (["history"], ["events"], ["why"], ["tune"], ["history", "--days", "30"])
    return [run(*command, "--json", "--cushion", OFFICE) for command in commands]


@pytest.mark.parametrize("others", [1, 39])
def test_figures_of_one_do_not_move_when_others_are_added(run: Run, home: Path, others: int) -> None:
    alone = of_office(run)
    with Store(home / "sitbone.sqlite") as store:
        for number in range(others):
            begin = NOW - timedelta(hours=3, minutes=-7 * number)
            keep(store, f"246f2800{number + 2:04x}", sits(log_from(begin), 60, 25, 9))
    assert of_office(run) == alone
    assert run("history", "--json", "--cushion", HOME) != run("history", "--json", "--cushion", OFFICE)


def test_two_cushions_at_the_same_time_are_not_one_long_sit(home: Path) -> None:
    """Of each two sits that overlap the longer one counts; a break only where nobody sat elsewhere."""
    with Store(home / "sitbone.sqlite") as store:
        first = history(store, NOW - timedelta(hours=12), NOW + timedelta(hours=11))[0]
        assert (first.longest_s, len(first.bouts), first.breaks_all) == (29 * 60, 3, 3)
        # Begins five minutes after the first sit, and bridges its break.
        keep(store, HOME, sits(log_from(NOW - timedelta(hours=2, minutes=55)), 28))
        both = history(store, NOW - timedelta(hours=12), NOW + timedelta(hours=11))[0]
    assert (both.longest_s, both.seated_s) == (29 * 60, 59 * 60)
    assert [bout.seconds for bout in both.bouts] == [29 * 60, 20 * 60, 10 * 60]
    assert both.breaks_all == 2
    assert both.episodes == 4


def test_sits_on_another_cushion_at_other_times_add_up(home: Path) -> None:
    with Store(home / "sitbone.sqlite") as store:
        keep(store, HOME, sits(log_from(NOW - timedelta(hours=6)), 40))
        day = history(store, NOW - timedelta(hours=12), NOW + timedelta(hours=11))[0]
    assert [bout.seconds // 60 for bout in day.bouts] == [40, 29, 20, 10]
    assert day.seated_s == 99 * 60


def test_one_log_under_two_ids_counts_once(home: Path) -> None:
    with Store(home / "sitbone.sqlite") as store:
        keep(store, HOME, sits(log_from(NOW - timedelta(hours=3)), 29, 20, 10))
        day = history(store, NOW - timedelta(hours=12), NOW + timedelta(hours=11))[0]
    assert (day.seated_s, len(day.bouts), day.breaks_all, day.longest_s) == (59 * 60, 3, 3, 29 * 60)


def test_cushions_have_names(run: Run, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cushion", "name", "office") == f"cushion {OFFICE} is now called office\n"
    with Store(home / "sitbone.sqlite") as store:
        keep(store, HOME, sits(log_from(NOW - timedelta(hours=6)), 40))
    run("cushion", "name", "the sofa", "--cushion", HOME)
    listed = run("cushion", "list", "--json")[0]["cushions"]
    assert [(row["cushion"], row["name"]) for row in listed] == [(OFFICE, "office"), (HOME, "the sofa")]
    assert {event["cushion"] for event in run("events", "--json")} == {"office", "the sofa"}
    assert {event["cushion"] for event in run("events", "--json", "--cushion", "the sofa")} == {"the sofa"}
    assert "of your cushions together: office, the sofa; --cushion NAME shows one\n" in run("history")
    assert "together" not in run("history", "--cushion", "office")
    assert all(line.endswith((" (cushion office)", " (cushion the sofa)")) for line in run("events").splitlines())
    assert "(cushion" not in run("events", "--cushion", "office")
    assert run("why", "--json", "--cushion", "office")[0]["cushion"] == "office"
    assert "cushion the sofa)" in run("why", "--cushion", "the sofa")
    for wrong in (["cushion", "name", "office", "--cushion", HOME], ["history", "--cushion", "nonesuch"]):
        assert cli.run(wrong) == 2
        assert "; " in capsys.readouterr().err


def test_of_what_overlaps_on_different_cushions_the_longer_counts() -> None:
    found = apart({1: [Span(0, 10), Span(20, 30)], 2: [Span(5, 25)], 3: [Span(26, 28), Span(40, 41)]})
    assert found == [Span(5, 25), Span(26, 28), Span(40, 41)]
    assert apart({}) == []
    assert apart({1: [Span(0, 10), Span(5, 8)]}) == [Span(0, 10), Span(5, 8)]


# --- limits belong to the person


def changed(store: Store, hardware: str, at: datetime, left: tuple[int, int], right: tuple[int, int]) -> None:
    log = log_from(at)
    log.add(records.SETTING, 0, *left, "tune: calm")
    log.add(records.SETTING, 1, *right, "tune: calm")
    keep(store, hardware, log)


def test_a_new_board_does_not_change_what_tune_goes_by(home: Path) -> None:
    with Store(home / "sitbone.sqlite") as store:
        changed(store, "246f28000003", NOW - timedelta(days=20), (1320, 1452), (1320, 1452))
        keep(store, HOME, sits(log_from(NOW - timedelta(hours=1)), 5))
        assert in_log(store, store.cushion(HOME)) == dict.fromkeys(DOSE_LIMITS, 1200)
        store.add_sync(store.cushion(HOME), 2, {})
        document = proposal(store, NOW)
    assert (document["left"]["from_s"], document["right"]["from_s"]) == (1452, 1452)


def test_a_board_that_has_other_limits_says_so_and_nothing_is_applied_silently(store: Store) -> None:
    old, new = Cushion(OFFICE), Cushion(HOME)
    changed(store, OFFICE, NOW - timedelta(days=20), (900, 600), (660, 600))
    keep(store, HOME, sits(log_from(NOW - timedelta(hours=1)), 5))
    number = store.cushion(HOME)
    yours = elsewhere(store, number, in_log(store, number))
    assert yours == dict.fromkeys(DOSE_LIMITS, 600)
    said = notice(in_log(store, number), yours)
    ours = "left 20.0 min, yours is 10.0 min; right 20.0 min, yours is 10.0 min"
    assert said[0] == f"this cushion has other limits than yours: {ours}"
    assert said[1].endswith("sitbone settings set left_dose_limit_s=600 right_dose_limit_s=600")
    with pytest.raises(Refused, match="this cushion has other limits than yours"):
        apply(new, store, NOW)
    assert change(new, store, yours, "yours", NOW)["applied"] == yours
    assert elsewhere(store, number, yours) == {}
    assert old.settings.as_dict()[DOSE_LIMITS[0]] == 1200


def test_no_change_of_boards_raises_a_limit_faster(store: Store) -> None:
    """Tuned to 10 min an hour ago; the new board would allow 22 by itself."""
    changed(store, OFFICE, NOW - timedelta(hours=1), (900, 600), (900, 600))
    new = Cushion(HOME)
    keep(store, HOME, new.log)
    change(new, store, dict.fromkeys(DOSE_LIMITS, 600), "yours", NOW)
    new.age_s += 8 * 86400
    answer = change(new, store, dict.fromkeys(DOSE_LIMITS, 1320), "trick", NOW + timedelta(hours=1))
    assert answer["applied"] == dict.fromkeys(DOSE_LIMITS, 660)
