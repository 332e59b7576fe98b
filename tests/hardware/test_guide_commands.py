"""The guide's first power-up and calibration, command by command as the page has them, on a virtual cushion.

What the person does in between (sitting down, answers) is done to the virtual world.
"""

import re
import shlex
from pathlib import Path

import pytest

from hardware.circuit.circuit import BIAS_OHM
from sitbone import cli
from sitbone.replay.trace import read_trace
from sitbone.virtual import TraceSeat, VirtualCushion
from tests.core.interpreters import require
from tests.end_to_end.conftest import live_until, write_trace
from tests.hardware.tools import ROOT

BOARD = "devkit-b"  # as the guide installs it: an empty seat reads what the bias resistors make of it
EMPTY_MV = round(3300 * 3300 / (3300 + BIAS_OHM))
PORT = "/dev/ttyUSB0"
EMPTY_S, SEATED_S = 600, 3000


def biased(trace: Path) -> Path:
    """The trace as sensors with bias resistors give it: never below what an empty seat reads."""
    head, *rows = trace.read_text().splitlines()
    cells = [row.split(",") for row in rows]
    lines = [",".join([t_ms, *(str(max(int(mv), EMPTY_MV)) for mv in zones)]) for t_ms, *zones in cells]
    trace.write_text("\n".join([head, *lines]) + "\n")
    return trace


def guide_commands() -> list[str]:
    """The indented command lines of the page, in its order."""
    text = (ROOT / "hardware" / "BUILD.md").read_text()
    return re.findall(r"^ +(sitbone [^\n]+)$", text, re.MULTILINE)


def test_the_guide_installs_tests_presses_and_calibrates():
    named = [shlex.split(command)[1:] for command in guide_commands()]
    assert [words[0] for words in named] == [
        "install",
        "install",
        "doctor",
        "setup",
        "status",
        "calibrate",
        "calibrate",
    ]
    assert all(PORT in words for words in named)
    assert "--haptics" in named[-1]


@pytest.mark.slow
def test_every_command_of_the_guide_works_in_its_order(tmp_path, monkeypatch, capsys):
    require("unix")
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    answers = iter("ynynynynynyn")
    monkeypatch.setattr("click.confirm", lambda *_, **__: next(answers) == "y")
    # The presses that setup asks for are tests/end_to_end/test_setup.py's.
    install, resistors, doctor, _, status, seat, haptics = guide_commands()

    def run(command, port):
        code = cli.run(shlex.split(command.replace(PORT, port))[1:])
        printed = capsys.readouterr()
        assert code == 0, f"{command}: {printed.out} {printed.err}"
        return printed.out

    flash = tmp_path / "flash.img"
    empty = biased(write_trace(tmp_path / "empty.csv", (3000, 0, 0, 0)))
    with VirtualCushion(TraceSeat(read_trace(empty)), flash=flash, board=BOARD) as cushion:
        run(install, cushion.port)
        run(resistors, cushion.port)
        assert "safe mode" not in run(doctor, cushion.port)
        shown = run(status, cushion.port)
        assert re.search(r"^faults +none$", shown, re.MULTILINE)
        assert "3267, 3290, 3311, 3333 ohm" in shown
    sit = biased(write_trace(tmp_path / "sit.csv", (EMPTY_S, 0, 0, 0), (SEATED_S, 700, 700, 400)))
    with VirtualCushion(TraceSeat(read_trace(sit)), flash=flash, speed=60, board=BOARD) as cushion:
        run(seat + " --step empty --yes", cushion.port)
        live_until(cushion, (EMPTY_S + 60) * 1000)
        assert "load in your neutral sit" in run(seat + " --step seated --yes", cushion.port)
        assert "strength set to" in run(haptics, cushion.port)
