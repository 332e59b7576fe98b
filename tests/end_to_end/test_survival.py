"""What a cushion goes through: power cuts, a failing part, a hung one; settings and log come through all of it."""

import json
from typing import Any

import pytest

from sitbone.board.device import Cushion
from sitbone.virtual import SitterSeat, TraceSeat, VirtualCushion
from tests.end_to_end.conftest import json_lines, live_until, write_trace


def status(cushion):
    with Cushion(cushion.port) as device:
        return device.call("status")


@pytest.mark.parametrize("hours", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_a_power_cut_takes_no_acknowledged_record(flash, sitbone, hours):
    with VirtualCushion(SitterSeat("office", seed=4), flash=flash) as cushion:
        live_until(cushion, hours * 3_600_000)
        acknowledged = status(cushion)["journal"]["last_seq"]
        cushion.power_cut()
        cushion.power_on()
        after = status(cushion)
        assert after["journal"]["last_seq"] > acknowledged
        synced = json.loads(sitbone("sync", "--port", cushion.port, "--json").stdout)
    assert synced["lost"] == []
    assert synced["damaged"] == 0
    assert synced["first_seq"] == 1
    assert synced["last_seq"] >= after["journal"]["last_seq"]


def test_syncing_again_brings_only_what_is_new(flash, sitbone):
    with VirtualCushion(SitterSeat("office", seed=4), flash=flash) as cushion:
        live_until(cushion, 3_600_000)
        first = json.loads(sitbone("sync", "--port", cushion.port, "--json").stdout)
        second = json.loads(sitbone("sync", "--port", cushion.port, "--json").stdout)
    assert second["records"] == second["last_seq"] - first["last_seq"]
    assert second["lost"] == []
    assert first["records"] > 50


def test_settings_survive_a_power_cut_and_are_clamped_again_on_the_cushion(flash, sitbone):
    with VirtualCushion(SitterSeat("empty"), flash=flash) as cushion:
        sitbone("settings", "set", "snooze_s=420", "right_dose_limit_s=900", "--port", cushion.port)
        cushion.power_cut()
        cushion.power_on()
        shown = json.loads(sitbone("settings", "show", "--json", "--port", cushion.port).stdout)
        with Cushion(cushion.port) as device:
            answer = device.call("settings_set", {"right_dose_limit_s": 2700}, "a test")
    values = shown.get("values", shown)
    assert "420" in json.dumps(values)
    assert "900" in json.dumps(values)
    assert answer["applied"] == {"right_dose_limit_s": 990}, "not more than 10 % in 7 days"


def test_a_part_that_fails_is_logged_and_restarted_with_motors_off(flash, sitbone, tmp_path):
    trace = write_trace(tmp_path / "sit.csv", (600, 600, 600, 300))
    from sitbone.replay.trace import read_trace

    journal: list[dict[str, Any]] = []
    with VirtualCushion(TraceSeat(read_trace(trace)), flash=flash, journal=journal.append) as cushion:
        with Cushion(cushion.port) as device:
            device.run(
                "from cushion.link import calls\n"
                "m = calls._app.monitor\n"
                "m.board.haptics.play(3, 3, 100, False)\n"
                "works = m._decide\n"
                "def broken(period_ms):\n"
                "    m._decide = works\n"
                "    raise RuntimeError('planted')\n"
                "m._decide = broken\n"
            )
        live_until(cushion, 60_000)
        after = status(cushion)
        sitbone("sync", "--port", cushion.port)
    assert after["crashes"] >= 1
    assert after["state"] == "occupied"
    crash = next(
        e for e in json_lines(sitbone("events", "--from", "2000-01-01", "--json").stdout) if e["kind"] == "crash"
    )
    assert "RuntimeError: planted" in crash["text"] or "planted" in json.dumps(crash)
    motors = [entry for entry in journal if entry["kind"] == "motor"]
    assert motors
    assert not motors[-1]["on"]


def test_a_hung_monitor_is_ended_by_the_watchdog(flash):
    journal: list[dict[str, Any]] = []
    with VirtualCushion(SitterSeat("empty"), flash=flash, journal=journal.append) as cushion:
        session = status(cushion)["session"]
        with Cushion(cushion.port) as device:
            device.run("from cushion.link import calls; calls._app.monitor.board.feed = lambda: None")
        live_until(cushion, 60_000)
        after = status(cushion)
    assert (after["session"], after["reset"]) == (session + 1, "watchdog")
