"""Each command that a page shows works as it is shown, or the page says why it can't be run here.

The blocks of a page run in their order, as a reader would type them: in one folder, with one home of two simulated
weeks and one cushion, the virtual one. Names that a reader replaces are replaced here, too.
"""

import datetime
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sitbone.board.device import Cushion
from sitbone.board.install import install
from sitbone.virtual import SitterSeat, VirtualCushion
from tests.docs.blocks import blocks_of
from tests.test_architecture import project_files, relative

HUNG_S = 300
# What other tests run, because somebody must sit down or press a sensor at the right moment.
ELSEWHERE = {
    "hardware/BUILD.md": "tests/hardware/test_guide_commands.py",
    "sitbone calibrate": "tests/hardware/test_guide_commands.py",
}
BIN = Path(sys.executable).parent


def pages() -> list[str]:
    return [relative(path) for path in project_files() if path.suffix == ".md"]


def runnable(root: Path, page: str) -> list:
    return [block for block in blocks_of(root / page, page) if block.kind in ("", "runs on")]


def with_commands() -> list[str]:
    root = Path(__file__).resolve().parents[2]
    return [page for page in pages() if page not in ELSEWHERE and runnable(root, page)]


@pytest.fixture(scope="module")
def weeks(tmp_path_factory):
    """A home with two simulated weeks up to now."""
    home = tmp_path_factory.mktemp("weeks")
    command = [str(BIN / "sitbone"), "demo", "--weeks", "2", "--into", str(home)]
    subprocess.run(command, check=True, capture_output=True, timeout=HUNG_S)
    return home


@pytest.fixture
def typed(weeks, tmp_path):
    """Types commands as a reader does; each must end well."""
    home, work = tmp_path / "home", tmp_path / "work"
    subprocess.run(["cp", "-r", weeks, home], check=True)
    work.mkdir()
    environment = os.environ | {
        "SITBONE_HOME": str(home),
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }
    seat = SitterSeat("office", seed=1)
    with VirtualCushion(seat, flash=tmp_path / "flash.img", speed=60, install=lambda port: install(port)) as cushion:
        with Cushion(cushion.port) as device:
            identity = device.call("status")["cushion"]
        today = datetime.datetime.now().astimezone().date()
        names = {
            "/dev/ttyUSB0": cushion.port,
            "PORT": cushion.port,
            "246f28a1b2c3": identity,
            "2026-03-02": str(today - datetime.timedelta(days=9)),
            "2026-03-08": str(today - datetime.timedelta(days=8)),
            "--for 30m": "--for 2m",
            "morning.csv": "sit.csv",  # what the commands before have written
            "trial.json": "mine.json",
            "P01.sqlite": str(home / "sitbone.sqlite"),
        }

        def type_it(block):
            for number, command in enumerate(block.commands, 1):
                if command.startswith(tuple(ELSEWHERE)):
                    continue
                text = re.sub("|".join(map(re.escape, names)), lambda match: names[match[0]], command)
                goes_on = block.kind == "runs on" and number == len(block.commands)
                (stopped_after_a_line if goes_on else ended_well)(text, f"{block}: {command}", work, environment)

        ended_well("sitbone sync", "sync", work, environment | {"SITBONE_PORT": cushion.port})
        yield type_it


def ended_well(text, shown, folder, environment):
    command = ["bash", "-c", text]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=HUNG_S, input="y\n" * 20
    )
    assert done.returncode == 0, f"{shown}\n{done.stdout}{done.stderr}"


def stopped_after_a_line(text, shown, folder, environment):
    command = ["bash", "-c", f"exec {text}"]
    running = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert running.stdout is not None
    said = running.stdout.readline()
    running.send_signal(signal.SIGINT)
    rest = running.communicate(timeout=HUNG_S)[0]
    assert said.strip(), shown
    assert running.returncode in (0, 130), f"{shown}\n{said}{rest}"


@pytest.mark.slow
@pytest.mark.parametrize("page", with_commands())
def test_what_a_page_tells_to_type_works(page, typed, project_root):
    wrong = []
    for block in runnable(project_root, page):
        try:
            typed(block)
        except AssertionError as error:
            wrong.append(str(error))
    assert not wrong, "\n\n".join(wrong)


def test_what_is_not_run_says_why(project_root):
    notes = [block for page in pages() for block in blocks_of(project_root / page, page) if block.kind]
    assert notes
    assert [str(block) for block in notes if len(block.reason.split()) < 2] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```\na\nb  # note\n```\n", [("a", "b")]),
        ("words\n\n    sitbone x\n\nwords\n", [("sitbone x",)]),
        ("### head\n    sitbone x\nwords\n", [("sitbone x",)]),
        ("1. item\n\n    goes on\n", []),
        ('!!! warning "x"\n    text\n', []),
    ],
)
def test_blocks_are_found(tmp_path, text, expected):
    (tmp_path / "page.md").write_text(text)
    assert [block.commands for block in blocks_of(tmp_path / "page.md", "page.md")] == expected
