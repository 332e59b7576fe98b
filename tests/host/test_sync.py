"""Syncs over a line that is cut or flips bits. Oracle: the log itself, read block by block without a line."""

import contextlib
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cushion.core import records
from cushion.core.blocks import BLOCK_SIZE
from sitbone.errors import CushionGone, DamagedData, SitboneError
from sitbone.store import sync as sync_module
from sitbone.store.blocks import Record, read_block
from sitbone.store.store import Store
from sitbone.store.sync import Sync
from tests.fuzz.hostile import repaired
from tests.host.logs import CUSHION_ID, T0_MS, FakeCushion, LogWriter, office_morning

NOW = datetime.fromtimestamp(T0_MS / 1000 + 4000, UTC)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_module, "RETRY_PAUSE_S", 0)


def pull(store: Store, cushion: FakeCushion) -> dict:
    return Sync(store, lambda: cushion, lambda: NOW).run()


def logged(log: LogWriter) -> list[Record]:
    return [record for data in log.data() for record in read_block(data).records]


def stored(store: Store) -> list[Record]:
    rows = store.rows("SELECT seq, session, mono_ms, kind, payload FROM record ORDER BY cushion, seq")
    return [Record(*row) for row in rows]


def test_a_first_sync_takes_everything_and_says_what(store: Store) -> None:
    log = office_morning()
    result = pull(store, FakeCushion(log, clock_unix_ms=T0_MS))
    assert stored(store) == logged(log)
    assert result["cushion"] == CUSHION_ID.hex()
    assert result["records"] == len(logged(log))
    assert result["bytes"] == sum(map(len, log.data()))
    assert (result["first_seq"], result["last_seq"]) == (1, log.next_seq - 1)
    assert (result["lost"], result["damaged"], result["duplicates"]) == ([], 0, 0)
    assert result["clock_offset_ms"] == T0_MS - round(NOW.timestamp() * 1000)
    assert result["complete"]


def test_a_second_sync_brings_only_what_is_new(store: Store) -> None:
    cushion = FakeCushion(office_morning())
    pull(store, cushion)
    assert pull(store, cushion)["records"] == 0
    cushion.log.sit(60_000)
    result = pull(store, cushion)
    assert result["records"] == 8
    assert result["bytes"] <= 2 * BLOCK_SIZE
    assert stored(store) == logged(cushion.log)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_cuts_and_flips_anywhere_lose_nothing_and_double_nothing(data: st.DataObject, tmp_path: Path) -> None:
    log = LogWriter()
    with Store(Path(tempfile.mkdtemp(dir=tmp_path)) / "sitbone.sqlite") as store:
        for _ in range(data.draw(st.integers(1, 3))):
            if data.draw(st.booleans()):
                log.restart()
            log.sit(data.draw(st.integers(0, 15)) * 60_000)
            place = st.none() | st.integers(0, sum(map(len, log.data())))
            cushion = FakeCushion(log, cuts=data.draw(st.lists(place, max_size=5)))
            cushion.flips = data.draw(st.lists(place, max_size=5))
            with contextlib.suppress(CushionGone):
                pull(store, cushion)
            assert stored(store) == logged(log)[: len(stored(store))]
        assert pull(store, FakeCushion(log))["lost"] == []
        assert stored(store) == logged(log)


def test_four_cuts_in_a_row_end_it_and_what_came_is_kept(store: Store) -> None:
    cushion = FakeCushion(office_morning(), cuts=[512, 512, 600, 1024])
    with pytest.raises(CushionGone, match="stopped answering") as caught:
        pull(store, cushion)
    assert caught.value.result is not None
    assert caught.value.result["records"] == len(stored(store)) > 0
    assert not caught.value.result["complete"]


def test_a_block_damaged_on_the_cushion_is_counted_and_the_rest_kept(store: Store) -> None:
    log = office_morning()
    block = bytearray(log.blocks[2])
    block[100] ^= 1
    log.blocks[2] = bytes(block)
    result = pull(store, FakeCushion(log))
    assert result["damaged"] == 1
    assert stored(store) == logged(log)
    first_after = read_block(log.blocks[3]).records[0].seq
    assert result["lost"] == [[result["lost"][0][0], first_after - 1]]


def test_what_was_evicted_before_the_sync_is_told_as_lost(store: Store) -> None:
    log = office_morning()
    kept_from = read_block(log.blocks[4]).records[0].seq
    assert pull(store, FakeCushion(log, first_kept=4))["lost"] == [[1, kept_from - 1]]
    assert pull(store, FakeCushion(log, first_kept=4))["lost"] == []


@pytest.mark.parametrize("minutes", [1, 90], ids=["shorter", "longer"])
def test_a_log_that_began_anew_is_kept_beside_the_old_one(store: Store, minutes: int) -> None:
    old, new = office_morning(), LogWriter(now_ms=77)
    pull(store, FakeCushion(old))
    new.sit(minutes * 60_000)
    result = pull(store, FakeCushion(new))
    assert result["records"] == len(logged(new))
    assert result["lost"] == []
    assert stored(store) == logged(old) + logged(new)
    assert pull(store, FakeCushion(new))["records"] == 0


def test_a_sync_sets_the_clock_and_places_what_had_no_time(store: Store) -> None:
    log = LogWriter()
    log.sit(60_000)
    cushion = FakeCushion(log)
    assert pull(store, cushion)["clock_offset_ms"] is None
    assert ("clock", round(NOW.timestamp() * 1000), 0) in cushion.calls
    stood = store.read([records.STOOD])[0]
    assert stood.unix_ms == round(NOW.timestamp() * 1000)


def lying_log(log: LogWriter, *blocks: bytes) -> FakeCushion:
    """A cushion whose log ends with these blocks."""
    log.blocks, log._open = [*(data.ljust(BLOCK_SIZE, b"\xff") for data in log.data()), *blocks], None
    return FakeCushion(log)


@pytest.mark.parametrize(
    ("change", "text", "code"),
    [
        ((8, b"\x24\x6f\x28\x00\x00\x09"), "sent records of another cushion (246f28000009); none is stored", 5),
        ((20, b"\x01\x00\x00\x00"), "sent two different records with number 1; none is stored", 5),
        ((20, b"\xff\xff\xff\xff"), "sent record 4294967295, but its last is ", 5),
        ((4, b"\x03"), "log is in a newer format; update sitbone, then sync again", 1),
    ],
    ids=["another cushion", "a number twice", "a number beyond", "newer"],
)
def test_what_a_log_cannot_hold_is_refused_and_poisons_nothing(
    change: tuple[int, bytes], text: str, code: int, store: Store
) -> None:
    log = office_morning()
    whole = log.data()
    at, value = change
    false = bytearray(whole[-1])
    false[at : at + len(value)] = value
    cushion = lying_log(log, repaired(bytes(false)))
    with pytest.raises(SitboneError, match=re.escape(text)) as refused:
        pull(store, cushion)
    assert refused.value.exit_code == code
    log.blocks = whole
    result = pull(store, cushion)
    assert result["complete"]
    assert store.count() == log.next_seq - 1
    assert len(store.cushions()) == 1


def test_another_time_than_was_sent_is_refused(store: Store) -> None:
    class Liar(FakeCushion):
        def call(self, name: str, *args: Any) -> dict[str, Any]:
            answer = super().call(name, *args)
            return answer | {"unix_ms": answer["unix_ms"] + 86_400_000} if name == "clock" else answer

    with pytest.raises(DamagedData, match="set its clock to another time than was sent"):
        pull(store, Liar(office_morning()))
