"""The fault campaign: what must happen is the test's name; motors are what the world saw, not what the firmware says.

In every case: motors off, at most 3 s of vibration in ten minutes, the log readable, and the cushion back by itself
where there is something to come back to.
"""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cushion.drivers.profiles import PROFILES
from sitbone.board.device import Board, Cushion
from sitbone.board.firmware_files import PACK, firmware_files, packed
from sitbone.errors import SitboneError
from sitbone.replay.trace import read_trace
from sitbone.virtual import EmptySeat, TraceSeat, VirtualCushion
from tests.end_to_end.conftest import json_lines, live_until, until, write_trace

EPISODE_MS = 3000
RESET_ENDS_MOTORS_MS = 300  # the chip's own start, and boot.py's first lines
MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
PLAY = "from cushion.link import calls as c\nprint(c._app.monitor.board.haptics.play(3, 3, 100, False))\n"
RESETS = {
    "reset": "import machine\nmachine.reset()",
    "watchdog": "import machine\nwhile True: machine.disable_irq()",
    "deep sleep": "import machine\nmachine.deepsleep(500)",
}


def status(cushion, tries=40):
    """The status as soon as it answers."""
    for _ in range(tries - 1):
        try:
            with Cushion(cushion.port) as device:
                return device.call("status")
        except SitboneError:
            time.sleep(0.1)
    with Cushion(cushion.port) as device:
        return device.call("status")


def run(cushion, code):
    with Cushion(cushion.port) as device:
        return device.run(code).strip()


def write(cushion, path, text):
    """A file in a folder that may not be there yet."""
    with Board(cushion.port) as board:
        board.make_folders("/etc")
        board.write(path, text)


def leave(cushion, code):
    """Runs what ends the firmware."""
    with Cushion(cushion.port) as device:
        device.start(code)


class Watched(VirtualCushion):
    """A cushion that keeps its journal."""

    def __init__(self, seat, **kw):
        self.seen: list[dict[str, Any]] = []
        super().__init__(seat, journal=self.seen.append, **kw)


def living(flash, seat=None, **kw):
    return Watched(seat or EmptySeat(), flash=flash, **kw)


def pass_time(cushion, ms):
    """So much of the world's time, however slow this machine is."""
    live_until(cushion, cushion.now_ms + ms)


def resets_of(cushion):
    return sum(entry["kind"] == "reset" for entry in cushion.seen)


def on_spans(seen):
    """(side, on_ms, off_ms) of each time a motor ran, as the world saw it."""
    spans: list[tuple[str, int, int]] = []
    since: dict[str, int] = {}
    for entry in seen:
        if entry["kind"] != "motor":
            continue
        if entry["on"]:
            since.setdefault(entry["side"], entry["t_ms"])
        elif entry["side"] in since:
            spans.append((entry["side"], since.pop(entry["side"]), entry["t_ms"]))
    assert not since, "a motor still runs"
    return spans


def most_on_ms(seen, window_ms=600_000):
    """The most that one motor ran in any ten minutes."""
    spans = on_spans(seen)
    windows = [(side, start) for side, start, _ in spans]
    return max(
        (
            sum(off - on for other, on, off in spans if other == side and start <= on < start + window_ms)
            for side, start in windows
        ),
        default=0,
    )


@pytest.mark.parametrize("cause", RESETS)
@pytest.mark.parametrize("board", ["devkit", "firebeetle"])
def test_every_reset_stops_a_running_motor_and_it_stays_off(flash, flash_of, cause, board, monkeypatch):
    from sitbone.virtual import relay

    monkeypatch.setattr(relay, "DEAD_AFTER_S", 1.0)
    image = flash if board == "devkit" else flash_of(board)
    with living(image, board=board) as cushion:
        before = status(cushion)["session"]
        if cause == "watchdog":
            run(cushion, "import machine\nmachine.WDT(timeout=1000)")
        with Cushion(cushion.port) as device:
            assert device.run(PLAY).strip() == b"True"
            device.start(RESETS[cause])
        until(lambda: any(entry["kind"] in ("reset", "sleep") for entry in cushion.seen))
        after = status(cushion)
        if board == "devkit":
            assert after["reset"] == cause
        assert after["session"] > before
    resets = [entry["t_ms"] for entry in cushion.seen if entry["kind"] in ("reset", "sleep")]
    spans = on_spans(cushion.seen)
    assert spans
    assert max(off for _, _, off in spans) <= min(resets) + RESET_ENDS_MOTORS_MS
    assert most_on_ms(cushion.seen) <= EPISODE_MS


