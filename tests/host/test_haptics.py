"""The staircase finds the threshold of a simulated person whose threshold is known, within the motors' limit."""

import shutil
from typing import Any

import pytest

from sitbone import cli
from sitbone.board.device import Cushion
from sitbone.board.haptics import MOST_TRIALS, find_threshold
from sitbone.errors import Refused
from sitbone.virtual import EmptySeat, VirtualCushion


@pytest.mark.parametrize("threshold", range(15, 96, 5))
def test_a_steady_person_is_found_within_a_step(threshold):
    played = []

    def play(percent):
        played.append(percent)
        return True

    found = find_threshold(play, lambda percent: percent >= threshold)
    assert abs(found["threshold_percent"] - threshold) <= 15
    assert found["strength_percent"] >= min(100, max(30, threshold))
    assert len(played) == found["trials"] <= MOST_TRIALS


def test_ends_are_told():
    assert find_threshold(lambda percent: True, lambda percent: True)["strength_percent"] == 30
    with pytest.raises(Refused, match="did not feel even the strongest"):
        find_threshold(lambda percent: True, lambda percent: False)
    with pytest.raises(Refused, match="wait ten minutes"):
        find_threshold(lambda percent: False, lambda percent: True)


@pytest.mark.slow
def test_the_command_sets_the_strength_and_keeps_to_the_motors_limit(installed, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path / "home"))
    copy = tmp_path / "flash.img"
    shutil.copyfile(installed / "flash.img", copy)
    journal: list[dict[str, Any]] = []
    answers = iter("ynynynynyn")
    monkeypatch.setattr("click.confirm", lambda *_, **__: next(answers) == "y")
    with VirtualCushion(EmptySeat(), flash=copy, journal=journal.append) as cushion:
        assert cli.run(["calibrate", "--haptics", "--port", cushion.port]) == 0
        assert "strength set to" in capsys.readouterr().out
        with Cushion(cushion.port) as device:
            strength = device.call("settings_show")["values"]["strength_percent"]
            assert 30 <= strength < 100
    on = [entry for entry in journal if entry["kind"] == "motor" and entry["on"]]
    assert {entry["side"] for entry in on} == {"left", "right"}
    assert len(on) <= 2 * MOST_TRIALS
    assert max(entry["strength"] for entry in on) <= 0.6, "never stronger than a first prompt"
