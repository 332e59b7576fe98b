"""Lives with a mishap in each: what must never follow from it. A sample here; a thousand in `make test-all`, and as
many as SITBONE_EXAMPLES in `make evaluate`, with each rate beside a plain hysteresis and a stopwatch.
"""

import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from cushion.core.settings import Settings
from sitbone.lab.mishaps import (
    BOARDS,
    DEVICES,
    MISHAPS,
    RESIDUE_KPA,
    Outcome,
    a_life,
    hidden,
    live,
    lives,
    tally,
    troubles,
)

LIVES = int(os.environ.get("SITBONE_EXAMPLES", "1000"))
MOST_S = Settings().get("seated_limit_s") + 600
TROUBLES = FALSE_BREAK, _, TO_NOBODY, ON_RETURN, SILENT, FALSE_FAULT = tuple(troubles(Outcome(), MOST_S))


def troubled(outcome):
    return {name for name, is_so in troubles(outcome, MOST_S).items() if is_so}


@pytest.mark.parametrize("mishap", ["none", "lean", "perch", "power", "flicker"])
def test_a_few_lives(mishap):
    assert troubled(live((1, mishap, "devkit-b"))["sitbone"]) == set()


def test_any_wire_is_told_within_two_seconds():
    for seed in range(2):
        for mishap in ("plug", "wire"):
            told_s = live((seed, mishap, "devkit-b"))["sitbone"].wire_told_s
            assert told_s in (0, 1, 2), (seed, mishap)


def test_every_mishap_is_lived_on_both_boards():
    jobs = list(lives(10 * len(MISHAPS)))
    assert Counter(mishap for _, mishap, _ in jobs) == dict.fromkeys(MISHAPS, 10)
    assert {(mishap, board) for _, mishap, board in jobs} == {(m, b) for m in MISHAPS for b in BOARDS}


@pytest.fixture(scope="module")
def done():
    jobs = list(lives(LIVES))
    with ProcessPoolExecutor(2) as pool:
        return list(zip(jobs, pool.map(live, jobs, chunksize=8), strict=True))


NEVER = [(board, trouble) for board in BOARDS for trouble in (TO_NOBODY, ON_RETURN, SILENT)]
NEVER += [("devkit-b", FALSE_BREAK), ("devkit-b", FALSE_FAULT)]  # without bias resistors, wires are guessed at
UNBIASED_FALSE_BREAKS_PERMILLE = 4
"""Of the lives without bias resistors: a zone that is dead or stuck at rest and not known to be, and on the others
loads at the very edge of what the converter sees (seeds 629 and 711). To be 0 as well."""


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_a_thousand_lives(done, capsys):
    counts = tally(done)
    with capsys.disabled():
        for board in BOARDS:
            for trouble in TROUBLES:
                rates = ", ".join(f"{device} {counts[device, board, trouble]}" for device in DEVICES)
                sys.stdout.write(f"\n  {board}, {counts['sitbone', board, 'lives']} lives: {trouble}: {rates}")
    assert {key: counts["sitbone", *key] for key in NEVER if counts["sitbone", *key]} == {}
    false_breaks, lived = counts["sitbone", "devkit", FALSE_BREAK], counts["sitbone", "devkit", "lives"]
    assert false_breaks * 1000 <= UNBIASED_FALSE_BREAKS_PERMILLE * lived
    for board in BOARDS:
        for trouble in (FALSE_BREAK, TO_NOBODY):
            assert counts["hysteresis", board, trouble] > 0, "the lives are too easy"


@pytest.mark.parametrize(("mishap", "board"), [("plug", "devkit"), ("stuck", "devkit"), ("stuck", "devkit-b")])
def test_what_cannot_be_told_reads_as_an_empty_seat(mishap, board):
    """The same seconds once more, with nobody there, and in the foam what it may keep: reading by reading the same."""
    seconds = 0
    for seed in range(40):
        life = a_life(seed, mishap, board)
        away = hidden(life)
        seconds += int(away.sum())
        kpa = np.where(life.kpa < RESIDUE_KPA, life.kpa, 0.0)[away]
        exact = replace(life.sensor, noise_mv=0.0)
        as_empty, as_it_was = (
            exact.reported_mv(exact.divider_mv(pressed, np.zeros((1, 1))), life.rng)
            for pressed in (kpa, life.kpa[away])
        )
        nothing = life.mv[away] == 0
        same = (as_empty == as_it_was) | (nothing & (as_empty == 0)) | ~life.works[away]
        assert same.all()
    assert seconds > 120
