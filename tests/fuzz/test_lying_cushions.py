"""Every command before a cushion that lies: one line, an exit code of the documented ones, and nothing poisoned.

20 cushions in `make test`, 2,000 in `make test-all`; `SITBONE_LIARS` gives another number.
"""

import os
import random
import re
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from cushion.core.settings import Settings
from sitbone import cli
from sitbone.board import device
from tests.fuzz import hostile
from tests.fuzz.lying import PORT, LyingLine

LIARS = int(os.environ.get("SITBONE_LIARS", "2000"))
PARTS = 10  # so that a run shows how far it is, and a failure names a part
A_FEW = 20  # before each commit
LONGEST_S = 10
COMMANDS = (
    "devices",
    "status",
    "status --json",
    "sync",
    "sync --json",
    "live --every 0.25 --for 0.001",
    "live --every 0.25 --for 0.001 --json",
    "settings show",
    "settings set mute_s=1800",
    "settings undo",
    "settings export {home}/settings.json",
    "settings diff {home}/settings.json",
    "settings import {home}/settings.json",
    "calibrate --step empty --yes",
    "record --for 1s {home}/trace.csv",
    "tune --apply",
    "doctor",
)
AFTERWARDS = ("sync", "history", "events", "why", "tune", "settings undo", "settings history")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    memory = Path("/dev/shm")
    folder = memory / f"sitbone-liar-{os.getpid()}" if memory.is_dir() else tmp_path / "home"
    folder.mkdir(exist_ok=True)
    monkeypatch.setenv("SITBONE_HOME", str(folder))
    monkeypatch.setenv("SITBONE_PORT", PORT)
    monkeypatch.setattr(device, "SerialLine", LyingLine)
    monkeypatch.setattr(device, "ports", lambda: [PORT])
    monkeypatch.setattr(time, "sleep", lambda _: None)
    yield folder
    shutil.rmtree(folder)


def seeds_of(part: int) -> range:
    return range(part * LIARS // PARTS, (part + 1) * LIARS // PARTS)


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(A_FEW), id="some"),
        *(pytest.param(seeds_of(part), id=f"all-{part}", marks=pytest.mark.slow) for part in range(PARTS)),
    ],
)
@pytest.mark.timeout(3600)
def test_no_cushion_breaks_or_poisons(
    home: Path, tmp_path: Path, seeds: range, capsys: pytest.CaptureFixture[str]
) -> None:
    template = hostile.Template(tmp_path, datetime.now().astimezone())
    for seed in seeds:
        for path in home.iterdir():
            path.unlink()
        log = template.copied(home / "sitbone.sqlite")
        log.add(10, 1)
        LyingLine.log, LyingLine.settings, LyingLine.rng = log, Settings(), random.Random(seed)
        LyingLine.share = LyingLine.rng.choice((0.0, 0.05, 0.2, 0.7))
        for command in COMMANDS:
            assert tried(command.format(home=home), capsys, seed) in range(6), (seed, command)
        LyingLine.settings, LyingLine.rng = Settings(), None
        for command in AFTERWARDS:
            expected = (0, 1) if command == "settings undo" else (0,)
            assert tried(command, capsys, seed) in expected, (seed, command)


def tried(command: str, capsys: pytest.CaptureFixture[str], seed: int) -> int:
    begun_s = time.process_time()
    code = cli.run(command.split())
    shown, about = capsys.readouterr(), (seed, command)
    assert time.process_time() - begun_s < LONGEST_S, about
    assert re.fullmatch(r"((?!sitbone:)[^\n]+\n)*(sitbone: [^\n]+; [^\n]+\n)?", shown.err), (about, shown.err)
    assert (shown.out + shown.err).replace("\n", "").isprintable(), (about, shown)
    return code
