"""The fast replay against the core's own objects. Oracle: `PlainReplay`, which steps cushion.core second by second."""

import os
import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from cushion.core.settings import BY_NAME, Settings
from sitbone.analysis.timeline import epoch_dtype
from sitbone.replay import fast_replay
from sitbone.replay.compiled import jit
from sitbone.replay.epochs import Epochs, PlainReplay, from_fields

SITS = 1200
SITS_A_DAY = 6


def settings_of(rng: random.Random) -> Settings:
    """Any values in range; often equal limits, and short ones, so that much is decided."""
    chosen = Settings()
    for name in fast_replay.PARAMS:
        param = BY_NAME[name]
        if rng.random() < 0.7:
            setattr(chosen, name, rng.randint(param.low, rng.choice([param.high, (param.low + param.high) // 2])))
    chosen.change("vehicle_mode", int(rng.random() < 0.05), 0)
    if rng.random() < 0.5:
        chosen.change("quiet_from_min", 0, 0)
        chosen.change("quiet_to_min", 0, 0)
    return chosen


def sits(rng: random.Random, count: int) -> Epochs:
    """Sits as people have them, and as they don't: leans, off-loads, objects, unknown sides, gaps, breaks."""
    rows: list[tuple[int, int, int, int, int]] = []  # gap, seconds, left, right, state
    for _ in range(count):
        left, right = rng.randint(250, 1500), rng.randint(250, 1500)
        left_s = rng.choice([60, 600, 1500, 2400, 5400]) * rng.random()
        while left_s > 0:
            seconds = 10 if rng.random() < 0.9 else rng.randint(1, 60)
            kind = rng.random()
            if kind < 0.06:
                rows.append((0, seconds, rng.randint(0, 400), rng.randint(0, 400), 2))
            elif kind < 0.08:
                rows.append((0, seconds, -1, right, 2))
            elif kind < 0.09:
                rows.append((0, seconds, -1, -1, 2))
            elif kind < 0.1:
                rows.append((0, rng.choice([10, 700]), left, right, 3))
            elif kind < 0.11:
                rows.append((rng.choice([3, 8, 4000]), seconds, left, right, rng.choice([0, 2])))
            elif kind < 0.2:
                rows.append((0, seconds, rng.choice([200, left]), right, 2))
            else:
                rows.append((0, seconds, left + rng.randint(-50, 50), right + rng.randint(-50, 50), 2))
            left_s -= rows[-1][1]
        for _ in range(rng.choice([0, 1, 1, 2])):
            rows.append(
                (0, rng.choice([5, 20, 40, 110, 120, 121, 300, 600]), rng.choice([0, 0, 60]), rng.choice([0, 90]), 1)
            )
    columns = np.array(rows, dtype=np.int64).T
    seconds, gap = columns[1], columns[0]
    starts_s = np.cumsum(seconds + gap) - seconds + rng.randint(0, 86400)
    return Epochs(seconds, gap, columns[2], columns[3], columns[4], starts_s // 60 % 1440, starts_s * 1000)


@pytest.fixture(scope="module", params=range(SITS // SITS_A_DAY))
def day(request: pytest.FixtureRequest) -> tuple[Epochs, Settings]:
    rng = random.Random(request.param)
    return sits(rng, SITS_A_DAY), settings_of(rng)


def test_decisions_are_the_cores_own(day: tuple[Epochs, Settings]) -> None:
    epochs, settings = day
    plain = PlainReplay(settings)
    expected = list(plain.run(epochs))
    assert fast_replay.decisions(epochs, settings) == expected
    (outlook,) = fast_replay.replay_many(epochs, [settings])
    assert outlook.over_s == tuple(plain.over_s)
    assert outlook.highest_s == tuple(cs / 100 for cs in plain.highest_cs)
    assert outlook.episodes == sum(1 for _, kind, level, _ in expected if (kind, level) == (1, 1))


def test_the_random_sits_have_something_to_decide() -> None:
    kinds: dict[tuple[int, int], int] = {}
    for seed in range(60):
        rng = random.Random(seed)
        epochs, settings = sits(rng, SITS_A_DAY), settings_of(rng)
        for _, kind, what, _ in fast_replay.decisions(epochs, settings):
            kinds[kind, what] = kinds.get((kind, what), 0) + 1
    assert {(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (2, 4), (2, 6)} <= set(kinds)
    assert any(kind == 3 for kind, _ in kinds)


@pytest.mark.skipif(jit.numba is None, reason="numba is not installed: nothing is compiled")
def test_interpreted_and_compiled_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(5)
    epochs, settings = sits(rng, 2), settings_of(rng)
    compiled = fast_replay.decisions(epochs, settings)
    for name in ("replay", "mark_shifts"):  # what they call is plain Python to Python
        monkeypatch.setattr(fast_replay, name, getattr(fast_replay, name).py_func)
    monkeypatch.setattr(jit, "numba", None)
    assert fast_replay.decisions(epochs, settings) == compiled


AS_THE_CORE = """
import random
from sitbone.replay import fast_replay
from sitbone.replay.epochs import PlainReplay
from tests.host.test_fast_replay import sits, settings_of

rng = random.Random(5)
epochs, settings = sits(rng, 6), settings_of(rng)
found = fast_replay.decisions(epochs, settings)
assert found == list(PlainReplay(settings).run(epochs))
print(fast_replay.__file__, found)
"""


@pytest.mark.slow
@pytest.mark.skipif(jit.numba is None, reason="numba is not installed: nothing is compiled")
def test_what_was_compiled_before_the_core_changed_is_not_taken_again(tmp_path: Path) -> None:
    """Oracle: `PlainReplay`, which runs the changed core."""
    root = Path(__file__).resolve().parents[2]
    for package in ("firmware/cushion", "host_tools/sitbone"):
        shutil.copytree(root / package, tmp_path / Path(package).name, ignore=shutil.ignore_patterns("__pycache__"))
    places = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(root)]), "NUMBA_CACHE_DIR": str(tmp_path / "kept")}

    def run() -> str:
        code = [sys.executable, "-c", AS_THE_CORE]
        return subprocess.run(code, env=os.environ | places, capture_output=True, text=True, check=True).stdout

    before = run()
    prompting = tmp_path / "cushion" / "core" / "prompting.py"
    text = prompting.read_text()
    prompting.write_text(text.replace("LEVEL_2_MS = 120000", "LEVEL_2_MS = 90000"))
    assert str(tmp_path) in before
    assert run() != before


def test_stored_epochs_follow_each_other_and_gaps_are_unknown() -> None:
    t0 = round(datetime(2026, 9, 21, 8, tzinfo=UTC).timestamp()) * 1000
    fields = np.zeros(4, dtype=epoch_dtype())
    fields["seconds"] = [10, 10, 255, 10]
    fields["state"] = [2, 2, 1, 2]
    fields["left_u"] = [900, 0xFFFF, 0, 900]
    epochs = from_fields(np.array([t0, t0 + 10_000, t0 + 610_000, t0 + 1_610_000]), fields)
    assert epochs.seconds.tolist() == [10, 10, 600, 10]
    assert epochs.gap_s.tolist() == [0, 0, 0, 990]
    assert epochs.left_u.tolist() == [900, -1, 0, 900]
    assert epochs.days == 1
