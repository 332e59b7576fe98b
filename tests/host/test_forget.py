"""Deleting: the bytes are gone from every file of the store, a sync doesn't bring them again, the rest stays."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cushion.core import records
from sitbone import cli
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.store.store import Store
from sitbone.store.sync import Sync
from tests.host.logs import FakeCushion, LogWriter

DAY = datetime(2026, 9, 20, 9, tzinfo=UTC)
LATER = DAY + timedelta(days=3)
SECRET, KEPT = b"heimlich", b"behalten"


@pytest.fixture
def cushion() -> FakeCushion:
    """A crash text on each of two days: words that can be searched for."""
    log = LogWriter()
    for day, word in ((DAY, SECRET), (LATER, KEPT)):
        log.clock(round(day.timestamp() * 1000))
        log.add(records.CRASH, word.decode() * 3)
        log.restart()
    return FakeCushion(log)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cushion: FakeCushion) -> Path:
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path))
    with Store(tmp_path / "sitbone.sqlite") as store:
        synced(store, cushion)
        for day, word in ((DAY, SECRET), (LATER, KEPT)):
            DiaryStore(store).add("pain", new_pain(3, day, day, "sitting", note=word.decode()))
    return tmp_path


def synced(store: Store, cushion: FakeCushion) -> dict[str, object]:
    return Sync(store, lambda: cushion, lambda: LATER + timedelta(days=1)).run()


def everything_in(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.iterdir())


def test_a_span_is_gone_and_a_sync_does_not_bring_it_again(home: Path, cushion: FakeCushion) -> None:
    with Store(home / "sitbone.sqlite"):  # so that its log of writes is not tidied away
        assert SECRET in everything_in(home)
        assert cli.run(["forget", "--from", "2026-09-19", "--to", "2026-09-21", "--yes"]) == 0
        assert SECRET not in everything_in(home)
        assert KEPT in everything_in(home)
    with Store(home / "sitbone.sqlite") as store:
        assert [row["note"] for row in DiaryStore(store).pains()] == [KEPT.decode()]
        assert synced(store, cushion)["records"] == 0
    assert SECRET not in everything_in(home)


def test_everything_is_gone_with_the_older_copies_and_new_records_still_come(
    home: Path, cushion: FakeCushion, tmp_path_factory: pytest.TempPathFactory
) -> None:
    backup = str(tmp_path_factory.mktemp("elsewhere") / "b.sqlite")
    assert cli.run(["backup", backup]) == 0
    assert cli.run(["restore", backup]) == 0
    assert len(list(home.glob("*.sqlite"))) == 2
    assert cli.run(["forget", "--yes"]) == 0
    found = everything_in(home)
    assert SECRET not in found
    assert KEPT not in found
    cushion.log.add(records.CRASH, "afterwards")
    with Store(home / "sitbone.sqlite") as store:
        assert synced(store, cushion)["records"] == 1
        assert store.count() == 1
    assert KEPT not in everything_in(home)


def test_nothing_is_deleted_without_yes(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["forget"], ["forget", "--from", "2026-09-19"]):
        assert cli.run(command) == 2
        assert "then add --yes" in capsys.readouterr().err
    assert SECRET in everything_in(home)
    with Store(home / "sitbone.sqlite") as store:
        assert store.count() > 0
