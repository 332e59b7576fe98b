"""Every command over logs that pass every check and hold anything: no traceback, no hang, no control character, and
afterwards a good sync and every command work.

`SITBONE_HOSTILE=20000` for that many stores (`make hostile`), instead of 10 and 120.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from sitbone import cli
from sitbone.store.store import Store
from sitbone.store.sync import Sync
from tests.fuzz import hostile
from tests.host.logs import CUSHION_ID, FakeCushion
from tests.shares import some_or_all

STORES = int(os.environ.get("SITBONE_HOSTILE", "120"))
A_FEW = 10  # before each commit
LONGEST_S = 10  # of this process, whatever else the machine does
EXPENSIVE_EVERY = 8
PDF_EVERY = 50

COMMANDS = (
    "history",
    "history --days 30 --json",
    "history --from 2026-01-01",
    "events",
    "events --json",
    "why",
    "why --json",
    "tune",
    "tune --json",
    "settings history",
    "settings history --json",
    "pain list",
    "rehab list",
    "doctor",
    "export --format csv {home}/records.csv",
    "export --format jsonl {home}/records.jsonl",
    "report {home}/report.html",
    "backup {home}/backup.sqlite",
    "clock",
    "clock --json",
    "cushion list --json",
    "history --cushion 246f28000001",
    "why --cushion 246f28000001",
    "export --tidy {home}/tidy",
)
EXPENSIVE = (
    "tune --explore --json",
    "replay --from yesterday --json",
    "replay --from yesterday --against-log",
    "export --format parquet {home}/records.parquet",
    "restore {home}/backup.sqlite",
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """On a memory disk where there is one: the stores are flushed after each change."""
    memory = Path("/dev/shm")
    folder = memory / f"sitbone-{os.getpid()}" if memory.is_dir() else tmp_path
    folder.mkdir(exist_ok=True)
    monkeypatch.setenv("SITBONE_HOME", str(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.mark.timeout(3600)
@some_or_all
def test_no_log_breaks_a_command(home: Path, share: float, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now().astimezone()
    for seed in range(STORES if share == 1 else A_FEW):
        rng = random.Random(seed)
        for path in home.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        store, log = hostile.base(home / "sitbone.sqlite", now)
        with store:
            hostile.spoil(log, rng, rng.choice((1, 3, 30, 200)))
            store.add_blocks(store.cushion(CUSHION_ID.hex(), log.log_id), hostile.blocks_of(log))
        commands = COMMANDS + (EXPENSIVE if seed % EXPENSIVE_EVERY == 0 else ())
        for command in commands:
            tried(command.format(home=home), capsys, seed)
        if seed % PDF_EVERY == 0:
            _make_pdf(home, seed)
        log.restart()
        log.clock(round((now - timedelta(hours=1)).timestamp() * 1000))
        hostile.sit_down_and_stand_up(log)
        with Store(home / "sitbone.sqlite") as store:
            cushion = FakeCushion(log)
            assert Sync(store, partial(_itself, cushion), lambda: now).run()["complete"], seed
        for command in ("history", "events", "why", "tune"):
            assert tried(command, capsys, seed) == 0


def _make_pdf(home: Path, seed: int) -> None:
    """In a process of its own: the typesetter keeps tens of MB of each page that it has set."""
    command = [sys.executable, "-m", "sitbone.cli", "report", str(home / "report.pdf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), seed
    assert re.fullmatch(r"(sitbone: [^\n]+; [^\n]+\n)?", done.stderr), (seed, done.stderr)


def _itself(cushion: FakeCushion) -> FakeCushion:
    return cushion


def tried(command: str, capsys: pytest.CaptureFixture[str], seed: int) -> int:
    """Runs one command; returns its exit code."""
    begun_s = time.process_time()
    code = cli.run(command.split())
    shown, about = capsys.readouterr(), (seed, command)
    assert time.process_time() - begun_s < LONGEST_S, about
    assert code in (0, 1), about
    assert re.fullmatch(r"(sitbone: [^\n]+; [^\n]+\n)?", shown.err), (about, shown.err)
    if "--json" in command:
        for line in shown.out.splitlines():
            json.loads(line)
    else:
        odd = {sign for sign in shown.out if not sign.isprintable() and sign != "\n"}
        assert not odd, (about, odd)
    return code
