"""The battery boards as their chips really are: strict pads, floating pins, native USB. Oracle: the journal's world."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cushion.drivers.profiles import PROFILES
from sitbone.board.device import Cushion
from sitbone.replay.trace import read_trace
from sitbone.virtual import EmptySeat, TraceSeat, VirtualCushion
from tests.end_to_end.conftest import json_lines, live_until, until, write_trace

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
WAKE_MS = 3000
BATTERY_BOARDS = ("firebeetle", "xiao-s3")
QUICK_BOARDS = ("devkit", "xiao-s3")  # the others are long tests, because each takes seconds
EMPTY_MV = {"firebeetle": 0, "xiao-s3": 197}  # 47 kohm beside each sensor over 3.3 kohm, at 3.0 V


def empty_row(board, t_ms):
    return f"{t_ms}" + f",{EMPTY_MV[board]}" * 4


def happened(journal, kind):
    return [entry for entry in journal if entry["kind"] == kind]


@pytest.mark.parametrize(
    "board", [name if name in QUICK_BOARDS else pytest.param(name, marks=pytest.mark.slow) for name in sorted(PROFILES)]
)
def test_the_firmware_runs_on_each_board(flash_of, board):
    """The virtual chip of its kind refuses what its pins can't do, and the world is wired as the profile says."""
    with VirtualCushion(EmptySeat(), flash=flash_of(board), board=board) as cushion:
        live_until(cushion, 60_000)
        with Cushion(cushion.port) as device:
            status = device.call("status")
    assert (status["safe_mode"], status["faults"], status["state"]) == ("", [], "vacant")


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
    rows += [f"{s * 1000},700,700,400,400" if 30 <= s < 8000 else empty_row(board, s * 1000) for s in range(8200)]
    bag = tmp_path / "bag.csv"
    bag.write_text("\n".join(rows) + "\n")
    seen: list[dict[str, Any]] = []
    with VirtualCushion(TraceSeat(read_trace(bag)), flash=flash_of(board), board=board, journal=seen.append) as cushion:
        cushion.set_usb(False)
        live_until(cushion, 8_100_000)
    wakes = [entry["t_ms"] for entry in happened(seen, "reset") if entry["cause"] == "deepsleep"]
    assert len([t_ms for t_ms in wakes if t_ms < 8_000_000]) <= 3  # once an hour
    assert any(8_000_000 <= t_ms <= 8_000_000 + WAKE_MS for t_ms in wakes)


CYCLE_S = 200
SIT_S = 25
PRESS_MS = 120
WAKING_MS = 60  # over before the chip has started: a longer one would be a gesture as well


class Restless(TraceSeat):
    """Sits down every CYCLE_S for SIT_S, presses twice in each sit, and in each absence once to wake it and then
    twice. The moments within a second differ from cycle to cycle."""

    def __init__(self, path, board, cycles):
        rows = ["t_ms,left_it_mv,right_it_mv,left_thigh_mv,right_thigh_mv"]
        for cycle in range(cycles):
            begin_ms = self.sits_ms(cycle)
            rows += [f"{begin_ms + 250 * n},{700 + n % 5},700,400,400" for n in range(4 * SIT_S)]
            rows += [empty_row(board, begin_ms + 1000 * s) for s in range(SIT_S, CYCLE_S - 1)]
        path.write_text("\n".join([*rows[:1], empty_row(board, 0), *rows[1:]]) + "\n")
        super().__init__(read_trace(path))
        self.doubles_ms = [self.sits_ms(cycle) + 10_000 for cycle in range(cycles)]
        self.wakings_ms = [self.sits_ms(cycle) + 165_000 for cycle in range(cycles - 1)]
        self.doubles_ms += [waking_ms + 3000 for waking_ms in self.wakings_ms]

    @staticmethod
    def sits_ms(cycle):
        return 1000 + CYCLE_S * 1000 * cycle + cycle * 137 % 1000

    def presses_ms(self, start_ms, end_ms):
        edges = [(at_ms, True) for at_ms in self.wakings_ms] + [(at_ms + WAKING_MS, False) for at_ms in self.wakings_ms]
        for at_ms in self.doubles_ms:
            edges += [(at_ms + n * PRESS_MS, n % 2 == 0) for n in range(4)]
        return sorted(edge for edge in edges if start_ms <= edge[0] < end_ms)


def sleep_on_strict_pads(flash, board, cycles, folder, sitbone):
    """Each press, each sitting down and each deep sleep of `Restless`, from the log and from the world."""
    seat = Restless(folder / "restless.csv", board, cycles)
    seen: list[dict[str, Any]] = []
    with VirtualCushion(seat, flash=flash, board=board, start=START, journal=seen.append) as cushion:
        cushion.set_usb(False)
        for cycle in range(0, cycles, 10):
            live_until(cushion, seat.sits_ms(cycle))
        live_until(cushion, seat.sits_ms(cycles - 1) + 15_000)  # in the last sit: a cable ends no deep sleep
        cushion.set_usb(True)
        live_until(cushion, cushion.now_ms + 5000)
        until(lambda: cushion.has_port)
        sitbone("sync", "--port", cushion.port)
        cushion.power_cut()
    events = json_lines(sitbone("events", "--from", "2026-03-01", "--to", "2026-03-04", "--json").stdout)
    assert [event["gesture"] for event in events if event["kind"] == "button"] == ["double"] * len(seat.doubles_ms)
    # A XIAO starts anew in the last sit, when the cable comes, and finds somebody there.
    assert sum(event["kind"] == "sat" for event in events) == cycles + (board == "xiao-s3")
    wakes = [(entry["t_ms"], entry["wake"]) for entry in happened(seen, "reset") if entry["cause"] == "deepsleep"]
    for moments_ms, reason in ((map(seat.sits_ms, range(1, cycles)), 3), (seat.wakings_ms, 2)):
        for at_ms in moments_ms:
            assert any(0 <= woken_ms - at_ms <= 1000 and wake == reason for woken_ms, wake in wakes), (at_ms, wakes)
    assert [event for event in events if event["kind"] == "crash"] == []
    return happened(seen, "usage")[-1]["light_sleeps"], len(happened(seen, "sleep"))


@pytest.mark.parametrize("board", BATTERY_BOARDS)
def test_some_sleeps_on_strict_pads(flash_of, tmp_path, sitbone, board):
    light, deep = sleep_on_strict_pads(flash_of(board), board, 4, tmp_path, sitbone)
    assert light >= 600
    assert deep >= 6


@pytest.mark.slow
@pytest.mark.parametrize("board", BATTERY_BOARDS)
def test_a_thousand_light_and_two_hundred_deep_sleeps_on_strict_pads(flash_of, tmp_path, sitbone, board):
    light, deep = sleep_on_strict_pads(flash_of(board), board, 102, tmp_path, sitbone)
    assert light >= 1000
    assert deep >= 200
