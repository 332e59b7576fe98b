"""The battery boards as their chips really are: strict pads, floating pins, native USB. Oracle: the journal's world."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sitbone.board.device import Cushion
from sitbone.replay.trace import read_trace
from sitbone.virtual import EmptySeat, TraceSeat, VirtualCushion
from tests.end_to_end.conftest import live_until, until, write_trace

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
WAKE_MS = 3000
BATTERY_BOARDS = ("firebeetle", "xiao-s3")


def happened(journal, kind):
    return [entry for entry in journal if entry["kind"] == kind]


@pytest.mark.parametrize("board", BATTERY_BOARDS)
def test_without_the_usb_wire_it_does_not_believe_it_is_on_battery(flash_of, board):
    """Nothing drives the sense pin: asleep it would be deaf, and a XIAO's port would be gone."""
    seen: list[dict[str, Any]] = []
    with VirtualCushion(EmptySeat(), flash=flash_of(board), board=board, journal=seen.append) as cushion:
        cushion.break_part("usb_sense")
        live_until(cushion, 200_000)
        with Cushion(cushion.port) as device:
            assert device.call("status")["battery"] is not None
        cushion.power_cut()
    assert happened(seen, "usage")[-1]["light_sleeps"] == 0
    assert happened(seen, "sleep") == []


def test_a_floating_battery_pin_does_not_keep_a_board_on_usb_from_vibrating(flash_of, tmp_path):
    """A breadboard without a cell: its pin reads like one that is nearly empty."""
    sit = read_trace(write_trace(tmp_path / "sit.csv", (60, 0, 0, 0), (1500, 600, 600, 300)))
    seen: list[dict[str, Any]] = []
    with VirtualCushion(TraceSeat(sit), flash=flash_of("devkit"), journal=seen.append) as cushion:
        cushion.set_battery(3100)
        live_until(cushion, 1_400_000)
    assert [entry for entry in happened(seen, "motor") if entry["on"]]


def test_a_xiao_has_its_port_back_when_a_cable_is_plugged_in(flash_of, tmp_path):
    """Light sleep has taken the native USB: a deep sleep of some milliseconds brings it back, and no dose is lost."""
    sit = read_trace(write_trace(tmp_path / "sit.csv", (3000, 600, 600, 300)))
    seen: list[dict[str, Any]] = []
    with VirtualCushion(TraceSeat(sit), flash=flash_of("xiao-s3"), board="xiao-s3", journal=seen.append) as cushion:
        live_until(cushion, 300_000)
        with Cushion(cushion.port) as device:
            before = device.call("status")["dose_s"]["left"]
        cushion.set_usb(False)
        live_until(cushion, 700_000)
        assert not cushion.has_port
        cushion.set_usb(True)
        live_until(cushion, 715_000)
        until(lambda: cushion.has_port, lambda: "no port")
        with Cushion(cushion.port) as device:
            status = device.call("status")
    assert status["dose_s"]["left"] >= before + 380
    assert len(happened(seen, "sleep")) == 1
    assert status["reset"] == "deep sleep"


@pytest.mark.parametrize("board", BATTERY_BOARDS)
def test_an_object_left_on_the_wake_sensor_does_not_wake_it_again_and_again(flash_of, tmp_path, board):
    """Ext1 has put a hold on the sensor's pad, under which it would read as open."""
    rows = ["t_ms,left_it_mv,right_it_mv,left_thigh_mv,right_thigh_mv"]
    rows += [f"{s * 1000},600,600,300,300" if 30 <= s < 8000 else f"{s * 1000},0,0,0,0" for s in range(8200)]
    bag = tmp_path / "bag.csv"
    bag.write_text("\n".join(rows) + "\n")
    seen: list[dict[str, Any]] = []
    with VirtualCushion(TraceSeat(read_trace(bag)), flash=flash_of(board), board=board, journal=seen.append) as cushion:
        cushion.set_usb(False)
        live_until(cushion, 8_100_000)
    wakes = [entry["t_ms"] for entry in happened(seen, "reset") if entry["cause"] == "deepsleep"]
    assert len([t_ms for t_ms in wakes if t_ms < 8_000_000]) <= 3  # once an hour
    assert any(8_000_000 <= t_ms <= 8_000_000 + WAKE_MS for t_ms in wakes)
