"""Resets and their causes, the watchdog, sleep, and what survives what."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

import pytest

from sitbone.virtual import EmptySeat, Seat, VirtualCushion, relay

pytestmark = pytest.mark.usefixtures("micropython")

EACH_START = """
import machine, time
causes = {1: "power", 2: "hard", 3: "wdt", 4: "deepsleep", 5: "soft"}
rtc = machine.RTC()
starts = (rtc.memory() or b"0")
n = int(starts) + 1
rtc.memory(str(n).encode())
say(n, causes[machine.reset_cause()], machine.wake_reason(), time.ticks_ms(), time.time())
"""


def test_each_reset_names_its_cause_and_rtc_memory_survives(run_firmware):
    main = (
        EACH_START
        + """
time.sleep(10)
if n == 1:
    machine.reset()
elif n == 2:
    machine.soft_reset()
elif n == 3:
    machine.WDT(timeout=2000)
    time.sleep(60)
elif n == 4:
    machine.deepsleep(30000)
"""
    )
    run = run_firmware(main, 120)
    # Ticks restart with the chip, the RTC runs on: 10, 20, 32 and 72 s after power-on, and 0.1 s more for each restart.
    assert run.said() == ["1 power 0 0 0", "2 hard 0 0 10", "3 soft 0 0 20", "4 wdt 0 0 32", "5 deepsleep 4 0 72"]
    assert [(e["t_ms"], e["cause"]) for e in run.happened("reset")] == [
        (10_000, "hard"),
        (20_100, "soft"),
        (32_200, "wdt"),
        (72_300, "deepsleep"),
    ]
    assert [(e["t_ms"], e["on"]) for e in run.happened("power")] == [(0, True), (120_000, False)]


@pytest.mark.parametrize(("permille", "woken_ms"), [(30, 100_000), (-30, 106_185)])
def test_an_rc_clock_is_off_in_deep_sleep_and_its_timer_with_it(run_firmware, permille, woken_ms):
    main = EACH_START + "if n == 1:\n    machine.deepsleep(103000)"
    run = run_firmware(main, 150, sleep_drift_permille=permille, first_ticks_ms=5)
    assert run.said() == ["1 power 0 5 0", "2 deepsleep 4 5 103"]
    assert run.happened("reset")[0]["t_ms"] == woken_ms


class Presser(Seat):
    def presses_ms(self, start_ms, end_ms):
        return [edge for edge in [(45_678, True), (46_000, False)] if start_ms <= edge[0] < end_ms]


@pytest.mark.parametrize(
    ("call", "reason"), [("esp32.wake_on_ext0(pin, 0)", 2), ("esp32.wake_on_ext1((pin,), False)", 3)]
)
def test_a_button_wakes_from_deep_sleep(run_firmware, call, reason):
    main = (
        EACH_START
        + f"""
import esp32
if n == 1:
    pin = machine.Pin(32, machine.Pin.IN, machine.Pin.PULL_UP)
    {call}
    machine.deepsleep(3600000)
"""
    )
    run = run_firmware(main, 100, seat=Presser())
    assert run.said() == ["1 power 0 0 0", f"2 deepsleep {reason} 0 45"]
    assert run.happened("reset")[0]["t_ms"] == 45_678


def test_a_button_wakes_from_light_sleep(run_firmware):
    main = """
import esp32, machine, time
esp32.wake_on_ext0(machine.Pin(32, machine.Pin.IN, machine.Pin.PULL_UP), 0)
machine.lightsleep(1000)
say(machine.wake_reason(), time.ticks_ms())
machine.lightsleep()
say(machine.wake_reason(), time.ticks_ms())
esp32.wake_on_ext0(None, 0)
"""
    assert run_firmware(main, 100, seat=Presser()).said() == ["4 1000", "2 45678"]


def test_a_fed_watchdog_does_not_bite_and_cannot_be_stopped(run_firmware):
    main = (
        EACH_START
        + """
