"""An add that is killed before or after each of its requests, on a server that speaks S3 and in a folder: the next add
completes it, and nothing is there twice. Oracle: the same lake, never cut; and the days that the store was given."""

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from sitbone.cohort.engines import dataset
from sitbone.cohort.lake import Lake
from tests.cohort.conftest import KEY

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
HUNG_S = 1500
DAYS = [date(2026, 3, 2) + timedelta(days=20 * number) for number in range(3)]


def cut_adds(pattern: str, points: list[int], *stores: Path) -> int:
    program = Path(__file__).with_name("cut_adds.py")
    words = [pattern, KEY.hex(), *map(str, points), "--", *map(str, stores)]
    done = subprocess.run(
        [sys.executable, str(program), *words], capture_output=True, text=True, check=False, timeout=HUNG_S
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def check(pattern: str, points: list[int], days: list[date]) -> None:
    never_cut = Lake(pattern.replace("NUMBER", "n-1")).storage.sizes()
    for point in points:
        lake = Lake(pattern.replace("NUMBER", f"n{point}"))
        assert lake.storage.sizes() == never_cut
        rows = dataset(lake, "days", lake.manifests()).to_table().to_pylist()
        assert [row["date"] for row in rows] == days


def test_an_add_killed_at_some_points_in_a_folder(tmp_path, store_of):
    pattern = f"{tmp_path}/NUMBER"
    points = [-1, 9, 21, 26]  # among the new files, after the manifest, among the old files
    assert cut_adds(pattern, points, store_of("a", 1), store_of("b", 3, apart=20)) == 3
    check(pattern, points, DAYS)


@pytest.mark.slow
@pytest.mark.timeout(2 * HUNG_S)
def test_an_add_killed_at_fifty_points_on_an_object_store(bucket, store_of):
    first, more = store_of("a", 1), store_of("b", 3, apart=20)
    new, changed = bucket("new-NUMBER"), bucket("changed-NUMBER")
    points, later = list(range(20)), list(range(30))  # of 22 there are, and of 32
    killed = cut_adds(new, [-1, *points], more) + cut_adds(changed, [-1, *later], first, more)
    assert killed == 50
    check(new, points, DAYS)
    check(changed, later, DAYS)
