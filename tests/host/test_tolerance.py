"""The model of tolerance. Oracles: days made by hand, and the same sums once more in plain loops (NormalDist)."""

import math
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
import pytest

from sitbone.diary.entries import Rating, SideDiary
from sitbone.tuning import tolerance
from sitbone.tuning.rules import Load
from sitbone.tuning.tolerance import MISSING, Beliefs, learnt

TODAY = date(2026, 3, 30)
Days = list[tuple[float, int, int]]  # highest dose in min, pain while sitting, next morning; the newest last


def learn(days: Days) -> Beliefs:
    beliefs = Beliefs(1)
    for dose_min, sitting, morning in days:
        beliefs.learn(np.array([60 * dose_min]), np.array([sitting]), np.array([morning]))
    return beliefs


def middle_min(beliefs: Beliefs, share: float = 0.5) -> float:
    return float(beliefs.quantile_s(share)[0]) / 60


def test_pain_that_grows_beyond_24_minutes_puts_tolerance_there() -> None:
    beliefs = learn([(20, 1, 1), (32, 4, 3), (24, 1, 1), (16, 1, 1), (34, 4, 4), (23, 1, 1)] * 5)
    assert 20 < middle_min(beliefs) < 28
    assert 19 < middle_min(beliefs, 0.1) < middle_min(beliefs, 0.9) < 30


def test_calm_days_at_35_minutes_put_tolerance_above_that() -> None:
    assert middle_min(learn([(35, 1, 1), (20, 1, 1)] * 12), 0.1) > 31


def test_the_dose_reached_counts_whatever_the_limit_was() -> None:
    """Prompted at 15, sat for 30, and nothing hurt: that is knowledge about 30."""
    assert middle_min(learn([(30, 0, 0)] * 14)) > middle_min(learn([(15, 0, 0)] * 14)) + 4


def test_pain_that_comes_a_morning_later_is_seen_as_well() -> None:
    doses = [15, 15, 32, 15, 15, 15, 34, 15] * 5
    mornings = [1, *(4 if dose > 30 else 1 for dose in doses[:-1])]
    late = learn([(dose, MISSING, morning) for dose, morning in zip(doses, mornings, strict=True)])
    assert middle_min(late, 0.9) < 36
    # Somebody whose mornings don't answer to the dose at all tolerates more than that.
    assert middle_min(learn([(dose, MISSING, 1) for dose in doses]), 0.9) > 40


def test_one_odd_morning_hardly_moves_it() -> None:
    calm: Days = [(25.0, 1, 1)] * 30
    odd: Days = [*calm[:20], (25.0, 1, 7), *calm[:9]]
    assert middle_min(learn(odd)) == pytest.approx(middle_min(learn(calm)), rel=0.05)


def test_how_far_ratings_are_off_is_learnt() -> None:
    steady, wild = learn([(15, 1, 2)] * 30), learn([(15, 0, 3), (15, 2, 1), (15, 1, 2), (15, 3, 4), (15, 0, 1)] * 6)
    assert steady.off_by(0) < 0.4
    assert wild.off_by(0) > 0.9


def test_what_is_old_counts_less() -> None:
    hurt: Days = [(30.0, 5, 4), (15.0, 1, 1)] * 10
    calm: Days = [(30.0, 1, 1), (15.0, 1, 1)] * 30
    assert middle_min(learn(hurt)) < 27 < 30 < middle_min(learn(hurt + calm))


def test_what_is_missing_says_nothing() -> None:
    assert middle_min(learn([(40, MISSING, MISSING)] * 30)) == pytest.approx(middle_min(learn([])), rel=1e-3)
    beliefs = Beliefs(1)
    for _ in range(30):
        beliefs.learn(np.array([np.nan]), np.array([6]), np.array([6]))
    assert middle_min(beliefs) == pytest.approx(middle_min(learn([])), rel=1e-3)
    assert float(beliefs.days[0]) == 0


