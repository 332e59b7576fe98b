"""Tuning applied to the real firmware of the virtual cushion, and undone."""

import json
import re
from pathlib import Path

import pytest

from sitbone.board.device import Cushion
from tests.host.test_cushion import Run, port, run

__all__ = ["port", "run"]
pytestmark = pytest.mark.slow


def test_a_reduction_is_applied_read_back_logged_and_undone_as_far_as_a_week_allows(run: Run, tmp_path: Path) -> None:
    run("sync")
    assert "left: lower the limit from 20.0 min to 16.0 min" in run("pain", "6", "--sitting", "--side", "left") + run(
        "tune"
    )
    shown = run("tune", "--apply")
    assert "Applied and read back from the cushion: left_dose_limit_s = 960" in shown
    assert json.loads(run("settings", "show", "--json"))["values"]["left_dose_limit_s"] == 960
    assert "this morning's pain is not in the diary yet" in run("sync")
    assert "left_dose_limit_s from 1200 to 960 (tune: pain over 5 while sitting)" in run("settings", "history")
    run("settings", "export", str(tmp_path / "mine.json"))
    assert run("settings", "diff", str(tmp_path / "mine.json")) == "no differences\n"
    undone = run("settings", "undo")
    assert "left_dose_limit_s = 1056" in undone
    assert "before the change it was 1200, but a limit may rise by at most 10 % in 7 days" in undone
    values = json.loads((tmp_path / "mine.json").read_text()) | {"left_dose_limit_s": 2700, "seated_limit_s": 1500}
    (tmp_path / "hostile.json").write_text(json.dumps(values))
    assert re.search(r"left_dose_limit_s: 1056 -> 2700 s", run("settings", "diff", str(tmp_path / "hostile.json")))
    shown = run("settings", "import", str(tmp_path / "hostile.json"))
    assert "left_dose_limit_s = 1056" in shown
    assert "seated_limit_s = 1500" in shown
    waiting = json.loads(run("settings", "show", "--json"))
    assert waiting["raise_to_s"]["left_dose_limit_s"] == 1056
    assert waiting["raise_wait_s"]["left_dose_limit_s"] > 6 * 86400


def test_undo_takes_back_the_last_change_though_no_sync_told_of_it(run: Run) -> None:
    run("settings", "set", "left_dose_limit_s=1000")
    run("sync")
    run("settings", "set", "mute_s=1800", "--reason", "a long talk")
    assert run("settings", "undo") == "mute_s = 3600\n"
    assert run("settings", "undo") == "left_dose_limit_s = 1056\n"  # an undo is not undone: this goes further back
    values = json.loads(run("settings", "show", "--json"))["values"]
    assert (values["mute_s"], values["left_dose_limit_s"]) == (3600, 1056)


def test_settings_changed_together_are_one_change_in_the_real_log(run: Run, port: str) -> None:
    run("settings", "set", "snooze_s=300")
    with Cushion(port) as cushion:
        reasons = {"mute_s": "ein Gespräch 🪑", "snooze_s": "too long"}
        cushion.call("settings_set", {"mute_s": 1800, "snooze_s": 400}, reasons, 0)
    assert sorted(run("settings", "undo").splitlines()) == ["mute_s = 3600", "snooze_s = 300"]
    run("sync")
    events = [json.loads(line) for line in run("events", "--json").splitlines()]
    changes = [item for item in events if item["kind"] == "changes"]
    assert (changes[-2]["count"], changes[-1]["count"]) == (2, 2)
    assert changes[-1]["undoes"] == changes[-2]["change"] == changes[-1]["change"] - 1
    said = {item["name"]: item["reason"] for item in events if item["kind"] == "setting" and item["now"] in (1800, 400)}
    assert said == {"mute_s": "ein Gespräch 🪑", "snooze_s": "too long"}
