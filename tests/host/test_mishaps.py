"""Lives with a mishap in each: what must never follow from it. A sample here; a thousand in `make test-all`, and as
many as SITBONE_EXAMPLES in `make evaluate`, with each rate beside a plain hysteresis and a stopwatch.
"""

import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import pytest

from cushion.core.settings import Settings
from sitbone.lab.mishaps import BOARDS, DEVICES, MISHAPS, live, lives, tally, troubles

LIVES = int(os.environ.get("SITBONE_EXAMPLES", "1000"))
MOST_S = Settings().get("seated_limit_s") + 600
FALSE_BREAK, TO_NOBODY, ON_RETURN, SILENT, FALSE_FAULT = (
    "a verified break while somebody sat",
    "a prompt while nobody sat",
    "a prompt in two minutes after an hour away",
    "no prompt for the time limit and ten minutes",
    "a good zone called faulty",
)
"""As `troubles` names them."""


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


MOST_PERCENT = {
    ("devkit-b", FALSE_BREAK): 5,
    ("devkit-b", TO_NOBODY): 9,
    ("devkit-b", ON_RETURN): 4,
    ("devkit-b", SILENT): 1,
    ("devkit-b", FALSE_FAULT): 2,
    ("devkit", FALSE_BREAK): 13,
    ("devkit", TO_NOBODY): 12,
    ("devkit", ON_RETURN): 4,
    ("devkit", SILENT): 1,
}
"""Of the lives; all of it to be 0 one day on a board with bias resistors: lower them as it gets better. A board without
guesses what its wires do, and takes a plug that falls off for somebody who stands up."""


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_a_thousand_lives(done, capsys):
    counts = tally(done)
    over = []
    for (board, trouble), most_percent in MOST_PERCENT.items():
        lived = counts["sitbone", board, "lives"]
        rates = ", ".join(f"{device} {counts[device, board, trouble]}" for device in DEVICES)
        with capsys.disabled():
            sys.stdout.write(f"\n  {board}, {lived} lives: {trouble}: {rates}")
        if counts["sitbone", board, trouble] * 100 > most_percent * lived:
            over.append((board, trouble))
    assert over == []
    for board in BOARDS:
        for trouble in (FALSE_BREAK, TO_NOBODY):
            assert counts["sitbone", board, trouble] < counts["hysteresis", board, trouble], (board, trouble)
