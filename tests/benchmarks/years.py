"""Stores of years of working days, as large as real ones, written in seconds.

Straight into the tables: what is measured on them is reading. `SITBONE_YEARS="1 2"` says of how many years; by default
a month, so that the measurements are seen to run.
"""

import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from cushion.core import records
from sitbone.analysis.epochs import NAMES
from sitbone.dates import midnight, unix_ms
from sitbone.store.anchors import Anchor
from sitbone.store.store import Store

YEARS = [float(years) for years in os.environ.get("SITBONE_YEARS", "0.1").split()]
SEATED_S, VACANT_S = 10, 240
DAY_S = 86_400
CUSHION = "026f28000001"

Row = tuple[int, int, bytes]  # ms of the session, kind, payload


def write_years(path: Path, years: float, last: date, seed: int = 1) -> int:
    """So many years of days that end with `last`; about 1.1 million records a year, most of them epochs.

    Returns how many records.
    """
    rng, count = np.random.default_rng(seed), round(365 * years)
    begin_ms = unix_ms(midnight(last - timedelta(days=count - 1)))
    with Store(path) as store:
        cushion = store.cushion(CUSHION)
        store.add_clock_pair(cushion, 1, Anchor(0, begin_ms), 0)
        seq = 0
        for index in range(count):
            rows = sorted(a_day(rng, index * DAY_S * 1000), key=lambda row: row[0])
            with store.transaction() as db:
                db.executemany(
                    "INSERT INTO record VALUES (?, ?, 1, ?, 0, ?, ?, ?)",
                    [
                        (cushion, seq + at, mono_ms, begin_ms + mono_ms, kind, payload)
                        for at, (mono_ms, kind, payload) in enumerate(rows, 1)
                    ],
                )
            seq += len(rows)
    return seq


def a_day(rng: np.random.Generator, begin_ms: int) -> list[Row]:
    """Sixteen sits of half an hour between half past eight and six, each with its events; the seat is empty else."""
    rows: list[Row] = []
    at_s, empty_s = 8 * 3600 + 1800, 0
    for episode in range(16):
        length_s = int(np.clip(rng.lognormal(np.log(1800), 0.3), 300, 3000)) // 10 * 10
        rows += _epochs(begin_ms, empty_s, at_s, VACANT_S, 0, 1)
        rows.append(_event(begin_ms, at_s, records.SAT, 0))
        rows += _epochs(begin_ms, at_s, at_s + length_s, SEATED_S, int(rng.integers(600, 1000)), 2)
        if length_s > 1200:
            rows.append(
                _event(begin_ms, at_s + 1200, records.PROMPT, episode, 1, 1, 1, 120_000, 0, 0, 1200, 1200, 1800)
            )
            rows.append(_event(begin_ms, at_s + length_s + 120, records.OUTCOME, episode, 1, 1, length_s - 1200, 0))
        at_s += length_s
        rows.append(_event(begin_ms, at_s, records.STOOD, 0, length_s * 1000, 0, 0, 0))
        empty_s, at_s = at_s, at_s + 330
        rows.append(_event(begin_ms, at_s, records.BREAK, 0, 330_000, 1))
    return rows + _epochs(begin_ms, empty_s, DAY_S, VACANT_S, 0, 1)


def _epochs(begin_ms: int, from_s: int, to_s: int, length_s: int, u: int, state: int) -> list[Row]:
    found = []
    for at_s in range(from_s + length_s, to_s + 1, length_s):
        dose_cs = (at_s - from_s) * 100 if u else 0
        values = {"left_u": u, "right_u": u, "left_it_pa": 6 * u, "right_it_pa": 6 * u, "state": state}
        values |= {"left_dose_cs": dose_cs, "right_dose_cs": dose_cs, "seconds": length_s}
        payload = records.payload_of(records.EPOCH, [values.get(name, 0) for name in NAMES])
        found.append((begin_ms + at_s * 1000, records.EPOCH, payload))
    return found


def _event(begin_ms: int, at_s: int, kind: int, *values: int) -> Row:
    return begin_ms + at_s * 1000, kind, records.payload_of(kind, values)