def test_resets_and_power_cuts_give_no_budget_back(flash):
    with living(flash) as cushion:
        for round_number in range(6):
            run(cushion, PLAY)
            if round_number < 2:
                pass_time(cushion, 2100)
            if round_number % 2:
                cushion.power_cut()
                cushion.power_on()
            else:
                resets = resets_of(cushion)
                leave(cushion, RESETS["reset"])
                until(lambda before=resets: resets_of(cushion) > before)
            status(cushion)
        assert run(cushion, PLAY) == b"False"
    assert 1500 <= most_on_ms(cushion.seen) <= EPISODE_MS


def test_told_to_run_for_ever_the_motors_keep_to_every_limit(flash):
    greedy = (
        "from cushion.link import calls as c\nh = c._app.monitor.board.haptics\nserve = h.service\n"
        "def ask(dt_ms):\n    serve(dt_ms)\n    h.play(3, 3, 100, False)\nh.service = ask"
    )
    with living(flash) as cushion:
        run(cushion, greedy)
        pass_time(cushion, 2 * 3_600_000)
    assert 1000 < most_on_ms(cushion.seen) <= EPISODE_MS
    assert 5000 < most_on_ms(cushion.seen, 3_600_000) <= 10_000
    assert max(off - on for _, on, off in on_spans(cushion.seen)) <= 1000


def test_a_clock_that_was_never_set_stops_no_prompt(flash, tmp_path, sitbone):
    sit = read_trace(write_trace(tmp_path / "sit.csv", (1500, 700, 700, 400), (60, 0, 0, 0)))
    with living(flash, TraceSeat(sit)) as cushion:
        live_until(cushion, 1_540_000)
        found = status(cushion)
        sitbone("sync", "--port", cushion.port)
    assert found["unix_ms"] is None
    assert found["dose_s"]["left"] > 300
    assert on_spans(cushion.seen), "quiet hours are unknown, so there are none"
    events = json_lines(sitbone("events", "--from", "1999-01-01", "--json").stdout)
    assert "prompt" in [event["kind"] for event in events]


@pytest.mark.parametrize(("then_mv", "fault"), [(3290, "left_it short"), (0, "left_it open")])
def test_a_sensor_that_fails_is_told_and_the_other_side_goes_on(flash, tmp_path, then_mv, fault):
    parts = [(300, 700, 700, 400), (900, then_mv, 700, 400)]
    with living(flash, TraceSeat(read_trace(write_trace(tmp_path / "sit.csv", *parts)))) as cushion:
        live_until(cushion, 1_100_000)
        after = status(cushion)
    assert (after["faults"], after["state"], after["crashes"]) == ([fault], "occupied", 0)
    assert 200 < after["dose_s"]["left"] < 400, "nobody knows what it carries now"
    assert after["dose_s"]["right"] > 900


def test_a_damaged_rtc_memory_is_not_believed(flash):
    with living(flash) as cushion:
        run(cushion, PLAY)
        pass_time(cushion, 2200)
        run(cushion, PLAY)
        run(cushion, "import machine\nm = bytearray(machine.RTC().memory())\nm[40] ^= 1\nmachine.RTC().memory(m)")
        leave(cushion, RESETS["reset"])
        until(lambda: resets_of(cushion))
        assert status(cushion)["reset"] == "reset"
        assert run(cushion, PLAY) == b"False", "the flash has what was granted"


def test_what_was_granted_can_not_be_read_so_nothing_is_granted(flash):
    with living(flash) as cushion:
        write(cushion, "/etc/motors.json", b"{")
        cushion.power_cut()
        cushion.power_on()
        assert run(cushion, PLAY) == b"False"
    assert on_spans(cushion.seen) == []


