"""Advice beyond the rules: what a person's own days go with. It may hold a rise back and do nothing else.

Oracles: the penalised likelihood, searched by brute force, and worlds whose association is known.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitbone.analysis.days import slow_dose
from sitbone.tuning import proposal
from sitbone.tuning.advice import FREE, LEAST_DAYS, LEAST_EACH, PRIOR_SD, Association, associate
from sitbone.tuning.rules import Proposal


def log_posterior(intercept: float, slope: float, z: list[float], worse: list[bool]) -> float:
    """Bernoulli likelihood of a logistic line, a normal prior on its slope and a nearly flat one on its intercept."""
    odds = [(intercept + slope * x) * (1 if bad else -1) for x, bad in zip(z, worse, strict=True)]
    shown = -sum(math.log1p(math.exp(-value)) for value in odds)
    return shown - slope**2 / (2 * PRIOR_SD**2) - FREE * intercept**2 / 2


def brute_force_odds(values: list[float], worse: list[bool]) -> float:
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
    z = [(value - mean) / spread for value in values]
    middle, reach = (0.0, 0.0), 4.0
    for _ in range(24):  # a grid around the best so far, ever finer
        steps = [reach * n / 4 for n in range(-4, 5)]
        candidates = [(middle[0] + a, middle[1] + b) for a in steps for b in steps]
        middle = max(candidates, key=lambda at: log_posterior(at[0], at[1], z, worse))
        reach *= 0.6
    return math.exp(middle[1])


def days(seed: int, count: int, slope: float) -> tuple[list[float], list[bool]]:
    rng = np.random.default_rng(seed)
    values = rng.normal(20, 5, count)
    p = 1 / (1 + np.exp(-(-0.7 + slope * (values - 20) / 5)))
    return values.tolist(), (rng.random(count) < p).tolist()


@pytest.mark.parametrize(("seed", "count", "slope"), [(1, 30, 0.0), (2, 60, 1.5), (3, 45, -1.0), (4, 120, 0.5)])
def test_the_fit_is_the_most_likely_line_under_its_prior(seed: int, count: int, slope: float) -> None:
    values, worse = days(seed, count, slope)
    found = associate("dose", "min", values, worse)
    assert found is not None
    assert found.odds == pytest.approx(brute_force_odds(values, worse), rel=1e-4)
    assert found.low <= found.odds <= found.high
    assert (found.days, found.worse) == (count, sum(worse))
    assert found.step == pytest.approx(np.std(values))


def test_few_days_say_little_and_separation_does_not_run_away() -> None:
    values = [float(n) for n in range(LEAST_DAYS)]
    worse = [n >= LEAST_DAYS - LEAST_EACH for n in range(LEAST_DAYS)]
    found = associate("dose", "min", values, worse)
    assert found is not None
    assert 1 < found.odds < math.exp(3 * PRIOR_SD)
    assert associate("dose", "min", values[1:], worse[1:]) is None
    assert associate("dose", "min", values, [False] * LEAST_DAYS) is None
    assert associate("dose", "min", [7.0] * LEAST_DAYS, worse) is None


def test_its_interval_holds_a_rise_back_where_there_is_something_and_seldom_where_there_is_nothing() -> None:
    shown = {slope: [associate("x", "min", *days(seed, 60, slope)) for seed in range(40)] for slope in (0.0, 1.5)}
    held = {slope: sum(bool(found and found.tightens) for found in all_of) for slope, all_of in shown.items()}
    assert held[1.5] >= 32
    assert held[0.0] <= 6  # one in twenty, by the interval's 5 %


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.booleans()), max_size=60))
def test_any_days_give_nothing_or_finite_figures_with_their_n(rows: list[tuple[float, bool]]) -> None:
    found = associate("dose", "min", [value for value, _ in rows], [bad for _, bad in rows])
    if found is not None:
        assert all(math.isfinite(value) and value > 0 for value in (found.odds, found.low, found.high))
        text = found.text()
        assert f"n = {len(rows)} days, {found.worse} worse" in text
        assert "90 % interval, corrected for 3 looks" in text
        assert "an association, not a cause" in text


def advice(low: float) -> Association:
    return Association("dose", "min", 5.0, 2.0, low, 4.0, days=40, worse=10)


@settings(max_examples=100, deadline=None)
@given(
    action=st.sampled_from(["up", "hold", "down", "stop"]),
    from_s=st.integers(300, 2700),
    lows=st.lists(st.floats(0.01, 5), max_size=3),
)
def test_advice_only_ever_tightens(action: str, from_s: int, lows: list[float]) -> None:
    to_s = {"up": min(2700, from_s * 11 // 10), "down": max(300, from_s * 8 // 10)}.get(action, from_s)
    found = Proposal(action, from_s, to_s, "rule", ["because"])
    after = proposal.tightened(found, [advice(low) for low in lows])
    assert after.to_s <= found.to_s
    if action == "up" and any(low > 1 for low in lows):
        assert (after.action, after.to_s) == ("hold", from_s)
        assert "because" in after.evidence
    else:
        assert after == found


def test_the_slow_dose_fades_with_its_time_constant_and_looks_only_back() -> None:
    assert slow_dose([(0, 3600)], 0) == 3600
    assert slow_dose([(0, 3600)], 6.5 * 3600) == pytest.approx(3600 / math.e)
    assert slow_dose([(0, 3600), (100, 50)], 0) == 3600
    assert slow_dose([], 0) == 0


def test_the_order_of_days_is_no_part_of_it() -> None:
    values, worse = days(2, 60, 1.5)
    turned = associate("x", "min", values[::-1], worse[::-1])
    straight = associate("x", "min", values, worse)
    assert turned is not None
    assert straight is not None
    assert turned.odds == pytest.approx(straight.odds)
