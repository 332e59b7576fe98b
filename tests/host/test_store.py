"""The store: placing, migrations, damage. Oracle: one Placement over all anchors, applied to each record."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitbone.diary.diary_store import DiaryStore
from sitbone.errors import DamagedData, SitboneError, StoreBusy
from sitbone.store.anchors import Anchor
from sitbone.store.blocks import Block, read_block
from sitbone.store.placing import placement
from sitbone.store.store import LogRestarted, Store
from tests.host.logs import T0_MS, LogWriter, office_morning


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    pairs=st.lists(st.tuples(st.integers(0, 4_000_000), st.integers(-90_000, 90_000)), max_size=5),
)
def test_any_order_of_blocks_and_clock_pairs_gives_the_same_store(
    seed: int, pairs: list[tuple[int, int]], tmp_path: Path
) -> None:
    steps: list[Block | Anchor] = []
    steps += [read_block(data) for data in office_morning().data()] * 2
    steps += [Anchor(mono_ms, T0_MS + mono_ms + off_ms) for mono_ms, off_ms in dict(pairs).items()]
    random.Random(seed).shuffle(steps)
    with Store(tmp_path / f"{seed}-{len(list(tmp_path.iterdir()))}.sqlite") as store:
        cushion = store.cushion("246f28000001")
        for step in steps:
            if isinstance(step, Anchor):
                store.add_clock_pair(cushion, 1, step, 0)
            else:
                store.add_blocks(cushion, [step])
        placed = placement(store._db, cushion, 1)
        rows = store.rows("SELECT seq, mono_ms - ago_ms, unix_ms FROM record ORDER BY seq")
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert [row[2] for row in rows] == [placed.unix_ms(row[1]) for row in rows]


def test_another_content_under_a_stored_number_is_refused_whole(store: Store) -> None:
    cushion = store.cushion("246f28000001")
    store.add_blocks(cushion, [read_block(data) for data in office_morning().data()])
    other = LogWriter()
    other.sit(3_600_000)
    with pytest.raises(LogRestarted):
        store.add_blocks(cushion, [read_block(data) for data in other.data()])
    assert store.last_seq(cushion) == office_morning().next_seq - 1


def test_gaps_are_the_runs_that_are_missing(store: Store) -> None:
    cushion = store.cushion("246f28000001")
    blocks = [read_block(data) for data in office_morning().data()]
    store.add_blocks(cushion, [blocks[1], blocks[3]])
    last = blocks[4].records[-1].seq
    between = [blocks[2].records[0].seq, blocks[2].records[-1].seq]
    ends = [[1, blocks[0].records[-1].seq], between, [blocks[4].records[0].seq, last]]
    assert store.gaps(cushion, 1, last) == ends
    assert store.gaps(cushion, 1, 0) == []


def test_a_header_places_a_session_only_while_nothing_better_does(store: Store) -> None:
    log = LogWriter(unix_s=T0_MS // 1000)
    log.sit(60_000)
    cushion = store.cushion("246f28000001")
    store.add_blocks(cushion, [read_block(data) for data in log.data()])
    assert placement(store._db, cushion, 1).anchors == (Anchor(0, T0_MS),)
    store.add_clock_pair(cushion, 1, Anchor(60_000, T0_MS + 63_000), 120)
    assert placement(store._db, cushion, 1).anchors == (Anchor(60_000, T0_MS + 63_000),)
    assert store.read()[0].unix_ms == T0_MS + 3_000


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "sitbone.sqlite"
    Store(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(SitboneError, match="newer sitbone; update sitbone"):
        Store(path)


def test_a_damaged_database_is_told_with_its_exit_code(tmp_path: Path) -> None:
    path = tmp_path / "sitbone.sqlite"
    path.write_bytes(b"not a database, by far" * 100)
    with pytest.raises(DamagedData, match="is damaged"):
        Store(path)
    assert DamagedData.exit_code == 5


class TestBesideAWriter:
    """Somebody else is in the middle of a transaction. Oracle: SQLite's own rule that WAL's readers never wait."""

    @pytest.fixture
    def writer(self, store):
        store.close()
        with closing(sqlite3.connect(store.path, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            yield db

    def test_opening_and_reading_wait_for_nobody(self, store, writer):
        with Store(store.path) as second:
            assert DiaryStore(second).pains() == []
            assert second.count() == 0
            assert writer.in_transaction

    def test_a_write_that_waited_in_vain_says_so_without_the_database_s_words(self, store, writer, monkeypatch):
        monkeypatch.setattr("sitbone.store.database.BUSY_TIMEOUT_S", 0.01)
        with Store(store.path) as second, pytest.raises(StoreBusy, match="try again") as caught:
            second.host_id()
        assert "lock" not in str(caught.value)
        writer.execute("ROLLBACK")
        with Store(store.path) as third:
            assert third.host_id()


def test_a_commit_that_fails_is_told_and_undone(store: Store) -> None:
    """As where the disk is full: here by a constraint that is looked at only then."""
    store._db.execute("CREATE TABLE part (of INTEGER REFERENCES cushion (id) DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(DamagedData), store.transaction() as db:
        db.execute("INSERT INTO part VALUES (99)")
    with store.transaction() as db:
        assert db.execute("SELECT count(*) FROM part").fetchone() == (0,)
