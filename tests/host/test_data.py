"""Export, backup and restore, raw capture. Oracle: the records that were written, field by field."""

import csv
import json
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cushion.core import records
from cushion.core.calibration import ZONES
from sitbone import cli
from sitbone.board.record import record
from sitbone.errors import CushionGone, DamagedData, SitboneError, UsageError
from sitbone.replay.trace import read_trace
from sitbone.store.backup import back_up, restore
from sitbone.store.blocks import fields_of, kind_name, named, read_block
from sitbone.store.export import export
from sitbone.store.store import Store
from tests.host.logs import CUSHION_ID, LogWriter, office_morning


@pytest.fixture
def filled(store: Store) -> Store:
    log = office_morning()
    log.add(records.CRASH, 'a "quoted", text\nof two lines é')
    log.restart()
    log.sit(60_000)
    store.add_blocks(store.cushion(CUSHION_ID.hex(), log.log_id), [read_block(block) for block in log.data()])
    return store


def expected(store: Store) -> list[dict]:
    rows = []
    for row in store.rows("SELECT seq, session, mono_ms - ago_ms, unix_ms, kind, payload FROM record ORDER BY seq"):
        seq, session, t_ms, unix_ms, kind, payload = row
        at = None if unix_ms is None else datetime.fromtimestamp(unix_ms / 1000, UTC)
        common = {"cushion": CUSHION_ID.hex(), "era": 0, "seq": seq, "session": session, "t_ms": t_ms, "at": at}
        rows.append(common | {"kind": kind_name(kind)} | named(fields_of(kind, payload)))
    assert {row["at"] is None for row in rows} == {True, False}
    return rows


def parsed(row: dict) -> dict:
    return row | {"at": row["at"] and datetime.fromisoformat(row["at"])}


