"""What a study costs on each engine, how that grows, and how often the report is right where the truth is known.

`SITBONE_COHORT="1000 26"` (people, weeks), `SITBONE_GROWTH="100 1000 10000"` (people, for four weeks) and
`SITBONE_TRIALS=100` (seeds) are the sizes of `make cohort-bench`; smaller ones are quicker.
"""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sitbone.cohort.lake import Lake, Study
from sitbone.cohort.privacy import Mask
from sitbone.lab.cohort_simulation import Trial, simulate
from tests.cohort.conftest import KEY
from tests.cohort.test_engines import asked, require_spark
from tests.cohort.test_trial import PEOPLE, WEEKS, count

pytestmark = pytest.mark.bench
MASK = ("pilot", False)


def made(folder: Path, people: int, weeks: int):
    """A simulated lake, and the processor's seconds that it took."""
    mask = Mask(KEY, *MASK)
    lake = Lake.make(str(folder), Study("pilot", mask.check(), simulated=True))
    before_s = time.process_time()
    simulate(lake, mask, Trial(people, weeks))
    return lake, time.process_time() - before_s


def analyse_apart(folder: Path, memory: str) -> tuple[float, float]:
    """The processor's seconds and the peak memory (MB) of the analysis in a process of its own."""
    line = f"from sitbone.cohort import analysis, lake; analysis.analyse(lake.Lake({str(folder)!r}), memory={memory!r})"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", line], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent_s, after.ru_maxrss / 1024


def test_both_engines(tmp_path):
    require_spark()
    people, weeks = map(int, os.environ.get("SITBONE_COHORT", "1000 26").split())
    lake, simulated_s = made(tmp_path / "lake", people, weeks)
    began = time.perf_counter()
    by_duckdb = asked(lake, "duckdb")
    between = time.perf_counter()
    by_spark = asked(lake, "spark")
    ended = time.perf_counter()
    assert by_spark == by_duckdb
    spent_s, peak_mb = analyse_apart(tmp_path / "lake", "1GB")
    print(f"\n{people} people x {7 * weeks} days: simulated in {simulated_s:.0f} s of processor")
    print(f"  rows equal: {sum(map(len, by_duckdb.values()))}")
    print(
        f"  DuckDB {between - began:.1f} s, Spark {ended - between:.1f} s: {(ended - between) / (between - began):.1f}"
    )
    print(f"  analysis with DuckDB in 1 GB: {spent_s:.1f} s of processor, peak {peak_mb:.0f} MB in all")


def test_growth(tmp_path):
    for people in map(int, os.environ.get("SITBONE_GROWTH", "100 1000 10000").split()):
        _, simulated_s = made(tmp_path / str(people), people, 4)
        spent_s, peak_mb = analyse_apart(tmp_path / str(people), "1GB")
        each = f"{1000 * simulated_s / people:.0f} ms to simulate, {1000 * spent_s / people:.1f} ms to analyse"
        print(f"\n{people} people x 28 days: a person takes {each}; peak {peak_mb:.0f} MB")


def test_trials(tmp_path):
    seeds = int(os.environ.get("SITBONE_TRIALS", "100"))
    held, claimed = count(tmp_path, Mask(KEY, *MASK), seeds)
    print(f"\n{seeds} trials of {PEOPLE} people x {WEEKS} weeks: the interval held the effect in {held};")
    print(f"  in {seeds} null trials one was claimed in {claimed}")
    assert held >= 0.9 * seeds
    assert claimed <= 0.05 * seeds