def test_a_flare_is_suspected_at_once_and_for_seven_days_after() -> None:
    calm: Days = [(15.0, 1, 1)] * 20
    assert learn(calm).flare_risk[0] < 0.001
    assert learn([*calm, (15.0, 1, 4)]).flare_risk[0] > 0.05
    flare: Days = [*calm, (15.0, 1, 4), *[(15.0, 4, 4)] * 4]
    assert learn(flare).in_flare[0] > 0.99
    assert learn([*flare, *[(15.0, 1, 1)] * 6]).flare_risk[0] > 0.5
    assert learn([*flare, *[(15.0, 1, 1)] * 12]).flare_risk[0] < 0.001
    # One bad morning between good days was no flare: those last three days at least.
    assert learn([*calm, (15.0, 1, 4), *[(15.0, 1, 1)] * 3]).flare_risk[0] < 0.001


def test_a_crowd_learns_what_each_would_alone() -> None:
    rng = np.random.default_rng(1)
    crowd, doses = Beliefs(4), rng.uniform(600, 2400, (12, 4))
    ratings = rng.integers(-1, 6, (2, 12, 4))
    for day in range(12):
        crowd.learn(doses[day], ratings[0, day], ratings[1, day])
    for person in range(4):
        days = [(doses[d, person] / 60, int(ratings[0, d, person]), int(ratings[1, d, person])) for d in range(12)]
        assert np.allclose(learn(days).tolerance[0], crowd.tolerance[person], atol=1e-5)


def test_the_sums_are_those_of_bayes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every combination once more, in loops: prior times the chance of each rating, older days to a smaller power."""
    monkeypatch.setattr(tolerance, "FLARE_WEIGHT", 1.0)
    days = [(20.0, 2, 1), (30.0, 4, 3), (26.0, MISSING, 2)]
    keeps = 0.5 ** (1 / 28)
    found = np.zeros(30)
    for at, tolerance_s in enumerate(np.geomspace(300, 3600, 30)):
        excess = [min(0.6, max(0.0, 60 * dose / tolerance_s - 1.05)) for dose, _, _ in days]
        for noise, of_noise in ((0.35, 0.3), (0.7, 0.4), (1.05, 0.3)):
            for steep in (2.5, 8.0):
                prior = of_noise * math.exp(-0.5 * (math.log(tolerance_s / 1320) / 0.5) ** 2)
                total = [0.0, 0.0]
                for level, of_level in zip(tolerance.LEVELS, tolerance.LEVEL_PRIOR, strict=True):
                    sat = [level + steep * one for one in excess]
                    total[0] += of_level * likelihood(sat, [day[1] for day in days], noise, keeps)
                    for late in (0.0, 0.7):
                        before = [0.0, *excess]  # the first day has none before it
                        woke = [
                            level + 0.8 * steep * ((1 - late) * now + late * then)
                            for now, then in zip(excess, before, strict=False)
                        ]
                        total[1] += of_level * likelihood(woke, [day[2] for day in days], noise, keeps)
                found[at] += prior * total[0] * total[1]
    assert np.allclose(learn(days).tolerance[0], found / found.sum(), atol=2e-4)


def likelihood(means: list[float], ratings: list[int], noise: float, keeps: float) -> float:
    product = 1.0
    for ago, (mean, rating) in enumerate(reversed(list(zip(means, ratings, strict=True)))):
        if rating == MISSING:
            continue
        spread = NormalDist(round(4 * mean) / 4, noise)
        low = 0.0 if rating == 0 else spread.cdf(rating - 0.5)
        high = 1.0 if rating == 10 else spread.cdf(rating + 0.5)
        product *= (0.97 * (high - low) + 0.03 / 11) ** (keeps**ago)
    return product


def diary(days: int, pain: int, timely: bool = True) -> SideDiary:
    ratings = {TODAY - timedelta(days=ago): Rating(pain, timely) for ago in range(days)}
    return SideDiary(dict(ratings), {day: rating for day, rating in ratings.items() if day < TODAY})


def test_pain_entered_late_never_supports_a_rise() -> None:
    loads = {TODAY - timedelta(days=ago): Load(2400, 30000, 30000) for ago in range(1, 30)}
    none = middle_min(learnt(TODAY, SideDiary(), loads))
    assert middle_min(learnt(TODAY, diary(30, 0), loads)) > none + 5
    assert middle_min(learnt(TODAY, diary(30, 0, timely=False), loads)) <= none + 0.1
