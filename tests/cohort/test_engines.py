"""The analysis by both engines. Oracle: values worked out by hand; and for Spark, DuckDB, which these hold."""

import os
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from sitbone.cohort import engines
from sitbone.cohort.add import EPOCH, lake_table
from sitbone.cohort.analysis import ask
from sitbone.cohort.lake import Lake, Study
from sitbone.errors import SitboneError
from sitbone.lab.cohort_simulation import Trial, simulate
from sitbone.report.tidy import TABLES
from tests.cohort.clusters import cluster

HUNG_S = 1800  # Spark on a busy machine
FIRST = date(2026, 3, 2)


def require_spark() -> None:
    if os.environ.get("CI"):
        return
    pytest.importorskip("pyspark", reason="pyspark isn't installed: make spark")
    if shutil.which("java") is None:
        pytest.skip("Java isn't installed: apt-get install openjdk-17-jre-headless")


def day(number: int, seated_s: float, dose_s: float, valid_share: float = 1.0) -> dict:
    row = {"date": (FIRST + timedelta(days=number)).isoformat(), "seated_s": seated_s, "recorded_s": 30_000}
    doses = {"dose_left_max_s": dose_s, "dose_right_max_s": dose_s / 2}
    return row | doses | {"breaks_verified": 4, "valid_share": valid_share}


def morning(number: int, pain: int, flare: str | None = None) -> dict:
    return {"date": (FIRST + timedelta(days=number)).isoformat(), "moment": "morning", "pain": pain, "flare": flare}


def prompt(stood_s: float | None, outcome: str | None = "break") -> dict:
    at = f"{FIRST.isoformat()}T10:00:00.000Z"
    return {"at_utc": at, "at_local": at.replace("Z", "+00:00"), "stood_s": stood_s, "outcome": outcome}


@pytest.fixture
def by_hand(lake, mask) -> Lake:
    rows: dict[str, list[dict]] = {name: [] for name in TABLES}
    # Day 2 has a sensor out of order, day 8 is in the second week, day 400 is a clock that was wrong.
    rows["days"] = [day(0, 3600, 600), day(1, 7200, 1200), day(2, 9000, 9000, 0.5), day(8, 1800, 300), day(400, 1, 1)]
    rows["pain"] = [morning(1, 2), morning(1, 3), morning(2, 5, "start"), morning(9, 1)]
    rows["prompts"] = [prompt(50.0), prompt(170.0), prompt(290.0), prompt(None, "missed"), prompt(1.0, None)]
    start = (FIRST - EPOCH).days
    about = {"arm": "dose", "enrolled_day": start, "until_day": start + 20, "consents": [], "added": None}
    lake.write(mask.pseudonym("P"), {name: lake_table(name, found) for name, found in rows.items()}, about)
    return lake


def values_of(answered: dict) -> dict:
    return {(row["measure"], row["week"]): row["value"] for row in answered["values"].to_pylist()}


def asked(lake: Lake, engine: str, master: str = "local[2]") -> dict:
    with engines.opened(engine, lake, lake.manifests(), master) as opened:
        return {name: table.to_pylist() for name, table in ask(opened).items()}


def test_each_measure_as_worked_out_by_hand(by_hand):
    with engines.opened("duckdb", by_hand, by_hand.manifests()) as opened:
        answered = ask(opened)
    found = values_of(answered)
    assert [found["days_a_week", week] for week in (0, 1, 2)] == [300, 100, 0]
    assert found["days_a_week", -1] == 133  # 4 days in 3 weeks, in hundredths, rounded down
    assert found["valid_share", -1] == 7500
    assert found["seated_h", 0] == 150  # (3600 + 7200) s on two valid days
    assert found["seated_h", -1] == 116  # with the half hour of the second week
    assert found["breaks", -1] == 400
    assert found["dose_min", 0] == 1500  # the worse side: 10 and 20 min
    assert (found["within_1", -1], found["within_3", -1], found["within_5", -1]) == (2500, 5000, 7500)
    assert found["morning_pain", 0] == 400  # of two ratings of a morning the worse counts: 3 and 5
    assert found["morning_pain", -1] == 300
    assert found["tolerated_min", 0] == 1000  # the 20 min were followed by a 5
    assert found["tolerated_min", 1] == 500
    assert found["flares", -1] == 100
    assert found["has_data_at_the_end", -1] == 1
    assert found["has_days_outside", -1] == 1
    assert found["has_invalid_days", -1] == 0
    pairs = [(row["dose_s"], row["pain"]) for row in answered["dose_pain"].to_pylist()]
    assert pairs == [(600, 300), (1200, 500), (300, 100)]


