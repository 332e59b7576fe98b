"""The power is cut at every flash write of a scripted day: see on_device/power_cuts.py.

`SITBONE_CUTS=all` takes a day with an epoch each 10 s and cuts each write in all three ways: some 160,000 cuts, in a
quarter of an hour.
"""

import os
import subprocess

import pytest

from tests.core.interpreters import require
from tests.firmware.on_unix import FIRMWARE, ON_DEVICE, micropython

ALL = os.environ.get("SITBONE_CUTS") == "all"
EPOCH_S = 10 if ALL else 48
MODES = 3 if ALL else 1
SHARDS = 2
QUICK_SHARDS = 23  # one of them has every 23rd cut
LIMIT_S = 7200 if ALL else 400


def start(epoch_s: int, shard: int, shards: int, modes: int, planted: str = "") -> subprocess.Popen:
    require("unix")
    arguments = [epoch_s, shard, shards, 1 + shard, modes, planted]
    command = [*micropython("64M"), str(ON_DEVICE / "power_cuts.py"), *map(str, arguments)]
    environment = {"PATH": os.environ.get("PATH", ""), "MICROPYPATH": f"{FIRMWARE}:{ON_DEVICE}:.frozen"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.timeout(LIMIT_S)
def test_no_cut_in_a_share_of_them_loses_or_invents_anything():
    process = start(EPOCH_S, 0, QUICK_SHARDS, MODES)
    shown = process.communicate(timeout=LIMIT_S)[0]
    assert process.returncode == 0, shown
    assert int(shown.split()[0]) >= 400


@pytest.mark.slow
@pytest.mark.timeout(LIMIT_S)
def test_no_cut_loses_or_invents_anything(capsys):
    running = [start(EPOCH_S, shard, SHARDS, MODES) for shard in range(SHARDS)]
    shown = [process.communicate(timeout=LIMIT_S)[0] for process in running]
    assert [process.returncode for process in running] == [0] * SHARDS, "\n".join(shown)
    counts = [[int(word) for word in line.split()] for line in shown]
    cuts, writes, erases, records = sum(row[0] for row in counts), *counts[0][1:]
    assert cuts >= 10_000
    assert erases > 500
    with capsys.disabled():
        print(f"\n{cuts} power cuts at {writes} writes and {erases} erases of {records} records")  # noqa: T201  a figure


@pytest.mark.parametrize(
    ("planted", "shown"),
    [
        ("no flush", "an acknowledged record is lost"),
        ("a record twice", "not in order"),
        ("settings in place", "settings"),
        ("evicts untold", "untold"),
    ],
)
def test_a_broken_promise_is_noticed(planted, shown):
    process = start(60, 0, 7, 1, planted)
    said = process.communicate(timeout=LIMIT_S)[0]
    assert process.returncode == 1, said
    assert shown in said
