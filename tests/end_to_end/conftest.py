"""A virtual cushion with the firmware installed once, over the link; each test gets a copy of its flash."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sitbone.replay.trace import read_trace

STANDS_S = 40  # without a step of the world, however slow the machine
COMMAND_S = 120


@pytest.fixture
def sitbone(tmp_path):
    """Runs the `sitbone` command with a store of the test's own; returns the finished process."""
    environment = os.environ | {"SITBONE_HOME": str(tmp_path / "home"), "TZ": "UTC"}

    def run(*arguments, check=True):
        done = subprocess.run(
            [sys.executable, "-m", "sitbone.cli", *map(str, arguments)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            check=False,
        )
        if check:
            assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture
def mpremote():
    """Runs stock mpremote; returns what it printed."""

    def run(port, *arguments):
        done = subprocess.run(
            [sys.executable, "-m", "mpremote", "connect", port, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def live_until(cushion, world_ms):
    """Lets the virtual cushion live until then, as fast as the machine allows; from there on it goes on in real time,
    so that what a test does next happens at that moment of the world, not minutes later."""
    cushion.hurry_until(world_ms)
    moved_s, seen_ms = time.monotonic(), cushion.now_ms
    while seen_ms < world_ms:
        time.sleep(0.02)
        now_ms = cushion.now_ms
        if now_ms != seen_ms:
            moved_s, seen_ms = time.monotonic(), now_ms
        assert time.monotonic() - moved_s < STANDS_S, f"the world stands at {now_ms} ms"


def until(is_so, why=lambda: "it never came to be so"):
    """Waits for what another thread or process does."""
    deadline = time.monotonic() + COMMAND_S
    while not is_so():
        assert time.monotonic() < deadline, why()
        time.sleep(0.02)


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]


def write_trace(path: Path, *parts: tuple[int, int, int, int]) -> Path:
    """A trace of parts (seconds, left, right and thigh mV), four rows a second, fidgeting a little where loaded: for
    two seconds, so that the median of one of them shows it wherever the cushion's seconds begin."""
    rows, t_ms = ["t_ms,left_it_mv,right_it_mv,left_thigh_mv,right_thigh_mv"], 0
    for seconds, left_mv, right_mv, thigh_mv in parts:
        for quarter in range(seconds * 4):
            fidget = 30 if quarter % 80 < 8 else (quarter * 7) % 5
            cells = [mv + fidget if mv else 0 for mv in (left_mv, right_mv, thigh_mv, thigh_mv)]
            rows.append(",".join(map(str, [t_ms, *cells])))
            t_ms += 250
    path.write_text("\n".join(rows) + "\n")
    read_trace(path)
    return path