def test_an_engine_that_cannot_read_the_lake_says_so(bucket, mask):
    lake = Lake.make(bucket("cluster"), Study("pilot", mask.check()))
    refused = pytest.raises(SitboneError, match="copy it there, or use duckdb")
    with refused, engines.opened("spark", lake, {}, "spark://127.0.0.1:7077"):
        pass


def test_a_file_that_went_from_an_object_store_is_missed(bucket, mask, tmp_path):
    lake = Lake.make(bucket("gone"), Study("pilot", mask.check()))
    lake.storage.put("data/days/a.parquet", b"one")
    lake.storage.fetch(["data/days/a.parquet"], tmp_path)
    assert (tmp_path / "data/days/a.parquet").read_bytes() == b"one"
    with pytest.raises(SitboneError, match="went from the lake while it was read; try again"):
        lake.storage.fetch(["data/days/b.parquet"], tmp_path)


def test_duckdb_keeps_to_its_memory_and_fetches_nothing(by_hand):
    with engines.opened("duckdb", by_hand, by_hand.manifests(), memory="100MB") as opened:
        opened.make(
            "told",
            "SELECT current_setting('memory_limit') AS memory,"
            " current_setting('autoinstall_known_extensions') AS fetches",
        )
        (row,) = opened.rows("told", "*", "memory").to_pylist()
    assert row == {"memory": "95.3 MiB", "fetches": False}


@pytest.mark.slow
@pytest.mark.timeout(HUNG_S)
def test_spark_gives_the_same_rows(by_hand, tmp_path, mask):
    require_spark()
    assert asked(by_hand, "spark") == asked(by_hand, "duckdb")
    lake = Lake.make(str(tmp_path / "simulated"), Study("pilot", mask.check(), simulated=True))
    simulate(lake, mask, Trial(people=12, weeks=3))
    by_duckdb = asked(lake, "duckdb")
    assert len(by_duckdb["values"]) > 300
    assert asked(lake, "spark") == by_duckdb


@pytest.mark.slow
@pytest.mark.timeout(HUNG_S)
def test_spark_on_an_object_store_gives_the_same_rows_and_leaves_no_copy(bucket, mask, tmp_path, monkeypatch):
    require_spark()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    lake = Lake.make(bucket("spark"), Study("pilot", mask.check(), simulated=True))
    simulate(lake, mask, Trial(people=6, weeks=3))
    by_duckdb = asked(lake, "duckdb")
    assert len(by_duckdb["values"]) > 150
    assert asked(lake, "spark") == by_duckdb
    assert not list(tmp_path.glob("sitbone-lake-*"))


@pytest.mark.slow
@pytest.mark.timeout(HUNG_S)
def test_a_cluster_that_loses_a_worker_gives_the_same_rows(tmp_path: Path, mask):
    require_spark()
    lake = Lake.make(str(tmp_path / "simulated"), Study("pilot", mask.check(), simulated=True))
    simulate(lake, mask, Trial(people=8, weeks=3))
    (tmp_path / "cluster").mkdir()
    with cluster(tmp_path / "cluster", workers=2) as (master, workers):
        with engines.opened("spark", lake, lake.manifests(), master) as opened:
            victim = _Killing(opened, workers[0].kill)
            answered = {name: table.to_pylist() for name, table in ask(victim).items()}
        assert victim.killed
    assert answered == asked(lake, "duckdb")


class _Killing:
    """Kills after the first answer: half of what the others build on, which lay on that worker, is lost."""

    def __init__(self, engine: engines.Engine, kill) -> None:
        self._engine, self._kill, self.killed = engine, kill, False
        self.make = engine.make

    def rows(self, name: str, columns: str, order: str):
        found = self._engine.rows(name, columns, order)
        if not self.killed:
            self._kill()
            self.killed = True
        return found
