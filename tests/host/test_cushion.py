"""The commands against the real firmware on the virtual cushion, over one simulated sit of 45 minutes."""

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sitbone import cli
from sitbone.virtual import SitterSeat, VirtualCushion

pytestmark = pytest.mark.slow
START = datetime(2026, 9, 21, 7, 0, tzinfo=UTC)
SIT_MS = 45 * 60_000

Run = Callable[..., str]


@pytest.fixture(scope="module")
def port(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cushion on which somebody has sat for 45 minutes and ignored each prompt; its world goes on at real pace."""
    image = tmp_path_factory.mktemp("cushion") / "flash.img"
    shutil.copyfile(installed / "flash.img", image)
    seat = SitterSeat("ignores", seed=3, start=START)
    seat.end_ms = SIT_MS
    with VirtualCushion(seat, flash=image, speed=None, start=START) as virtual:
        deadline_s = time.monotonic() + 60
        while virtual.now_ms < SIT_MS:
            assert virtual.poll()
            assert time.monotonic() < deadline_s
            time.sleep(0.05)
        yield virtual.port


@pytest.fixture
def run(port: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command that must succeed; returns what it printed."""
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path))
    monkeypatch.setenv("SITBONE_PORT", port)

    def run(*args: str) -> str:
        code = cli.run(list(args))
        shown = capsys.readouterr()
        assert (code, shown.err) == (0, "")
        return shown.out

    return run


def document(text: str) -> Any:
    return json.loads(text)


def test_status(run: Run) -> None:
    status = document(run("status", "--json"))
    assert re.fullmatch("[0-9a-f]{12}", status["cushion"])
    assert status["state"] == "occupied"
    assert status["dose_s"]["left"] > 1200
    assert status["faults"] == []
    assert isinstance(status["clock_offset_ms"], int)
    assert "of 20.0 min" in run("status")


def test_a_sync_then_the_story_of_the_sit(run: Run) -> None:
    first = document(run("sync", "--json"))
    assert first["records"] > SIT_MS / 10_000
    assert (first["lost"], first["damaged"]) == ([], 0)
    again = document(run("sync", "--json"))
    assert again["records"] < 10
    assert again["bytes"] < 2048

    events = [json.loads(line) for line in run("events", "--json", "--to", "2026-09-21").splitlines()]
    prompts = [event for event in events if event["kind"] == "prompt"]
    assert [prompt["level"] for prompt in prompts[:3]] == [1, 2, 3]
    assert "dose 20.0 of 20.0 min" in prompts[0]["text"]
    # The one who ignores prompts still shifts at times: whatever it was, it was no break.
    outcomes = [event["outcome"] for event in events if event["kind"] == "outcome"]
    assert outcomes
    assert set(outcomes) <= {"missed", "shift"}
    sat = next(event for event in events if event["kind"] == "sat")
    assert abs(datetime.fromisoformat(sat["at"]).timestamp() - START.timestamp() - 30) < 5
    assert [event for event in events if event["kind"] in ("crash", "fault", "unknown")] == []

    (day, *_) = document(run("history", "--from", "2026-09-21", "--to", "2026-09-21", "--json"))["days"]
    assert abs(day["seated_s"] - (SIT_MS / 1000 - 30)) < 60
    assert day["valid_share"] == 1


def test_settings_are_set_read_back_and_clamped_by_the_cushion(run: Run) -> None:
    assert run("settings", "set", "seated_limit_s=1500", "--reason", "trial") == "seated_limit_s = 1500\n"
    assert document(run("settings", "show", "--json"))["values"]["seated_limit_s"] == 1500
    answer = document(run("settings", "set", "left_dose_limit_s=2700", "--json"))
    assert answer["applied"] == {"left_dose_limit_s": 1320}
    assert "you asked for 2700; the cushion allows less for now" in run("settings", "set", "left_dose_limit_s=2700")
    assert re.search(r"left_dose_limit_s +1320 +300 to 2700 +s ", run("settings", "show"))
    run("sync")
    assert "seated_limit_s from 1800 to 1500 (trial)" in run("events")
