"""Stock mpremote against the running cushion: it gets what it asks for, and the monitor misses no step."""

import filecmp
import os

import pytest
import serial

from sitbone.board.device import Cushion
from sitbone.virtual import SitterSeat, VirtualCushion

SAMPLE_MS = 250


@pytest.fixture
def cushion(flash):
    with VirtualCushion(SitterSeat("office", seed=1), flash=flash, speed=1.0) as running:
        yield running


@pytest.fixture
def misses_nothing(cushion):
    """After the test: as many steps as time has passed, and none of them late."""

    def status():
        with Cushion(cushion.port) as device:
            return device.call("status")

    before = status()
    yield
    after = status()
    steps, passed_ms = after["steps"] - before["steps"], after["mono_ms"] - before["mono_ms"]
    assert abs(steps - passed_ms / SAMPLE_MS) <= 1
    assert after["session"] == before["session"]
    assert after["late"] == 0
    assert after["crashes"] == 0


@pytest.mark.usefixtures("misses_nothing")
class TestStockMpremote:
    def test_lists_files(self, cushion, mpremote):
        assert "boot.py" in mpremote(cushion.port, "fs", "ls")

    def test_runs_snippets_with_and_without_resume(self, cushion, mpremote):
        assert mpremote(cushion.port, "exec", "print(6 * 7)") == "42\n"
        assert mpremote(cushion.port, "resume", "exec", "import sys; print(sys.path[0])") == "/run\n"
        assert mpremote(cushion.port, "eval", "2 ** 40") == f"{2**40}\n"

    def test_shows_a_snippets_error_and_goes_on(self, cushion, mpremote):
        with pytest.raises(AssertionError, match="ZeroDivisionError"):
            mpremote(cushion.port, "exec", "1 / 0")
        assert mpremote(cushion.port, "exec", "print('still here')") == "still here\n"

    def test_copies_files_both_ways(self, cushion, mpremote, tmp_path):
        sent, back = tmp_path / "sent.bin", tmp_path / "back.bin"
        sent.write_bytes(os.urandom(8000))
        mpremote(cushion.port, "fs", "cp", sent, ":copy.bin")
        mpremote(cushion.port, "fs", "cp", ":copy.bin", back)
        assert filecmp.cmp(sent, back, shallow=False)

    def test_ctrl_c_is_a_byte_like_others_after_a_mount(self, cushion, mpremote, tmp_path):
        (tmp_path / "from_here.py").write_text("print('read from the host')")
        assert "read from the host" in mpremote(cushion.port, "mount", tmp_path, "exec", "import from_here")
        with serial.Serial(cushion.port) as port:
            port.write(b"\x03" * 20)
        assert mpremote(cushion.port, "exec", "print('still here')") == "still here\n"

    def test_calls_what_the_host_tools_call(self, cushion, mpremote):
        snippet = "from cushion.link import calls; calls.status()"
        assert '"cushion": "' in mpremote(cushion.port, "resume", "exec", snippet)


def test_reset_by_mpremote_is_a_reset(cushion, mpremote):
    with Cushion(cushion.port) as device:
        session = device.call("status")["session"]
    mpremote(cushion.port, "reset")
    with Cushion(cushion.port) as device:
        after = device.call("status")
    assert (after["session"], after["reset"]) == (session + 1, "reset")