def test_a_low_battery_warns_then_only_logs_then_switches_off_and_loses_nothing(flash, sitbone):
    with living(flash, start=MORNING) as cushion:
        cushion.set_usb(False)
        cushion.set_battery(3650)
        pass_time(cushion, 300_000)
        cushion.set_battery(3450)
        pass_time(cushion, 300_000)
        cushion.press_button()
        pass_time(cushion, 120_000)
        cushion.set_battery(3250)
        pass_time(cushion, 300_000)
        pass_time(cushion, 4_000_000)
        cushion.set_battery(4000)
        pass_time(cushion, 1_000_000)
        cushion.set_usb(True)
        pass_time(cushion, 1_900_000)
        assert status(cushion)["battery"]["percent"] > 90
        synced = json.loads(sitbone("sync", "--port", cushion.port, "--json").stdout)
    sleeps = [entry["t_ms"] for entry in cushion.seen if entry["kind"] == "sleep"]
    wakes = [entry["t_ms"] for entry in cushion.seen if entry["kind"] == "reset"]
    assert len(sleeps) >= 4
    assert all(asleep - awake < 1000 for awake, asleep in zip(wakes[:3], sleeps[1:4], strict=True))
    assert (synced["lost"], synced["damaged"]) == ([], 0)
    events = json_lines(sitbone("events", "--from", "1999-01-01", "--json").stdout)
    assert [event["stage"] for event in events if event["kind"] == "battery"][:3] == [1, 2, 3]
    assert [event["gesture"] for event in events if event["kind"] == "button"] == ["short"]
    assert on_spans(cushion.seen) == [], "no vibration, not even an answer, once it only logs"


@pytest.mark.slow
def test_a_button_that_is_stuck_is_one_long_press(flash, sitbone):
    with living(flash) as cushion:
        live_until(cushion, 60_000)
        cushion.hold_button()
        pass_time(cushion, 3_600_000)
        held = status(cushion)
        cushion.hold_button(False)
        pass_time(cushion, 120_000)
        sitbone("sync", "--port", cushion.port)
    assert (held["late"], held["crashes"], held["state"]) == (0, 0, "vacant")
    events = json_lines(sitbone("events", "--from", "1999-01-01", "--json").stdout)
    assert [event["gesture"] for event in events if event["kind"] == "button"] == ["long"]
    assert most_on_ms(cushion.seen) <= EPISODE_MS


def test_the_button_held_at_start_leads_to_the_plain_repl_and_back(flash, mpremote):
    with living(flash) as cushion:
        cushion.hold_button()
        pass_time(cushion, 500)
        cushion.power_cut()
        cushion.power_on()
        assert "safe" not in mpremote(
            cushion.port, "resume", "exec", "print('cushion.link' in __import__('sys').modules)"
        )
        with Board(cushion.port) as board:
            assert board.run("import sys\nprint('cushion.app' in sys.modules)").strip() == b"False"
        cushion.hold_button(False)
        time.sleep(0.5)
        cushion.power_cut()
        cushion.power_on()
        assert status(cushion)["safe_mode"] == ""


def test_a_chip_that_was_never_calibrated_runs_without_readings(flash):
    with living(flash) as cushion:
        status(cushion)
        cushion.break_part("calibration")
        pass_time(cushion, 1000)
        leave(cushion, RESETS["reset"])
        until(lambda: resets_of(cushion) == 1)
        pass_time(cushion, 3000)
        found = status(cushion)
    assert (found["safe_mode"], found["state"], found["battery"]) == ("", "unknown", None)
    assert found["crashes"] == 0


def spoil(cushion, text):
    """Breaks the firmware's monitor, as a bad flash block might."""
    with Board(cushion.port) as board:
        version = (board.read_text("/fw/current") or "").split("\n")[0]
        files = [replace(file, data=text) if file.name == "cushion/monitor.py" else file for file in firmware_files()]
        board.write(f"/fw/{version}/{PACK}", packed(files)[0].data)
    return version


def test_three_failed_starts_lead_to_safe_mode_with_link_and_log(flash, sitbone):
    with living(flash) as cushion:
        status(cushion)
        pass_time(cushion, 10_000)  # it has been well, so no count is left
        spoil(cushion, b"raise RuntimeError('planted')\n")
        cushion.power_cut()
        cushion.power_on()
        until(lambda: resets_of(cushion) == 3)
        found = status(cushion)
        assert found["state"] == "safe mode"
        assert "RuntimeError: planted" in found["safe_mode"]
        assert resets_of(cushion) == 3
        with Cushion(cushion.port) as device, pytest.raises(SitboneError, match="safe mode"):
            device.call("settings_show")
        with Cushion(cushion.port) as device:
            assert sum(len(data) for data in device.read_log(1)) > 0
    assert on_spans(cushion.seen) == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (
            "devkitt",
            "board profile devkitt is unknown; run sitbone install --board with one of " + ", ".join(sorted(PROFILES)),
        ),
        ("", ""),
    ],
)
def test_a_wrong_board_profile_is_one_line_in_the_status_and_safe_mode(flash, name, why):
    with living(flash) as cushion:
        write(cushion, "/etc/board", name.encode())
        cushion.power_cut()
        cushion.power_on()
        found = status(cushion)
    assert found["safe_mode"] == why
    assert found["faults"] == ([why] if why else found["faults"])
    assert not [entry for entry in cushion.seen if entry["kind"] == "motor"]


