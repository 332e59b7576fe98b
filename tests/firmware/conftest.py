"""The 32-bit MicroPython that `build-micropython32` makes."""

import os
import subprocess
from pathlib import Path

import pytest

from sitbone.board.firmware_files import can_compile
from tests.core.interpreters import ROOT, require

BUILD = Path(__file__).with_name("build-micropython32")
MADE = ROOT / "build" / "micropython32"
BINARIES = {"frozen": MADE / "frozen", "plain": MADE / "plain"}


@pytest.fixture(scope="session")
def micropython32():
    """Its two binaries, with this tree's firmware frozen into one."""
    require("unix")
    if not can_compile():
        pytest.skip("no mpy-cross")
    if os.environ.get("CI") != "true" and not all(path.exists() for path in BINARIES.values()):
        pytest.skip("no 32-bit MicroPython here; make micropython32 builds it")
    done = subprocess.run([BUILD], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return BINARIES