def test_jsonl_holds_each_record_with_its_own_fields(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    assert export(filled, "jsonl", path) == filled.count()
    assert [parsed(json.loads(line)) for line in path.read_text().splitlines()] == expected(filled)


def test_csv_holds_the_same_as_text(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    export(filled, "csv", path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    shown = [{name: cell for name, cell in row.items() if cell != ""} for row in rows]
    wanted = [{name: value for name, value in row.items() if value is not None} for row in expected(filled)]
    assert [parsed({"at": None, **row})["at"] for row in shown] == [row.get("at") for row in wanted]
    for row in (*shown, *wanted):
        row.pop("at", None)
    assert shown == [{name: str(value) for name, value in row.items()} for row in wanted]


def test_parquet_holds_the_same_with_types(filled: Store, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "out.parquet"
    export(filled, "parquet", path)
    shown = [
        {name: cell for name, cell in row.items() if cell is not None} for row in parquet.read_table(path).to_pylist()
    ]
    assert shown == [{name: value for name, value in row.items() if value is not None} for row in expected(filled)]


def test_parquet_without_pyarrow_is_one_clear_line(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SitboneError, match=r"Parquet needs pyarrow; run pip install 'sitbone\[parquet\]'"):
        export(filled, "parquet", tmp_path / "out.parquet")
    assert list(tmp_path.glob("out*")) == []


def test_a_backup_comes_back_whole_and_keeps_what_was_there(filled: Store, tmp_path: Path) -> None:
    path, whole = tmp_path / "backup.sqlite", expected(filled)
    assert back_up(filled, path) == len(whole)
    with Store(tmp_path / "other.sqlite") as other:
        other.add_blocks(other.cushion("246f28000002"), [read_block(block) for block in LogWriter().data()])
        count, before = restore(other, path, "20260101-000000")
        assert (count, expected(other)) == (len(whole), whole)
    with Store(before) as kept:
        assert kept.rows("SELECT hardware FROM cushion") == [("246f28000002",)]
    with Store(tmp_path / "other.sqlite") as again:
        assert expected(again) == whole
        assert again.rows("PRAGMA journal_mode") == [("wal",)]


@pytest.mark.parametrize("at", [0, 0.3, 0.7])
def test_a_damaged_backup_changes_nothing(filled: Store, tmp_path: Path, at: float) -> None:
    path, whole = tmp_path / "backup.sqlite", expected(filled)
    back_up(filled, path)
    data = bytearray(path.read_bytes())
    start = int(len(data) * at)
    data[start : start + 4096] = bytes(4096)
    path.write_bytes(data)
    with pytest.raises(DamagedData):
        restore(filled, path, "20260101-000000")
    assert expected(filled) == whole


def test_what_is_no_backup_is_told(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(SitboneError, match="there is no file"):
        restore(filled, tmp_path / "none", "x")
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE t (x)")
    with pytest.raises(DamagedData, match="is not a sitbone backup"):
        restore(filled, tmp_path / "other.db", "x")
    with pytest.raises(UsageError, match="is the store itself"):
        back_up(filled, filled.path)
    with pytest.raises(FileNotFoundError):
        back_up(filled, tmp_path / "no folder" / "backup.sqlite")


def test_the_commands_do_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path / "home"))
    backup, out = str(tmp_path / "b.sqlite"), str(tmp_path / "o.csv")
    assert cli.run(["backup", backup]) == 0
    assert cli.run(["restore", backup]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.sqlite", "home"], "one file, and nothing beside it"
    assert all(path.suffix == ".sqlite" for path in (tmp_path / "home").iterdir())
    assert cli.run(["export", "--format", "csv", out]) == 0
    shown = capsys.readouterr().out
    assert (shown.count("0 records"), shown.count("exported 0 rows")) == (2, 1)


def test_what_is_restored_is_derived_at_once(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup from before days were kept: the first page that is opened after it must not have to wait."""
    back_up(filled, tmp_path / "backup.sqlite")
    with sqlite3.connect(tmp_path / "backup.sqlite") as backup:
        backup.execute("DELETE FROM day_fact")
    (last_ms,) = filled.rows("SELECT max(unix_ms) FROM record")[0]
    monkeypatch.setattr("sitbone.cli.data.now", lambda: datetime.fromtimestamp(last_ms / 1000, UTC))
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path / "home"))
    assert cli.run(["restore", str(tmp_path / "backup.sqlite")]) == 0
    with Store(tmp_path / "home" / "sitbone.sqlite") as restored:
        assert restored.rows("SELECT count(*) FROM day_fact")[0][0] >= 1


class Capture:
    """A link that gives these rows, and is cut where a row is None."""

    def __init__(self, rows: list) -> None:
        self.rows = rows

    def record(self, for_s: int):
        yield {"zones": list(ZONES)}
        for row in self.rows:
            if row is None:
                raise CushionGone("the cushion on /dev/fake stopped answering; check the cable and try again")
            yield {"row": row}
        yield {"samples": len(self.rows)}


ROWS = [[1, 240, 6021, 5980, 2100, 2080], [2, 490, 6022, 5981, 0, 2081], [4, 990, -1, 5, 5, 5], [5, 1240, 1, 2, 3, 4]]


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz"])
def test_a_capture_is_a_trace_and_tells_what_is_missing(tmp_path: Path, name: str) -> None:
    result = record(Capture(ROWS), tmp_path / name, 2)
    trace = read_trace(tmp_path / name)
    assert trace.t_ms.tolist() == [0, 250, 1000]
    assert trace.mv.tolist() == [[602.1, 598.0, 210.0, 208.0], [602.2, 598.1, 0.0, 208.1], [0.1, 0.2, 0.3, 0.4]]
    assert (result["samples"], result["missed"], result["unread"]) == (3, 1, 1)


def test_a_capture_that_is_cut_keeps_what_came(tmp_path: Path) -> None:
    with pytest.raises(CushionGone, match=r"2 samples are in .*out.csv"):
        record(Capture([*ROWS[:2], None]), tmp_path / "out.csv", 2)
    assert len(read_trace(tmp_path / "out.csv").t_ms) == 2
