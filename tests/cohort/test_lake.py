"""A person's tables in the lake. Oracle: stores written down in conftest.py, and what the files say to pyarrow."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sitbone.cohort import schema
from sitbone.cohort.add import Enrolment, add
from sitbone.cohort.engines import dataset
from sitbone.cohort.lake import Lake, Study
from sitbone.cohort.privacy import Mask, read_key
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.errors import SitboneError
from sitbone.report.tidy import TABLES, export_tidy
from sitbone.store.store import Store
from tests.cohort.conftest import NOON

LATER = NOON + timedelta(days=60)
P01 = Enrolment("P01")


def rows_of(lake: Lake, table: str) -> list[dict]:
    return dataset(lake, table, lake.manifests()).to_table().to_pylist()


def data_files(lake: Lake) -> set[str]:
    return set(lake.storage.sizes("data"))


def note(path: Path) -> None:
    with Store(path) as store:
        DiaryStore(store).add("pain", new_pain(4, NOON, NOON, "morning", note="Anna's chair"))


def test_each_table_lies_by_study_participant_and_month(lake, mask, store_of):
    assert add(lake, mask, store_of("a", days=3, apart=20), P01, LATER)
    pseudonym = mask.pseudonym("P01")
    folders = {name.rpartition("/")[0] for name in data_files(lake) if name.startswith("data/days/")}
    months = ("2026-03", "2026-04")
    assert folders == {f"data/days/study=pilot/participant={pseudonym}/month={month}" for month in months}
    assert [row["date"] for row in rows_of(lake, "days")] == [date(2026, 3, 2), date(2026, 3, 22), date(2026, 4, 11)]
    assert [row["seated_s"] for row in rows_of(lake, "days")] == [29 * 60] * 3
    assert [row["duration_s"] for row in rows_of(lake, "sits")] == [29 * 60.0] * 3
    assert len(rows_of(lake, "epochs")) == 3 * 29
    assert rows_of(lake, "days")[0]["epoch_day"] == (date(2026, 3, 2) - date(1970, 1, 1)).days


def test_adding_again_changes_nothing_and_more_days_add_only_their_months(lake, mask, store_of):
    path = store_of("a", days=2, apart=40)
    assert add(lake, mask, path, P01, LATER)
    before = data_files(lake)
    assert not add(lake, mask, path, P01, LATER)
    assert data_files(lake) == before
    assert add(lake, mask, store_of("b", days=3, apart=40), P01, LATER + timedelta(days=60))
    april = {name for name in before if "month=2026-03" in name}
    assert april
    assert april <= data_files(lake)
    assert len(rows_of(lake, "days")) == 3


def test_a_store_and_its_exports_are_the_same(tmp_path, mask, store_of):
    path = store_of("a", days=2)
    note(path)
    files = {}
    for form in ("store", "csv", "parquet"):
        source = path
        if form != "store":
            source = tmp_path / form
            with Store(path) as store:
                export_tidy(store, source, form)
        lake = Lake.make(str(tmp_path / f"lake-{form}"), Study("pilot", mask.check()))
        add(lake, mask, source, P01, LATER)
        files[form] = {table: rows_of(lake, table) for table in TABLES}
    assert files["store"]["pain"][0]["pain"] == 4
    assert files["csv"] == files["store"]
    assert files["parquet"] == files["store"]


def test_words_and_names_stay_out_without_consent(tmp_path, lake, mask, store_of):
    path = store_of("a", days=1)
    note(path)
    with Store(path) as store:
        store.name_cushion(store.hardware_id(1), "Annas Stuhl")
    add(lake, mask, path, P01, LATER)
    everything = b"".join(lake.storage.get(name) or b"" for name in lake.storage.sizes())
    assert rows_of(lake, "pain")[0]["note"] is None
    assert "Anna" not in str([rows_of(lake, table) for table in TABLES])
    assert b"P01" not in everything
    agreed = Lake.make(str(tmp_path / "agreed"), Study("pilot", mask.check()))
    add(agreed, mask, path, Enrolment("P01", consents=("notes", "names")), LATER)
    assert rows_of(agreed, "pain")[0]["note"] == "Anna's chair"
    assert {row["cushion"] for row in rows_of(agreed, "sits")} == {"Annas Stuhl"}
    manifest = agreed.manifests()[mask.pseudonym("P01")]
    assert manifest["consents"] == ["names", "notes"]
    assert manifest["provenance"]["kind"] == "store"


def test_dates_move_by_whole_weeks_that_only_the_key_tells(tmp_path, store_of):
    mask = Mask(bytes(32), "pilot", shift_dates=True)
    lake = Lake.make(str(tmp_path / "shifted"), Study("pilot", mask.check(), shift_dates=True))
    people = [f"P{number}" for number in range(12)]
    path = store_of("a", days=2)
    for person in people:
        add(lake, mask, path, Enrolment(person), LATER)
    starts = {row["participant"]: row["start_utc"] for row in rows_of(lake, "sits")}
    days = {row["participant"]: row["date"] for row in rows_of(lake, "days")}
    assert len(set(days.values())) > 5
    for person in people:
        moved = mask.shift_days(person)
        assert moved % 7 == 0
        assert days[mask.pseudonym(person)] == date(2026, 3, 3) - timedelta(days=moved)
        assert starts[mask.pseudonym(person)].date() == date(2026, 3, 3) - timedelta(days=moved)
    for manifest in lake.manifests().values():  # the day of adding would tell by how much
        assert manifest["until_day"] - manifest["enrolled_day"] == 1
        assert manifest["added"] is None
    other = Mask(bytes([1] * 32), "pilot", shift_dates=True)
    assert other.shift_days("P0") != mask.shift_days("P0") or other.shift_days("P1") != mask.shift_days("P1")


def test_refuses_another_key_arm_or_study(tmp_path, lake, mask, store_of):
    path = store_of("a", days=1)
    add(lake, mask, path, P01, LATER)
    with pytest.raises(SitboneError, match="not the key"):
        add(lake, Mask(bytes(32), "pilot", False), path, P01, LATER)
    with pytest.raises(SitboneError, match="is in the arm all, not dose"):
        add(lake, mask, path, Enrolment("P01", arm="dose"), LATER)
    with pytest.raises(SitboneError, match="ends before it begins"):
        add(lake, mask, path, Enrolment("P01", enrolled=date(2027, 1, 1)), LATER)
    (tmp_path / "key").write_text("12")
    with pytest.raises(SitboneError, match="not a study's key"):
        read_key(tmp_path / "key")
    with pytest.raises(SitboneError, match="neither a store nor"):
        add(lake, mask, tmp_path / "nothing", P01, LATER)


class TestSchema:
    """Oracle: the steps planted here."""

    def test_an_older_lake_is_brought_up_once_and_a_newer_one_refused(self, lake, mask, store_of, monkeypatch):
        add(lake, mask, store_of("a", days=2, apart=40), P01, LATER)
        before = data_files(lake)
        monkeypatch.setattr(schema, "VERSION", 2)
        steps = []

        def minutes(name: str, table: pa.Table) -> pa.Table:
            steps.append(name)
            if name != "days":
                return table
            column = table.schema.get_field_index("seated_s")
            return table.set_column(column, "seated_s", pa.compute.divide(table["seated_s"], 60.0))

        monkeypatch.setattr(schema, "MIGRATIONS", {1: minutes})
        upgraded = Lake(lake.storage.uri)
        assert [row["seated_s"] for row in rows_of(upgraded, "days")] == [29.0, 29.0]
        assert json.loads(upgraded.storage.get("study.json") or b"")["version"] == 2
        assert len(data_files(upgraded)) == len(before)
        done = len(steps)
        assert [row["seated_s"] for row in rows_of(Lake(lake.storage.uri), "days")] == [29.0, 29.0]
        assert len(steps) == done
        monkeypatch.setattr(schema, "VERSION", 1)
        with pytest.raises(SitboneError, match="newer sitbone"):
            Lake(lake.storage.uri)

    def test_an_upgrade_that_was_cut_goes_on(self, lake, mask, store_of, monkeypatch):
        for person in ("P01", "P02", "P03"):
            add(lake, mask, store_of(person, days=1), Enrolment(person), LATER)
        monkeypatch.setattr(schema, "VERSION", 2)
        calls = []

        def fails_once(name: str, table: pa.Table) -> pa.Table:
            calls.append(name)
            if len(calls) == 8:
                raise KeyboardInterrupt
            return table.append_column("extra", pa.array([1] * table.num_rows))

        monkeypatch.setattr(schema, "MIGRATIONS", {1: fails_once})
        with pytest.raises(KeyboardInterrupt):
            Lake(lake.storage.uri)
        upgraded = Lake(lake.storage.uri)
        for name in data_files(upgraded):
            with upgraded.storage.filesystem.open_input_file(upgraded.storage.path(name)) as file:
                assert pq.read_schema(file).names.count("extra") == 1
        assert {item["schema"] for item in upgraded.manifests().values()} == {2}


def test_what_a_cut_left_behind_is_swept_away(lake, mask, store_of):
    path = store_of("a", days=1)
    add(lake, mask, path, P01, LATER)
    whole = set(lake.storage.sizes())
    folder = next(iter(data_files(lake))).rpartition("/")[0]
    (Path(lake.storage.root) / folder / ".0123.parquet.part").write_bytes(b"half")
    (Path(lake.storage.root) / folder / "0123.parquet").write_bytes(b"of another state")
    add(lake, mask, path, P01, LATER)
    assert set(lake.storage.sizes()) == whole


def test_the_data_dictionary_has_every_column_once(project_root):
    page = (project_root / "host_tools/sitbone/cohort/DATA_DICTIONARY.md").read_text()
    parts = dict(part.split("\n", 1) for part in page.split("## ")[1:])
    assert list(parts) == list(TABLES)
    for table, text in parts.items():
        rows = [line for line in text.splitlines() if line.startswith("| `")]
        assert rows == [f"| `{name}` | {kind} | {what} |" for name, kind, what in schema.fields_of(table)]


def test_the_lake_needs_a_name_that_can_be_a_folder(tmp_path, mask):
    with pytest.raises(SitboneError, match="can't name a study"):
        Lake.make(str(tmp_path / "x"), Study("Pilot 1/..", mask.check()))
    with pytest.raises(SitboneError, match="there is no lake"):
        Lake(str(tmp_path / "x"))


def test_the_day_of_adding_is_kept(lake, mask, store_of):
    add(lake, mask, store_of("a", days=1), P01, LATER)
    added = lake.manifest(mask.pseudonym("P01"))["added"]
    assert datetime.fromisoformat(added) == LATER
