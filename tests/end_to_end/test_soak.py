"""Days on battery against the world's truth, for a sleep clock that is 3 % fast and one that is 3 % slow: see soak.py.

By default two short days of each; `SITBONE_SOAK=30` lives 30 office days of each, in most of an hour.
"""

import os
import shutil

import numpy as np
import pytest

from cushion.core import records
from sitbone.board.firmware_files import can_compile
from sitbone.store.store import Store
from sitbone.virtual.sitters.sitter import SITTERS
from tests.core.interpreters import require
from tests.end_to_end import soak

FULL_DAYS = int(os.environ.get("SITBONE_SOAK", "0"))
DAYS, SITTER = (FULL_DAYS, "office") if FULL_DAYS else (2, "brief")
ROOM_SEGMENTS = 4
HELD_S = 5  # a reading that is missing is held for so long
TRANSITION_S = 10  # a sit is detected after 3 s, its end after 5 s, a gap at its next second


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    require("unix")
    from sitbone.board.install import install
    from sitbone.virtual import EmptySeat, VirtualCushion

    image = tmp_path_factory.mktemp("soak") / "installed.img"
    with VirtualCushion(
        EmptySeat(),
        flash=image,
        board="firebeetle",
        install=lambda port: install(port, None, "firebeetle", can_compile()),
    ):
        pass
    return image


@pytest.mark.slow
@pytest.mark.timeout(7200 if FULL_DAYS else 600)
@pytest.mark.parametrize("permille", [30, -30])
def test_every_second_is_told_at_its_time(installed, tmp_path, monkeypatch, capsys, permille):
    monkeypatch.setitem(SITTERS, "brief", soak.Brief)
    flash = shutil.copy(installed, tmp_path / "flash.img")
    with Store(tmp_path / "sitbone.sqlite") as store:
        life = soak.live(flash, store, SITTER, DAYS, permille, ROOM_SEGMENTS)
        sessions = soak.sessions_of(store, life)
        evicted = store.read([records.EVICTED])
        _assert_nothing_is_lost(life, sessions)
        error_ms = _worst_error_ms(life, sessions)
        account, truth = soak.account(sessions, life.end_ms), soak.truth(life)
    untold = _runs(account == soak.UNTOLD)
    transitions = 1 + len(_runs(np.diff(truth) != 0))
    counts = [int((account == what).sum()) for what in range(4)]
    with capsys.disabled():
        _tell(permille, life, sessions, counts, untold, error_ms, len(evicted))
    assert max(untold, default=0) <= 2, "what rounding to whole seconds may leave between two records"
    assert counts[soak.UNKNOWN] >= DAYS * (soak.BLIND_MS / 1000 - HELD_S) - TRANSITION_S
    assert (account != truth).sum() - counts[soak.UNTOLD] <= TRANSITION_S * transitions
    assert error_ms <= 2000
    assert _wraps(sessions) >= 2
    assert max(life.heap) - min(life.heap) <= 4096
    assert max(life.segments) <= ROOM_SEGMENTS + 2
    own = [files - segments for files, segments in zip(life.files, life.segments, strict=True)]
    assert len(set(own[1:])) == 1, "after the first day the same files"
    assert bool(evicted) == bool(FULL_DAYS), "a month takes more than the room it was given"


def _tell(permille, life, sessions, counts, untold, error_ms, evictions):
    own_clock_s = max(abs(result["clock_offset_ms"] or 0) for result in life.syncs) / 1000
    print(  # noqa: T201  figures
        f"\n{life.end_ms / soak.DAY_MS:.1f} days, sleep clock {permille / 10:+} %: {counts[soak.SEATED]} s seated,"
        f" {counts[soak.AWAY]} away, {counts[soak.UNKNOWN]} unknown, {sum(untold)} at {len(untold)} seams of records;"
        f"\nplaced within {error_ms} ms, the cushion's own clock within {own_clock_s:.0f} s;"
        f" {len(sessions)} starts, {_wraps(sessions)} wraps, {evictions} evictions"
        f"\nheap {life.heap}\nfiles {life.files}"
    )


def _assert_nothing_is_lost(life, sessions):
    for result in life.syncs:
        assert (result["lost"], result["damaged"], result["complete"]) == ([], 0, True)
    rows = [row for session in sessions for row in session]
    assert [row.seq for row in rows] == list(range(rows[0].seq, rows[0].seq + len(rows)))
    assert not [row for row in rows if row.kind in (records.CRASH, records.DROPPED)]


def _worst_error_ms(life, sessions):
    return int(max(map(abs, soak.errors_ms(sessions, life))))


def _wraps(sessions):
    return sum(rows[-1].at_mono_ms > soak.WRAP_AFTER_MS for rows in sessions)


def _runs(mask):
    """The length of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return (edges[1::2] - edges[::2]).tolist()