def test_a_silent_converter_is_unknown_and_comes_back(flash_of, tmp_path):
    seat = TraceSeat(read_trace(write_trace(tmp_path / "sit.csv", (4000, 600, 600, 300))))
    with living(flash_of("firebeetle"), seat, board="firebeetle") as cushion:
        live_until(cushion, 60_000)
        cushion.break_part("ads1115")
        pass_time(cushion, 60_000)
        broken = status(cushion)
        cushion.break_part("ads1115", False)
        pass_time(cushion, 60_000)
        repaired = status(cushion)
        cushion.break_part("bus")
        pass_time(cushion, 3_000_000)
        stuck = status(cushion)
    assert broken["state"] == stuck["state"] == "unknown"
    assert len(broken["faults"]) == 4
    assert (repaired["state"], repaired["faults"]) == ("occupied", [])
    assert stuck["dose_s"]["left"] < 200, "time without readings adds no load"
    assert on_spans(cushion.seen) == []
    assert stuck["crashes"] == 0


def test_a_silent_motor_driver_is_told_and_costs_nothing_else(flash_of):
    with living(flash_of("firebeetle"), board="firebeetle") as cushion:
        cushion.break_part("drv2605l")
        pass_time(cushion, 1000)
        assert run(cushion, PLAY) == b"False"
        found = status(cushion)
        assert "motor driver does not answer" in found["faults"]
        assert found["crashes"] == 0
    assert on_spans(cushion.seen) == []


def test_a_driver_that_falls_silent_while_it_vibrates_is_stopped_by_its_enable_pin(flash_of):
    with living(flash_of("firebeetle"), board="firebeetle") as cushion:
        assert run(cushion, PLAY) == b"True"
        cushion.break_part("bus")
        pass_time(cushion, 2000)
        assert status(cushion)["crashes"] == 0
    assert 0 < most_on_ms(cushion.seen) <= EPISODE_MS


@pytest.mark.slow
def test_a_power_cut_in_every_state_is_survived(flash, sitbone, tmp_path):
    sit = read_trace(write_trace(tmp_path / "sit.csv", (30, 0, 0, 0), (3000, 600, 600, 300), (300, 0, 0, 0)))
    with living(flash, TraceSeat(sit)) as cushion:
        for at_ms in (5_000, 31_000, 40_000, 1_000_000, 1_242_500, 1_400_000, 3_032_000, 3_200_000):
            live_until(cushion, at_ms)
            cushion.power_cut()
            cushion.power_on()
        live_until(cushion, 3_330_000)
        after = status(cushion)
        synced = json.loads(sitbone("sync", "--port", cushion.port, "--json").stdout)
    assert (after["crashes"], after["safe_mode"]) == (0, "")
    assert (synced["lost"], synced["damaged"], synced["first_seq"]) == ([], 0, 1)
    assert most_on_ms(cushion.seen) <= EPISODE_MS


def test_settings_that_can_not_be_read_give_way_to_safe_ones(flash):
    with living(flash) as cushion:
        write(cushion, "/etc/settings.json", b'{"values": 3}')
        cushion.power_cut()
        cushion.power_on()
        found = status(cushion)
    assert found["settings_source"] in ("default", "last good")
    assert found["limit_s"] == {"left": 1200, "right": 1200}


@pytest.mark.slow
def test_a_full_flash_stops_neither_monitor_nor_limits(flash):
    with living(flash) as cushion:
        run(
            cushion,
            "f = open('/fill', 'wb')\ntry:\n while True: f.write(bytes(4096))\nexcept OSError:\n pass\nf.close()",
        )
        pass_time(cushion, 1_500_000)
        leave(cushion, RESETS["reset"])
        pass_time(cushion, 60_000)
        after = status(cushion)
    assert (after["state"], after["crashes"], after["safe_mode"]) == ("vacant", 0, "")
