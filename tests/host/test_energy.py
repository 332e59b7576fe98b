"""The battery's account adds up, and a virtual hour gives the times that it is made of."""

import json
from dataclasses import replace

import pytest

from sitbone import cli
from sitbone.errors import SitboneError
from sitbone.lab.energy import BATTERY_BOARDS, RECORDED, Times, boards, estimate, measure, times_of
from tests.core.interpreters import require


@pytest.mark.parametrize("board", BATTERY_BOARDS)
def test_two_months_on_a_charge_and_what_always_on_would_give(board):
    """Each current at the upper end of what its source gives: hardly above 60."""
    result = estimate(board, RECORDED[board], 2000, 8)
    assert result["days_per_charge"] >= 60
    assert result["mah_for_60_days"] <= 2000
    assert result["always_on"]["days_per_charge"] < 2
    assert sum(state["mah"] for state in result["states"].values()) == pytest.approx(result["mah_per_day"], abs=0.02)
    awake = sum(result["states"][name]["seconds"] for name in ("deep sleep", "light sleep", "converting"))
    assert awake == pytest.approx(86_400, rel=0.001)


def test_more_sitting_costs_more_and_nonsense_is_refused():
    times = RECORDED["xiao-s3"]
    used = [estimate("xiao-s3", times, 2000, hours)["mah_per_day"] for hours in (1, 4, 8, 12)]
    assert used == sorted(used)
    with pytest.raises(SitboneError):
        estimate("xiao-s3", times, 0, 8)
    with pytest.raises(SitboneError):
        estimate("xiao-s3", Times(1, 0, 0, 0, 0, 0, 0, 0), 2000, 8)


def test_each_board_of_the_hardware_folder_has_a_row():
    """Oracle: by hand, 1.5 s at 40 or 44 mA; 24 h at 45 or 50 mA."""
    rows = {row["board"]: row for row in boards(2000, 8)}
    assert rows.keys() == {"devkit", "devkit-b", "s3-devkit", "firebeetle", "xiao-s3"}
    assert [rows[board]["mah_per_wake"] for board in ("xiao-s3", "firebeetle")] == pytest.approx(
        [0.01667, 0.01833], abs=1e-4
    )
    for board in BATTERY_BOARDS:
        assert rows[board]["days_per_charge_aged"] == pytest.approx(0.85 * rows[board]["days_per_charge"], abs=0.1)
    assert {rows[board]["days_per_charge"] for board in ("devkit", "devkit-b", "s3-devkit")} == {None}
    assert (rows["devkit-b"]["mah_per_day"], rows["s3-devkit"]["mah_per_day"]) == (1200, 1080)


def test_a_journal_gives_its_times():
    journal = [
        {"kind": "sat", "t_ms": 1000},
        {"kind": "stood", "t_ms": 61_000},
        {"kind": "usage", "t_ms": 5, "light_ms": 70_000, "deep_ms": 10_000, "samples": 9, "starts": 2, "motor_ms": 500},
    ]
    times = times_of(journal, 0.001)
    assert times.awake_s == pytest.approx(6.4)
    assert replace(times, awake_s=6.4) == Times(0.001, 60.0, 70.0, 10.0, 6.4, 9, 2, 0.5)


def test_the_command(capsys):
    assert cli.run(["energy", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert {"mah_per_day", "days_per_charge", "states"} <= result.keys()
    assert (result["board"], len(result["boards"])) == ("xiao-s3", 5)
    assert cli.run(["energy", "--board", "firebeetle"]) == 0
    assert "always on" in capsys.readouterr().out
    assert cli.run(["energy", "--board", "devkit"]) == 2
    assert "no battery board is called devkit; choose from firebeetle, xiao-s3" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("board", BATTERY_BOARDS)
def test_three_hours_of_a_virtual_day_are_like_the_recorded_week(board):
    """In a shorter time, the seconds that it is awake on USB at the beginning weigh too much."""
    require("unix")
    times = measure(board, 0.125)
    assert times.seated_s > 600
    assert times.deep_s > 600
    per_sample = {name: each.awake_s / each.samples for name, each in (("now", times), ("recorded", RECORDED[board]))}
    assert per_sample["now"] == pytest.approx(per_sample["recorded"], rel=0.2)
