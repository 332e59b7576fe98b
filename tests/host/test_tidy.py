"""The tables for people who analyse. Oracle: the logs written down in the test, and the readers that are written with
them."""

import csv
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cushion.core import records
from sitbone import cli
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.diary.rehab import new_exercise
from sitbone.report.tidy import TABLES
from sitbone.store.store import Store
from tests.host.test_cushions import HOME, NOW, OFFICE, keep, log_from, sits

BEGIN = NOW - timedelta(hours=3)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    with Store(tmp_path / "home" / "sitbone.sqlite") as store:
        log = sits(log_from(BEGIN), 29, 20)
        log.add(records.CHANGES, 7, 0, 1)
        log.add(records.SETTING, 0, 1200, 1320, 'by hand, "calm"')
        keep(store, OFFICE, log)
        keep(store, HOME, sits(log_from(NOW - timedelta(hours=9)), 40))
        store.name_cushion(OFFICE, "office")
        diary = DiaryStore(store)
        diary.add("pain", new_pain(3, BEGIN, NOW, "sitting", onset_min=12, note="a\nb"))
        diary.add("rehab", new_exercise(NOW, "heavy-slow", "squat", sets=3, reps=8, load_kg=42.5, run_km=2.5))
    return tmp_path


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_tables_hold_what_happened(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["export", "--tidy", str(home / "t")]) == 0
    said = "1 days, 3 sits, 3 breaks, 3 prompts, 1 pain, 1 exercises, 1 settings"
    assert said in capsys.readouterr().out
    folder = home / "t"
    day = read(folder, "days")[0]
    assert (day["date"], float(day["seated_s"]), day["sits"]) == (NOW.date().isoformat(), 89 * 60, "3")
    office = [row for row in read(folder, "sits") if row["cushion"] == "office"]
    assert [float(row["duration_s"]) for row in office] == [29 * 60, 20 * 60]
    assert datetime.fromisoformat(office[0]["start_utc"]) == BEGIN
    assert datetime.fromisoformat(office[0]["start_local"]) == BEGIN
    assert [row["verified"] for row in read(folder, "breaks")] == ["true"] * 3
    prompt = read(folder, "prompts")[0]
    assert (prompt["side"], prompt["cause"], prompt["level"], prompt["outcome"]) == ("left", "dose", "1", "")
    pain = read(folder, "pain")[0]
    assert (pain["pain"], pain["onset_s"], pain["note"]) == ("3", "720", "a\nb")
    exercise = read(folder, "exercises")[0]
    assert (exercise["load_kg"], exercise["reps"], exercise["pain_during"]) == ("42.5", "8", "")
    assert (exercise["run_m"], exercise["left_kg"]) == ("2500.0", "")
    change = read(folder, "settings")[0]
    assert (change["before"], change["after"], change["unit"], change["change"]) == ("1200", "1320", "s", "7")
    assert change["reason"] == 'by hand, "calm"'


def test_the_dictionary_names_every_column(home: Path) -> None:
    assert cli.run(["export", "--tidy", str(home / "t"), "--cushion", "office"]) == 0
    package = json.loads((home / "t" / "datapackage.json").read_text())
    assert [resource["name"] for resource in package["resources"]] == list(TABLES)
    # What the data package's own validator asks for (frictionless 5 found it missing).
    assert package["profile"] == "tabular-data-package"
    assert {resource["profile"] for resource in package["resources"]} == {"tabular-data-resource"}
    for resource in package["resources"]:
        with (home / "t" / resource["path"]).open(encoding="utf-8") as file:
            assert next(csv.reader(file)) == [field["name"] for field in resource["schema"]["fields"]]
        assert all(field["description"] for field in resource["schema"]["fields"])
    assert {row["cushion"] for row in read(home / "t", "sits")} == {"office"}


def test_parquet_has_types(home: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert cli.run(["export", "--tidy", str(home / "t"), "--format", "parquet"]) == 0
    rows = parquet.read_table(home / "t" / "sits.parquet").to_pylist()
    assert {row["start_utc"] for row in rows} >= {BEGIN}
    assert parquet.read_table(home / "t" / "days.parquet").to_pylist()[0]["date"] == NOW.date()
    assert cli.run(["export", "--tidy", str(home / "t"), "--format", "jsonl"]) == 2


def said_by(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_program_for_pandas_runs(home: Path, form: str) -> None:
    pytest.importorskip("pandas")
    assert cli.run(["export", "--tidy", str(home / "t"), "--format", form]) == 0
    said = said_by(home / "t", sys.executable, "read_with_pandas.py")
    assert "1.4833333333333334 hours seated" in said
    assert f"{NOW.astimezone(UTC) - timedelta(hours=9):%Y-%m-%d %H:%M:%S}+00:00 first sit" in said
    assert re.search(r"246f28000002 +2400\.0\noffice +1470\.0\n", said)


needs_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R isn't installed: apt-get install r-base-core")


@needs_r
def test_the_program_for_r_runs(home: Path) -> None:
    assert cli.run(["export", "--tidy", str(home / "t")]) == 0
    said = said_by(home / "t", "Rscript", "read_with_r.R")
    assert "1.483333 hours seated" in said
    assert f"{NOW.astimezone(UTC) - timedelta(hours=9):%Y-%m-%d %H:%M:%S} first sit" in said
    assert re.search(r"246f28000002 +2400\n2 +office +1470\n", said)


@needs_r
def test_r_reads_each_table_as_it_was_written(home: Path) -> None:
    """Base R's `read.csv`, without any option, finds the rows and columns that the dictionary promises."""
    assert cli.run(["export", "--tidy", str(home / "t")]) == 0
    show = 'for (name in commandArgs(TRUE)) { t <- read.csv(paste0(name, ".csv")); cat(name, dim(t), names(t), "\\n") }'
    lines = said_by(home / "t", "Rscript", "-e", show, *TABLES).splitlines()
    counts = {"days": 1, "sits": 3, "breaks": 3, "prompts": 3, "pain": 1, "exercises": 1, "settings": 1}
    counts["epochs"] = 29 + 20 + 40
    expected = [(name, counts[name], [field for field, *_ in fields]) for name, (_, fields) in TABLES.items()]
    assert lines == [f"{name} {count} {len(fields)} {' '.join(fields)} " for name, count, fields in expected]


def test_an_empty_store_gives_empty_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path / "home"))
    assert cli.run(["export", "--tidy", str(tmp_path / "t")]) == 0
    assert read(tmp_path / "t", "days") == []
    if shutil.which("Rscript"):
        assert said_by(tmp_path / "t", "Rscript", "read_with_r.R") == "0 hours seated\n"
    assert cli.run(["export"]) == 2
    assert cli.run(["export", "a.csv", "--tidy", "t"]) == 2
