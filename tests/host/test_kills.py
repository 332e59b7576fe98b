"""A sync is killed, or interrupted by Ctrl-C, at hundreds of random points: the database stays whole, nothing
acknowledged is missing from it, and the next sync ends with the exact records.

At a line: the process kills itself (SIGKILL) or raises KeyboardInterrupt when it is about to run the nth line of
sitbone's code. At a time: it is killed from outside, which may be in the middle of SQLite's own writing.
"""

import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sitbone.store import sync as sync_module
from sitbone.store.blocks import Record, read_block
from sitbone.store.store import Store
from sitbone.store.sync import Sync
from tests.host.logs import T0_MS, FakeCushion, LogWriter
from tests.shares import some_or_all

NOW = datetime.fromtimestamp(T0_MS / 1000 + 4000, UTC)
LINE_KILLS, LINE_INTERRUPTS, TIMED_KILLS = 420, 180, 150
KILLS_A_STORE = 6
CUTS = (1300, 1900, 1900)  # bytes after which the line breaks: a sync of several transfers, each stored at its end


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_module, "RETRY_PAUSE_S", 0)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory where there is such a place: processes are killed here, not the machine; no disk need be waited for."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as made:
        yield Path(made)


pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")


class Remembering(FakeCushion):
    """Its acknowledged cursor outlives the host's process."""

    cursor_file: Path

    def call(self, name, *args):
        answer = super().call(name, *args)
        if name == "ack":
            with self.cursor_file.open("a") as file:
                file.write(f"{args[2]}\n")
        return answer


def short_log() -> LogWriter:
    log = LogWriter()
    for start in range(3):
        log.clock(T0_MS + start * 4_000_000)
        log.sit(600_000)
        log.restart()
    log.clock(T0_MS + 20_000_000)
    return log


LOG = short_log()
LOGGED = [record for data in LOG.data() for record in read_block(data).records]


def sync(folder: Path) -> None:
    cushion = Remembering(LOG, cuts=list(CUTS))
    cushion.cursor_file = folder / "cursor"
    with Store(folder / "sitbone.sqlite") as store:
        Sync(store, lambda: cushion, lambda: NOW).run()


def in_child(action: Callable[[], None]) -> int:
    """Runs it in a fork; returns the process's number at once."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            action()
            code = 0
        except KeyboardInterrupt:
            code = 130
        except BaseException:  # noqa: BLE001  a fork must never run on into pytest
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def wait(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def at_line(number: int, act: Callable[[], None], action: Callable[[], None]) -> None:
    """Calls ``act`` when ``action`` is about to run that many lines of sitbone's code; never, for 0."""
    left = [number]

    def trace(frame, event, arg):
        if "/sitbone/" not in frame.f_code.co_filename:
            return None
        if event == "line":
            left[0] -= 1
            if left[0] == 0:
                act()
        return trace

    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(None)


def lines_of_a_sync(folder: Path) -> int:
    counted = [0]

    def trace(frame, event, arg):
        if "/sitbone/" not in frame.f_code.co_filename:
            return None
        counted[0] += event == "line"
        return trace

    sys.settrace(trace)
    try:
        sync(folder)
    finally:
        sys.settrace(None)
    return counted[0]


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt_self() -> None:
    raise KeyboardInterrupt


def check(folder: Path) -> int:
    """What a stopped sync may leave; returns how many records are stored."""
    path = folder / "sitbone.sqlite"
    if not path.exists():
        return 0
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with Store(path) as store:
        rows = store.rows("SELECT seq, session, mono_ms, kind, payload FROM record ORDER BY cushion, seq")
        assert store.rows("SELECT count(*) FROM cushion")[0][0] <= 1
        assert not store.rows("SELECT 1 FROM record WHERE unix_ms IS NULL"), "placed in the transaction that keeps it"
    stored = [Record(*row) for row in rows]
    assert stored == LOGGED[: len(stored)]
    cursor = folder / "cursor"
    acknowledged = [0, *map(int, cursor.read_text().split() if cursor.exists() else [])]
    assert acknowledged[-1] <= len(stored), "acknowledged before it was on the disk"
    return len(stored)


def kill_often(root: Path, count: int, kill: Callable[[Path], int], expected: set[int]) -> list[int]:
    """Makes stores, stops syncs into each of them, and finishes each; returns what each stop had left."""
    left = []
    for number in range(count):
        folder = root / str(number // KILLS_A_STORE)
        folder.mkdir(exist_ok=True)
        assert kill(folder) in expected
        left.append(check(folder))
        if number % KILLS_A_STORE == KILLS_A_STORE - 1:
            sync(folder)
            assert check(folder) == len(LOGGED)
    return left


@some_or_all
@pytest.mark.parametrize(
    ("count", "act", "expected"),
    [(LINE_KILLS, kill_self, {-signal.SIGKILL, 0}), (LINE_INTERRUPTS, interrupt_self, {130, 0})],
    ids=["SIGKILL", "Ctrl-C"],
)
def test_stopped_at_any_line(folder: Path, count: int, act, expected, share: float) -> None:
    rng = random.Random(count)
    (folder / "all").mkdir()
    lines = lines_of_a_sync(folder / "all")

    def kill(into: Path) -> int:
        number = rng.randint(1, lines)
        return wait(in_child(lambda: at_line(number, act, lambda: sync(into))))

    left = kill_often(folder, round(count * share), kill, expected)
    assert len(set(left)) > 3, "stopped at many stages"


@some_or_all
def test_killed_at_any_time(folder: Path, share: float) -> None:
    rng = random.Random(7)
    (folder / "all").mkdir()
    begun_s = time.monotonic()
    assert wait(in_child(lambda: sync(folder / "all"))) == 0
    whole_s = time.monotonic() - begun_s

    def kill(into: Path) -> int:
        child = in_child(lambda: sync(into))
        time.sleep(rng.uniform(0, whole_s))  # where it is then is the random point
        os.kill(child, signal.SIGKILL)
        return wait(child)

    kill_often(folder, round(TIMED_KILLS * share), kill, {-signal.SIGKILL, 0})
