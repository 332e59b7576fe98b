"""Virtual cushions in processes of their own, as `sitbone virtual` runs them, to be unplugged without a warning."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 60  # this machine may be busy
# Left sitting bone harder than the right one, thighs lighter; small movements, so that it is a person.
SITTING = (900, 700, 400, 350)


def write_seat(path: Path, *parts: tuple[int, tuple[int, int, int, int]]) -> Path:
    """A trace of parts (seconds, mV per zone), four rows a second, fidgeting a little where loaded."""
    rows, t_ms = ["t_ms,left_it_mv,right_it_mv,left_thigh_mv,right_thigh_mv"], 0
    for seconds, levels_mv in parts:
        for quarter in range(seconds * 4):
            fidget = 30 if quarter % 80 < 4 else (quarter * 7) % 5
            rows.append(",".join(map(str, [t_ms, *(mv + fidget if mv else 0 for mv in levels_mv)])))
            t_ms += 250
    path.write_text("\n".join(rows) + "\n")
    return path


@contextmanager
def plugged_in(flash: Path, link: Path, *options: object) -> Iterator[subprocess.Popen[str]]:
    """`sitbone virtual` at this link with this flash; `kill` it to unplug it."""
    command = [sys.executable, "-m", "sitbone.cli", "virtual", "--flash", flash, "--link", link, *options]
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        ready = process.stdout.readline()
        assert ready.startswith("ready"), process.communicate(timeout=PATIENCE_S)
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)


def unplug(process: subprocess.Popen[str]) -> None:
    """As when the cable is pulled: without a warning, the port is gone."""
    process.kill()
    process.communicate(timeout=PATIENCE_S)


def sitbone(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command, over this data."""
    command = [sys.executable, "-m", "sitbone.cli", *map(str, arguments)]
    env = os.environ | {"SITBONE_HOME": str(home)}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def copied(flash: Path, to: Path) -> Path:
    """A flash image of a test's own."""
    shutil.copy(flash, to)
    return to


def until(is_so: Callable[[], object], what: str = "") -> None:
    """Waits for something that another process or thread does."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, what or "it never happened"
        time.sleep(0.02)