if n == 1:
    dog = machine.WDT(timeout=8000)
    for _ in range(100):
        time.sleep(7)
        dog.feed()
    say("fed")
    machine.soft_reset()
elif n == 2:
    time.sleep(60)
"""
    )
    run = run_firmware(main, 800)
    # A soft reset does not disarm it: the second start, which never feeds, is bitten 8 s later.
    assert run.said() == ["1 power 0 0 0", "fed", "2 soft 0 0 700", "3 wdt 0 0 708"]


def test_a_spinning_chip_is_bitten_in_real_time(run_firmware, monkeypatch):
    monkeypatch.setattr(relay, "DEAD_AFTER_S", 1.0)
    main = (
        EACH_START
        + """
if n == 1:
    machine.WDT(timeout=1000)
    while True:
        pass
"""
    )
    run = run_firmware(main, 10)
    assert [line.split()[:2] for line in run.said()] == [["1", "power"], ["2", "wdt"]]
    assert run.happened("reset")[0]["why"] == "no sign of life"


def test_a_power_cut_takes_rtc_and_memory(cushion):
    with cushion(EACH_START + "time.sleep(1000)", speed=50) as chip:
        _until(lambda: chip.now_ms > 20_000)
        chip.power_cut()
        assert chip.pid is None
        chip.power_on()
        _until(lambda: len(chip.run_record.said()) > 1)
    assert [line.split()[:4] for line in chip.run_record.said()] == [["1", "power", "0", "0"], ["1", "power", "0", "0"]]
    assert all(int(line.split()[4]) == 0 for line in chip.run_record.said())


def test_start_sets_the_rtc_and_setting_it_holds(run_firmware):
    main = (
        EACH_START
        + """
say(rtc.datetime())
if n == 1:
    rtc.datetime((2030, 6, 1, 0, 12, 0, 0, 0))
    time.sleep(5)
    machine.deepsleep(5000)
"""
    )
    run = run_firmware(main, 20, start=datetime(2026, 3, 2, 8, 30, tzinfo=UTC))
    said = run.said()
    assert said[1] == "(2026, 3, 2, 0, 8, 30, 0, 0)"
    assert said[3] == "(2030, 6, 1, 5, 12, 0, 10, 100000)"
    assert run.journal[0]["at"] == "2026-03-02T08:30:00.000+00:00"


@pytest.mark.skipif(sys.platform != "linux", reason="dying with the parent is Linux's")
def test_the_chip_dies_with_its_supervisor(project_root):
    code = """
import sys, time
from sitbone.virtual import EmptySeat, VirtualCushion
with VirtualCushion(EmptySeat()) as chip:
    print(chip.pid, flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as supervisor_process:
        assert supervisor_process.stdout is not None
        chip_pid = int(supervisor_process.stdout.readline())
        os.kill(chip_pid, 0)
        supervisor_process.send_signal(signal.SIGKILL)
        supervisor_process.wait()
    _until(lambda: not _alive(chip_pid))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:  # a zombie that nobody has reaped is dead
        return stat.read().rsplit(")", 1)[1].split()[0] != "Z"


def _until(condition, timeout_s: float = 10.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, "did not happen"
        time.sleep(0.01)


def _run_and_interrupt(cushion):
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    cushion.run()


def test_ctrl_c_while_it_runs_ends_in_order(tmp_path):
    """In Python 3.11 and 3.12 a Ctrl-C in a thread's join makes the thread look ended; what it held was closed under
    it, and it plugged its port in again."""
    link = tmp_path / "cushion"
    with VirtualCushion(EmptySeat(), flash=tmp_path / "flash.img", link=link) as cushion:
        with pytest.raises(KeyboardInterrupt):
            _run_and_interrupt(cushion)
        assert cushion.poll()
        chip = cushion.pid or 0
    assert chip
    assert not link.is_symlink()
    assert not cushion.poll()
    with pytest.raises(ProcessLookupError):
        os.kill(chip, 0)
