"""How long a year of one person's epochs takes under 200 settings, beside the plain core in CPython."""

import time

import numpy as np
import pytest

from cushion.core.settings import Settings
from sitbone.replay import fast_replay
from sitbone.replay.epochs import Epochs, PlainReplay

SETTINGS = 200
DRAWN_DAYS, PLAIN_DAYS = 73, 3


def a_year(days: int = 365, seed: int = 1) -> Epochs:
    """Working days of eight to ten sits, epochs of ten seconds, an empty seat in between; after 73 days the same again.

    They come by the fifth of a year because to draw a year takes longer than to replay it.
    """
    rng = np.random.default_rng(seed)
    rows: list[tuple[int, int, int, int, int]] = []
    for _ in range(min(days, DRAWN_DAYS)):
        left_s = 86400
        for _ in range(int(rng.integers(8, 11))):
            length = int(rng.lognormal(np.log(2600), 0.5)) // 10
            left_u, right_u = rng.integers(500, 1100, 2)
            for _ in range(length):
                rows.append((0, 10, int(left_u + rng.integers(-80, 80)), int(right_u + rng.integers(-80, 80)), 2))
            away = int(rng.lognormal(np.log(400), 0.8))
            rows += [(0, min(600, away - at), 0, 0, 1) for at in range(0, away, 600)]
            left_s -= length * 10 + away
        rows += [(0, 600, 0, 0, 1)] * max(0, left_s // 600)
    columns = np.tile(np.array(rows, dtype=np.int64).T, -(-days // DRAWN_DAYS))
    starts_s = np.cumsum(columns[1] + columns[0]) - columns[1] + 8 * 3600
    return Epochs(columns[1], columns[0], columns[2], columns[3], columns[4], starts_s // 60 % 1440, starts_s * 1000)


def candidates(count: int) -> list[Settings]:
    """Settings that differ in everything that costs: limits, seated time, recovery."""
    found = []
    for index in range(count):
        settings = Settings()
        values = {
            "left_dose_limit_s": 600 + index * 7,
            "right_dose_limit_s": 700 + index * 5,
            "seated_limit_s": 1200 + index % 8 * 300,
            "recovery_tau_s": 30 + index % 10 * 10,
        }
        for name, value in values.items():
            setattr(settings, name, value)
        found.append(settings)
    return found


@pytest.mark.bench
def test_a_year_under_200_settings(capsys):
    epochs, settings = a_year(), candidates(SETTINGS)
    fast_replay.replay_many(epochs, settings[:1])  # compiled, if it can be
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    found = fast_replay.replay_many(epochs, settings, workers=2)
    fast_s, cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
    some = a_year(PLAIN_DAYS)
    began_cpu_s = time.process_time()
    expected = list(PlainReplay(settings[0]).run(some))
    plain_s = (time.process_time() - began_cpu_s) * len(epochs) / len(some) * SETTINGS
    assert fast_replay.decisions(some, settings[0]) == expected
    assert found[0].episodes > found[-1].episodes
    with capsys.disabled():
        print(
            f"\na year ({len(epochs)} epochs, {epochs.seated_s / 3600:.0f} h seated), {SETTINGS} settings, 2 cores: "
            f"{fast_s:.2f} s ({cpu_s:.2f} s of processor time); the plain core in CPython, by its pace over "
            f"{PLAIN_DAYS} days, {plain_s:.0f} s of processor time: {plain_s / cpu_s:.0f} times as long"
        )
