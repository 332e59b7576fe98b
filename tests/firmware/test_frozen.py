"""The firmware built into MicroPython, as firmware/manifest.py has it: on the 32-bit build, on the virtual cushion."""

import subprocess
import sys

import pytest

from sitbone.board.device import Board, Cushion
from sitbone.board.install import BOARD_FILE, install, use_builtin
from sitbone.virtual import EmptySeat, Interpreter, VirtualCushion
from tests.core.interpreters import ROOT

pytestmark = pytest.mark.slow
WHERE = "import cushion\nprint(cushion.__file__)"
MOUNTED = "/run"  # where boot.py shows the installed modules


@pytest.fixture
def cushion(micropython32, flash):
    """Firmware installed as files, before a MicroPython that has it built in was flashed."""
    with VirtualCushion(EmptySeat(), flash=flash, interpreter=Interpreter(micropython32["frozen"])) as running:
        yield running


def where(port):
    with Cushion(port) as device:
        assert device.call("status")["crashes"] == 0
        return device.run(WHERE).decode()


def test_what_is_installed_runs_until_the_builtin_is_asked_for_and_the_log_stays(cushion):
    assert where(cushion.port).startswith(MOUNTED + "/")
    with Cushion(cushion.port) as device:
        before = device.call("status")["journal"]["last_seq"]
    result = use_builtin(cushion.port)
    assert result["previous"]
    assert where(cushion.port).startswith("cushion/")
    with Board(cushion.port) as board:
        assert board.listdir("/fw") == ["current"]
        assert (board.read_text("/fw/current") or "nothing").strip() == ""
    with Cushion(cushion.port) as device:
        status = device.call("status")
    assert status["journal"]["first_seq"] == 1
    assert status["journal"]["last_seq"] > before
    assert use_builtin(cushion.port)["previous"] is None, "again changes nothing"


def test_the_builtin_is_told_its_board_and_resistors_as_an_installed_one_is(cushion):
    use_builtin(cushion.port, "devkit", "3267,3290,3311,3333")
    with Board(cushion.port) as board:
        assert board.read_text(BOARD_FILE) == "devkit\n3267,3290,3311,3333\n"
    with Cushion(cushion.port) as device:
        assert device.call("status")["divider_ohm"] == [3267, 3290, 3311, 3333]
    assert use_builtin(cushion.port)["previous"] is None
    with Cushion(cushion.port) as device:
        assert device.call("status")["divider_ohm"] == [3267, 3290, 3311, 3333]


def test_a_version_installed_over_the_builtin_runs(cushion):
    use_builtin(cushion.port)
    install(cushion.port)
    assert where(cushion.port).startswith(MOUNTED + "/")


def test_the_esp32_s_manifest_adds_the_cushion_to_what_the_board_has(micropython32, tmp_path):
    """Read by MicroPython's own tool. The port's real list asks for libraries that Debian leaves out: one of our own
    stands in its place."""
    (tmp_path / "boards").mkdir()
    (tmp_path / "boards" / "manifest.py").write_text('include("$(MPY_DIR)/extmod/asyncio")\n')
    source = micropython32["plain"].parent / "source"
    tool = [sys.executable, source / "tools" / "manifestfile.py", "--freeze", "--port", tmp_path]
    done = subprocess.run([*tool, ROOT / "firmware" / "manifest_esp32.py"], capture_output=True, text=True, check=True)
    for name in ("asyncio/core.py", "cushion/core/engine.py", "boot.py", "main.py"):
        assert f"/{name}" in done.stdout
