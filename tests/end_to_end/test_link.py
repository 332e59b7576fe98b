"""The link as a chip really has it: an input that holds 260 bytes, 115,200 baud, slow flash, and starts of seconds.

What arrives wrong is run all the same, so each snippet says what it is.
"""

import threading
import time

import pytest
import serial

from sitbone.board import serial_line
from sitbone.board.device import Cushion
from sitbone.errors import Refused
from sitbone.virtual import EmptySeat, SitterSeat, VirtualCushion
from sitbone.virtual.image import SLOW_US
from tests.end_to_end.conftest import until
from tests.end_to_end.test_safety import Watched, status

BAUD = 115_200
MOST_READS_OF_A_START = 6000  # of up to 128 bytes each
FIRST_SAMPLE_MS = 3000


@pytest.fixture
def cushion(flash):
    with VirtualCushion(EmptySeat(), flash=flash, baud=BAUD) as running:
        status(running)
        yield running


def snippet(size):
    """So many bytes of code that print a sum over all of their figures."""
    lines, total, number = ["s=0"], 0, 0
    while sum(map(len, lines)) + len(lines) < size - 20:
        number += 1
        lines.append(f"s+={number * 7919 % 1000}")
        total += number * 7919 % 1000
    lines.append("print(s)")
    code = "\n".join(lines)
    return code + "\n" + "#" * max(0, size - len(code) - 1), total


@pytest.mark.parametrize("size", [150, 259, 449, 450, 1000, 2100, 4000, 6000])
def test_a_snippet_arrives_as_it_was_sent(cushion, size):
    code, total = snippet(size)
    assert len(code) == size
    with Cushion(cushion.port) as device:
        for _ in range(3):
            assert int(device.run(code)) == total


def test_a_snippet_that_is_too_long_is_refused_in_a_line(cushion):
    with Cushion(cushion.port) as device:
        with pytest.raises(Refused, match="MemoryError: no room for this snippet; send it in pieces"):
            device.run(snippet(20_000)[0])
        assert device.run("print(6 * 7)").strip() == b"42"
    assert status(cushion)["crashes"] == 0


def test_stock_mpremote_mounts_and_runs(cushion, mpremote, tmp_path):
    (tmp_path / "told.py").write_text(snippet(3000)[0])
    assert int(mpremote(cushion.port, "resume", "run", tmp_path / "told.py")) == snippet(3000)[1]
    assert "told.py" in mpremote(cushion.port, "resume", "mount", tmp_path, "exec", "import os; print(os.listdir())")


@pytest.mark.parametrize("busy_ms", [100, 1200, 2400, 5000])
def test_a_busy_board_answers_once_it_can(cushion, busy_ms):
    """Each Ctrl-A that waited gets an answer of its own; none is taken for another's."""
    cushion.stall(busy_ms)
    with Cushion(cushion.port) as device:
        for _ in range(3):
            assert device.call("status")["crashes"] == 0


@pytest.fixture
def slow(flash, monkeypatch):
    """Its starts take what they take on this machine, so the host's patience is not the subject here."""
    monkeypatch.setattr(serial_line, "START_S", 60.0)
    with Watched(EmptySeat(), flash=flash, baud=BAUD, flash_us=SLOW_US) as running:
        yield running


def started_anew(cushion):
    cushion.power_cut()
    cushion.power_on()


def check_starts(cushion, moments_ms):
    for after_ms in moments_ms:
        started_anew(cushion)
        time.sleep(after_ms / 1000)
        with Cushion(cushion.port) as device:
            answer = device.call("status")
        assert (answer["reset"], answer["safe_mode"], answer["crashes"]) == ("power-on", "", 0)
        session = answer["session"]
        with Cushion(cushion.port) as device:
            assert device.call("status")["session"] == session, "the visit before restarted it"


def test_a_host_that_comes_while_it_starts_waits(slow):
    check_starts(slow, (0, 450, 1300))
    assert not [entry for entry in slow.seen if entry["kind"] == "fault"]


@pytest.mark.slow
def test_a_host_may_come_at_each_moment_of_a_start(slow):
    check_starts(slow, range(0, 2000, 100))


def test_ctrl_c_ends_no_start(slow):
    """A program that sends it all the time, as mpremote does when it connects: the firmware runs all the same."""
    started_anew(slow)
    with serial.Serial(slow.port, timeout=0) as port:
        done = threading.Event()

        def hammer():
            while not done.wait(0.005):
                port.write(b"\r\x03")

        writer = threading.Thread(target=hammer)
        writer.start()
        said = b""

        def answers():
            nonlocal said
            said += port.read(1000)
            return b"the monitor is running" in said

        try:
            until(answers, lambda: repr(said[-1000:]))
        finally:
            done.set()
            writer.join()
    assert status(slow)["safe_mode"] == ""
    assert not [entry for entry in slow.seen if entry["kind"] == "fault"]


def check_start(flash):
    """Computing takes no time here: what counts is the flash's."""
    with Watched(EmptySeat(), flash=flash, flash_us=SLOW_US, speed=None, duration_s=10) as cushion:
        cushion.run()
    first = next(entry for entry in cushion.seen if entry["kind"] == "first sample")
    assert first["flash_reads"] <= MOST_READS_OF_A_START
    assert first["t_ms"] <= FIRST_SAMPLE_MS


def test_the_first_sample_comes_soon_from_slow_flash_too(flash):
    check_start(flash)


@pytest.mark.slow
def test_it_does_with_a_days_log_to_look_through(flash):
    with VirtualCushion(SitterSeat("office", seed=3), flash=flash, speed=None, duration_s=9 * 3600) as cushion:
        cushion.run()
    check_start(flash)
