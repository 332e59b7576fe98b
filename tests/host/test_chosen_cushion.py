"""`--cushion` on commands that change or list: the right cushion at the port, or nothing is done."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cushion.core import records
from cushion.core.settings import DOSE_LIMITS, Settings
from sitbone import cli
from sitbone.board import device
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.settings.person import changes_made
from sitbone.store.store import Store
from tests.fuzz.lying import LyingLine
from tests.host.logs import LogWriter
from tests.host.test_cushions import HOME, NOW, OFFICE, keep, log_from, sits

AT = NOW - timedelta(days=1)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two named cushions, each with a mark and a change; the sofa, sat on for longer, was synced last."""
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path))
    with Store(tmp_path / "sitbone.sqlite") as store:
        for hardware, hours, minutes in ((OFFICE, 6, 10), (HOME, 3, 50)):
            log = sits(log_from(AT - timedelta(hours=hours)), minutes)
            log.add(records.SYMPTOM, 60_000, 90_000, 600, 2)
            log.add(records.SETTING, 2, 1800, 1800 - hours, "by hand")
            keep(store, hardware, log)
        store.name_cushion(OFFICE, "office")
        store.name_cushion(HOME, "sofa")
        store.add_sync(store.cushion(HOME), 1, {})
        DiaryStore(store).add("pain", new_pain(6, AT, AT, "sitting"))
    return tmp_path


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*args: str) -> tuple[int, str, str]:
        code = cli.run(list(args))
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def plugged_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> type[LyingLine]:
    """The office's cushion, telling the truth, at the port /dev/office; at no other is there one."""
    log = LogWriter()
    log.clock(round(AT.timestamp() * 1000))
    LyingLine.log, LyingLine.settings, LyingLine.rng = log, Settings(), None
    monkeypatch.setattr(device, "SerialLine", LyingLine)
    monkeypatch.setattr(device, "ports", lambda: ["/dev/office"])
    return LyingLine


def test_the_changes_of_one_cushion(run: Run) -> None:
    everything = json.loads(run("settings", "history", "--json")[1])["changes"]
    assert [(row["cushion"], row["to"]) for row in everything] == [("office", 1794), ("sofa", 1797)]
    _, shown, _ = run("settings", "history", "--cushion", "sofa")
    assert shown.endswith("seated_limit_s from 1800 to 1797 (by hand)\n")
    assert shown.count("\n") == 1
    assert "  office  seated_limit_s from 1800 to 1794" in run("settings", "history")[1]


def test_the_marks_of_one_cushion_beside_the_whole_diary(run: Run) -> None:
    found = json.loads(run("pain", "list", "--json", "--cushion", "office")[1])
    assert [mark["cushion"] for mark in found["marks"]] == ["office"]
    assert [entry["pain"] for entry in found["entries"]] == [6]
    assert len(json.loads(run("pain", "list", "--json")[1])["marks"]) == 2
    assert "; cushion sofa\n" in run("pain", "list")[1]


@pytest.mark.parametrize("port", [(), ("--port", "/dev/office")], ids=["found", "named"])
def test_a_change_goes_to_the_cushion_that_was_meant(
    run: Run, plugged_in: type[LyingLine], port: tuple[str, ...]
) -> None:
    change = ("settings", "set", "mute_s=1800", *port, "--cushion")
    assert run(*change, "office")[0] == 0
    assert plugged_in.settings.get("mute_s") == 1800
    plugged_in.settings.change("mute_s", 3600, 0)
    code, _, said = run(*change, "sofa")
    wrong = "the cushion on /dev/office is office, not sofa; plug in the other one, or choose its port"
    nowhere = "sofa isn't connected; plug it in, or name its port with --port"
    assert (code, said) == ((1, f"sitbone: {wrong}\n") if port else (3, f"sitbone: {nowhere}\n"))
    assert plugged_in.settings.get("mute_s") == 3600
    assert run(*change, "nonesuch")[0] == 2


def test_tune_applies_what_it_proposed_for_this_cushion(run: Run, plugged_in: type[LyingLine]) -> None:
    def longest_min(document: dict[str, Any]) -> float:
        found: float = document["predicted"]["happened"]["longest_min"]
        return found

    assert longest_min(json.loads(run("tune", "--json")[1])) == 50
    code, shown, _ = run("tune", "--apply", "--json", "--cushion", "office")
    document = json.loads(shown)
    assert (code, longest_min(document)) == (0, 10)
    assert document["applied"] == dict.fromkeys(DOSE_LIMITS, 960)  # 0.8 of 20 min
    assert {name: plugged_in.settings.get(name) for name in DOSE_LIMITS} == document["applied"]
    assert run("tune", "--apply", "--cushion", "sofa")[0] == 3


def test_a_limit_that_another_board_gets_too_is_no_second_change(store: Store) -> None:
    """10 min on one board, a week later on its successor, which came with 20: one reduction, not two."""
    for hardware, days, was, now in ((OFFICE, 9, 1200, 1080), (HOME, 2, 1200, 1080), (HOME, 1, 1080, 960)):
        log = log_from(NOW - timedelta(days=days))
        log.log_id = days
        log.add(records.SETTING, 0, was, now, "by hand")
        keep(store, hardware, log)
    made = [(item.was, item.now) for item in changes_made(store, DOSE_LIMITS[0])]
    assert made == [(1200, 1080), (1080, 960)]


@pytest.mark.parametrize(("chosen", "named"), [((), "cushions office, sofa"), (("--cushion", "sofa"), "cushion sofa")])
def test_a_report_says_whose_days_it_shows(run: Run, tmp_path: Path, chosen: tuple[str, ...], named: str) -> None:
    assert run("report", str(tmp_path / "r.html"), *chosen)[0] == 0
    assert f"28 days of {named}, made " in (tmp_path / "r.html").read_text()


def test_the_pairs_of_times_of_one_cushion(run: Run) -> None:
    assert [pair["cushion"] for pair in json.loads(run("clock", "--json")[1])["pairs"]] == ["office", "sofa"]
    assert [pair["cushion"] for pair in json.loads(run("clock", "--json", "--cushion", "sofa")[1])["pairs"]] == ["sofa"]
