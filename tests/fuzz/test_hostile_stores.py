"""Every command over logs that pass every check and hold anything: no traceback, no hang, no control character, and
afterwards a good sync and every command work.

Each store meets some commands, drawn by lot; each `SWEEP_EVERY`th meets all of them. 100 stores in `make test`, 20,000
in `make test-all`; `SITBONE_HOSTILE` gives another number.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from sitbone import cli
from sitbone.store.store import Store
from sitbone.store.sync import Sync
from tests.fuzz import hostile
from tests.host.logs import CUSHION_ID, FakeCushion, LogWriter

STORES = int(os.environ.get("SITBONE_HOSTILE", "20000"))
PARTS = 40  # so that a run shows how far it is, and a failure names a part
A_FEW = 100  # before each commit
SWEEP_EVERY = 100
PROCESSES_EVERY = 500  # for what starts processes of its own
DEAR_EVERY = 10
DRAWN = 2  # of the quick ones, and one more after the good sync
LONGEST_S = 10  # of this process, whatever else the machine does

# A few ms each.
READING = (
    "autosync status",
    "history --days 30 --json",
    "events",
    "events --json",
    "why",
    "why --json",
    "loads",
    "loads --json",
    "settings history",
    "settings history --json",
    "pain list",
    "rehab list",
    "doctor",
    "export --format jsonl {home}/records.jsonl",
    "clock",
    "clock --json",
    "cushion list --json",
    "why --cushion 246f28000001",
    "export --tidy {home}/tidy",
)
# Likewise; refused where another one has removed what they are about.
WRITING = (
    "pain add 2 --morning --sat 1",
    "pain edit 1 --pain 3",
    "pain remove 2",
    "pain flags --add numbness",
    "pain side right",
    "pain score 58",
    "rehab add isometric bridge --sets 5 --hold-s 45",
    "rehab repeat 1",
    "rehab edit 1 --load-kg 50",
    "rehab rate 1 --pain-next 2",
    "rehab plan isometric --sets 4 --hold-s 45 --per-week 3 --with me",
    "rehab remove 1",
    "clock drop 1",
    "cushion name office",
    "rescue",
)
# Tens of ms.
DEAR = (
    "history",
    "history --from 2026-01-01",
    "history --cushion 246f28000001",
    "tune",
    "tune --json",
    "export --format csv {home}/records.csv",
    "report {home}/report.html",
    "backup {home}/backup.sqlite",
)
# More, or only after one of the others.
SWEEP_ONLY = (
    "replay --from yesterday --json",
    "replay --from yesterday --against-log",
    "export --format parquet {home}/records.parquet",
    "restore {home}/backup.sqlite",
    "forget --from yesterday --to yesterday --yes",
    "page --out {home}/page",
)
AFTERWARDS = ("history", "events", "why", "tune")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """On a memory disk where there is one: the stores are flushed after each change."""
    memory = Path("/dev/shm")
    folder = memory / f"sitbone-{os.getpid()}" if memory.is_dir() else tmp_path / "home"
    folder.mkdir(exist_ok=True)
    monkeypatch.setenv("SITBONE_HOME", str(folder))
    yield folder
    shutil.rmtree(folder)


def seeds_of(part: int) -> range:
    return range(part * STORES // PARTS, (part + 1) * STORES // PARTS)


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(A_FEW), id="some"),
        *(pytest.param(seeds_of(part), id=f"all-{part}", marks=pytest.mark.slow) for part in range(PARTS)),
    ],
)
@pytest.mark.timeout(3600)
def test_no_log_breaks_a_command(home: Path, tmp_path: Path, seeds: range, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now().astimezone()
    template = hostile.Template(tmp_path, now)
    for seed in seeds:
        rng = random.Random(seed)
        _empty(home)
        log = template.copied(home / "sitbone.sqlite")
        sound = len(log.blocks)
        hostile.spoil(log, rng, rng.choice((1, 1, 3, 3, 10, 30, 200)))
        with Store(home / "sitbone.sqlite") as store:
            store.add_blocks(store.cushion(CUSHION_ID.hex(), log.log_id), hostile.blocks_of(log, sound))
        for command in _drawn(rng, seed):
            tried(command.format(home=home), capsys, seed)
        if seed % PROCESSES_EVERY == 0:
            tried("tune --explore --json", capsys, seed)
            _make_pdf(home, seed)
        _sync_well(home, log, now, seed)
        for command in AFTERWARDS if seed % SWEEP_EVERY == 0 else (rng.choice(READING),):
            code = tried(command.format(home=home), capsys, seed)
            assert code == 0 or command == "doctor", (seed, command)


def _empty(home: Path) -> None:
    for path in home.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _drawn(rng: random.Random, seed: int) -> Sequence[str]:
    if seed % SWEEP_EVERY == 0:
        return READING + WRITING + DEAR + SWEEP_ONLY
    return rng.sample(READING + WRITING, DRAWN) + ([rng.choice(DEAR)] if seed % DEAR_EVERY == 0 else [])


def _sync_well(home: Path, log: LogWriter, now: datetime, seed: int) -> None:
    """The cushion starts again, is sat on, and is synced by a host with a right clock."""
    log.restart()
    log.clock(round((now - timedelta(hours=1)).timestamp() * 1000))
    hostile.sit_down_and_stand_up(log)
    with Store(home / "sitbone.sqlite") as store:
        cushion = FakeCushion(log)
        assert Sync(store, partial(_itself, cushion), lambda: now).run()["complete"], seed


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
    assert shown.out.replace("\n", "").isprintable(), (about, shown.out)
    if "--json" in command:
        for line in shown.out.splitlines():
            json.loads(line)
    return code
