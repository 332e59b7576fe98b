"""Trials whose truth is known: the report's interval holds a planted effect, and claims none where there is none.

Oracle: the effect that was planted in the arm "dose"; the report compares the arms in the order of the alphabet, so
that it has to find the opposite in "stopwatch". The simulated people are those of lab/cohort_simulation.py: it shows
that the model is right for such people, not what is so of real ones.
"""

from pathlib import Path

import pytest

from sitbone.cohort.analysis import analyse
from sitbone.cohort.lake import Lake, Study
from sitbone.cohort.models import claims, mean_interval
from sitbone.lab.cohort_simulation import Trial, simulate

EFFECT = -0.6  # points of morning pain per four weeks, in the arm "dose"
PEOPLE, WEEKS = 24, 8


def told(folder: Path, mask, seed: int, effect: float) -> dict:
    """What the report says of morning pain between the arms."""
    lake = Lake.make(str(folder / f"{seed}-{effect}"), Study("pilot", mask.check(), simulated=True))
    simulate(lake, mask, Trial(PEOPLE, WEEKS, seed, effect))
    return analyse(lake)["models"]["slope_morning_pain"]


def count(folder: Path, mask, seeds: int) -> tuple[int, int]:
    """In how many trials the interval holds the planted effect, and in how many null trials one is claimed."""
    found = [told(folder, mask, seed, EFFECT) for seed in range(1, seeds + 1)]
    null = [told(folder, mask, seed, 0.0) for seed in range(1, seeds + 1)]
    return sum(item["low"] <= -EFFECT <= item["high"] for item in found), sum(item["differs"] for item in null)


@pytest.mark.slow
def test_the_interval_holds_a_planted_effect(tmp_path, mask):
    held, claimed = count(tmp_path, mask, 6)
    assert held >= 5
    assert claimed == 0


def test_a_mean_has_the_interval_of_the_textbook():
    """1, 2, 3, 4, 5: mean 3, s = 1.5811, t(4) = 2.7764, so 3 +- 1.9633. An interval ends where values do."""
    assert mean_interval(5, 15, 55, 1, 100.0) == {"mean": 3.0, "low": 1.037, "high": 4.963}
    assert mean_interval(5, 15, 55, 1, 4.0)["high"] == 4.0
    assert mean_interval(5, 5, 25, 1, 100.0)["low"] == 0.0


def test_claims_are_fewer_than_small_p_values():
    """Holm's own way: 0.01 against 0.05 / 3, then 0.03 against 0.05 / 2, which fails, and so does all after it."""
    assert claims({"a": 0.03, "b": 0.01, "c": 0.04}) == {"a": False, "b": True, "c": False}
    assert claims({}) == {}


def test_few_people_give_no_model(tmp_path, mask):
    lake = Lake.make(str(tmp_path / "few"), Study("pilot", mask.check(), simulated=True))
    simulate(lake, mask, Trial(people=6, weeks=3))
    assert analyse(lake)["models"] == {}
