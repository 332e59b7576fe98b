"""Syncs over a line with faults, from the real firmware. Each ends with the exact records, or with a clear failure that
the next sync completes. Oracle: the log as it comes over a sound line, at the end."""

import contextlib
import random
from datetime import datetime

import pytest

from sitbone.board import serial_line
from sitbone.board.device import Cushion
from sitbone.errors import SitboneError
from sitbone.store import sync as sync_module
from sitbone.store.blocks import Record, read_block, split_blocks
from sitbone.store.store import Store
from sitbone.store.sync import Sync
from sitbone.virtual import SitterSeat, VirtualCushion
from tests.end_to_end.bad_line import KINDS, BadLine
from tests.end_to_end.conftest import live_until

RATES = (1e-4, 1e-3, 1e-2)
QUICK = (1e-3, 0)
LINES = [(rate, seed) for rate in RATES for seed in range(3 if rate < 1e-2 else 1) if (rate, seed) != QUICK]
UNPLUGS = 14


@pytest.fixture(scope="module")
def lived(installed_flash, tmp_path_factory):
    """A cushion that has lived through an afternoon; it goes on in real time."""
    import shutil

    copy = tmp_path_factory.mktemp("lived") / "flash.img"
    shutil.copy(installed_flash, copy)
    with VirtualCushion(SitterSeat("office", seed=6), flash=copy) as cushion:
        live_until(cushion, 3 * 3_600_000)
    with VirtualCushion(SitterSeat("office", seed=7), flash=copy) as cushion:
        yield cushion


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(serial_line, "ANSWER_S", 0.6)
    monkeypatch.setattr(serial_line, "PROBE_S", 0.4)
    monkeypatch.setattr(sync_module, "RETRY_PAUSE_S", 0)


def pull(store, port):
    return Sync(store, lambda: Cushion(port), lambda: datetime.now().astimezone()).run()


def stored(store):
    rows = store.rows("SELECT seq, session, mono_ms, kind, payload FROM record ORDER BY cushion, seq")
    return [Record(*row) for row in rows]


def logged(cushion):
    with Cushion(cushion.port) as link:
        return [row for data in split_blocks(list(link.read_log(0))) for row in read_block(data).records]


def finish(store, cushion, outcome):
    """A sync over a sound line, and what must be true whatever came before it."""
    before = stored(store)
    with contextlib.closing(store):
        result = pull(store, cushion.port)
        assert result["complete"]
        log = logged(cushion)
        assert before == log[: len(before)], outcome
        assert stored(store) == log[: len(stored(store))]
        assert (result["lost"], result["damaged"]) == ([], 0)
        assert store.rows("SELECT count(*) FROM cushion") == [(1,)], "no cushion that isn't there"
        host_ms = datetime.now().astimezone().timestamp() * 1000
        pairs = store.rows("SELECT unix_ms FROM clock_pair WHERE source = 'host'")
        assert all(abs(unix_ms - host_ms) < 600_000 for (unix_ms,) in pairs), "every time came from a host"
        assert result["acked"] == result["last_seq"]


def try_sync(store, line):
    """How it ended: "complete", or the failure as the user reads it."""
    try:
        return "complete" if pull(store, line.port)["complete"] else "incomplete"
    except SitboneError as error:
        return str(error)


@pytest.mark.parametrize(("rate", "seed"), [QUICK, *(pytest.param(*one, marks=pytest.mark.slow) for one in LINES)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_line_with_faults(lived, tmp_path, kind, rate, seed):
    with BadLine(lived.port, kind, rate, seed=seed) as line:
        store = Store(tmp_path / "sitbone.sqlite")
        outcome = try_sync(store, line)
    if kind == "delay" or rate == min(RATES):
        assert outcome == "complete", "late bytes, and one in ten thousand, are overcome"
    assert outcome == "complete" or "; " in outcome, "says what to do"
    finish(store, lived, (outcome, line.faults))


def test_unplugged_at_any_point(lived, tmp_path):
    rng, failed = random.Random(11), 0
    with Cushion(lived.port) as link:
        size = len(b"".join(link.read_log(0)))
    for number in range(UNPLUGS):
        store = Store(tmp_path / f"{number}.sqlite")
        with BadLine(lived.port, "drop", 0, seed=0, cut_after=rng.randint(1, size)) as line:
            failed += try_sync(store, line) != "complete"
        finish(store, lived, number)
    assert failed > UNPLUGS // 2
